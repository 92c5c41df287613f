"""Merging and taking apart leave the clocks as their events say."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from tests.factories.county import COUNTY, NORTH_1, SOUTH_1, County
from tests.factories.numbers import id_number
from xinqiao.clocks.actions import settle_all
from xinqiao.clocks.models import Clock
from xinqiao.duplicates.actions import unmerge_people
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.actions import register_people
from xinqiao.registry.listeners import facts_changed

from .acts import merge
from .conftest import BORN, Two, file

Acting = Callable[[str], AbstractContextManager[None]]


def differing() -> list[str]:
    return [one.code for one in settle_all(COUNTY, write_down=False)]


@pytest.mark.parametrize("turned", [False, True])
def test_clocks_are_what_their_events_say(
    county: County, clock: FixedClock, acting_as: Acting, turned: bool
) -> None:
    """Two new files that owe a first assessment, one of them without an answer to the offer of service."""
    actor = county.actors["county"]
    with acting_as("county"):
        done = register_people(
            actor=actor, clock=clock, source="form",
            batch=[
                file("马小军", NORTH_1, date(2026, 11, 2), id_number=id_number(BORN, "1"), sex="1"),
                file("马晓军", SOUTH_1, date(2026, 11, 9), id_number=id_number(BORN, "1"), sex="1", consent="0"),
            ],
        )  # fmt: skip
        first, second = (row.person_id for row in done)
        facts_changed(actor, clock, [first, second])
    list(settle_all(COUNTY, write_down=True))
    assert differing() == []
    before = Clock.objects.filter(outcome="open").count()
    two = Two(second, first) if turned else Two(first, second)
    with acting_as("county"):
        made = merge(county, clock, two)
    assert differing() == []
    with acting_as("county"):
        unmerge_people(actor=actor, clock=clock, merge_id=made.pk, reason="不是同一人")
    assert differing() == []
    assert Clock.objects.filter(outcome="open").count() == before
