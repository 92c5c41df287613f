"""How large a workbook may be. A deployment may raise or lower each by setting `XINQIAO_IMPORT_LIMITS`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of the file, bytes unpacked, how many times a packed part may grow, rows and columns of all sheets."""

    file_bytes: int = 20 * 1024 * 1024
    unpacked_bytes: int = 600 * 1024 * 1024
    growth: int = 200
    growth_from: int = 20 * 1024 * 1024
    rows: int = 200_000
    columns: int = 300
    parts: int = 2_000
