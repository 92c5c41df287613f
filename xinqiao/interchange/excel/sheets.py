"""A workbook as tables: which sheets hold a register or visits, where their headings stand, and their rows as typed text.

Everything is read, hidden rows, columns and sheets too, and what was hidden is counted aloud. A row keeps the number it has
in the spreadsheet program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from python_calamine import (
    CalamineSheet,
    CalamineWorkbook,
    SheetVisibleEnum,
)

from xinqiao.kernel.words import sentence

from . import headings as h
from .gate import admit, refuse, too_many_rows
from .headings import Heading, Sheet
from .limits import Limits
from .marks import ERRORS, Book, Marks, letters_of
from .opening import open_book
from .text import NO_RESULT, as_text, clean, squeeze

HEADING_WITHIN = 30
#: A row whose name or number begins so shows how to fill in the template, and is nobody.
EXAMPLE = "示例"
#: A number of fewer digits is a count in the line of totals, not somebody's.
LEAST_DIGITS = 8
_FOOT = (
    "合计",
    "总计",
    "小计",
    "制表",
    "填表单位",
    "填表说明",
    "填表日期",
    "审核人",
    "说明:",
    "注:",
    "备注:",
    "单位负责人",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A recognised column: zero-based place and the heading as it was written."""

    index: int
    written: str
    hidden: bool = False

    @property
    def letters(self) -> str:
        return letters_of(self.index)


@dataclass(slots=True)
class Line:
    """One row of data: its number in the spreadsheet (from 1), whether it was hidden, and the typed cells by column key."""

    number: int
    hidden: bool
    cells: dict[str, str]


@dataclass(slots=True)
class Table:
    """One recognised sheet."""

    sheet: Sheet
    name: str
    heading_row: int
    columns: dict[str, Column]
    lines: list[Line]
    unknown: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    hidden_sheet: bool = False
    hidden_rows: int = 0
    foot_rows: int = 0
    example_rows: int = 0

    @property
    def hidden_columns(self) -> list[str]:
        return [column.written for column in self.columns.values() if column.hidden]


@dataclass(slots=True)
class Workbook:
    """What a file holds: recognised tables, the sheets that hold neither, and whether hidden rows could be seen at all."""

    tables: list[Table]
    ignored: list[str]
    sees_hidden: bool


def read_workbook(data: bytes, limits: Limits | None = None) -> Workbook:
    """Admit, open and recognise; Invalid with one problem when the file, or everything in it, is not for us."""
    limits = limits or Limits()
    admitted = admit(data, limits)
    found = Workbook([], [], admitted.format != "xls")
    rows = 0
    filled = False
    with open_book(admitted) as (opened, book):
        for each in _sheets(opened, book, limits):
            filled = True
            if isinstance(each, str):
                found.ignored.append(each)
                continue
            rows += len(each.lines)
            if rows > limits.rows:
                raise too_many_rows(limits)
            found.tables.append(each)
    if not filled:
        raise refuse("empty", sentence("工作簿里没有内容，请检查是否选错了文件。"))
    if not found.tables:
        raise refuse(
            "no_sheet",
            sentence(
                "没有认出患者名册或随访记录：名册至少要有“姓名”和“身份证号”两列，随访至少要有“身份证号”（或“档案编号”）和“随访日期”两列；可下载模板对照标题。"
            ),
        )
    if not any(table.lines for table in found.tables):
        raise refuse("empty", sentence("标题下面没有数据行，请检查是否选错了文件。"))
    return found


def _sheets(opened: CalamineWorkbook, book: Book, limits: Limits) -> Iterator[Table | str]:
    """Recognised tables, and the names of filled sheets that are none."""
    for index, meta in enumerate(opened.sheets_metadata):
        if "WorkSheet" not in str(meta.typ):
            continue
        sheet = opened.get_sheet_by_index(index)
        if sheet.start is None:
            continue
        if sheet.total_height > limits.rows + 1_000:
            raise too_many_rows(limits)
        marks = book.marks.get(meta.name) or Marks()
        table = _table(sheet, meta.name, marks, book)
        if table is None:
            yield meta.name
        else:
            table.hidden_sheet = meta.visible != SheetVisibleEnum.Visible
            yield table


