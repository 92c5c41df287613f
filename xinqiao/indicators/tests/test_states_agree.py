"""Who is in the register: the registry's states and the figures' REG say the same on every day of every course of events."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.engines.reference import belongs, state_of
from xinqiao.indicators.state import Frame
from xinqiao.registry.facts import Event, PersonFact
from xinqiao.registry.rules import WITHIN_A_DAY, state_on
from xinqiao.registry.rules.cycle import fits

FILED = date(2024, 3, 1)
_KINDS = st.sampled_from([kind for kind in WITHIN_A_DAY if kind != "filed"])
_EVENTS = st.lists(st.tuples(_KINDS, st.integers(-20, 900)), max_size=10)


@settings(max_examples=200, deadline=None)
@given(_EVENTS, st.integers(0, 950))
def test_on_the_register_is_what_the_figures_count_even_where_events_do_not_fit(
    told: list[tuple[str, int]], after: int
) -> None:
    events = [Event("filed", FILED), *(Event(kind, FILED + timedelta(number)) for kind, number in told)]
    day = FILED + timedelta(after)
    _same(events, day)


@settings(max_examples=100, deadline=None)
@given(_EVENTS, st.integers(0, 950))
def test_on_the_register_and_lost_are_what_the_figures_count(told: list[tuple[str, int]], after: int) -> None:
    events = [Event("filed", FILED)]
    for kind, number in told:
        on = FILED + timedelta(abs(number))
        if fits(events, kind, on):
            events.append(Event(kind, on))
    _same(events, FILED + timedelta(after))


def _same(events: list[Event], day: date) -> None:
    said = state_on(events, day)
    counted = state_of(PersonFact(uuid4(), FILED, events=tuple(events)), (), (), Frame.at(day))
    assert belongs(catalogue(), "reg", counted) is said.on_register
