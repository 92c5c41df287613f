"""Facts of one day: the registry, follow-up and the figures take them in the same order."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from uuid import uuid4

import pytest

from xinqiao.followup.actions.folding import facts_of, fold_history
from xinqiao.followup.actions.history import Event as KnownEvent
from xinqiao.followup.actions.history import History
from xinqiao.followup.rules import next_due
from xinqiao.indicators.engines.reference import state_of
from xinqiao.indicators.state import Frame
from xinqiao.policy.policies import released_policies
from xinqiao.registry.facts import Event, PersonFact
from xinqiao.registry.rules import state_on

FILED, DAY, T = date(2026, 3, 2), date(2026, 6, 1), date(2026, 11, 21)
KINDS = ("lost", "found", "moved_out", "moved_in", "died")


def _history(events: list[tuple[str, date]]) -> History:
    known = [KnownEvent(kind, day, "", None) for kind, day in events]
    return History(uuid4(), "990101100201", [], date(1980, 1, 1), FILED, {}, events=known)


@pytest.mark.parametrize("earlier", [(), ("lost",), ("moved_out",)])
@pytest.mark.parametrize("kinds", list(permutations(KINDS, 2)))
def test_registry_follow_up_and_figures_agree_on_two_events_of_one_day(
    kinds: tuple[str, str], earlier: tuple[str, ...]
) -> None:
    told = [(kind, date(2026, 5, 1)) for kind in earlier] + [(kind, DAY) for kind in kinds]
    events = [Event(kind, day) for kind, day in told]
    said = state_on([Event("filed", FILED), *events], T).state

    history = _history(told)
    assert fold_history(history, released_policies()).state == said
    assert bool(next_due(facts_of(history))) == (said == "registered")

    figures = state_of(PersonFact(uuid4(), FILED, events=tuple(events)), (), (), Frame.at(T))
    gone = (
        "dead" if figures.died else "moved_out" if figures.moved_away else "lost" if figures.lost_now else ""
    )
    assert (gone or "registered") == said


def test_found_on_the_day_of_the_loss_is_found() -> None:
    for kinds in permutations(("lost", "found")):
        assert (
            state_on([Event("filed", FILED), *(Event(kind, DAY) for kind in kinds)], T).state == "registered"
        )
