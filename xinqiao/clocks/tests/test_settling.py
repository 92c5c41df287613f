"""Settling clocks: rows follow the events of their domain, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from uuid import uuid4

import pytest

from tests.factories.county import NORTH_1, County
from xinqiao.clocks.actions import settle, settle_all, settle_begun
from xinqiao.clocks.models import Clock
from xinqiao.clocks.sources import Span
from xinqiao.kernel.actor import of_institution
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import NATION

from .made import KIND, Events, made_up

As = Callable[[str], AbstractContextManager[None]]
NORTH = NORTH_1[:9] + "000"


@pytest.fixture
def events() -> Iterator[Events]:
    with made_up() as made:
        yield made


def test_a_start_opens_a_clock_and_its_end_closes_it(
    county: County, acting_as: As, clock: FixedClock, events: Events
) -> None:
    card = uuid4()
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH)]
    with acting_as("township"):
        settle(clock=clock, kind=KIND, subjects=[card])
        row = Clock.objects.get()
        assert (row.outcome, row.due_on, row.holder) == ("open", date(2026, 11, 9), "township")
        assert row.chain == [["county", "2026-11-10"], ["city", "2026-11-23"]]
        events.spans = [Span("D5", card, date(2026, 11, 2), NORTH, ended_on=date(2026, 11, 11))]
        settle(clock=clock, kind=KIND, subjects=[card])
        row = Clock.objects.get()
        assert (row.outcome, row.took, row.chain) == ("late", 7, [["county", "2026-11-10"]])


def test_a_start_taken_back_cancels_and_a_span_gone_cancels(
    county: County, acting_as: As, clock: FixedClock, events: Events
) -> None:
    first, second = uuid4(), uuid4()
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH) for card in (first, second)]
    with acting_as("township"):
        settle(clock=clock, kind=KIND, subjects=[first, second])
        events.spans = [Span("D5", first, date(2026, 11, 2), NORTH, void=True)]
        settle(clock=clock, kind=KIND, subjects=[first, second])
        assert list(Clock.objects.values_list("outcome", flat=True)) == ["cancelled", "cancelled"]


def test_a_span_that_is_gone_leaves_no_end_behind(
    county: County, acting_as: As, clock: FixedClock, events: Events
) -> None:
    card = uuid4()
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH, ended_on=date(2026, 11, 12))]
    with acting_as("township"):
        settle(clock=clock, kind=KIND, subjects=[card])
        events.spans = []
        settle(clock=clock, kind=KIND, subjects=[card])
        row = Clock.objects.get()
    assert (row.outcome, row.ended_on, row.took) == ("cancelled", None, None), (
        "else it would count as overdue"
    )


def test_only_what_was_begun_is_settled_for_who_is_told_of_everybody(
    county: County, acting_as: As, clock: FixedClock, events: Events, count_sql: Callable[[], object]
) -> None:
    known, other = uuid4(), uuid4()
    events.spans = [Span("D5", known, date(2026, 11, 2), NORTH)]
    with acting_as("township"):
        settle(clock=clock, kind=KIND, subjects=[known])
        events.spans = [Span("D5", one, date(2026, 11, 2), NORTH, void=True) for one in (known, other)]
        with count_sql() as sql:  # type: ignore[attr-defined]
            settle_begun(clock=clock, kind=KIND, subjects=[other])
        assert len(sql.captured_queries_after) == 1
        settle_begun(clock=clock, kind=KIND, subjects=[known, other])
        assert list(Clock.objects.values_list("subject", "outcome")) == [(known, "cancelled")]


def test_settling_again_writes_nothing(
    county: County, acting_as: As, clock: FixedClock, events: Events, count_sql: Callable[[], object]
) -> None:
    card = uuid4()
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH)]
    with acting_as("township"):
        settle(clock=clock, kind=KIND, subjects=[card])
        with count_sql() as sql:  # type: ignore[attr-defined]
            settle(clock=clock, kind=KIND, subjects=[card])
    assert [q["sql"] for q in sql.captured_queries_after if not q["sql"].startswith("SELECT")] == []
    assert len(sql.captured_queries_after) <= 2


def test_a_hospital_opens_a_clock_of_a_township_that_it_shares_and_a_stranger_sees_nothing(
    county: County, acting_as: As, clock: FixedClock, events: Events
) -> None:
    card = uuid4()
    institution = county.actors["hospital"].institution_id
    assert institution
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH, shared=(of_institution(institution),))]
    with acting_as("hospital"):
        settle(clock=clock, kind=KIND, subjects=[card])
        assert Clock.objects.count() == 1
    for key, seen in {
        "township": 1,
        "county": 1,
        "other_township": 0,
        "other_county": 0,
        "village": 0,
    }.items():
        with acting_as(key):
            assert Clock.objects.count() == seen, key


def test_recomputing_from_events_gives_what_is_stored_and_finds_what_is_not(
    county: County, acting_as: As, clock: FixedClock, events: Events
) -> None:
    cards = [uuid4() for _ in range(4)]
    events.spans = [
        Span("D5", cards[0], date(2026, 11, 2), NORTH),
        Span("D5", cards[1], date(2026, 11, 2), NORTH, ended_on=date(2026, 11, 6)),
        Span("D7", cards[2], date(2026, 11, 2), NORTH, pauses=((date(2026, 11, 4), None),)),
        Span("D5", cards[3], date(2026, 11, 2), NORTH, void=True),
    ]
    with acting_as("township"):
        settle(clock=clock, kind=KIND, subjects=cards)
    assert list(settle_all(NATION, write_down=False)) == []
    with acting_as("township"):
        Clock.objects.filter(subject=cards[0]).update(due_on=date(2026, 11, 30))
        Clock.objects.filter(subject=cards[1]).update(outcome="open", ended_on=None)
    events.spans.pop(2)
    wrong = {(one.code, one.subject) for one in settle_all(NATION, write_down=False)}
    assert wrong == {("D5", cards[0]), ("D5", cards[1]), ("D7", cards[2])}
    assert {(one.code, one.subject) for one in settle_all(NATION, write_down=True)} == wrong
    assert list(settle_all(NATION, write_down=False)) == []
    with acting_as("township"):
        outcomes = dict(Clock.objects.values_list("subject", "outcome"))
    assert outcomes == {cards[0]: "open", cards[1]: "done", cards[2]: "cancelled"}


def test_what_is_opened_and_ended_while_all_are_computed_is_not_undone(
    county: County, acting_as: As, clock: FixedClock, events: Events
) -> None:
    new, ended, wrong = uuid4(), uuid4(), uuid4()
    start = date(2026, 11, 2)
    events.before = [Span("D5", ended, start, NORTH), Span("D5", wrong, start, NORTH)]
    events.spans = [
        Span("D5", new, start, NORTH),
        Span("D5", ended, start, NORTH, ended_on=date(2026, 11, 4)),
        Span("D5", wrong, start, NORTH),
    ]
    with acting_as("township"):
        settle(clock=clock, kind=KIND, subjects=[new, ended, wrong])
        Clock.objects.filter(subject=wrong).update(due_on=date(2026, 11, 30))
    assert [one.subject for one in settle_all(NATION, write_down=True)] == [wrong]
    with acting_as("township"):
        outcomes = dict(Clock.objects.values_list("subject", "outcome"))
    assert outcomes == {new: "open", ended: "done", wrong: "open"}
