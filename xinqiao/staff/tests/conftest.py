"""A village with people, visits and somebody who answers for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)


@pytest.fixture
def people(county: County) -> list:
    """Three people of the northern village, whose clinic is led by the village doctor, registered by the township."""
    actor = county.actors["township"]
    batch = [
        NewPerson(uuid7(), person_record(f"安北{sign}", NORTH_1, filed_on=date(2024, 3, 1), serial=300 + n))
        for n, sign in enumerate("甲乙丙")
    ]
    with acting(actor):
        found = register_people(actor=actor, clock=CLOCK, batch=batch, source="form")
    return [one.person_id for one in found]


@pytest.fixture
def visit(county: County) -> Callable[..., object]:
    """`visit("village", person, day)` records a calm visit under that account on that account's day."""

    def write(key: str, person: object, day: date, on: date | None = None, **changes: object) -> object:
        actor = county.actors[key]
        with acting(actor):
            return record_visits(
                actor=actor,
                clock=FixedClock(on or day),
                batch=[NewVisit(uuid7(), person, visit_record(day, **changes))],  # type: ignore[arg-type]
                entry_mode="full",
            )[0]

    return write
