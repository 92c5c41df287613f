"""Undo: the author takes a visit back within minutes; the row stays, marked void."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle_begun
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..clocks import JOINT
from ..models import Confirmation, Visit
from . import endings
from .history import load
from .refold import settle

UNDO_MINUTES = 10


@transaction.atomic
def undo_visit(*, actor: Actor, clock: Clock, visit_id: UUID, reason: str) -> UUID:
    """Void a visit its author recorded at most ten minutes ago; the person's id. Undone already: nothing happens.

    An undone amendment gives the first version its place back. Raises NotAllowed (not the author), NotFound, Invalid
    (no reason), Conflict (too late, or amended meanwhile).
    """
    require(actor, Permission.RECORD_VISIT)
    person_id = Visit.objects.filter(pk=visit_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound()
    load([person_id])
    visit = Visit.objects.get(pk=visit_id)
    if visit.recorded_by != actor.user_id:
        raise NotAllowed(code="not_allowed.undo_of_another")
    if visit.voided_at is not None:
        return person_id
    if not reason.strip():
        raise Invalid([Problem("reason", "missing", sentence("“撤销原因”未填写，请写一句话"))])
    if clock.now() - visit.recorded_at > timedelta(minutes=UNDO_MINUTES):
        raise Conflict(
            sentence(
                "已超过 %(undo_minutes)s 分钟，不能撤销。请乡镇精防人员更正这次随访",
                undo_minutes=UNDO_MINUTES,
            ),
            code="conflict.undo_too_late",
        )
    if visit.superseded:
        raise Conflict(sentence("这次随访已有更正，不能撤销"), code="conflict.superseded")
    void = {"voided_at": clock.now(), "voided_by": actor.user_id, "voided_reason": reason.strip()[:200]}
    Visit.objects.filter(pk=visit_id).update(**void)
    Confirmation.objects.filter(visit_id=visit_id, voided_at=None).update(**void)
    if visit.amends_id:
        Visit.objects.filter(pk=visit.amends_id).update(superseded=False)
    histories = load([person_id])
    endings.take_back([visit_id], histories, actor=actor, clock=clock)
    if visit.amends_id:
        endings.restore(visit.amends_id, histories[person_id], actor=actor)
    settle(histories, clock=clock)
    if visit.co_visitors or visit.amends_id:
        settle_begun(clock=clock, kind=JOINT, subjects=[person_id])
    audit.record(
        actor=actor,
        clock=clock,
        action="undo_visit",
        object_type="visit",
        object_id=visit_id,
        place=visit.managing_code,
        policy_version=visit.policy_version,
    )
    return person_id
