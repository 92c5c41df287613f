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
from xinqiao.kernel.codes import ancestors, bounds
from xinqiao.places import queries as places
from xinqiao.policy import current

from ..models import Confirmation, Standing, Visit
from ..rules.counting import HIGH_RISK

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


@dataclass(frozen=True, slots=True)
class Missed:
    """Somebody whom nobody reached in three dated tries since the last visit."""

    person_id: UUID
    name: str
    village: str
    tries: int
    last_visit_on: date | None
    grave: bool


def missed_three_times(*, actor: Actor, today: date) -> list[Missed]:
    """Who is to be verified as lost: as many tries as the rule asks for met nobody. Two statements. Clause: N18/attempts."""
    require(actor, Permission.CONFIRM_CLASS)
    lo, hi = bounds(actor.place)
    windows = current().at("followup/windows", on=today, ancestors=ancestors(actor.place)).value
    rows = list(
        Standing.objects.filter(
            managing_code__gte=lo,
            managing_code__lt=hi,
            state="registered",
            attempts_since__gte=windows["lost_tries"],
        )
        .select_related("person")
        .order_by("-risk", "last_visit_on", "pk")[:LONGEST]
    )
    villages = places.short_names({row.managing_code for row in rows})
    return [
        Missed(
            row.person_id,
            row.person.name,
            villages[row.managing_code],
            row.attempts_since,
            row.last_visit_on,
            row.visit_class == "1" or (row.risk or 0) >= HIGH_RISK,
        )
        for row in rows
    ]


def provisional_risks(*, actor: Actor) -> list[Visit]:
    """Village doctors' levels of 3 or more that the township has not looked at: they count, and wait for review. One statement."""
    require(actor, Permission.CONFIRM_CLASS)
    lo, hi = bounds(actor.place)
    return list(
        Visit.objects.filter(
            managing_code__gte=lo,
            managing_code__lt=hi,
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
