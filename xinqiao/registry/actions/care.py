"""Care and help groups of the villages (关爱帮扶小组): who is in them, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places

from ..choices import CareRole
from ..models import CareGroup, CareMember, CarePlacement
from ..rules import read_phone, tidy


def open_care_group(
    *, actor: Actor, clock: Clock, op_id: UUID, village: str, name: str, since: date
) -> CareGroup:
    """A village's group; a village has one open group at a time (Conflict). Repeated = the same group."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        if (there := CareGroup.objects.filter(pk=op_id).first()) is not None:
            return there
        if not actor.scope.covers(village) or village not in places.existing([village], clock.today()):
            raise NotFound(code="not_found.place")
        _check_day("since", since, clock)
        words = tidy(name)[:60] or f"{places.names_of({village})[village]}关爱帮扶小组"
        if CareGroup.objects.filter(managing_code=village, until=None).exists():
            raise Conflict(sentence("这个村已有小组；换届时请先结束原来的小组。"), code="conflict.group")
        made = CareGroup.objects.create(
            id=op_id,
            managing_code=village,
            name=words,
            since=since,
            recorded_at=clock.now(),
            recorded_by=actor.user_id,
        )
        _trail("open_care_group", made.pk, village, actor, clock)
    return made


def close_care_group(*, actor: Actor, clock: Clock, group_id: UUID, on: date) -> None:
    """The group ends, and with it the people's places in it. Repeating changes nothing."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        group = _group(group_id)
        if group.until is not None:
            return
        _check_day("on", on, clock, group.since)
        CareGroup.objects.filter(pk=group.pk).update(until=on)
        CarePlacement.objects.filter(group=group, valid_to=None, voided_at=None, valid_from__lte=on).update(
            valid_to=on
        )
        _trail("close_care_group", group.pk, group.managing_code, actor, clock)


def add_care_member(
    *, actor: Actor, clock: Clock, op_id: UUID, group_id: UUID, record: Mapping[str, Any], since: date
) -> CareMember:
    """`record`: role (choices.CareRole), name, organisation, phone. Repeated = the same member."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        group = _group(group_id)
        if (there := CareMember.objects.filter(pk=op_id, group=group).first()) is not None:
            return there
        if group.until is not None:
            raise Conflict(sentence("这个小组已经结束。"), code="conflict.group")
        name, role, typed = tidy(record.get("name", "")), record.get("role", ""), record.get("phone", "")
        phone = read_phone(typed) if typed else ""
        problems = []
        if role not in CareRole.values:
            problems.append(Problem("role", "missing", sentence("身份没有选择。")))
        if not 1 < len(name) <= 30:
            problems.append(Problem("name", "missing", sentence("姓名没有填写，或超过 30 个字。")))
        if phone is None:
            problems.append(
                Problem(
                    "phone",
                    "phone",
                    sentence(
                        "电话“%(typed)s”不像电话号码：手机为1开头的11位，座机如 0951-6012345。", typed=typed
                    ),
                )
            )
        if problems:
            raise Invalid(problems)
        _check_day("since", since, clock, group.since)
        made = CareMember.objects.create(
            id=op_id, group=group, managing_code=group.managing_code, shared_codes=group.shared_codes, role=role, name=name,
            organisation=tidy(record.get("organisation", ""))[:60], phone=phone or "", valid_from=since,
            recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        _trail("add_care_member", group.pk, group.managing_code, actor, clock, member=str(made.pk))
    return made


def end_care_member(*, actor: Actor, clock: Clock, member_id: UUID, on: date) -> None:
    """The member leaves the group. Repeating changes nothing."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        member = CareMember.objects.select_for_update().filter(pk=member_id).first()
        if member is None:
            raise NotFound(code="not_found.member")
        if member.valid_to is not None:
            return
        _check_day("on", on, clock, member.valid_from)
        CareMember.objects.filter(pk=member.pk).update(valid_to=on)
        _trail("end_care_member", member.group_id, member.managing_code, actor, clock, member=str(member.pk))


def _group(group_id: UUID) -> CareGroup:
    group = CareGroup.objects.select_for_update().filter(pk=group_id).first()
    if group is None:
        raise NotFound(code="not_found.group")
    return group


def _check_day(field: str, day: date, clock: Clock, after: date | None = None) -> None:
    text = day.isoformat()
    if day > clock.today():
        raise Invalid(
            [Problem(field, "future", sentence("日期 %(text)s 晚于今天，请核对。", text=text), text)]
        )
    if after is not None and day < after:
        raise Invalid(
            [
                Problem(
                    field,
                    "order",
                    sentence("日期 %(text)s 早于开始日期 %(after)s，请核对。", text=text, after=after),
                    text,
                )
            ]
        )


def _trail(action: str, group: UUID, village: str, actor: Actor, clock: Clock, **detail: str) -> None:
    audit.record(
        actor=actor,
        clock=clock,
        action=action,
        object_type="care_group",
        object_id=group,
        place=village,
        detail=detail,
    )
