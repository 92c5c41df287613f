"""Marking a fact as void: it stays readable, and no longer counts."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem

from ..choices import LifeEventKind
from ..listeners import facts_changed
from ..models import Address, Consent, Diagnosis, Guardian, Identifier, LifeEvent
from ..scoped import Fact

VOIDABLE = {
    "identifier": Identifier,
    "address": Address,
    "guardian": Guardian,
    "diagnosis": Diagnosis,
    "consent": Consent,
    "life_event": LifeEvent,
}


def void_fact(*, actor: Actor, clock: Clock, kind: str, fact_id: UUID, reason: str) -> None:
    """Void one fact with a reason. Repeating it changes nothing. The event of filing and the last diagnosis stay: a file
    without them would be no file (Conflict)."""
    require(actor, Permission.CORRECT_RECORD)
    model = VOIDABLE.get(kind)
    if model is None:
        raise NotFound(code="not_found.fact")
    if not reason.strip() or len(reason) > 200:
        raise Invalid([Problem("reason", "missing", "作废要写明原因，最多 200 个字。")])
    with transaction.atomic():
        fact = model._default_manager.filter(pk=fact_id).first()
        if fact is None:
            raise NotFound(code="not_found.fact")
        if fact.voided_at is not None:
            return
        _keep_the_file_whole(fact)
        changed = model._default_manager.filter(pk=fact_id, voided_at=None).update(
            voided_at=clock.now(), voided_by=actor.user_id, voided_reason=reason.strip()
        )
        if not changed:
            return
        audit.record(
            actor=actor, clock=clock, action="void_fact", object_type=kind, object_id=fact_id,
            place=fact.managing_code, detail={"person": str(fact.person_id)},
        )  # fmt: skip
        facts_changed(actor, clock, [fact.person_id])


def _keep_the_file_whole(fact: Fact) -> None:
    if isinstance(fact, LifeEvent) and fact.kind == LifeEventKind.FILED:
        raise Conflict("建档记录不能作废；不应在册时请登记“诊断排除”。", code="conflict.filed")
    if isinstance(fact, Diagnosis):
        others = Diagnosis.objects.filter(person_id=fact.person_id, voided_at=None).exclude(pk=fact.pk)
        if not others.exists():
            raise Conflict("这是唯一的诊断，请先登记新的诊断再作废。", code="conflict.last_diagnosis")
