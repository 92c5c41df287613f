"""Settling clocks: rows follow the events of their domain, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID, uuid4

import pytest

from tests.factories.county import NORTH_1, County
from xinqiao.clocks import sources
from xinqiao.clocks.actions import settle
from xinqiao.clocks.models import Clock
from xinqiao.clocks.sources import Source, Span
from xinqiao.kernel.actor import of_institution
from xinqiao.kernel.clock import FixedClock

As = Callable[[str], AbstractContextManager[None]]
NORTH = NORTH_1[:9] + "000"


class Events:
    """A made-up domain: its spans are what the test says."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    def read(self, subjects: Sequence[UUID] | None) -> list[Span]:
        return [span for span in self.spans if subjects is None or span.subject in subjects]


@pytest.fixture
def events() -> Iterator[Events]:
    made = Events()
    before = dict(sources._sources)
    sources.register(
        Source("madeup", frozenset({"D5", "D1"}), made.read, lambda subject: f"/cards/{subject}/")
    )
    yield made
    sources._sources.clear()
    sources._sources.update(before)


def test_a_start_opens_a_clock_and_its_end_closes_it(
    county: County, acting_as: As, clock: FixedClock, events: Events
) -> None:
    card = uuid4()
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH)]
    with acting_as("township"):
        settle(clock=clock, kind="madeup", subjects=[card])
        row = Clock.objects.get()
        assert (row.outcome, row.due_on, row.holder) == ("open", date(2026, 11, 9), "township")
        assert row.chain == [["county", "2026-11-10"], ["city", "2026-11-23"]]
        events.spans = [Span("D5", card, date(2026, 11, 2), NORTH, ended_on=date(2026, 11, 11))]
        settle(clock=clock, kind="madeup", subjects=[card])
        row = Clock.objects.get()
        assert (row.outcome, row.took, row.chain) == ("late", 7, [["county", "2026-11-10"]])


def test_a_start_taken_back_cancels_and_a_span_gone_cancels(
    county: County, acting_as: As, clock: FixedClock, events: Events
) -> None:
    first, second = uuid4(), uuid4()
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH) for card in (first, second)]
    with acting_as("township"):
        settle(clock=clock, kind="madeup", subjects=[first, second])
        events.spans = [Span("D5", first, date(2026, 11, 2), NORTH, void=True)]
        settle(clock=clock, kind="madeup", subjects=[first, second])
        assert list(Clock.objects.values_list("outcome", flat=True)) == ["cancelled", "cancelled"]


def test_settling_again_writes_nothing(
    county: County, acting_as: As, clock: FixedClock, events: Events, count_sql: Callable[[], object]
) -> None:
    card = uuid4()
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH)]
    with acting_as("township"):
        settle(clock=clock, kind="madeup", subjects=[card])
        with count_sql() as sql:  # type: ignore[attr-defined]
            settle(clock=clock, kind="madeup", subjects=[card])
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
        settle(clock=clock, kind="madeup", subjects=[card])
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
