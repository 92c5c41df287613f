"""The rule of two: a second person accepts or refuses a milder class or a lowered level. Until then the graver counts."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..models import Confirmation
from .history import load
from .refold import settle


@transaction.atomic
def decide_confirmation(
    *, actor: Actor, clock: Clock, confirmation_id: UUID, accept: bool, reason: str = ""
) -> UUID:
    """Decide one confirmation; the visit's id. The same decision by the same person again changes nothing.

    Raises NotAllowed (no permission, or the author of the visit), NotFound, Invalid (refused without a reason),
    Conflict (decided already, undone, or amended).
    """
    require(actor, Permission.CONFIRM_CLASS)
    person_id = Confirmation.objects.filter(pk=confirmation_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound()
    histories = load([person_id])
    row = Confirmation.objects.select_related("visit").get(pk=confirmation_id)
    wanted = "accepted" if accept else "refused"
    if row.recorded_by == actor.user_id or row.visit.recorded_by == actor.user_id:
        raise NotAllowed(code="not_allowed.own_confirmation")
    if row.state == wanted and row.decided_by == actor.user_id:
        return row.visit_id
    if row.state != "pending" or row.voided_at is not None or row.visit.superseded:
        raise Conflict(sentence("这一项已有人处理，或随访已更正、撤销。请刷新列表"), code="conflict.decided")
    if not accept and not reason.strip():
        raise Invalid([Problem("reason", "missing", sentence("不同意时请填写“理由”，便于记录人改进"))])
    Confirmation.objects.filter(pk=confirmation_id).update(
        state=wanted, decided_by=actor.user_id, decided_at=clock.now(), decided_reason=reason.strip()[:200]
    )
    for visit in histories[person_id].visits:
        if visit.id == row.visit_id:
            visit.confirmations[row.kind] = wanted
    settle(histories, clock=clock)
    audit.record(
        actor=actor,
        clock=clock,
        action="accept_confirmation" if accept else "refuse_confirmation",
        object_type="confirmation",
        object_id=confirmation_id,
        place=row.managing_code,
        detail={"kind": row.kind, "visit": str(row.visit_id)},
    )
    return row.visit_id
