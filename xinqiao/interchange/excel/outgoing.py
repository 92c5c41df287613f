"""Visits on their way out, under the headings of the template: what is exported can be brought back and changes nothing.

One choice leaves as code and label ("2 家庭访视"), several as codes with 、 between them, a drug as one cell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from xinqiao.followup.rules.cells import counts_cell, drug_cell
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
            return lambda record: counts_cell(record[key]) if record["answered"] else None
        case _:
            return lambda record: record[key] if record[key] != "" else None


def _nth_drug(rows: list[Mapping[str, Any]], index: int) -> str | None:
    return drug_cell(rows[index]) if index < len(rows) else None
