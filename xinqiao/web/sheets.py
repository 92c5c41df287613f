"""Workbooks that leave the product: every list and every figure goes out through here.

A cell is text, a number or a date, never a formula: what somebody typed cannot run when the file is opened. Numbers of
cards and telephones are text, so that no spreadsheet rounds them.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from django.utils.translation import gettext as _

from .formats import moment

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Kind = Literal["text", "date", "int", "decimal", "percent"]
WIDTHS: dict[str, int] = {"text": 14, "date": 12, "int": 9, "decimal": 10, "percent": 10}
#: What Excel itself can hold below a heading.
MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `key` for whoever chooses, `label` as printed, `kind` of its values, `width` in characters.

    "percent" takes a fraction times 100 (95.75 shows 95.75), like everywhere in the product.
    """

    key: str
    label: str
    kind: Kind = "text"
    width: int | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a workbook: a title, columns, rows in the order of the columns, and sentences below. Without `signed`
    nothing stands below the rows, for a sheet that is to be read by a machine again."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    heading: str = ""
    notes: Sequence[str] = ()
    landscape: bool = True
    signed: bool = True


def workbook(sheets: Sequence[Sheet], *, made_by: str, made_at: dt.datetime) -> bytes:
    """The file. Rows are written as they come, so a county's visits need not fit into memory twice."""
    raw = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(raw, options) as book:
        book.set_properties({"author": made_by, "title": sheets[0].heading or sheets[0].title, "company": ""})
        formats = _formats(book)
        taken: set[str] = set()
        for sheet in sheets:
            _write(book, sheet, formats, _name(sheet.title, taken), made_by, made_at)
    return raw.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "border": 1, "border_color": "#C9C6BF"}
    return {
        "heading": book.add_format({"font_name": "宋体", "font_size": 15, "bold": True, "valign": "vcenter"}),
        "head": book.add_format(
            base | {"bold": True, "bg_color": "#EEF1F4", "text_wrap": True, "align": "center"}
        ),
        "note": book.add_format({"font_name": "宋体", "font_size": 9, "font_color": "#55534E"}),
        "text": book.add_format(base | {"num_format": "@"}),
        "date": book.add_format(base | {"num_format": "yyyy-mm-dd", "align": "center"}),
        "int": book.add_format(base | {"num_format": "0"}),
        "decimal": book.add_format(base | {"num_format": "0.00"}),
        "percent": book.add_format(base | {"num_format": "0.00"}),
    }


def _write(book: Any, sheet: Sheet, formats: dict[str, Any], name: str, by: str, at: dt.datetime) -> None:
    page = book.add_worksheet(name)
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width or max(WIDTHS[column.kind], 2 * len(column.label) + 2))
    row = 0
    if sheet.heading:
        page.set_row(0, 28)
        page.write_string(0, 0, sheet.heading, formats["heading"])
        row = 1
    for index, column in enumerate(sheet.columns):
        page.write_string(row, index, column.label, formats["head"])
    page.freeze_panes(row + 1, 0)
    page.repeat_rows(0, row)
    kinds = [column.kind for column in sheet.columns]
    for values in sheet.rows:
        row += 1
        if row > MOST_ROWS:
            break
        for index, value in enumerate(values):
            # An empty cell is only there for its border, which a sheet for a machine does without.
            if sheet.signed or (value is not None and value != ""):
                _cell(page, row, index, value, kinds[index], formats)
    made = _("%(by)s 于 %(at)s 导出") % {"by": by, "at": moment(at)}
    for offset, note in enumerate((*sheet.notes, made) if sheet.signed else (), start=2):
        page.write_string(row + offset, 0, note, formats["note"])
    if sheet.landscape:
        page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.set_footer("&C" + _("第 &P 页，共 &N 页"))


def _cell(page: Any, row: int, index: int, value: Any, kind: Kind, formats: dict[str, Any]) -> None:
    form = formats[kind]
    if value is None or value == "":
        page.write_blank(row, index, None, form)
    elif kind == "date" and isinstance(value, dt.date):
        page.write_datetime(row, index, dt.datetime(value.year, value.month, value.day), form)  # noqa: DTZ001
    elif kind in ("int", "decimal", "percent") and isinstance(value, int | float | Decimal):
        page.write_number(row, index, float(value), form)
    else:
        page.write_string(row, index, str(value)[:32_767], formats["text"] if kind != "date" else form)


def _name(title: str, taken: set[str]) -> str:
    """A name that a workbook allows: at most 31 characters, none of []:*?/\\, not twice."""
    plain = re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:28] or _("表")
    name, number = plain, 1
    while name.lower() in taken:
        number += 1
        name = f"{plain} {number}"
    taken.add(name.lower())
    return name
