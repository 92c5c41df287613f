"""Borders that changed: a village renamed and one merged in the spring, and a plan that waits for its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from xinqiao.accounts.scope import acting
from xinqiao.boundaries.actions import NewChange, carry_out, plan_change
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.terms import Level
from xinqiao.places.queries import places_below, villages_below

ADMIN = "guanli"


def change_borders(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Run last: who has people to show was chosen before."""
    admin, today = actors[ADMIN], clock.today()
    kept = {code for actor in actors.values() for code in actor.villages}
    townships = [one for one in places_below(admin.place, (Level.TOWNSHIP,)) if not _holds(one.code, actors)]
    villages = [one for town in townships for one in villages_below(town.code) if one.code not in kept]
    if len(villages) < 3:
        return
    spring = date(today.year if today.month > 6 else today.year - 1, 6, 1)
    one, other, third = villages[0], villages[1], villages[2]
    made = (
        NewChange("rename", spring, "县政府关于部分村更名的批复", third.code, name=f"新{third.name}"),
        NewChange("village_merge", spring, "县政府关于部分村合并的批复", other.code, target=one.code,
                  note="原村民小组不变"),
    )  # fmt: skip
    with acting(admin):
        for new in made:
            change = plan_change(actor=admin, clock=FixedClock(spring), new=new)
            carry_out(actor=admin, clock=clock, change_id=change.pk)
        first = villages[-1]
        plan_change(
            actor=admin, clock=clock,
            new=NewChange("rename", today + timedelta(days=40), "县政府关于村更名的批复", first.code, name=f"{first.name[:-1]}新村"),
        )  # fmt: skip


def _holds(code: str, actors: Mapping[str, Actor]) -> bool:
    """Whether somebody of the demo signs in for this township."""
    return any(one[:9] == code[:9] for actor in actors.values() for one in (actor.place, *actor.villages))
