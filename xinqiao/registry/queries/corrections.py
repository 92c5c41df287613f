"""Corrections of a file's life: those that wait for somebody else, and those of one person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound

from ..models import LifeCorrection


@dataclass(frozen=True, slots=True)
class Asked:
    """One correction with the names of who asked and who decided."""

    row: LifeCorrection
    asked_by: str
    decided_by: str


def waiting_corrections(*, actor: Actor, most: int = 200) -> list[Asked]:
    """What waits in the actor's area, oldest first. Two statements, however many."""
    require(actor, Permission.APPROVE_CORRECTION)
    rows = LifeCorrection.objects.filter(decision="", voided_at=None).select_related("person", "event")
    return named(rows.order_by("recorded_at")[:most])


def decided_corrections(*, actor: Actor, most: int = 50) -> list[Asked]:
    """What was decided lately, newest first. Two statements."""
    require(actor, Permission.APPROVE_CORRECTION)
    rows = (
        LifeCorrection.objects.exclude(decision="").filter(voided_at=None).select_related("person", "event")
    )
    return named(rows.order_by("-decided_at")[:most])


def find_correction(*, actor: Actor, correction_id: UUID) -> Asked:
    """One; NotFound when it is not there or not the actor's."""
    require(actor, Permission.REGISTER_PERSON)
    rows = LifeCorrection.objects.filter(pk=correction_id).select_related("person", "event")
    found = named(rows)
    if not found:
        raise NotFound(code="not_found.correction")
    return found[0]


def named(rows: Iterable[LifeCorrection]) -> list[Asked]:
    """With the names of the accounts; one statement when there are any."""
    found: Sequence[LifeCorrection] = list(rows)
    users = {one for row in found for one in (row.recorded_by, row.decided_by) if one}
    names: dict[UUID | None, str] = (
        dict(User.objects.filter(pk__in=users).values_list("pk", "display_name")) if users else {}
    )
    return [Asked(row, names.get(row.recorded_by, ""), names.get(row.decided_by, "")) for row in found]
