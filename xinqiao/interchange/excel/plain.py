"""Any list in a workbook: its headings as written and its rows as typed text, without knowing what the columns mean.

Used where a person says what the columns are (a list exported from another system). The gate, the limits and the text of
cells are those of import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from python_calamine import CalamineSheet

from xinqiao.kernel.words import sentence

from .gate import admit, refuse, too_many_rows
from .limits import Limits
from .opening import open_book
from .sheets import HEADING_WITHIN
from .text import as_text, clean

LEAST_HEADINGS = 3


@dataclass(slots=True)
class PlainTable:
    """One sheet: its heading row (from 1), headings, and rows as (row number, texts in the order of the headings)."""

    name: str
    heading_row: int
    headings: list[str]
    rows: list[tuple[int, list[str]]]


def read_plain(data: bytes, known: Callable[[str], bool], limits: Limits | None = None) -> PlainTable:
    """The largest sheet that has a row of headings of which at least two are known. Invalid with one problem (`file`)."""
    limits = limits or Limits()
    best: PlainTable | None = None
    with open_book(admit(data, limits)) as (opened, book):
        for index, meta in enumerate(opened.sheets_metadata):
            if "WorkSheet" not in str(meta.typ):
                continue
            sheet = opened.get_sheet_by_index(index)
            if sheet.start is None:
                continue
            if sheet.total_height > limits.rows + 1_000:
                raise too_many_rows(limits)
            table = _table(sheet, meta.name, known, book.from_1904)
            if table and (best is None or len(table.rows) > len(best.rows)):
                best = table
    if best is None:
        raise refuse(
            "no_sheet", sentence("没有找到标题行：请确认表中有“姓名”和“身份证号”（或“出生日期”）这样的标题。")
        )
    if not best.rows:
        raise refuse("empty", sentence("标题下面没有数据行，请检查是否选错了文件。"))
    return best


def _table(
    sheet: CalamineSheet, name: str, known: Callable[[str], bool], from_1904: bool
) -> PlainTable | None:
    rows = sheet.to_python(skip_empty_area=False)
    place, most = -1, 1
    for number, row in enumerate(rows[:HEADING_WITHIN]):
        texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        if len(texts) < LEAST_HEADINGS:
            continue
        score = sum(known(text) for text in texts)
        if score > most:
            place, most = number, score
    if place < 0:
        return None
    wanted = [i for i, cell in enumerate(rows[place]) if isinstance(cell, str) and cell.strip()]
    headings = [clean(str(rows[place][i]))[:60] for i in wanted]
    lines = []
    for number in range(place + 1, len(rows)):
        row = rows[number]
        texts = [as_text(row[i], from_1904=from_1904) if i < len(row) else "" for i in wanted]
        filled = [text for text in texts if text.strip()]
        # Totals and remarks below a list have one or two cells; the heading again stands on each printed page.
        if len(filled) < LEAST_HEADINGS or [clean(text) for text in texts] == headings:
            continue
        lines.append((number + 1, texts))
    return PlainTable(name[:60], place + 1, headings, lines)
