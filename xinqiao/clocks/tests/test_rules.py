"""Folding spans: published vectors, pauses, the chain, areas; and laws over all calendars."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.clocks.rules import Row, due, elapsed, fold, shift, told, told_next
from xinqiao.clocks.sources import Span
from xinqiao.kernel.codes import NATION
from xinqiao.policy.calendar import workdays
from xinqiao.policy.deadlines import deadline
from xinqiao.policy.kinds import POSTS
from xinqiao.policy.marks import clause
from xinqiao.policy.policies import released_policies

SUBJECT = UUID(int=1)
DAYS = workdays()
POLICIES = released_policies()
starts = st.dates(date(2004, 1, 1), date(2026, 12, 31))


def row(code: str, start: date, place: str = "990101100000", **more: object) -> Row:
    return fold(
        Span(code, SUBJECT, start, place, **more),  # type: ignore[arg-type]
        kind="madeup",
        policies=POLICIES,
        workdays=DAYS,
    )


#: Working days: before Spring Festival, over two make-up weekends, over Labour Day, over the year's end.
WORKING: dict[int, tuple[tuple[date, date], ...]] = {
    5: (
        (date(2024, 2, 8), date(2024, 2, 21)),
        (date(2024, 9, 13), date(2024, 9, 23)),
        (date(2025, 1, 24), date(2025, 2, 7)),
        (date(2025, 4, 30), date(2025, 5, 12)),
        (date(2025, 12, 31), date(2026, 1, 8)),
    ),
    10: (
        (date(2024, 2, 8), date(2024, 2, 28)),
        (date(2024, 9, 13), date(2024, 9, 29)),
        (date(2025, 1, 24), date(2025, 2, 13)),
        (date(2025, 4, 30), date(2025, 5, 19)),
        (date(2025, 12, 31), date(2026, 1, 15)),
    ),
    15: ((date(2025, 1, 24), date(2025, 2, 20)), (date(2025, 12, 31), date(2026, 1, 22))),
}
OF_WORKING = {
    5: ("D3", "D5", "D7", "D15R", "D17"),
    10: ("D1", "D2", "D4", "D6", "D8", "D9", "D23", "D24", "D31", "D32", "D36"),
    15: ("D26", "D27"),
}
#: All others run by the civil calendar, and may run out on a day off: 2025-05-01 to -05, 2026-02-15 to -23 are such.
CIVIL: dict[str, tuple[tuple[date, date], ...]] = {
    "D11": ((date(2025, 4, 30), date(2025, 5, 14)), (date(2026, 2, 3), date(2026, 2, 17))),
    "D12": ((date(2025, 4, 30), date(2025, 5, 14)), (date(2025, 12, 20), date(2026, 1, 3))),
    "D13": ((date(2025, 4, 30), date(2025, 5, 1)), (date(2025, 12, 31), date(2026, 1, 1))),
    "D15": ((date(2026, 2, 10), date(2026, 2, 24)), (date(2026, 2, 3), date(2026, 2, 17))),
    "D15B": ((date(2026, 1, 31), date(2026, 2, 28)), (date(2025, 12, 16), date(2026, 1, 16))),
    "D15P": ((date(2026, 2, 14), date(2026, 2, 15)), (date(2025, 12, 31), date(2026, 1, 1))),
    "D16": ((date(2025, 4, 30), date(2025, 5, 5)), (date(2025, 12, 31), date(2026, 1, 5))),
    "D17P": ((date(2025, 12, 31), date(2026, 1, 7)), (date(2026, 2, 12), date(2026, 2, 19))),
    "D18": ((date(2024, 1, 31), date(2024, 2, 29)), (date(2026, 11, 21), date(2026, 12, 21))),
    "D19": ((date(2026, 1, 1), date(2026, 12, 31)), (date(2026, 12, 31), date(2026, 12, 31))),
    "D21": ((date(2026, 4, 30), date(2026, 5, 3)), (date(2025, 12, 30), date(2026, 1, 2))),
    "D25": ((date(2024, 2, 29), date(2025, 2, 28)), (date(2025, 12, 31), date(2026, 12, 31))),
    "D28": ((date(2026, 2, 11), date(2026, 2, 18)), (date(2025, 12, 28), date(2026, 1, 4))),
    "D30": ((date(2025, 4, 30), date(2025, 5, 1)), (date(2025, 12, 31), date(2026, 1, 1))),
    "D33": (
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 12, 31)),
    ),
    "D34": ((date(2025, 11, 30), date(2026, 2, 28)), (date(2026, 2, 1), date(2026, 5, 1))),
    "D35": ((date(2026, 1, 31), date(2026, 2, 28)), (date(2025, 12, 15), date(2026, 1, 15))),
}
VECTORS = [
    *((code, *pair) for limit, codes in OF_WORKING.items() for code in codes for pair in WORKING[limit]),
    *((code, *pair) for code, pairs in CIVIL.items() for pair in pairs),
]


@clause("N18/lost", "N3/exam", "MHL/second-diagnosis", "OWN/first-registration", "OWN/own-view", "OWN/consent-again",
        "OWN/transfer-phone", "OWN/clue-danger", "OWN/clue-steps", "OWN/sweep", "OWN/first-assessment",
        "OWN/first-joint-visit", "OWN/lost-report", "OWN/campaign")  # fmt: skip
@pytest.mark.parametrize(("code", "start", "due_on"), VECTORS)
def test_each_clock_runs_out_on_the_day_its_rule_says(code: str, start: date, due_on: date) -> None:
    one = row(code, start)
    assert one.due_on == due_on
    assert one.due_on == deadline(code, start).due_on, "the two ways to ask for a deadline"
    assert start <= one.warn_on <= due_on < min((on for _to, on in one.chain), default=date.max)
    assert DAYS.is_workday(due_on) or one.unit != "workdays"


def test_every_clock_has_its_vector() -> None:
    """D10 is no limit of a paper: its days are the intervals of follow-up."""
    named = set(POLICIES.at("registry/deadlines", on=date(2026, 1, 1)).value)
    assert {code for code, _start, _due in VECTORS} == named
    wanted = {f"D{n}" for n in (*range(1, 10), 15, 17, 18, 19, 21, 23)}
    assert wanted <= named, "§4; D20 is the row of another area"


@clause("BJ/report")
def test_an_area_replaces_only_the_clocks_it_names() -> None:
    start = date(2025, 4, 30)
    assert row("D1", start, "110105000000").due_on == date(2025, 5, 12)
    assert row("D4", start, "110105000000").due_on == date(2025, 5, 14)
    assert row("D5", start, "110105000000").due_on == row("D5", start).due_on
    assert row("D1", start).due_on == date(2025, 5, 19)


@clause("OWN/escalation")
def test_the_chain_says_who_is_told_and_when() -> None:
    one = row("D5", date(2026, 11, 2))
    assert (one.holder, one.due_on, one.warn_on) == ("township", date(2026, 11, 9), date(2026, 11, 5))
    assert one.chain == (("county", date(2026, 11, 10)), ("city", date(2026, 11, 23)))
    assert told(one.chain, date(2026, 11, 9)) is None
    assert told(one.chain, date(2026, 11, 10)) == ("county", date(2026, 11, 10))
    assert told_next(one.chain, date(2026, 11, 10)) == ("city", date(2026, 11, 23))
    assert told_next(one.chain, date(2026, 12, 1)) is None
    visit = row("D12", date(2026, 1, 1), "990101100201")
    assert [post for post, _on in visit.chain] == ["village", "township", "county"]


def test_a_last_day_that_the_events_name_holds_whatever_the_limit() -> None:
    one = row("D28", date(2026, 12, 3), due_on=date(2026, 12, 12))
    assert (one.due_on, one.warn_on) == (date(2026, 12, 12), date(2026, 12, 5))
    assert one.chain == (("county", date(2026, 12, 13)),)


def test_what_the_county_holds_is_its_business_from_the_start() -> None:
    assert row("D3", date(2026, 11, 2)).county_on == date(2026, 11, 2)
    assert row("D5", date(2026, 11, 2)).county_on == date(2026, 11, 10)


def test_work_that_lies_at_a_county_is_held_there_and_told_upwards_only() -> None:
    one = row("D5", date(2026, 11, 2), "990101000000")
    assert (one.holder, one.county_on) == ("county", date(2026, 11, 2))
    assert one.chain == (("city", date(2026, 11, 23)),)
    assert row("D18", date(2026, 11, 2), "990101100201").holder == "township"
    assert row("D15", date(2026, 11, 2), "990101100000").holder == "township"
    assert row("D1", date(2026, 11, 2), "990101000000").holder == "hospital"


def test_an_ended_clock_keeps_who_was_told_and_how_long_it_took() -> None:
    late = row("D5", date(2026, 11, 2), ended_on=date(2026, 11, 12))
    assert (late.outcome, late.took, late.chain) == ("late", 8, (("county", date(2026, 11, 10)),))
    done = row("D5", date(2026, 11, 2), ended_on=date(2026, 11, 9))
    assert (done.outcome, done.took, done.chain) == ("done", 5, ())
    assert row("D5", date(2026, 11, 2), ended_on=date(2026, 11, 2)).took == 0


def test_what_is_not_owed_any_more_keeps_the_day_and_who_was_told_by_then() -> None:
    gone = row("D5", date(2026, 11, 2), void=True, ended_on=date(2026, 11, 12))
    assert (gone.outcome, gone.ended_on, gone.took) == ("cancelled", date(2026, 11, 12), None)
    assert gone.chain == (("county", date(2026, 11, 10)),)
    never = row("D5", date(2026, 11, 2), void=True)
    assert (never.outcome, never.ended_on, never.chain) == ("cancelled", None, ())


def test_a_pause_moves_the_last_day_by_the_working_days_it_took() -> None:
    paused = row("D5", date(2026, 11, 2), pauses=((date(2026, 11, 4), date(2026, 11, 9)),))
    assert paused.due_on == date(2026, 11, 12)  # the 4th, 5th and 6th were working days
    assert paused.paused_on is None
    still = row("D5", date(2026, 11, 2), pauses=((date(2026, 11, 4), None),))
    assert still.paused_on == date(2026, 11, 4)
    ended = row("D5", date(2026, 11, 2), pauses=((date(2026, 11, 4), None),), ended_on=date(2026, 12, 2))
    assert (ended.outcome, ended.paused_on) == ("done", None)


def test_an_end_before_the_start_takes_no_time_and_is_in_time() -> None:
    early = row("D5", date(2026, 11, 5), ended_on=date(2026, 11, 2))
    assert (early.outcome, early.took) == ("done", 0)


def test_every_clock_of_the_rules_has_a_chain_of_its_own() -> None:
    clocks = set(POLICIES.at("registry/deadlines", on=date(2026, 1, 1)).value)
    chains = POLICIES.at("registry/escalation", on=date(2026, 1, 1)).value
    assert clocks <= set(chains), sorted(clocks - set(chains))
    assert {step["to"] for item in chains.values() for step in item["chain"]} <= set(POSTS)


@given(starts, st.integers(1, 60))
def test_adding_working_days_never_lands_on_a_day_off(start: date, limit: int) -> None:
    end = due(start, limit, "workdays", (), DAYS)
    assert DAYS.is_workday(end)
    assert elapsed(start, end, "workdays", (), DAYS) == limit
    assert DAYS.is_workday(shift(end, 1, "workdays", DAYS))


@given(
    starts,
    st.sampled_from(["workdays", "days"]),
    st.integers(1, 20),
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=3),
)
def test_a_pause_never_shortens_and_what_runs_is_the_limit(
    start: date, unit: str, limit: int, gaps: list[tuple[int, int]]
) -> None:
    pauses = tuple((start + timedelta(days=a), start + timedelta(days=a + n)) for a, n in gaps)
    end = due(start, limit, unit, pauses, DAYS)
    assert end >= due(start, limit, unit, (), DAYS)
    assert elapsed(start, end, unit, pauses, DAYS) == limit
    assert not any(a <= end < b for a, b in pauses)
    assert unit == "days" or DAYS.is_workday(end)


@given(st.sampled_from(["D1", "D5", "D17", "D18", "D15", "D21"]), starts, st.integers(0, 90))
def test_ending_on_any_day_never_changes_when_it_ran_out(code: str, start: date, after: int) -> None:
    open_one = row(code, start)
    ended = row(code, start, ended_on=start + timedelta(days=after))
    assert (ended.due_on, ended.warn_on, ended.holder) == (open_one.due_on, open_one.warn_on, open_one.holder)
    assert (ended.outcome == "late") == (start + timedelta(days=after) > open_one.due_on)
    assert ended.chain == open_one.chain[: len(ended.chain)]
    assert open_one.warn_on <= open_one.due_on <= min([on for _to, on in open_one.chain], default=date.max)


def test_the_nation_has_a_row_for_whatever_else_is_asked() -> None:
    assert "*" in POLICIES.at("registry/escalation", on=date(2026, 1, 1), ancestors=[NATION]).value
