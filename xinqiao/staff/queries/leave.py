"""Leave: who is away and who stands in."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds

from ..models import Leave


def state_of(leave: Leave, today: date) -> str:
    """ahead, now, over or ended (early)."""
    if leave.ended_on is not None and today >= leave.ended_on:
        return "ended"
    if today < leave.first_day:
        return "ahead"
    return "now" if today <= leave.last_day else "over"


def leaves_of(*, actor: Actor, limit: int = 100) -> list[Leave]:
    """Those of the actor's area, or the own ones, newest first. One statement."""
    require(actor, Permission.TAKE_PART)
    mine = Q(absent_id=actor.user_id) | Q(substitute_id=actor.user_id)
    if may(actor, Permission.ARRANGE_STAFF):
        lo, hi = bounds(actor.place)
        mine |= Q(place__gte=lo, place__lt=hi)
    return list(
        Leave.objects.filter(mine)
        .select_related("absent", "substitute")
        .order_by("-first_day", "-id")[:limit]
    )
