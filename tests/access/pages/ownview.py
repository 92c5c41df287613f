"""The person's own view: townships and counties give access to records of their own."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.ownview.actions import NewCorrection, NewView, ask_correction, ask_view, decide_view

from ..page import Case, Page

_ACCESS = Permission.GIVE_ACCESS
PAGES = {
    "ownview:list": Page(_ACCESS),
    "ownview:person": Page(_ACCESS, "person"),
    "ownview:request": Page(_ACCESS, "view request"),
    "ownview:summary": Page(_ACCESS, "view request"),
    "ownview:correction": Page(_ACCESS, "correction request"),
}
TODAY = date(2026, 11, 21)
OPENS = frozenset({"township", "township_2", "county"})


def cases(world: Any) -> list[Case]:
    """A request to see and one to correct of somebody in the north."""
    actor, clock = world.county.actors["township"], FixedClock(TODAY)
    person = world.things["north"]["person"]
    with acting(actor):
        view = ask_view(actor=actor, clock=clock, new=NewView(uuid7(), person, "patient", TODAY))
        decide_view(actor=actor, clock=clock, request_id=view.pk, verdict="whole", psychiatrist="沈文")
        wish = NewCorrection(uuid7(), person, "patient", "identity", "电话换了", TODAY)
        correction = ask_correction(actor=actor, clock=clock, new=wish)
    return [
        Case("ownview:person", person, OPENS),
        Case("ownview:request", view.pk, OPENS),
        Case("ownview:summary", view.pk, OPENS),
        Case("ownview:correction", correction.pk, OPENS),
    ]
