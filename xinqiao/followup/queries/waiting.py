"""What waits for a second person: milder classes, lowered levels. Losses to verify wait with whoever looks for people (`tracing`)."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.places import queries as places

from ..models import Confirmation, Visit

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """One confirmation. `own`: recorded by who looks, so somebody else has to decide."""

    id: UUID
    kind: str
    from_value: str
    to_value: str
    reason: str
    visit: Visit
    author: str
    village: str
    own: bool


def provisional_risks(*, actor: Actor) -> list[Visit]:
    """Village doctors' levels of 3 or more that the township has not looked at: they count, and wait for review. One statement."""
    require(actor, Permission.CONFIRM_CLASS)
    return list(
        Visit.objects.filter(
            places.served_by(actor),
            review_status="0",
            voided_at=None,
            superseded=False,
            flags__contains=["provisional_risk"],
        )
        .exclude(entry_mode="import")
        .select_related("person")
        .order_by("visit_date", "pk")[:LONGEST]
    )


def waiting_confirmations(*, actor: Actor) -> list[Waiting]:
    """Open confirmations of the actor's records, oldest first. Three statements. NotAllowed for who may not decide."""
    require(actor, Permission.CONFIRM_CLASS)
    rows = list(
        Confirmation.objects.filter(
            state="pending", voided_at=None, visit__voided_at=None, visit__superseded=False
        )
        .filter(
            Q(kind="class") & ~Q(visit__counted_class=F("visit__visit_class"))
            | Q(kind="risk") & ~Q(visit__counted_risk=F("visit__risk"))
        )
        .select_related("visit", "person")
        .order_by("visit__visit_date", "pk")[:LONGEST]
    )
    authors = dict(
        User.objects.filter(pk__in={r.recorded_by for r in rows}).values_list("pk", "display_name")
    )
    villages = places.short_names({row.managing_code for row in rows})
    return [
        Waiting(
            row.pk,
            row.kind,
            row.from_value,
            row.to_value,
            row.reason,
            row.visit,
            authors.get(row.recorded_by, "") if row.recorded_by else "",
            villages[row.managing_code],
            row.recorded_by == actor.user_id,
        )
        for row in rows
    ]
