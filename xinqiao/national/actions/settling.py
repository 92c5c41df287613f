"""Giving a difference to somebody, and settling it with a reason. What is settled may be opened again by a comparison."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import contains
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.terms import Role
from xinqiao.registry import bulk

from ..choices import ItemState, Reason, Step
from ..models import Difference, DifferenceStep

MOST_AT_ONCE = 500
#: Whom a difference may be given to.
WORKERS = (Role.TOWNSHIP_WORKER.value, Role.COUNTY_OFFICE.value)


@transaction.atomic
def assign_differences(
    *,
    actor: Actor,
    clock: Clock,
    difference_ids: Sequence[UUID],
    user_id: UUID,
    due_on: date | None = None,
    note: str = "",
) -> int:
    """Give open differences to a worker of the actor's area, with a deadline. A person only there goes to that worker's
    place. Conflict when one is not open any more."""
    require(actor, Permission.ENTER_NATIONAL)
    rows = _open(difference_ids)
    worker = User.objects.filter(pk=user_id, is_active=True, role__in=WORKERS).first()
    if worker is None or not contains(actor.place, worker.place):
        raise Invalid([Problem("user", "unknown", _("请从名单中选择负责处理的人"))])
    if due_on and due_on < clock.today():
        raise Invalid(
            [Problem("due_on", "past", _("完成期限 %(day)s 已过，请改填今天或以后的日期") % {"day": due_on})]
        )
    for row in rows:
        if row.person_id is None:
            row.managing_code = worker.place
        elif not contains(worker.place, row.managing_code):
            raise Invalid(
                [Problem("user", "elsewhere", _("所选人员不管理这名患者所在的村，请选择当地或县级人员"))]
            )
    moved = [row.pk for row in rows if row.person_id is None]
    Difference.objects.filter(pk__in=[row.pk for row in rows]).update(
        assigned_to=worker.pk, due_on=due_on, row_version=F("row_version") + 1
    )
    if moved:
        DifferenceStep.objects.filter(difference__in=moved).update(managing_code=worker.place)
        Difference.objects.filter(pk__in=moved).update(managing_code=worker.place)
    bulk.insert(
        _step(row, Step.ASSIGNED, clock.now(), actor, to=worker.pk, due_on=due_on, note=note) for row in rows
    )
    _trail(actor, clock, "assign_difference", rows)
    return len(rows)


@transaction.atomic
def settle_differences(
    *, actor: Actor, clock: Clock, difference_ids: Sequence[UUID], reason: str, note: str = ""
) -> int:
    """Settle open differences with one reason. Invalid without a reason, or without words for "other"."""
    require(actor, Permission.ENTER_NATIONAL)
    if reason not in Reason.values:
        raise Invalid([Problem("reason", "missing", _("请选择处理结果"))])
    if reason == Reason.OTHER and not note.strip():
        raise Invalid([Problem("note", "missing", _("处理结果选“其他”时，请写明情况"))])
    rows = _open(difference_ids)
    for row in rows:
        row.state, row.reason, row.note = ItemState.SETTLED, reason, note.strip()[:500]
        row.settled_by, row.settled_at, row.row_version = actor.user_id, clock.now(), row.row_version + 1
    Difference.objects.bulk_update(
        rows, ["state", "reason", "note", "settled_by", "settled_at", "row_version"], batch_size=200
    )
    bulk.insert(_step(row, Step.SETTLED, clock.now(), actor, reason=reason, note=note) for row in rows)
    _trail(actor, clock, "settle_difference", rows)
    return len(rows)


def _open(ids: Sequence[UUID]) -> list[Difference]:
    wanted = set(ids)
    if not wanted:
        raise Invalid([Problem("item", "missing", _("请先勾选要处理的差异"))])
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid(
            [Problem("item", "too_many", _("一次最多处理 %(n)s 条差异，请分批处理") % {"n": MOST_AT_ONCE})]
        )
    rows = list(Difference.objects.select_for_update().filter(pk__in=wanted))
    if len(rows) != len(wanted):
        raise NotFound()
    if any(row.state != ItemState.OPEN for row in rows):
        raise Conflict(_("其中有的差异已经处理过，请刷新后再看"), code="conflict.difference_state")
    return rows


def _step(
    row: Difference,
    kind: Step,
    now: datetime,
    actor: Actor,
    *,
    reason: str = "",
    to: UUID | None = None,
    due_on: date | None = None,
    note: str = "",
) -> DifferenceStep:
    return DifferenceStep(
        managing_code=row.managing_code,
        shared_codes=row.shared_codes,
        difference_id=row.pk,
        at=now,
        by=actor.user_id,
        kind=kind.value,
        reason=reason,
        to=to,
        due_on=due_on,
        note=note.strip()[:500],
    )


def _trail(actor: Actor, clock: Clock, action: str, rows: Sequence[Difference]) -> None:
    audit.record(
        actor=actor,
        clock=clock,
        action=action,
        object_type="difference",
        object_id=rows[0].pk if len(rows) == 1 else None,
        place=actor.place,
        detail={"differences": [str(row.pk) for row in rows]},
    )
