"""Official forms of clues, cards, referrals and hand-overs: whoever may read the record may print it."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from tests.factories.county import NORTH_1, SOUTH
from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.reporting.actions import NewCard, send_card
from xinqiao.reporting.tests.cards import card_record
from xinqiao.screening.actions import NewClue, record_clue
from xinqiao.screening.tests.conftest import clue_record
from xinqiao.transfers.actions import NewTransfer, send_transfer

from ..page import Case, Page

PAGES = {
    "papers:checklist": Page(Permission.RECORD_CLUE),
    "papers:clue": Page(Permission.RECORD_CLUE, "clue"),
    "papers:clues": Page(Permission.REVIEW_CLUE),
    "papers:card": Page(Permission.RECEIVE_CARD, "card"),
    "papers:referral": Page(Permission.VIEW_RECORDS, "person"),
    "papers:transfer": Page(Permission.VIEW_RECORDS, "transfer"),
}
CLOCK = FixedClock(date(2026, 11, 20))
NORTHERN = frozenset({"township", "township_2", "county"})


def cases(world: Any) -> list[Case]:
    """A clue of the north, a card sent there, somebody of the north handed over to the south."""
    actors, person = world.county.actors, world.things["north"]["person"]

    def of(account: str, act: Any, new: Any) -> Any:
        with acting(actors[account]):
            return act(actor=actors[account], clock=CLOCK, new=new)

    clue = of("township", record_clue, NewClue(uuid7(), clue_record(NORTH_1, "5", found_on="2026-11-19")))
    card: UUID = of(
        "hospital", send_card, NewCard(uuid7(), "F03", card_record("安心", NORTH_1, serial=91))
    ).pk
    sent: UUID = of("township", send_transfer, NewTransfer(uuid7(), person, "1", to_code=SOUTH)).pk
    return [
        Case("papers:clue", clue.clue_id, NORTHERN | {"village"}),
        Case("papers:card", card, NORTHERN | {"hospital"}),
        Case("papers:referral", person, NORTHERN | {"village"}),
        Case("papers:transfer", sent, NORTHERN | {"village", "other_township"}),
    ]
