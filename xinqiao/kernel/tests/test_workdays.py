"""Working days against the published calendars, and their laws."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.workdays import Workdays, YearTable
from xinqiao.policy.calendar import workdays
from xinqiao.policy.marks import clause

days = st.dates(date(2004, 2, 1), date(2026, 11, 30))


@clause("CAL/days-off", "R13/report-card")
@pytest.mark.parametrize(
    ("start", "five", "ten"),
    [
        (date(2024, 2, 8), date(2024, 2, 21), date(2024, 2, 28)),
        (date(2024, 9, 13), date(2024, 9, 23), date(2024, 9, 29)),
        (date(2025, 1, 24), date(2025, 2, 7), date(2025, 2, 13)),
        (date(2025, 4, 30), date(2025, 5, 12), date(2025, 5, 19)),
        (date(2025, 12, 31), date(2026, 1, 8), date(2026, 1, 15)),
    ],
)
def test_five_and_ten_working_days_over_holidays_and_make_up_weekends(
    start: date, five: date, ten: date
) -> None:
    assert workdays().add(start, 5) == five
    assert workdays().add(start, 10) == ten


@clause("CAL/days-off")
def test_every_day_from_2004_to_2026_agrees_with_the_published_calendar() -> None:
    calendar = workdays()
    assert calendar.years == tuple(range(2004, 2027))
    day, wrong = date(2004, 1, 1), []
    while day <= date(2026, 12, 31):
        if calendar.is_workday(day) != chinese_calendar.is_workday(day):
            wrong.append(day)
        day += timedelta(days=1)
    assert wrong == []


@given(days, st.integers(-60, 60))
def test_a_clock_never_ends_on_a_day_off(day: date, count: int) -> None:
    assert workdays().is_workday(workdays().add(day, count))


@given(days, st.integers(1, 60))
def test_counting_the_days_passed_gives_the_number_back(day: date, count: int) -> None:
    assert workdays().between(day, workdays().add(day, count)) == count


@given(days, days, st.integers(0, 60))
def test_a_clock_that_starts_later_never_ends_earlier(first: date, second: date, count: int) -> None:
    low, high = sorted((first, second))
    assert workdays().add(low, count) <= workdays().add(high, count)


def test_a_year_without_a_table_takes_weekends_off_and_says_so() -> None:
    answer = workdays().answer(date(2026, 12, 31), 3)
    assert answer.date == date(2027, 1, 5)
    assert answer.warnings == ("2027 年的放假安排尚未录入，按周六、周日休息计算",)
    assert workdays().answer(date(2026, 12, 1), 3).warnings == ()


def test_a_day_table_with_a_day_of_another_year_or_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="not in 2027"):
        YearTable(2027, frozenset({date(2026, 1, 1)}), frozenset())
    with pytest.raises(ValueError, match="already a weekend"):
        YearTable(2027, frozenset({date(2027, 1, 2)}), frozenset())
    with pytest.raises(ValueError, match="already a weekday"):
        YearTable(2027, frozenset(), frozenset({date(2027, 1, 4)}))


@pytest.mark.parametrize("count", [5001, -5001, True, 2.0])
def test_a_number_of_days_out_of_reason_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="整数"):
        Workdays([]).answer(date(2026, 1, 1), count)
