"""Addresses of changes of borders."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.county import NORTH_1
from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.boundaries.actions import NewChange, carry_out, plan_change
from xinqiao.boundaries.models import Assignment
from xinqiao.kernel.clock import FixedClock

from ..page import Case, Page

TODAY = date(2026, 11, 21)
PAGES: dict[str, Page] = {
    "boundaries:list": Page(Permission.CHANGE_BORDERS),
    "boundaries:new": Page(Permission.CHANGE_BORDERS),
    "boundaries:change": Page(Permission.CHANGE_BORDERS, "change"),
    "boundaries:carry-out": Page(Permission.CHANGE_BORDERS, "change", "post"),
    "boundaries:withdraw": Page(Permission.CHANGE_BORDERS, "change", "post"),
    "boundaries:undo": Page(Permission.CHANGE_BORDERS, "change", "post"),
    "boundaries:waiting": Page(Permission.CORRECT_RECORD),
    "boundaries:assign": Page(Permission.CORRECT_RECORD, "assignment", "post"),
}
ADMIN = frozenset({"system"})


def cases(world: Any) -> list[Case]:
    """A plan and a village split that was carried out, in the county of the system administrator."""
    actor, clock = world.county.actors["system"], FixedClock(TODAY)
    with acting(actor):
        split = plan_change(
            actor=actor, clock=clock, new=NewChange("village_split", TODAY, "批复", NORTH_1, name="新柳村")
        )
        carry_out(actor=actor, clock=clock, change_id=split.pk)
        plan = plan_change(
            actor=actor, clock=clock, new=NewChange("rename", TODAY, "批复", NORTH_1, name="垂柳村")
        )
    waiting = Assignment.objects.filter(person_id=world.things["north"]["person"]).get()
    return [
        Case("boundaries:change", plan.pk, ADMIN),
        Case("boundaries:undo", split.pk, ADMIN),
        Case("boundaries:carry-out", split.pk, ADMIN),
        Case("boundaries:withdraw", plan.pk, ADMIN),
        Case("boundaries:assign", waiting.pk, frozenset({"county"}), data={"village": NORTH_1}),
    ]
