"""Calendar arithmetic on civil dates: months that clamp at their end, month numbers, half-open periods."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier when negative), clamped at the month's end.

    31 January + 1 month = 28 or 29 February. OverflowError outside the years 1–9999.
    """
    index = day.year * 12 + (day.month - 1) + months
    year, month = divmod(index, 12)
    if not 1 <= year <= 9999:
        raise OverflowError("date out of range")
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def month_gap(first: date, second: date) -> int:
    """Difference of month numbers: 5 January to 30 April is 3, 31 January to 1 May is 4."""
    return (second.year - first.year) * 12 + second.month - first.month


def end_of_month(day: date) -> date:
    """The last day of `day`'s month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def end_of_quarter(day: date) -> date:
    """The last day of `day`'s calendar quarter: 31 March, 30 June, 30 September or 31 December."""
    return end_of_month(day.replace(month=(day.month + 2) // 3 * 3, day=1))


_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str) -> date:
    """The date written as 2026-11-21; ValueError for anything else.

    `date.fromisoformat` alone also takes the weeks of ISO 8601, packed dates, and text after a packed date.
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError(f"not a date like 2026-11-21: {text[:40]!r}")
    return date.fromisoformat(text)


def day_or_none(text: str) -> date | None:
    """The date as a date field sends it; None for anything else."""
    try:
        return read_day(text.strip())
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """Half-open period [start, end): `end` is the first day that no longer belongs to it."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"period ends before it starts: {self.start} … {self.end}")

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that belongs to it; ValueError for an empty period."""
        if self.end == self.start:
            raise ValueError("an empty period has no last day")
        return self.end - timedelta(days=1)

    def overlaps(self, other: Period) -> bool:
        return self.start < other.end and other.start < self.end

    @classmethod
    def month(cls, year: int, month: int) -> Period:
        start = date(year, month, 1)
        return cls(start, add_months(start, 1))

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Period:
        start = date(year, 3 * quarter - 2, 1)
        return cls(start, add_months(start, 3))

    @classmethod
    def half_year(cls, year: int, half: int) -> Period:
        start = date(year, 6 * half - 5, 1)
        return cls(start, add_months(start, 6))

    @classmethod
    def year(cls, year: int) -> Period:
        return cls(date(year, 1, 1), date(year + 1, 1, 1))
