"""The day worker and family agreed on: earlier than due freely, later with a reason. What is due does not move."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.words import sentence

from ..models import Obligation, Standing
from ..rules.check import LONGEST_WAIT
from .history import load


@transaction.atomic
def plan_visit(*, actor: Actor, clock: Clock, person_id: UUID, planned_on: date, reason: str = "") -> None:
    """Set the agreed day of what is due now. Raises NotAllowed, NotFound, Invalid (past, or late without a reason),
    Conflict when nothing is due."""
    require(actor, Permission.RECORD_VISIT)
    history = load([person_id])[person_id]
    due = Obligation.objects.filter(person_id=person_id, outcome="open").order_by("due_on").first()
    if due is None:
        raise Conflict(sentence("现在没有待完成的随访，不用安排日期"), code="conflict.nothing_due")
    if planned_on < clock.today():
        raise Invalid(
            [
                Problem(
                    "planned_on",
                    "past",
                    sentence("“计划随访日期”%(planned_on)s 早于今天，应为今天或以后", planned_on=planned_on),
                    planned_on.isoformat(),
                )
            ]
        )
    if planned_on > clock.today() + LONGEST_WAIT:
        raise Invalid(
            [
                Problem(
                    "planned_on",
                    "too_far",
                    sentence("“计划随访日期”%(planned_on)s 在一年以后，应在一年以内", planned_on=planned_on),
                    planned_on.isoformat(),
                )
            ]
        )
    if planned_on > due.due_on and not reason.strip():
        raise Invalid(
            [
                Problem(
                    "planned_reason",
                    "missing",
                    sentence(
                        "“计划随访日期”%(planned_on)s 晚于应访日 %(due_on)s，请填写“推迟理由”",
                        planned_on=planned_on,
                        due_on=due.due_on,
                    ),
                )
            ]
        )
    Obligation.objects.filter(pk=due.pk).update(planned_on=planned_on, planned_reason=reason.strip()[:200])
    Standing.objects.filter(person_id=person_id).update(planned_on=planned_on)
    audit.record(
        actor=actor,
        clock=clock,
        action="plan_visit",
        object_type="obligation",
        object_id=due.pk,
        place=history.managing_code,
        detail={
            "planned_on": planned_on.isoformat(),
            "later": planned_on > due.due_on,
            "reason_given": bool(reason.strip()),
        },
    )
