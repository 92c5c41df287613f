"""Hand-overs: the origin with its village doctor, the office where it lies, and the county above both. Nobody else."""

from __future__ import annotations

from typing import Any

from tests.factories.county import NEXT_COUNTY, SOUTH, SOUTH_1
from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.transfers.actions import NewTransfer, list_twice, send_transfer

from ..page import Case, Page

SEES, HANDS = Permission.VIEW_RECORDS, Permission.TRANSFER_PERSON
PAGES: dict[str, Page] = {
    "transfers:transfers": Page(HANDS),
    "transfers:new": Page(HANDS, "person"),
    "transfers:listings": Page(HANDS),
    "transfers:new-listing": Page(HANDS, "person"),
    "transfers:end-listing": Page(HANDS, "listing", "post"),
    "transfers:transfer": Page(SEES, "transfer"),
    "transfers:accept": Page(HANDS, "transfer", "post"),
    "transfers:return": Page(HANDS, "transfer", "post"),
    "transfers:pass-on": Page(HANDS, "transfer", "post"),
    "transfers:withdraw": Page(HANDS, "transfer", "post"),
    "transfers:call": Page(Permission.RECORD_ATTEMPT, "transfer", "post"),
    "transfers:confirm": Page(HANDS, "transfer", "post"),
}

ORIGIN = frozenset({"township", "township_2", "county"})
OTHER = frozenset({"other_township", "county"})


def cases(world: Any) -> list[Case]:
    """One hand-over from the northern township to the southern, one out of the county, one on paper, one second listing."""
    from ..test_register import TODAY

    clock, people = FixedClock(TODAY), {place: things["person"] for place, things in world.things.items()}
    actor = world.county.actors["county"]
    with acting(actor):
        near = send_transfer(
            actor=actor, clock=clock, new=NewTransfer(uuid7(), people["north"], "1", SOUTH)
        ).pk
        far = send_transfer(
            actor=actor, clock=clock, new=NewTransfer(uuid7(), people["south"], "2", NEXT_COUNTY)
        ).pk
        twice = list_twice(
            actor=actor, clock=clock, person_id=people["north"], hukou_code=SOUTH_1, op_id=uuid7()
        ).pk
    other = world.county.actors["other_county"]
    with acting(other):
        paper = send_transfer(
            actor=other, clock=clock, new=NewTransfer(uuid7(), people["east"], "1", outside="外省")
        ).pk
    today = TODAY.isoformat()
    return [
        Case("transfers:new", people["north"], ORIGIN),
        Case("transfers:new-listing", people["north"], ORIGIN),
        Case("transfers:transfer", near, ORIGIN | OTHER | {"village"}),
        Case("transfers:transfer", far, frozenset({"other_township", "county", "other_county"})),
        Case("transfers:transfer", paper, frozenset({"other_county"})),
        Case("transfers:call", near, ORIGIN | {"village"}, {"on": today, "reached": "1"}),
        Case("transfers:pass-on", near, OTHER, {"to_code": ""}),
        Case("transfers:return", near, OTHER, {"reason": ""}),
        Case("transfers:accept", near, OTHER, {"village": ""}),
        Case("transfers:accept", far, frozenset({"other_county"}), {"village": ""}),
        Case("transfers:confirm", paper, frozenset({"other_county"}), {"on": today, "receiver": ""}),
        Case("transfers:withdraw", near, ORIGIN),
        Case("transfers:end-listing", twice, ORIGIN, {"ended": "ended"}),
    ]
