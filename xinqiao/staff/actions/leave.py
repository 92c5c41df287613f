"""Leave cover: another doctor of the township serves the villages for some days, and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from xinqiao.accounts.actions import end_cover, stand_in
from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import contains, township_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.terms import Role

from ..models import Leave
from ..queries.leave import state_of

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True)
class NewLeave:
    """Who is away from `first_day` to `last_day`, both included, and who stands in."""

    absent_id: UUID
    substitute_id: UUID
    first_day: date
    last_day: date


def arrange_leave(*, actor: Actor, clock: Clock, new: NewLeave) -> Leave:
    """Arrange it. A village doctor who stands in sees the villages from the first to the last day, and writes visits in
    his or her own name; a township worker sees them anyway. The one on leave stays responsible."""
    require(actor, Permission.ARRANGE_STAFF)
    with transaction.atomic():
        absent = User.objects.select_for_update().filter(pk=new.absent_id, is_active=True).first()
        substitute = User.objects.filter(pk=new.substitute_id, is_active=True).first()
        if absent is None or substitute is None:
            raise NotFound(code="not_found.account")
        if not contains(actor.place, absent.place) or not contains(actor.place, substitute.place):
            raise NotFound(code="not_found.account")
        villages = _villages(absent, new.first_day)
        if problems := list(_faults(new, absent, substitute, villages, clock.today())):
            raise Invalid(problems)
        made = Leave.objects.create(
            absent=absent, substitute=substitute, place=absent.place, villages=villages, first_day=new.first_day,
            last_day=new.last_day, arranged_by=actor.user_id, arranged_at=clock.now(),
        )  # fmt: skip
        if substitute.role == Role.VILLAGE_DOCTOR:
            stand_in(
                actor=actor, clock=clock, substitute_id=substitute.pk, absent_id=absent.pk, villages=villages,
                first=new.first_day, until=new.last_day + timedelta(days=1),
            )  # fmt: skip
        audit.record(
            actor=actor, clock=clock, action="arrange_leave", object_type="leave", object_id=made.pk, place=made.place,
            detail={"absent": str(absent.pk), "substitute": str(substitute.pk)},
        )  # fmt: skip
    return made


def _villages(absent: User, day: date) -> list[str]:
    rows = VillageAssignment.objects.filter(user=absent, covers=None, valid_from__lte=day)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=day))
    return sorted(set(rows.values_list("division_code", flat=True)))


def _faults(
    new: NewLeave, absent: User, substitute: User, villages: list[str], today: date
) -> Iterator[Problem]:
    if absent.role == Role.VILLAGE_DOCTOR and not villages:
        yield Problem("absent", "nothing", _("这位村医在这几天没有负责的村，不用安排代班。"))
    if new.last_day < new.first_day:
        text = _("最后一天“%(last)s”早于第一天“%(first)s”，请核对。")
        words = {"last": new.last_day.isoformat(), "first": new.first_day.isoformat()}
        yield Problem("last_day", "order", text % words, new.last_day.isoformat())
    elif (new.last_day - new.first_day).days > LONGEST_DAYS:
        yield Problem("last_day", "long", _("代班最长一年；更久的请办交接单。"), new.last_day.isoformat())
    if new.first_day < today:
        text = _("第一天“%(day)s”不能早于今天；已经过去的日子不补记。")
        yield Problem(
            "first_day", "past", text % {"day": new.first_day.isoformat()}, new.first_day.isoformat()
        )
    if substitute.pk == absent.pk:
        yield Problem("substitute", "same", _("代班人不能是请假的人自己。"))
    elif township_of(substitute.place) != township_of(absent.place):
        yield Problem("substitute", "far", _("代班人应在同一个乡镇。"))
    elif substitute.role not in (Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER):
        yield Problem("substitute", "role", _("代班人应为村医或乡镇精防人员。"))
    elif absent.role == Role.TOWNSHIP_WORKER and substitute.role != Role.TOWNSHIP_WORKER:
        yield Problem("substitute", "role", _("乡镇精防人员请假，由同单位的乡镇精防人员代班。"))
    others = Leave.objects.filter(
        absent=absent, ended_on=None, first_day__lte=new.last_day, last_day__gte=new.first_day
    )
    if others.exists():
        yield Problem("first_day", "twice", _("这几天里已经安排过代班，请先结束原来的。"))
    away = Leave.objects.filter(
        absent=substitute, ended_on=None, first_day__lte=new.last_day, last_day__gte=new.first_day
    )
    if substitute.pk != absent.pk and away.exists():
        yield Problem("substitute", "away", _("这位同事这几天自己也请假，请另选一位。"))


def end_leave(*, actor: Actor, clock: Clock, leave_id: UUID) -> Leave:
    """Back earlier, or called off: from today on the substitute no longer sees the villages."""
    require(actor, Permission.ARRANGE_STAFF)
    today = clock.today()
    with transaction.atomic():
        found = Leave.objects.select_for_update().select_related("substitute").filter(pk=leave_id).first()
        if found is None or not contains(actor.place, found.place):
            raise NotFound(code="not_found.leave")
        if state_of(found, today) not in ("ahead", "now"):
            raise Conflict(_("这次代班已经结束。"), code="conflict.leave_ended")
        found.ended_on, found.ended_by = today, actor.user_id
        found.save(update_fields=["ended_on", "ended_by"])
        if found.substitute.role == Role.VILLAGE_DOCTOR:
            end_cover(
                actor=actor, clock=clock, substitute_id=found.substitute_id, absent_id=found.absent_id,
                first=found.first_day, until=found.last_day + timedelta(days=1),
            )  # fmt: skip
        audit.record(
            actor=actor, clock=clock, action="end_leave", object_type="leave", object_id=found.pk, place=found.place,
        )  # fmt: skip
    return found
