"""Somebody of the northern village, and what the village doctor and the township do about this person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewAttempt, NewVisit, record_attempt, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)


@pytest.fixture
def person(county: County) -> UUID:
    """Calm, last met on 2026-08-20."""
    return _somebody(county, "安北望", 401, risk=0)


@pytest.fixture
def risky(county: County) -> UUID:
    """Risk 3 and unstable when last met."""
    return _somebody(
        county, "安北忧", 402, risk=3, symptoms=["1", "3"], symptom_severity="3", insight="3", doctor="周大夫"
    )


def _somebody(county: County, name: str, serial: int, **changes: Any) -> UUID:
    actor = county.actors["township"]
    record = person_record(name, NORTH_1, filed_on=date(2024, 3, 1), serial=serial)
    met = date(2026, 8, 20)
    with acting(actor):
        found = register_people(actor=actor, clock=CLOCK, batch=[NewPerson(uuid7(), record)], source="form")[
            0
        ]
        record_visits(
            actor=actor, clock=FixedClock(met), entry_mode="full",
            batch=[NewVisit(uuid7(), found.person_id, visit_record(met, **changes))],
        )  # fmt: skip
    return found.person_id


@pytest.fixture
def miss(county: County) -> Callable[..., UUID]:
    """`miss(person, day)` records a try without contact by the village doctor."""

    def write(
        person: UUID, day: date, outcome: str = "no_answer", form: str = "3", key: str = "village"
    ) -> UUID:
        actor = county.actors[key]
        with acting(actor):
            return record_attempt(
                actor=actor, clock=CLOCK, attempt=NewAttempt(uuid7(), person, day, form, outcome, "说明")
            )

    return write


@pytest.fixture
def visit(county: County) -> Callable[..., Any]:
    """`visit(person, day, …)` records a visit."""

    def write(person: UUID, day: date, key: str = "village", mode: str = "full", **changes: Any) -> Any:
        actor = county.actors[key]
        record = visit_record(day, **changes)
        if changes.get("lost_reason"):
            record = {"visit_date": day.isoformat(), "form": "2", "doctor": "周大夫", **changes}
        with acting(actor):
            return record_visits(
                actor=actor, clock=CLOCK, batch=[NewVisit(uuid7(), person, record)], entry_mode=mode
            )[0]

    return write
