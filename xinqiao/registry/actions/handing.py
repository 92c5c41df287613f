"""Handing over everybody one worker answers for, at once: a worker leaves, nobody is left without a responsible one."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import Conflict, NotFound
from xinqiao.kernel.words import sentence

from ..choices import ResponsibilityKind
from ..listeners import facts_changed
from ..models import Person, Responsibility


def hand_over_people(
    *, actor: Actor, clock: Clock, worker_id: UUID, successors: Mapping[str, UUID], op_id: UUID | None = None
) -> dict[UUID, UUID]:
    """End every open responsibility of `worker_id` today and open one of the successor of the person's village (village
    code → account) on the same day. Person → successor of those who changed hands.

    Like `change_responsibility` for each, in a fixed number of statements. Conflict when somebody lives in a village
    without a successor; NotFound when a successor does not work there.
    """
    require(actor, Permission.ASSIGN_WORKER)
    today, now = clock.today(), clock.now()
    with transaction.atomic():
        rows = list(
            Responsibility.objects.select_for_update()
            .filter(worker_id=worker_id, kind=ResponsibilityKind.RESPONSIBLE, valid_to=None, voided_at=None)
            .order_by("pk")
        )
        if {row.managing_code for row in rows} - successors.keys():
            raise Conflict(
                sentence("有村还没有接收人，请重新打开交接单核对。"),
                code="conflict.village_without_successor",
            )
        users = User.objects.in_bulk({successors[row.managing_code] for row in rows})
        for row in rows:
            user = users.get(successors[row.managing_code])
            if user is None or not user.is_active or not _near(user, row.managing_code):
                raise NotFound(code="not_found.worker")
        Responsibility.objects.bulk_create(
            Responsibility(
                person_id=row.person_id, managing_code=row.managing_code, shared_codes=row.shared_codes,
                kind=ResponsibilityKind.RESPONSIBLE, worker_id=successors[row.managing_code],
                institution_id=users[successors[row.managing_code]].institution_id or row.institution_id,
                counted_code=row.counted_code, valid_from=today, recorded_at=now, recorded_by=actor.user_id,
            )
            for row in rows
        )  # fmt: skip
        Responsibility.objects.filter(pk__in=[row.pk for row in rows]).update(valid_to=today)
        people = [row.person_id for row in rows]
        Person.objects.filter(pk__in=people).update(row_version=F("row_version") + 1)
        audit.record(
            actor=actor, clock=clock, action="hand_over_people", object_type="user", object_id=worker_id,
            place=actor.place, op_id=op_id,
            detail={"people": len(people), "to": sorted({str(successors[row.managing_code]) for row in rows})},
        )  # fmt: skip
        facts_changed(actor, clock, people)
    return {row.person_id: successors[row.managing_code] for row in rows}


def _near(user: User, village: str) -> bool:
    """Works in the village or above it, or is a village doctor of the same township (who serves it from today)."""
    return user.place in ancestors(village)[:3] or user.place[:9] == village[:9]
