"""The list of problems as a workbook to work from. Every cell is a string: what somebody typed is never run as a formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

import xlsxwriter
from django.utils.translation import gettext as _

MOST = 5_000


def problem_book(lines: Iterable[Sequence[str]], *, more: int = 0) -> bytes:
    """`lines`: sheet, row number, column letters, heading, value, sentence. `more` problems were left out."""
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
    return raw.getvalue()


def inert(value: str) -> str:
    """Text that stays text when a spreadsheet opens it or saves it as CSV: a leading sign gets an apostrophe."""
    return "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
