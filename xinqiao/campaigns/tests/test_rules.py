"""Tables and laws of special actions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.campaigns.rules import (
    Coming,
    Line,
    by_place,
    check_answers,
    coming_holidays,
    outcome,
    tally,
    together,
)
from xinqiao.kernel.codes import township_of
from xinqiao.policy.calendar import workdays

OUTCOMES = ("open", "done", "visited", "unreachable")
PLACES = ("990101100201", "990101100202", "990101101201")
lines = st.lists(
    st.builds(
        Line,
        st.sampled_from(PLACES),
        st.sampled_from(OUTCOMES),
        st.dictionaries(st.sampled_from("abc"), st.sampled_from("01")),
        st.sampled_from(["away", "other"]),
    )
)


@given(lines)
def test_the_numbers_of_all_places_together_are_those_of_the_whole(some: list[Line]) -> None:
    assert together(by_place(some, township_of).values()) == tally(some)


@given(lines)
def test_every_line_is_counted_once_and_places_add_up(some: list[Line]) -> None:
    whole = tally(some)
    assert whole.done + whole.visited + whole.unreachable + whole.open == whole.total == len(some)
    assert whole.settled == whole.total - whole.open
    for of in (str, township_of):
        parts = by_place(some, of).values()
        assert sum(one.total for one in parts) == whole.total
        assert sum(one.settled for one in parts) == whole.settled
    assert sum(whole.reasons.values()) == whole.unreachable


@pytest.mark.parametrize(
    ("stored", "visited", "counts"),
    [
        ("open", False, "open"), ("open", True, "visited"), ("done", True, "done"), ("unreachable", True, "unreachable"),
    ],
)  # fmt: skip
def test_what_was_written_down_comes_before_a_visit(stored: str, visited: bool, counts: str) -> None:
    assert outcome(stored, visited) == counts


@pytest.mark.parametrize(
    ("answers", "note", "codes"),
    [
        ({"a": "1", "b": "1"}, "", []),
        ({"a": "1", "b": "0"}, "明天送药", []),
        ({"a": "1", "b": "0"}, " ", ["note"]),
        ({"a": "1"}, "", ["step-b"]),
        ({"a": "2", "b": "x"}, "", ["step-a", "step-b"]),
    ],
)
def test_answers_are_whole_and_a_problem_wants_a_word(
    answers: dict[str, str], note: str, codes: list[str]
) -> None:
    assert [one.field for one in check_answers(["a", "b"], answers, note)] == codes


@pytest.mark.parametrize(
    ("today", "coming"),
    [
        (date(2026, 1, 10), [Coming("spring", date(2026, 2, 15))]),
        (date(2025, 1, 2), [Coming("spring", date(2025, 1, 28))]),
        (date(2025, 9, 1), [Coming("autumn", date(2025, 10, 1))]),
        (date(2026, 9, 20), [Coming("autumn", date(2026, 10, 1))]),
        (date(2026, 4, 1), []),
        (date(2026, 11, 22), []),
        (date(2027, 9, 1), [Coming("autumn", date(2027, 10, 1))]),
    ],
)
def test_care_visits_are_proposed_before_the_two_long_holidays(today: date, coming: list[Coming]) -> None:
    calendar = workdays()
    assert coming_holidays(today, calendar.is_workday, lambda year: year in calendar.years) == coming


def test_in_every_published_year_each_holiday_is_proposed_and_never_on_a_working_day() -> None:
    calendar = workdays()
    for year in range(2015, 2027):
        seen = set()
        for n in range(365):
            day = date(year - 1, 12, 1) + timedelta(days=n)
            for one in coming_holidays(day, calendar.is_workday, lambda y: y in calendar.years):
                assert not calendar.is_workday(one.on)
                if one.on.year == year:
                    seen.add(one.key)
        assert seen == {"spring", "autumn"}, year
