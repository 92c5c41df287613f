"""Values of the form that take several columns elsewhere, written into one cell as counties type them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fields import EVERY_UNITS, FIELDS


def counts_cell(counts: Mapping[str, int]) -> str:
    """`肇事1次;自伤2次`, or `无`."""
    names = FIELDS["danger_acts"].labels
    return ";".join(f"{names[code]}{n}次" for code, n in sorted(counts.items()) if n) or "无"


def drug_cell(row: Mapping[str, Any]) -> str:
    """`奥氮平 早0 中0 晚10mg`, `帕利哌酮 长效 每1月 100mg`, or as much of it as is known."""
    unit = row.get("unit") or "mg"
    if row.get("long_acting"):
        parts = [str(row["drug"]), "长效"]
        if row.get("every"):
            parts.append(f"每{row['every']}{EVERY_UNITS.get(row.get('every_unit') or 'month', '月')}")
        if row.get("dose") is not None:
            parts.append(f"{row['dose']:g}{unit}")
        return " ".join(parts)
    times = [
        f"{word}{row[key]:g}"
        for key, word in (("morning", "早"), ("noon", "中"), ("night", "晚"))
        if row.get(key) is not None
    ]
    if times:
        return f"{row['drug']} {' '.join(times)}{unit}"
    return f"{row['drug']} {row['dose']:g}{unit}" if row.get("dose") is not None else str(row["drug"])
