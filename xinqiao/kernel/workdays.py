"""Working days: weekends and public holidays off, make-up weekends on, from dated day tables given from outside.

Clocks count as administrative practice does: the starting day is not counted, the period ends on the last working day.
A year without a table is answered with Saturday and Sunday off, and the answer says so in `warnings`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

LIMIT = 5_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class YearTable:
    """One year of the public calendar: `off` are weekdays off, `working` are Saturdays and Sundays worked."""

    year: int
    off: frozenset[date]
    working: frozenset[date]

    def __post_init__(self) -> None:
        for day in self.off | self.working:
            if day.year != self.year:
                raise ValueError(f"{day} is not in {self.year}")
        if wrong := [day for day in self.off if day.weekday() >= 5]:
            raise ValueError(f"already a weekend: {sorted(wrong)[0]}")
        if wrong := [day for day in self.working if day.weekday() < 5]:
            raise ValueError(f"already a weekday: {sorted(wrong)[0]}")


@dataclass(frozen=True, slots=True)
class WorkdayAnswer:
    """A date, and the sentences about years whose calendar is not known."""

    date: date
    warnings: tuple[str, ...] = ()


class Workdays:
    """The calendar of the years given. Later tables replace earlier ones of the same year."""

    def __init__(self, tables: Iterable[YearTable]) -> None:
        self._tables = {table.year: table for table in tables}

    @property
    def years(self) -> tuple[int, ...]:
        return tuple(sorted(self._tables))

    def warnings(self, *days: date) -> tuple[str, ...]:
        """One sentence for each year between the first and the last of `days` that has no table."""
        if not days:
            return ()
        span = range(min(days).year, max(days).year + 1)
        return tuple(
            f"{year} 年的放假安排尚未录入，按周六、周日休息计算" for year in span if year not in self._tables
        )

    def is_workday(self, day: date) -> bool:
        table = self._tables.get(day.year)
        if day.weekday() >= 5:
            return table is not None and day in table.working
        return table is None or day not in table.off

    def answer(self, start: date, count: int) -> WorkdayAnswer:
        """The `count`-th working day after `start` (before, when negative); 0 is `start` itself or the next one.

        The starting day is not counted. ValueError beyond 5,000 working days, OverflowError past year 9999.
        """
        if isinstance(count, bool) or not isinstance(count, int) or abs(count) > LIMIT:
            raise ValueError(f"工作日数应为 -{LIMIT} 到 {LIMIT} 的整数")
        day = start
        if count == 0:
            while not self.is_workday(day):
                day += _DAY
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            if self.is_workday(day):
                left -= 1
        return WorkdayAnswer(day, self.warnings(start, day))

    def add(self, start: date, count: int) -> date:
        """`answer(...)` without the warnings."""
        return self.answer(start, count).date

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` lies before."""
        sign, low, high = (1, start, end) if end >= start else (-1, end, start)
        count = 0
        day = low
        while day < high:
            day += _DAY
            count += self.is_workday(day)
        return sign * count
