"""Dates as people type them, and as spreadsheets count them."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from xinqiao.kernel.words import sentence

_EPOCH_1900 = date(1899, 12, 30)
_EPOCH_1904 = date(1904, 1, 1)
_TAIL = r"(?:[ T]+\d{1,2}[::]\d{1,2}(?:[::]\d{1,2}(?:\.\d+)?)?)?"
_PARTED = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*[日号]?{_TAIL}")
_SOLID = re.compile(rf"(\d{{4}})(\d{{2}})(\d{{2}}){_TAIL}")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?|(\d{4})(\d{2})")
_YEAR = re.compile(r"(\d{4})\s*年?")
_SHORT_YEAR = re.compile(r"\d{1,2}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,4}\s*[日号]?")


class NotADate(Exception):
    """Carries the half sentence that says what is wrong and what would be right."""


def from_serial(number: float, from_1904: bool) -> date | None:
    """A day counted by a spreadsheet (1900 or 1904 system), or None outside 1905–2100. Fractions are times of day.

    The 1900 system believes in a 29 February 1900, which is why its count is only right from March 1900 on.
    """
    if not 1 < number < 75_000:
        return None
    found = (_EPOCH_1904 if from_1904 else _EPOCH_1900) + timedelta(days=int(number))
    return found if 1905 <= found.year <= 2100 else None


def parse_date(text: str, *, partial: bool = False) -> tuple[date, str]:
    """A date and its precision (`day`, `month`, `year`; less than a day only where `partial`), or NotADate.

    `text` is cleaned text. Known: 2024-3-5, 2024/3/5, 2024.3.5, 20240305, 2024年3月5日, each with a time behind.
    """
    for pattern in (_PARTED, _SOLID):
        match = pattern.fullmatch(text)
        if match:
            return _checked(*(int(part) for part in match.groups())), "day"
    if re.fullmatch(r"\d{5}(\.\d+)?", text):
        found = from_serial(float(text), from_1904=False)
        if found:
            return found, "day"
    match = _MONTH.fullmatch(text)
    if match:
        year, month = (int(part) for part in match.groups() if part)
        if partial:
            return _checked(year, month, 1), "month"
        raise NotADate(sentence("只有年月，缺少日，应写成 2024-03-05 这样的完整日期"))
    match = _YEAR.fullmatch(text)
    if match:
        if partial:
            return _checked(int(match.group(1)), 1, 1), "year"
        raise NotADate(sentence("只有年份，应写成 2024-03-05 这样的完整日期"))
    if _SHORT_YEAR.fullmatch(text):
        raise NotADate(sentence("年份应写四位，如 2024-03-05"))
    raise NotADate(sentence("不是日期，应写成 2024-03-05 这样的日期"))


def _checked(year: int, month: int, day: int) -> date:
    if not 1900 <= year <= 2100:
        raise NotADate(sentence("年份不在 1900 至 2100 之间"))
    if not 1 <= month <= 12:
        raise NotADate(sentence("没有 %(month)s 月", month=month))
    last = calendar.monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise NotADate(
            sentence(
                "%(year)s 年 %(month)s 月只有 %(last)s 天，没有 %(day)s 日",
                year=year,
                month=month,
                last=last,
                day=day,
            )
        )
    return date(year, month, day)
