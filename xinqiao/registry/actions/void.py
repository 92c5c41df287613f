"""Marking a fact as void: it stays readable, and no longer counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..choices import LifeEventKind
from ..listeners import facts_changed
from ..models import Diagnosis, LifeEvent, Person
from ..rules.cycle import GUARDED
from ..rules.dated import DATED
from ..scoped import Fact
from ..tables import VOIDABLE
from .corrections import NewCorrection, request_correction

#: Whoever wrote a row may take it back for so long; after that it is a correction of the record.
UNDO_WITHIN = timedelta(minutes=10)


def void_fact(*, actor: Actor, clock: Clock, kind: str, fact_id: UUID, reason: str) -> bool:
    """Void one fact with a reason; whether it is void now. Repeating it changes nothing. The event of filing and the last
    diagnosis stay: a file without them would be no file (Conflict).

    It takes who corrects records, or the author within ten minutes. A row that ended where the voided one began holds
    again. A death or an exclusion is not voided here: it is asked for, and a second person at the county decides (False).
    """
    require(actor, Permission.REGISTER_PERSON)
    model = VOIDABLE.get(kind)
    if model is None:
        raise NotFound(code="not_found.fact")
    if not reason.strip() or len(reason) > 200:
        raise Invalid([Problem("reason", "missing", sentence("作废要写明原因，最多 200 个字。"))])
    with transaction.atomic():
        fact = model._default_manager.filter(pk=fact_id).first()
        if fact is None:
            raise NotFound(code="not_found.fact")
        if fact.voided_at is not None:
            return True
        if isinstance(fact, LifeEvent) and fact.kind in GUARDED:
            asked = NewCorrection(fact.person_id, GUARDED[fact.kind], reason, event_id=fact.pk)
            request_correction(actor=actor, clock=clock, new=asked)
            return False
        if not may_undo(actor, clock, fact):
            require(actor, Permission.CORRECT_RECORD)
        _keep_the_file_whole(fact)
        changed = model._default_manager.filter(pk=fact_id, voided_at=None).update(
            voided_at=clock.now(), voided_by=actor.user_id, voided_reason=reason.strip()
        )
        if not changed:
            return True
        _reopen(kind, fact)
        Person.objects.filter(pk=fact.person_id).update(row_version=F("row_version") + 1)
        audit.record(
            actor=actor, clock=clock, action="void_fact", object_type=kind, object_id=fact_id,
            place=fact.managing_code, detail={"person": str(fact.person_id)},
        )  # fmt: skip
        facts_changed(actor, clock, [fact.person_id])
    return True


def may_undo(actor: Actor, clock: Clock, fact: Fact) -> bool:
    """Whether this is the actor's own row of the last ten minutes."""
    own = fact.recorded_by is not None and fact.recorded_by == actor.user_id
    return own and clock.now() - fact.recorded_at <= UNDO_WITHIN


def _reopen(kind: str, fact: Fact) -> None:
    """What this row replaced, unless something else holds now."""
    described = DATED.get(kind)
    if described is None or described.alone is None or getattr(fact, "valid_to", None) is not None:
        return
    since = getattr(fact, "valid_from", None)
    same = {key: getattr(fact, key) for key in described.alone}
    table: Any = type(fact)  # every dated row has the two days, which its base does not name
    rows = table._default_manager.filter(person_id=fact.person_id, voided_at=None, **same).exclude(pk=fact.pk)
    if rows.filter(valid_to=None).exists():
        return
    replaced = rows.filter(valid_to=since).order_by("-id").first()
    if replaced is not None:
        rows.filter(pk=replaced.pk).update(valid_to=None)


def _keep_the_file_whole(fact: Fact) -> None:
    if isinstance(fact, LifeEvent) and fact.kind == LifeEventKind.FILED:
        raise Conflict(sentence("建档记录不能作废；不应在册时请登记“诊断排除”。"), code="conflict.filed")
    if isinstance(fact, Diagnosis):
        others = Diagnosis.objects.filter(person_id=fact.person_id, voided_at=None).exclude(pk=fact.pk)
        if not others.exists():
            raise Conflict(
                sentence("这是唯一的诊断，请先登记新的诊断再作废。"), code="conflict.last_diagnosis"
            )
