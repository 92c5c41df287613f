"""Typed clues and answers, and the accounts that write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.registry.models import Person
from xinqiao.screening import actions
from xinqiao.screening.models import Clue, Rediagnosis

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)


def clue_record(village: str = NORTH_1, *items: str, **changes: Any) -> dict[str, Any]:
    """A typed clue: the items given are answered 有, the others 没有."""
    wanted = items or ("5",)
    return {
        "place": village,
        "name": "安寻之",
        "sex": "1",
        "age": "41",
        "source": "4",
        "found_on": TODAY.isoformat(),
        "investigator": "王海东",
        "address": "3组12号",
        "guardian_name": "安守成",
        "guardian_phone": "13900000003",
        "informant_name": "李邻居",
        "informant_relation": "邻居",
        "informant_phone": "13900000004",
        "facts": "近两个月常自言自语",
        **{f"q{n}": "1" if str(n) in wanted else "0" for n in range(1, 10)},
    } | changes


def answer_record(result: str = "six", outcome: str = "file", **changes: Any) -> dict[str, Any]:
    """A psychiatrist's answer."""
    code = {"six": "F20.9", "other": "F41.1"}.get(result, "")
    return {
        "diagnosed_on": TODAY.isoformat(),
        "doctor": "沈医师",
        "result": result,
        "icd10": code,
        "consent": "1" if result == "six" else "",
        "outcome": outcome,
        "look_on": (TODAY + timedelta(days=60)).isoformat() if outcome == "watch" else "",
        "advice": "规律服药，门诊复查",
    } | changes


Noted = Callable[..., Clue]


@pytest.fixture
def noted(county: County) -> Noted:
    """`noted("township", record)` keeps a clue under that account and gives the row."""

    def write(key: str = "township", record: dict[str, Any] | None = None, on: date = TODAY) -> Clue:
        actor = county.actors[key]
        with acting(actor):
            done = actions.record_clue(
                actor=actor, clock=FixedClock(on), new=actions.NewClue(uuid7(), record or clue_record())
            )
            return Clue.objects.get(pk=done.clue_id)

    return write


@pytest.fixture
def asked(county: County, noted: Noted) -> Callable[..., Rediagnosis]:
    """`asked()` sends a clue of the north to the hospital that works here; `hospital=False` to one on paper."""

    def ask(clue: Clue | None = None, *, hospital: bool = True, **changes: Any) -> Rediagnosis:
        actor = county.actors["township"]
        one = clue or noted()
        new = {
            "op_id": uuid7(),
            "hospital_id": county.institutions["hospital"].pk if hospital else None,
            "hospital_name": "" if hospital else "某市第四人民医院",
            "asked_on": TODAY,
        } | changes
        with acting(actor):
            return actions.ask_about_clue(
                actor=actor, clock=CLOCK, clue_id=one.pk, new=actions.NewReview(**new)
            )

    return ask


@pytest.fixture
def person(county: County) -> Person:
    """Somebody on the register of the northern village, whose name nobody else has."""
    actor = county.actors["township"]
    record = person_record("安在册", NORTH_1, filed_on=date(2026, 3, 1), serial=404)
    with acting(actor):
        done = register_people(actor=actor, clock=CLOCK, batch=[NewPerson(uuid7(), record)], source="form")
        return Person.objects.get(pk=done[0].person_id)
