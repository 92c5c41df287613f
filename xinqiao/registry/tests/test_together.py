"""Rows read together are the rows that the tables hold, value by value."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.registry.models import (
    Address,
    Consent,
    Diagnosis,
    Guardian,
    Identifier,
    LifeEvent,
    Responsibility,
)
from xinqiao.registry.together import read_together

As = Callable[[str], AbstractContextManager[None]]
TABLES = (Identifier, Address, Guardian, Diagnosis, Consent, LifeEvent, Responsibility)
BY = {Diagnosis: "happened_on", Consent: "happened_on", LifeEvent: "happened_on"}


@pytest.fixture
def person_id(county: County, clock: FixedClock, acting_as: As):  # type: ignore[no-untyped-def]
    with acting_as("township"):
        batch = [NewPerson(uuid7(), person_record("安北", NORTH_1, filed_on=date(2024, 3, 1), serial=31))]
        return register_people(actor=county.actors["township"], clock=clock, batch=batch, source="form")[
            0
        ].person_id


def test_every_value_is_the_one_that_the_table_holds(person_id, acting_as: As) -> None:  # type: ignore[no-untyped-def]
    with acting_as("township"):
        many = read_together(
            TABLES, person_id, order=[(BY.get(table, "valid_from"), "id") for table in TABLES]
        )
        for table, rows in zip(TABLES, many, strict=True):
            names = [field.attname for field in table._meta.concrete_fields]
            said = [[getattr(row, name) for name in names] for row in rows]
            held = table._default_manager.filter(person=person_id).order_by(
                "-" + BY.get(table, "valid_from"), "-id"
            )
            assert said == [[getattr(row, name) for name in names] for row in held]
        assert all(many[:5])


def test_a_neighbour_reads_nothing(person_id, acting_as: As) -> None:  # type: ignore[no-untyped-def]
    with acting_as("other_township"):
        assert read_together(TABLES, person_id, order=[("id",)] * len(TABLES)) == [[] for _table in TABLES]
