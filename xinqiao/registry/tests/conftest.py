"""One registered person in each township, written through the action."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.factories.county import SOUTH_1, County
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.places import queries as places
from xinqiao.registry.actions import register_person

from .records import new_person


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    places.forget()


@pytest.fixture
def north(county: County, clock: FixedClock) -> UUID:
    """沈样例 of 柳树村, whose ID number is 990101198507081231."""
    with acting(county.actors["township"]):
        person = new_person(id_number="990101198507081231")
        return register_person(actor=county.actors["township"], clock=clock, person=person).person_id


@pytest.fixture
def south(county: County, clock: FixedClock) -> UUID:
    """沈南方 of 渡口村, whose ID number is 990101198507081258."""
    with acting(county.actors["other_township"]):
        person = new_person(
            id_number="990101198507081258", name="沈南方", live_code=SOUTH_1, guardian_phone="13900000007"
        )
        return register_person(actor=county.actors["other_township"], clock=clock, person=person).person_id
