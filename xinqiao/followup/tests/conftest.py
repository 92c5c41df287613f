"""A person in the first village of the north, and recording visits as somebody."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest

from tests.factories.county import NORTH, NORTH_1, County
from tests.factories.people import make_person
from xinqiao.followup.actions import Recorded, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.policy import deployment
from xinqiao.registry.models import Person

from .records import visit


@pytest.fixture(autouse=True)
def _rules_in_force(request: pytest.FixtureRequest) -> None:
    """Local rules are read before the test, so that counted statements are the action's own."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        request.getfixturevalue("db")
        deployment.forget()
        deployment.current()


@pytest.fixture
def person(county: County) -> Person:
    return make_person(NORTH_1, county.institutions[NORTH], filed_on=date(2026, 6, 1))


@pytest.fixture
def record(
    county: County, clock: FixedClock, acting_as: Callable[[str], AbstractContextManager[None]]
) -> Callable[..., Recorded]:
    """`record(person, BASIC, risk=2, by="village", mode="full")` records one visit as that account."""

    def run(
        person: Person,
        answers: dict[str, Any] | None = None,
        *,
        by: str = "township",
        mode: str = "full",
        on: FixedClock = clock,
        **changes: Any,
    ) -> Recorded:
        with acting_as(by):
            return record_visits(
                actor=county.actors[by], clock=on, batch=[visit(person, answers, **changes)], entry_mode=mode
            )[0]

    return run
