"""The same made-up workbook saved by LibreOffice Calc 7.4 as .xlsx, .ods and .xls: two sheets, a merged title, a hidden row,
a computed cell, real dates. Everybody in it is of division 99."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinqiao.interchange.excel.records import read_row
from xinqiao.interchange.excel.sheets import read_workbook

from .books import person, visit

FILES = Path(__file__).with_name("files")


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_a_workbook_saved_by_a_spreadsheet_program_is_read_whole(ending: str) -> None:
    found = read_workbook((FILES / f"calc.{ending}").read_bytes())
    people, visits = found.tables
    assert [table.sheet for table in found.tables] == ["people", "visits"]
    assert people.heading_row == 2
    assert [line.number for line in people.lines] == [3, 4, 5]
    for serial, line in enumerate(people.lines, 1):
        reading = read_row("people", line.cells)
        assert reading.problems == []
        assert reading.record["id_number"] == person(serial)["id_number"]
        # The second is a formula whose saved result is 0 (未知的性别): what the file says counts, not what it might compute.
        assert reading.record["sex"] == ("0" if serial == 2 else "1")
        assert reading.record["birth_on"].isoformat() == "1985-07-08"
        assert reading.aside["village"] == "柳树村"
    assert len(visits.lines) == 6
    for line in visits.lines:
        meant = visit(line.cells["id_number"], line.cells["visit_date"])
        assert read_row("visits", line.cells).record == read_row("visits", meant).record


def test_hidden_rows_are_seen_where_the_format_lets_us() -> None:
    for ending, hidden in (("xlsx", 1), ("ods", 1), ("xls", 0)):
        found = read_workbook((FILES / f"calc.{ending}").read_bytes())
        assert found.tables[0].hidden_rows == hidden, ending
        assert found.sees_hidden == (ending != "xls")
