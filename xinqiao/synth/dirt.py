"""Known faults for the workbooks: what people's fingers do, planted on purpose and written down cell by cell.

`readable` faults are accidents of typing that a reader should see through; the others must be reported to the person who
brought the file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from random import Random
from typing import Any

from xinqiao.followup.rules.fields import FIELDS as VISIT_FIELDS
from xinqiao.registry.rules.fields import FIELDS as PERSON_FIELDS

from .cells import Cell, Column, letter

Value = Cell | float
_WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault: where (row and column as the spreadsheet shows them), what was meant, what stands there."""

    file: str
    sheet: str
    row: int
    column: str
    title: str
    kind: str
    readable: bool
    meant: str
    written: str
    #: For a repeated row: the row it repeats.
    of_row: int | None = None

    def as_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value is not None}


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    readable: bool
    fits: Callable[[Column, Cell], bool]
    spoil: Callable[[Random, Column, Any], Value]


def _text_date(rng: Random, column: Column, day: date) -> Value:
    forms = (
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}.{day.month}.{day.day}",
        f"{day:%Y/%m/%d}",
        f"{day:%Y%m%d}",
        f"{day:%Y-%m-%d} 00:00:00",
    )
    return rng.choice(forms)


def _spaces(rng: Random, column: Column, text: str) -> Value:
    if column.key == "name" and len(text) == 2 and "·" not in text:
        return f"{text[0]}{rng.choice((' ', '　'))}{text[1]}"
    return rng.choice((f" {text}", f"{text}　", f"{text}\u00a0"))


def _label(rng: Random, column: Column, code: Any) -> Value:
    field = VISIT_FIELDS.get(column.key) or PERSON_FIELDS[column.key]
    label = field.label_of(str(code))
    return label if rng.random() < 0.6 else f"{code} {label}"


def _impossible(rng: Random, column: Column, day: date) -> Value:
    return rng.choice(
        (
            f"{day.year}-02-30",
            f"{day.year}-13-01",
            f"{day.year}-06-31",
            f"{day.year % 100:02d}.{day.month}.{day.day}",
        )
    )


def _wrong_check(rng: Random, column: Column, number: str) -> Value:
    return number[:-1] + rng.choice([sign for sign in "0123456789X" if sign != number[-1]])


def _labelled(column: Column, cell: Cell) -> bool:
    field = VISIT_FIELDS.get(column.key) or PERSON_FIELDS.get(column.key)
    return column.kind == "single" and isinstance(cell, str) and field is not None and bool(field.codes)


_KINDS: tuple[_Kind, ...] = (
    _Kind("text_date", True, lambda c, v: c.kind == "date" and isinstance(v, date), _text_date),
    _Kind("full_width", True, lambda c, v: c.kind in ("id_number", "phone") and isinstance(v, str), lambda r, c, v: v.translate(_WIDE)),
    _Kind("spaces", True, lambda c, v: c.key in ("name", "id_number", "doctor") and isinstance(v, str), _spaces),
    _Kind("label", True, _labelled, _label),
    _Kind("id_as_number", False, lambda c, v: c.key == "id_number" and isinstance(v, str) and v.isdigit(), lambda r, c, v: float(v)),
    _Kind("impossible_date", False, lambda c, v: c.key in ("visit_date", "birth_on", "filed_on", "diagnosed_on") and isinstance(v, date), _impossible),
    _Kind("wrong_check_digit", False, lambda c, v: c.key == "id_number" and isinstance(v, str), _wrong_check),
)  # fmt: skip
KINDS = (*(kind.name for kind in _KINDS), "repeated_row")


class Spoiler:
    """Plants about `share` faults per row of one workbook; `faults` lists every one."""

    def __init__(self, seed: int, share: float, file: str, columns: list[Column]) -> None:
        self.rng = Random(f"dirt/{seed}/{file}")
        self.share, self.file, self.columns = share, file, columns
        self.faults: list[Fault] = []

    def spoil(self, sheet: str, row: int, cells: list[Cell]) -> tuple[list[Value], bool]:
        """The cells as they are written in `row` (1-based), and whether the same row is to be written once more."""
        written: list[Value] = list(cells)
        if not self.share or self.rng.random() >= self.share:
            return written, False
        if self.rng.random() < 0.1:
            # Two of one number: somebody must look. An equal visit is one visit typed twice, and is taken once.
            readable = self.file == "visits.xlsx"
            place = Fault(self.file, sheet, row + 1, "", "", "repeated_row", readable, "", "", of_row=row)
            self.faults.append(place)
            return written, True
        kind = self.rng.choice(_KINDS)
        fitting = [
            n
            for n, (column, cell) in enumerate(zip(self.columns, cells, strict=True))
            if kind.fits(column, cell)
        ]
        if not fitting:
            return written, False
        index = self.rng.choice(fitting)
        column = self.columns[index]
        value = kind.spoil(self.rng, column, cells[index])
        written[index] = value
        self.faults.append(
            Fault(
                self.file,
                sheet,
                row,
                letter(index),
                column.title,
                kind.name,
                kind.readable,
                str(cells[index]),
                _shown(value),
            )
        )
        return written, False


def _shown(value: Value) -> str:
    return f"{value:.0f}" if isinstance(value, float) else str(value)