def _table(sheet: CalamineSheet, name: str, marks: Marks, book: Book) -> Table | None:
    rows = sheet.to_python(skip_empty_area=False)
    place = _find_heading(rows, _merged(sheet), name)
    if place is None:
        return None
    kind, heading_row, columns, unknown, repeated = place
    known = h.by_key(kind)
    columns = {
        key: Column(column.index, column.written, column.index in marks.hidden_columns)
        for key, column in columns.items()
    }
    table = Table(kind, name, heading_row + 1, columns, [], unknown, repeated)
    plan = [(key, column.index, known[key].kind in ("date", "partial")) for key, column in columns.items()]
    spoiled = {row for row, _column in marks.errors} | {row for row, _column in marks.formulas_without_result}
    headings_written = {squeeze(column.written) for column in columns.values()}
    for number in range(heading_row + 1, len(rows)):
        row = rows[number]
        cells: dict[str, str] = {}
        for key, index, is_date in plan:
            cell = row[index] if index < len(row) else ""
            if cell == "" and number in spoiled:
                cell = marks.errors.get((number, index), "")
                if cell == "" and (number, index) in marks.formulas_without_result:
                    cell = NO_RESULT
            if cell == "":
                continue
            text = as_text(cell, is_date=is_date, from_1904=book.from_1904)
            if text.strip():
                cells[key] = text
        if not cells:
            continue
        if len(cells) > 2 and all(squeeze(text) in headings_written for text in cells.values()):
            continue  # the heading again, as printed registers repeat it on each page
        if _is_foot(row, cells):
            table.foot_rows += 1
            continue
        if any(clean(cells.get(key, "")).startswith(EXAMPLE) for key in ("name", "id_number", "file_no")):
            table.example_rows += 1
            continue
        hidden = number in marks.hidden_rows
        table.hidden_rows += hidden
        table.lines.append(Line(number + 1, hidden, cells))
    return table


def _is_foot(row: list[Any], cells: dict[str, str]) -> bool:
    if len(cells) > 4 or sum(sign.isdigit() for sign in cells.get("id_number", "")) >= LEAST_DIGITS:
        return False
    first = next((str(cell) for cell in row if cell != ""), "")
    return clean(first).replace(" ", "").replace("：", ":").startswith(_FOOT)


def _merged(sheet: CalamineSheet) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return list(sheet.merged_cell_ranges or [])


_Place = tuple[Sheet, int, dict[str, Column], list[str], list[str]]


def _find_heading(
    rows: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]], name: str
) -> _Place | None:
    """The row whose cells, alone or below a row of group headings, are recognised best."""
    best: tuple[int, _Place] | None = None
    for number in range(min(len(rows), HEADING_WITHIN)):
        for depth in (1, 2):
            if number + 1 < depth:
                continue
            titles = _titles(rows, merged, number, depth)
            for kind in h.SHEETS:
                columns, unknown, repeated = _recognise(kind, titles)
                if not _enough(kind, columns):
                    continue
                score = (
                    10 * len(columns)
                    - len(unknown)
                    + 5 * any(word in name for word in h.SHEET_WORDS[kind])
                    - depth
                )
                if best is None or score > best[0]:
                    best = (score, (kind, number, columns, unknown, repeated))
    return best[1] if best else None


def _titles(
    rows: list[list[Any]], merged: list[tuple[tuple[int, int], tuple[int, int]]], number: int, depth: int
) -> dict[int, tuple[str, ...]]:
    """Per column the ways to read its heading, best first: the lowest cell, the cells above and below together, the upper."""
    upper_row = number - 1 if depth == 2 else number
    texts: list[dict[int, str]] = []
    for row in range(upper_row, number + 1):
        texts.append(
            {i: str(cell) for i, cell in enumerate(rows[row]) if isinstance(cell, str) and cell.strip()}
        )
    if depth == 1:
        return {index: (text,) for index, text in texts[0].items() if len(text) <= 80}
    upper, lower = texts
    for (top, left), (bottom, right) in merged:
        if top == upper_row and bottom == upper_row and left in upper:
            for column in range(left, right + 1):
                upper.setdefault(column, upper[left])
    titles: dict[int, tuple[str, ...]] = {}
    for index in sorted(upper.keys() | lower.keys()):
        above, below = upper.get(index, ""), lower.get(index, "")
        ways = (below, above + below) if above and below else (below or above,)
        titles[index] = tuple(way for way in ways if len(way) <= 80)
    return titles


def _recognise(
    kind: Sheet, titles: dict[int, tuple[str, ...]]
) -> tuple[dict[str, Column], list[str], list[str]]:
    known: dict[str, Heading] = h.recognised(kind)
    columns: dict[str, Column] = {}
    unknown: list[str] = []
    repeated: list[str] = []
    for index, ways in titles.items():
        written = clean(ways[0]) if ways else ""
        # Both together first: 用药1 above 早 is more than 早 alone.
        heading = next((known[h.normal(way)] for way in reversed(ways) if h.normal(way) in known), None)
        if heading is None:
            if written and written.upper() not in ERRORS and h.normal(written) not in ("序号", "no", ""):
                unknown.append(written)
        elif heading.key in columns:
            repeated.append(written)
        else:
            columns[heading.key] = Column(index, written)
    return columns, unknown, repeated


def _enough(kind: Sheet, columns: dict[str, Column]) -> bool:
    if kind == "people":
        return (
            "name" in columns
            and bool({"id_number", "birth_on"} & columns.keys())
            and "visit_date" not in columns
        )
    return "visit_date" in columns and bool({"id_number", "file_no"} & columns.keys())
