"""The upper rungs of the national table of divisions, read from its files: to choose a county before any is loaded."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from xinqiao.kernel.codes import full_code

from .cli import default_folder


def is_there() -> bool:
    """Whether the files are where the set-up puts them."""
    return (default_folder() / "villages.json").is_file()


def choices_below(prefix: str) -> list[tuple[str, str]]:
    """(prefix, name): provinces below "", cities below two digits, counties below four. Empty for anything else."""
    name, width = {0: ("provinces.json", 2), 2: ("cities.json", 4), 4: ("areas.json", 6)}.get(
        len(prefix), ("", 0)
    )
    rows = _rows(default_folder() / name) if name else ()
    return [(code, words) for code, words in rows if len(code) == width and code.startswith(prefix)]


def name_of(prefix: str) -> str:
    """Name of a province, city or county by its 2, 4 or 6 digits; "" when there is none."""
    return dict(choices_below(prefix[:-2])).get(prefix, "") if len(prefix) in (2, 4, 6) else ""


def townships_below(prefix: str) -> list[tuple[str, str]]:
    """(12 digits, name) of the townships of a county."""
    rows = _rows(default_folder() / "streets.json") if len(prefix) == 6 else ()
    return [(full_code(code), words) for code, words in rows if code.startswith(prefix)]


@cache
def _rows(path: Path) -> tuple[tuple[str, str], ...]:
    if not path.is_file():
        return ()
    return tuple((row["code"], row["name"]) for row in json.loads(path.read_text(encoding="utf-8")))
