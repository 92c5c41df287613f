"""People of the small county for paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.registry.models import Person

TODAY = date(2026, 11, 21)
AddPerson = Callable[..., Person]


@pytest.fixture
def add_person(county: County, clock: FixedClock) -> AddPerson:
    """`add_person("陈安宁", visits=[date(2026, 8, 1)])`: registered by the county office, with calm visits."""
    serial = iter(range(400, 500))

    def add(
        name: str,
        village: str = NORTH_1,
        *,
        by: str = "county",
        visits: list[date] | None = None,
        **changes: object,
    ) -> Person:
        record = person_record(
            name, village, filed_on=TODAY - timedelta(days=700), serial=next(serial), **changes
        )
        actor = county.actors[by]
        with acting(actor):
            made = register_people(
                actor=actor, clock=clock, batch=[NewPerson(uuid7(), record)], source="form"
            )
            past = [NewVisit(uuid7(), made[0].person_id, visit_record(day)) for day in visits or []]
            if past:
                record_visits(actor=actor, clock=clock, batch=past, entry_mode="full")
            return Person.objects.get(pk=made[0].person_id)

    return add
