"""Writes the county: `register.xlsx`, `visits.xlsx` and `truth.json`, one person after another, in constant memory."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import xlsxwriter

from xinqiao.kernel.codes import ancestors, contains, full_code

from .cells import PEOPLE_SHEET, VISITS_SHEET, Column, people_columns, row_of, visit_columns
from .dirt import Fault, Spoiler, Value
from .generate import generate, places
from .spec import Spec
from .truth import LISTS, Tally

REGISTER_FILE, VISITS_FILE, TRUTH_FILE = "register.xlsx", "visits.xlsx", "truth.json"
#: Rows of one sheet; more go into a second one, because spreadsheet programs end at about a million.
SHEET_ROWS = 500_000
# The same arguments must give the same bytes, so the files carry no moment of their own.
_CREATED = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Written:
    """What was written, for a line on the screen."""

    people: int
    visits: int
    faults: int
    files: list[Path]


class _Book:
    """One workbook whose rows arrive one by one."""

    def __init__(self, path: Path, sheet: str, columns: list[Column], spoiler: Spoiler) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
        self.book.set_properties({"created": _CREATED, "title": "", "author": "", "comments": ""})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.text = self.book.add_format({"num_format": "@"})
        self.bold = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.name, self.columns, self.spoiler = sheet, columns, spoiler
        self.sheets = 0
        self.rows = 0
        self._sheet()

    def _sheet(self) -> None:
        self.sheets += 1
        self.title = self.name if self.sheets == 1 else f"{self.name}{self.sheets}"
        self.sheet = self.book.add_worksheet(self.title)
        self.sheet.freeze_panes(1, 2)
        for index, column in enumerate(self.columns):
            # Whole columns of numbers that are names are text, as the template says.
            style = self.text if column.kind in ("id_number", "phone", "division") else None
            self.sheet.set_column(index, index, column.width, style)
        self.sheet.write_row(0, 0, [column.title for column in self.columns], self.bold)
        self.row = 1

    def add(self, record: dict[str, Any]) -> None:
        if self.row > SHEET_ROWS:
            self._sheet()
        cells, again = self.spoiler.spoil(self.title, self.row + 1, row_of(self.columns, record))
        for _ in range(2 if again else 1):
            self._write(cells)
            self.row += 1
        self.rows += 1

    def _write(self, cells: list[Value]) -> None:
        for index, value in enumerate(cells):
            if isinstance(value, date):
                self.sheet.write_datetime(self.row, index, value, self.day)
            elif isinstance(value, str):
                # A leading = or @ stays the text it is.
                self.sheet.write_string(self.row, index, value)
            elif value is not None:
                self.sheet.write_number(self.row, index, value)

    def close(self) -> None:
        self.book.close()


def write(spec: Spec, folder: Path) -> Written:
    """Write the three files of `spec` into `folder` (made if need be)."""
    folder.mkdir(parents=True, exist_ok=True)
    known = places(spec)
    people_of, visits_of = people_columns(), visit_columns()
    spoilers = [
        Spoiler(spec.seed, spec.dirty, REGISTER_FILE, people_of),
        Spoiler(spec.seed, spec.dirty, VISITS_FILE, visits_of),
    ]
    register = _Book(folder / REGISTER_FILE, PEOPLE_SHEET, people_of, spoilers[0])
    visits = _Book(folder / VISITS_FILE, VISITS_SHEET, visits_of, spoilers[1])
    top = full_code(spec.division)
    days = sorted({spec.anchor or spec.on, spec.on})
    tallies = [Tally(day) for day in days]
    for person in generate(spec, known):
        register.add(person.record)
        who = {"id_number": person.id_no, "name": person.name}
        # Most rows stand in their order; what was typed in late stands behind, as in a book kept by hand.
        for visit in sorted(person.visits, key=lambda visit: (visit.entered_on, visit.visit_date)):
            visits.add(who | visit.record)
        above = [place for place in ancestors(person.village) if contains(top, place)]
        for tally in tallies:
            tally.add(person, above)
    register.close()
    visits.close()
    faults = list(chain.from_iterable(spoiler.faults for spoiler in spoilers))
    truth = _truth(spec, {place.code: (place.name, place.residents) for place in known}, tallies, faults)
    text = json.dumps(truth, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / TRUTH_FILE).write_text(text + "\n", encoding="utf-8")
    return Written(
        register.rows,
        visits.rows,
        len(faults),
        [folder / name for name in (REGISTER_FILE, VISITS_FILE, TRUTH_FILE)],
    )


def _truth(
    spec: Spec, named: dict[str, tuple[str, int]], tallies: list[Tally], faults: Iterable[Fault]
) -> dict[str, Any]:
    residents = {code: count for code, (_, count) in named.items()}
    listed = [fault.as_json() for fault in faults]
    return {
        "spec": {
            "people": spec.people,
            "seed": spec.seed,
            "on": spec.on.isoformat(),
            "division": full_code(spec.division),
            "years": spec.years,
            "preset": spec.preset,
            "anchor": spec.anchor.isoformat() if spec.anchor else None,
            "dirty": spec.dirty,
        },
        "places": {code: {"name": name, "residents": count} for code, (name, count) in named.items()},
        "on": {
            tally.on.isoformat(): {
                "people": tally.people,
                "visits": tally.visits,
                "counts": tally.table(residents),
                "lists": {name: sorted(tally.lists.get(name, ())) for name in LISTS},
            }
            for tally in tallies
        },
        "faults": listed,
        "duplicates": [fault for fault in listed if fault["kind"] == "repeated_row"],
    }
