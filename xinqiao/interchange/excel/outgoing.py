"""Visits on their way out, under the headings of the template: what is exported can be brought back and changes nothing.

One choice leaves as code and label ("2 家庭访视"), several as codes with 、 between them, a drug as one cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from xinqiao.followup.rules.fields import EVERY_UNITS
from xinqiao.followup.rules.fields import FIELDS as VISIT_FIELDS
from xinqiao.web.sheets import Column, Kind

from .headings import Heading, printed

Cell = str | int | date | None
_KINDS: dict[str, Kind] = {"date": "date", "int": "int"}


def visit_columns() -> list[Column]:
    """The printed columns of the sheet of visits, with the kinds that a workbook knows."""
    return [
        Column(
            heading.key,
            heading.title,
            _KINDS.get(heading.kind, "text"),
            22 if heading.key == "id_number" else 12,
        )
        for heading in printed("visits")
    ]


def visit_cells() -> list[Callable[[Mapping[str, Any]], Cell]]:
    """For each of `visit_columns()` how it is read from a record with the keys of the form and the three of the person."""
    return [_reader(heading) for heading in printed("visits")]


def _reader(heading: Heading) -> Callable[[Mapping[str, Any]], Cell]:
    key = heading.key
    if heading.kind == "drugs":
        stem, _, number = key.partition(".")
        return lambda record: _nth_drug(record[stem], int(number) - 1)
    labels = {code.code: f"{code.code} {code.label}" for code in heading.codes}
    match heading.kind:
        case "single":
            return lambda record: labels.get(record[key], record[key]) or None
        case "multi" | "texts":
            return lambda record: "、".join(record[key]) or None
        case "bool":
            return lambda record: {True: "是", False: "否"}.get(record[key])
        case "counts":
            return lambda record: _counts(record[key]) if record["answered"] else None
        case _:
            return lambda record: record[key] if record[key] != "" else None


def _counts(counts: Mapping[str, int]) -> str:
    names = VISIT_FIELDS["danger_acts"].labels
    return ";".join(f"{names[code]}{n}次" for code, n in sorted(counts.items()) if n) or "无"


def _nth_drug(rows: list[Mapping[str, Any]], index: int) -> str | None:
    return drug_text(rows[index]) if index < len(rows) else None


def drug_text(row: Mapping[str, Any]) -> str:
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
