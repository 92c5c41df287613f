"""The list of problems as a workbook to work from. Every cell is a string: what somebody typed is never run as a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

MOST = 5_000


@dataclass(slots=True)
class AnswerRow:
    """A row as it was brought: its number there, its cells by column key, and (column key, sentence) of what is wrong."""

    number: int
    cells: Mapping[str, str]
    problems: Sequence[tuple[str, str]]


@dataclass(slots=True)
class AnswerSheet:
    """The rows of one sheet that have problems, under the headings they came with (column key, heading as written)."""

    name: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[AnswerRow]


def problem_book(
    lines: Iterable[Sequence[str]], *, more: int = 0, answers: Sequence[AnswerSheet] = ()
) -> bytes:
    """`lines`: sheet, row number, column letters, heading, value, sentence. `more` problems were left out.

    `answers` follow, one sheet each, with a comment on every cell that is wrong and all sentences in the last column: put
    right there, they can be brought again as they are.
    """
    raw = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(raw, options) as book:
        page = book.add_worksheet(_("问题清单"))
        bold = book.add_format({"bold": True, "bg_color": "#E9EEF3"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        for column, (title, width) in enumerate(
            (
                (_("工作表"), 14),
                (_("行"), 8),
                (_("列"), 6),
                (_("标题"), 22),
                (_("现在的值"), 26),
                (_("应当怎样"), 80),
            )
        ):
            page.set_column(column, column, width)
            page.write_string(0, column, title, bold)
        page.freeze_panes(1, 0)
        row = 0
        for line in lines:
            row += 1
            for column, value in enumerate(line):
                page.write_string(row, column, inert(value), text)
        if more:
            page.write_string(row + 1, 0, _("另有 %(count)s 个问题没有列出") % {"count": more}, text)
        wrong = book.add_format(
            {"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FBEFED", "border": 1}
        )
        for number, sheet in enumerate(answers, start=1):
            _answer(book.add_worksheet(_sheet_name(sheet.name, number)), sheet, bold, text, wrong)
    return raw.getvalue()


def _sheet_name(name: str, number: int) -> str:
    plain = "".join(sign for sign in name if sign not in "[]:*?/\\").strip("' ")[:24]
    return f"{number} {plain}".strip()


def _answer(page: Any, sheet: AnswerSheet, bold: Any, text: Any, wrong: Any) -> None:
    place = {key: index for index, (key, _written) in enumerate(sheet.columns, start=1)}
    last = len(sheet.columns) + 1
    for index, written in enumerate((_("原行号"), *(w for _key, w in sheet.columns), _("问题"))):
        page.write_string(0, index, written, bold)
        page.set_column(index, index, 60 if index == last else 8 if index == 0 else 16)
    page.freeze_panes(1, 1)
    for number, row in enumerate(sheet.rows, start=1):
        said: dict[int, list[str]] = {}
        for key, message in row.problems:
            if key in place:
                said.setdefault(place[key], []).append(message)
        page.write_number(number, 0, row.number)
        for key, index in place.items():
            page.write_string(number, index, inert(row.cells.get(key, "")), wrong if index in said else text)
        for index, messages in said.items():
            page.write_comment(number, index, "\n".join(messages), {"x_scale": 2})
        page.write_string(number, last, "\n".join(message for _key, message in row.problems), text)


def inert(value: str) -> str:
    """Text that stays text when a spreadsheet opens it or saves it as CSV: a leading sign gets an apostrophe."""
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
