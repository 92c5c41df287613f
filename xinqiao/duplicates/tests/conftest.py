"""Two files of one person, made through the product's own write paths."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.factories.county import NORTH_1, SOUTH_1, County
from tests.factories.numbers import id_number
from tests.factories.records import person_record, visit_record
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people

BORN = date(1985, 7, 8)


@dataclass(frozen=True)
class Two:
    """The file that stays, and the one that is merged into it."""

    winner: UUID
    loser: UUID


def file(name: str, village: str, filed_on: date, **more: Any) -> NewPerson:
    """A person to register."""
    record = person_record(name, village, filed_on=filed_on, serial=more.pop("serial", 31), birth_on=BORN)
    return NewPerson(uuid7(), record | more, different_because=more.pop("different_because", ""))


@pytest.fixture
def two(county: County, clock: FixedClock, acting_as: Callable[[str], AbstractContextManager[None]]) -> Two:
    """马小军 in the north since 2024, 马晓军 in the south since 2025: each with visits, one of them on the same day."""
    actor = county.actors["county"]
    with acting_as("county"):
        done = register_people(
            actor=actor, clock=clock, source="form",
            batch=[
                file("马小军", NORTH_1, date(2024, 3, 1), id_number=id_number(BORN, "1"), sex="1"),
                file("马晓军", SOUTH_1, date(2025, 5, 1), id_number=id_number(BORN, "1"), sex="1", workplace="砖厂"),
            ],
        )  # fmt: skip
        first, second = (row.person_id for row in done)
        visits = [
            (first, date(2026, 3, 2)), (first, date(2026, 8, 3)),
            (second, date(2026, 5, 4)), (second, date(2026, 8, 3)), (second, date(2026, 10, 8)),
        ]  # fmt: skip
        record_visits(
            actor=actor, clock=clock, entry_mode="full",
            batch=[NewVisit(uuid7(), person, visit_record(day)) for person, day in visits],
        )  # fmt: skip
    return Two(first, second)
