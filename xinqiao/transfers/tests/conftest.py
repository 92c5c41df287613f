"""Somebody of the northern township with a visit, and hand-overs of that person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.places import queries as places
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.transfers.actions import Acceptance, NewTransfer, accept_transfer, send_transfer
from xinqiao.transfers.models import Transfer

TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    places.forget()


@pytest.fixture
def person(county: County) -> UUID:
    """安北一 of 柳树村, registered by the township, with one visit two months ago."""
    actor = county.actors["township"]
    record = person_record("安北一", NORTH_1, filed_on=date(2024, 3, 1), serial=410) | {
        "live_detail": "柳树村9组7号",
        "guardian_name": "安某",
        "guardian_relation": "5",
        "guardian_phone": "13900001111",
    }
    with acting(actor):
        found = register_people(
            actor=actor, clock=FixedClock(TODAY), batch=[NewPerson(uuid7(), record)], source="form"
        )[0].person_id
        record_visits(
            actor=actor, clock=FixedClock(TODAY - timedelta(60)), batch=[NewVisit(uuid7(), found, visit_record(TODAY - timedelta(60)))],
            entry_mode="full",
        )  # fmt: skip
    return found


@pytest.fixture
def send(county: County, person: UUID) -> Callable[..., Transfer]:
    """`send("990101101000")` under the northern township, today unless `on` says otherwise."""

    def write(to_code: str = "", key: str = "township", on: date = TODAY, **more: Any) -> Transfer:
        new = NewTransfer(uuid7(), person, more.pop("reason", "1"), to_code, **more)
        with acting(county.actors[key]):
            return send_transfer(actor=county.actors[key], clock=FixedClock(on), new=new)

    return write


@pytest.fixture
def accept(county: County) -> Callable[..., Any]:
    """`accept(transfer, village, key)`."""

    def write(row: Transfer, village: str, key: str = "other_township", on: date = TODAY, **more: Any) -> Any:
        with acting(county.actors[key]):
            return accept_transfer(
                actor=county.actors[key], clock=FixedClock(on), new=Acceptance(row.pk, village, **more)
            )

    return write
