"""Laws of calendar months and half-open periods."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.periods import Period, add_months, end_of_month, end_of_quarter, month_gap, read_day
from xinqiao.policy.marks import clause

days = st.dates(date(1950, 1, 1), date(2150, 12, 31))
months = st.integers(-240, 240)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 1, 15), -1, date(2023, 12, 15)),
        (date(2024, 5, 31), 0, date(2024, 5, 31)),
    ],
)
def test_months_are_calendar_months_clamped_at_the_end(start: date, count: int, end: date) -> None:
    assert add_months(start, count) == end


@given(days, months)
def test_adding_months_moves_the_month_number_exactly_and_never_the_day_forward(
    day: date, count: int
) -> None:
    moved = add_months(day, count)
    assert month_gap(day, moved) == count
    assert moved.day == min(day.day, end_of_month(moved).day)


@given(days, days, months)
def test_adding_months_keeps_the_order_of_days(first: date, second: date, count: int) -> None:
    low, high = sorted((first, second))
    assert add_months(low, count) <= add_months(high, count)


@given(days)
def test_the_end_of_a_month_is_its_last_day(day: date) -> None:
    last = end_of_month(day)
    assert last.month == day.month
    assert (last + timedelta(days=1)).day == 1


@clause("N18/month-gap")
@pytest.mark.parametrize(
    ("first", "second", "gap"),
    [
        (date(2024, 1, 5), date(2024, 4, 30), 3),
        (date(2024, 1, 31), date(2024, 5, 1), 4),
        (date(2023, 11, 30), date(2024, 2, 1), 3),
    ],
)
def test_the_month_gap_counts_month_numbers_not_days(first: date, second: date, gap: int) -> None:
    assert month_gap(first, second) == gap


def test_a_period_holds_its_first_day_and_not_its_end() -> None:
    quarter = Period.quarter(2026, 4)
    assert date(2026, 10, 1) in quarter
    assert date(2026, 12, 31) in quarter
    assert date(2027, 1, 1) not in quarter
    assert quarter.last == date(2026, 12, 31)
    assert quarter.days == 92


def test_the_quarters_and_halves_of_a_year_follow_each_other_without_gap() -> None:
    parts = [Period.quarter(2024, number) for number in (1, 2, 3, 4)]
    assert [part.end for part in parts[:3]] == [part.start for part in parts[1:]]
    assert (Period.half_year(2024, 1).start, Period.half_year(2024, 2).end) == (
        date(2024, 1, 1),
        date(2025, 1, 1),
    )
    assert sum(part.days for part in parts) == Period.year(2024).days == 366
    assert sum(Period.month(2023, month).days for month in range(1, 13)) == 365


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="ends before"):
        Period(date(2024, 2, 1), date(2024, 1, 1))
    with pytest.raises(ValueError, match="no last day"):
        _ = Period(date(2024, 2, 1), date(2024, 2, 1)).last
    assert not Period.month(2024, 1).overlaps(Period.month(2024, 2))


@pytest.mark.parametrize(
    "text",
    ["2026-W06-2", "20260203ab", "20260203", "2026-2-3", "2026-02-30", "２０２６-02-03", "2026-02-03 ", ""],
)
def test_a_date_is_read_only_as_it_is_written_in_our_formats(text: str) -> None:
    assert read_day("2026-02-03") == date(2026, 2, 3)
    with pytest.raises(ValueError, match=r"2026|range|day"):
        read_day(text)


@given(days)
def test_the_quarter_of_a_day_ends_with_that_quarter(day: date) -> None:
    quarter = Period.quarter(day.year, (day.month + 2) // 3)
    assert quarter.start <= day <= end_of_quarter(day) == quarter.last
