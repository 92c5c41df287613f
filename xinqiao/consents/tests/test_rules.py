"""What follows a no: the group is told once for a run of noes, and each no asks again after its year."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from xinqiao.consents.rules import ASK_AGAIN, TELL, owed_after

DAY = date(2026, 3, 1)


def answer(decision: str, day: int) -> Any:
    on = DAY + timedelta(day)
    at = datetime(on.year, on.month, on.day, tzinfo=UTC)
    return SimpleNamespace(
        pk=uuid4(), basis="consent", decision=decision, happened_on=on, recorded_at=at, withdrawn=False
    )


def owed(
    answers: list[Any], told: list[tuple[UUID, date]] | None = None, **more: Any
) -> list[tuple[str, int, int | None]]:
    """(clock, day it began, day it ended) of each."""
    return sorted(
        (one.code, (one.started_on - DAY).days, one.ended_on and (one.ended_on - DAY).days)
        for one in owed_after(answers, told or [], **more)
    )


def test_an_agreement_asks_for_nothing() -> None:
    assert owed([answer("1", 0)]) == []


def test_a_no_asks_to_tell_the_group_and_to_ask_again() -> None:
    assert owed([answer("0", 3)]) == [(TELL, 3, None), (ASK_AGAIN, 3, None)]


def test_telling_the_group_ends_the_first_clock_only() -> None:
    no = answer("0", 3)
    assert owed([no], [(no.pk, DAY + timedelta(8))]) == [(TELL, 3, 8), (ASK_AGAIN, 3, None)]


def test_asked_again_with_another_no_begins_a_new_year_and_tells_nobody_again() -> None:
    noes = [answer("0", 0), answer("0", 300)]
    assert owed(noes) == [(TELL, 0, None), (ASK_AGAIN, 0, 300), (ASK_AGAIN, 300, None)]


def test_agreeing_later_ends_everything_and_a_later_withdrawal_begins_anew() -> None:
    said = [answer("0", 0), answer("1", 50), answer("0", 90)]
    assert owed(said) == [(TELL, 0, 50), (TELL, 90, None), (ASK_AGAIN, 0, 50), (ASK_AGAIN, 90, None)]


def test_where_service_follows_by_law_nobody_is_persuaded_and_one_still_asks_again() -> None:
    assert owed([answer("0", 0)], limited=False) == [(ASK_AGAIN, 0, None)]


def test_leaving_ends_what_is_open() -> None:
    assert owed([answer("0", 0)], left_on=DAY + timedelta(20)) == [(TELL, 0, 20), (ASK_AGAIN, 0, 20)]


def test_what_ends_because_somebody_agreed_or_left_was_not_done() -> None:
    def needless(answers: list[Any], told: list[tuple[UUID, date]], **more: Any) -> dict[str, bool]:
        return {one.code: one.needless for one in owed_after(answers, told, **more)}

    no, yes = answer("0", 0), answer("1", 50)
    told = [(no.pk, DAY + timedelta(8))]
    assert needless([no], told) == {TELL: False, ASK_AGAIN: False}
    assert needless([no, yes], []) == {TELL: True, ASK_AGAIN: False}
    assert needless([no, yes], told) == {TELL: False, ASK_AGAIN: False}
    assert needless([no], told, left_on=DAY + timedelta(20)) == {TELL: False, ASK_AGAIN: True}
    assert needless([no], told, left_on=DAY + timedelta(3)) == {TELL: True, ASK_AGAIN: True}


@given(st.lists(st.tuples(st.sampled_from("01"), st.integers(0, 50)), max_size=7), st.randoms())
def test_at_most_one_clock_of_each_kind_is_open_and_only_after_a_last_no(
    said: list[tuple[str, int]], mixed: Any
) -> None:
    by_day = {day: decision for decision, day in said}
    answers = [answer(decision, day) for day, decision in by_day.items()]
    mixed.shuffle(answers)
    found = owed_after(answers, [])
    last = max(answers, key=lambda one: one.happened_on, default=None)
    for code in (TELL, ASK_AGAIN):
        still = [one for one in found if one.code == code and one.ended_on is None]
        assert len(still) == (1 if last is not None and last.decision == "0" else 0)


def test_an_old_no_that_came_in_an_import_starts_its_clocks_when_it_was_learned() -> None:
    old = answer("0", 0)
    old.recorded_at = old.recorded_at + timedelta(days=400)
    assert owed([old], brought=True) == [(TELL, 400, None), (ASK_AGAIN, 400, None)]
    agreed = answer("1", 30)
    assert owed([old, agreed], brought=True) == [(TELL, 400, 400), (ASK_AGAIN, 400, 400)]
