"""Somebody who acts as one account after another, for the tests of cards."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

from tests.factories.county import (
    NORTH_1,
    County,
)
from xinqiao.clocks.models import Clock as Deadline
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Person
from xinqiao.reporting import actions
from xinqiao.reporting.actions import NewCard, NewFile
from xinqiao.reporting.models import Card

from .cards import MISSING, card_record, discharge_record

Acting = Callable[[str], AbstractContextManager[None]]
FRIDAY = FixedClock(date(2026, 11, 20))


class Desk:
    """Acts as one account after another."""

    def __init__(self, county: County, acting_as: Acting) -> None:
        self.county, self.acting_as, self.clock = county, acting_as, FRIDAY

    def act(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        with self.acting_as(who):
            return action(actor=self.county.actors[who], clock=self.clock, **given)

    def send(
        self, serial: int = 1, village: str = NORTH_1, form: str = "F03", name: str = "安心", **changes: Any
    ) -> Card:
        extra = {
            key: changes.pop(key)
            for key in ("card_id", "report_id", "draft_id", "different_because", "op_id")
            if key in changes
        }
        record = (
            card_record(name, village, serial=serial, **changes)
            if form == "F03"
            else discharge_record(**changes)
        )
        made: Card = self.act(
            "hospital",
            actions.send_card,
            new=NewCard(**({"op_id": uuid7()} | extra), form=form, record=record),
        )
        return made

    def receive(self, card: Card, who: str = "township") -> Card:
        found: Card = self.act(who, actions.receive_card, card_id=card.pk, op_id=uuid7())
        return found

    def file(self, card: Card, who: str = "township", **typed: Any) -> Person:
        new = NewFile(uuid7(), card.pk, MISSING | typed)
        made: Person = self.act(who, actions.file_card, new=new)
        return made

    def open_clocks(self, card: Card) -> set[str]:
        return set(Deadline.objects.filter(subject=card.pk, outcome="open").values_list("code", flat=True))
