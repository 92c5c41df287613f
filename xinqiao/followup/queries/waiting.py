"""What waits for a second person: milder classes, lowered levels, losses to verify."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
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


@dataclass(frozen=True, slots=True)
class LossToVerify:
    """A visit that reports three misses without three dated tries."""

    visit_id: UUID
    person_id: UUID
    name: str
    village: str
    visit_date: date
    attempts: int


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


def losses_to_verify(*, actor: Actor) -> list[LossToVerify]:
    """Reported losses that nothing has confirmed or answered yet. Two statements."""
    require(actor, Permission.CONFIRM_CLASS)
    lo, hi = bounds(actor.place)
    rows: Any = list(
        Visit.objects.filter(
            managing_code__gte=lo,
            managing_code__lt=hi,
            flags__contains=["lost_to_verify"],
            voided_at=None,
            superseded=False,
            person__standing__state="registered",
        )
        .filter(
            Q(person__standing__last_visit_on=None) | Q(person__standing__last_visit_on__lt=F("visit_date"))
        )
        .order_by("visit_date", "pk")
        .values(
            "pk",
            "person_id",
            "person__name",
            "managing_code",
            "visit_date",
            "person__standing__attempts_since",
        )[:LONGEST]
    )
    villages = places.short_names({row["managing_code"] for row in rows})
    return [
        LossToVerify(
            row["pk"],
            row["person_id"],
            row["person__name"],
            villages[row["managing_code"]],
            row["visit_date"],
            row["person__standing__attempts_since"],
        )
        for row in rows
    ]
