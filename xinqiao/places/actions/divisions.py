"""Putting single divisions right: a village that the table lacks, one with a new name, one that was merged away."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import bounds, contains, level_of
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.terms import Level, Role

from .. import queries
from ..models import Division, Institution, ServiceArea

audit.register_actions(
    {"add_division": "新增区划", "rename_division": "区划更名", "close_division": "撤销区划"}
)

#: Local numbers for places that have no published code yet; the national table does not use them.
LOCAL_FROM = 900
OWN_SOURCE = "本地补充"


def add_division(
    *, actor: Actor, clock: Clock, parent: str, name: str, code: str = "", since: date | None = None
) -> Division:
    """A township below the county, or a village below a township, from a day on. Without a code it gets a free local number
    (9xx). The same name below the same parent again answers with the one that is there."""
    _may_correct(actor, parent)
    level = level_of(parent)
    if level not in (Level.COUNTY, Level.TOWNSHIP):
        raise NotFound(code="not_found.division")
    name = name.strip()
    with transaction.atomic():
        siblings = list(
            Division.objects.select_for_update().filter(parent_code=parent).order_by("code", "valid_from")
        )
        there = next((row for row in siblings if row.valid_to is None and row.name == name), None)
        if there is not None:
            return there
        own, rest = (9, 3) if level is Level.TOWNSHIP else (6, 6)
        problems = _name_faults(name)
        taken = {row.code for row in siblings}
        if code:
            head, tail = code[:own], code[own + 3 :]
            if not (
                code.isdecimal() and len(code) == 12 and head == parent[:own] and tail == "0" * (rest - 3)
            ):
                text = _("区划代码“%(code)s”应为 12 位数字，并以上级代码 %(head)s 开头。")
                problems.append(
                    Problem("code", "shape", text % {"code": code[:20], "head": parent[:own]}, code[:20])
                )
            elif code in taken:
                text = _("区划代码 %(code)s 已经用过，请核对。")
                problems.append(Problem("code", "taken", text % {"code": code}, code))
        problems += _day_faults(since, clock.today())
        if problems:
            raise Invalid(problems)
        if not code:
            numbers = (f"{parent[:own]}{n}{'0' * (rest - 3)}" for n in range(LOCAL_FROM, 1000))
            code = next(one for one in numbers if one not in taken)
        made = Division.objects.create(
            code=code, name=name, level=level + 1, parent_code=parent, valid_from=since or clock.today(),
            source=OWN_SOURCE,
        )  # fmt: skip
        audit.record(
            actor=actor,
            clock=clock,
            action="add_division",
            object_type="division",
            object_id=made.pk,
            place=code,
        )
    queries.forget()
    return made


def rename_division(*, actor: Actor, clock: Clock, code: str, name: str, since: date | None = None) -> None:
    """Another name from a day on; the old one stays for the days before. The name it has already changes nothing."""
    _may_correct(actor, code)
    today = clock.today()
    since = since or today
    name = name.strip()
    with transaction.atomic():
        row = _open(code)
        if row.name == name:
            return
        if problems := _name_faults(name) + _day_faults(since, today):
            raise Invalid(problems)
        if since <= row.valid_from:
            # It was never called otherwise: a slip of the table, put right in place.
            row.name = name
            row.save(update_fields=["name"])
        else:
            row.valid_to = since
            row.save(update_fields=["valid_to"])
            Division.objects.create(
                code=code, name=name, level=row.level, parent_code=row.parent_code, valid_from=since,
                source=OWN_SOURCE,
            )  # fmt: skip
        audit.record(
            actor=actor, clock=clock, action="rename_division", object_type="division", object_id=row.pk, place=code,
            detail={"since": since.isoformat()},
        )  # fmt: skip
    queries.forget()


def close_division(
    *, actor: Actor, clock: Clock, code: str, on: date | None = None, burden: int, staff: int
) -> None:
    """The place is no more from a day on. Refused while places below it are open, an institution works there, or `burden`
    people and `staff` accounts (both counted by the caller) belong to it: nobody may be left without a place."""
    _may_correct(actor, code)
    today = clock.today()
    on = on or today
    with transaction.atomic():
        row = _open(code)
        problems = _day_faults(on, today)
        if on <= row.valid_from:
            text = _("撤销日期应晚于启用日期 %(day)s。")
            earliest = (row.valid_from + timedelta(days=1)).isoformat()
            problems.append(Problem("since", "range", text % {"day": row.valid_from}, earliest))
        lo, hi = bounds(code)
        below = Division.objects.filter(code__gte=lo, code__lt=hi, valid_to=None).exclude(code=code).count()
        working = Institution.objects.filter(place__gte=lo, place__lt=hi, valid_to=None).count()
        for count, text in (
            (below, _("“%(name)s”下面还有 %(n)s 个区划，请先撤销它们。")),
            (working, _("“%(name)s”还有 %(n)s 个机构，请先撤销机构。")),
            (burden, _("“%(name)s”还有 %(n)s 名服务对象，请先把他们改到新的村。")),
            (staff, _("“%(name)s”还有 %(n)s 个在用账号，请先变更或停用。")),
        ):
            if count:
                problems.append(Problem("", "burdened", text % {"name": row.name, "n": count}))
        if problems:
            raise Invalid(problems)
        row.valid_to = on
        row.save(update_fields=["valid_to"])
        areas = ServiceArea.objects.filter(division_code=code, valid_to=None)
        areas.filter(valid_from__gte=on).delete()
        areas.update(valid_to=on)
        audit.record(
            actor=actor, clock=clock, action="close_division", object_type="division", object_id=row.pk, place=code,
            detail={"on": on.isoformat()},
        )  # fmt: skip
    queries.forget()


def _may_correct(actor: Actor, code: str) -> None:
    if actor.role is not Role.SYSTEM_ADMIN:
        raise NotAllowed(code="not_allowed.manage_places")
    if not (len(code) == 12 and code.isdecimal() and contains(actor.place, code)):
        raise NotFound(code="not_found.division")


def _open(code: str) -> Division:
    row = Division.objects.select_for_update().filter(code=code, valid_to=None).first()
    if row is None or row.level not in (Level.TOWNSHIP, Level.VILLAGE):
        raise NotFound(code="not_found.division")
    return row


def _name_faults(name: str) -> list[Problem]:
    if not name:
        return [Problem("name", "missing", _("名称没有填写。"))]
    if len(name) > 100:
        return [Problem("name", "long", _("名称太长，最多 100 个字。"))]
    return []


def _day_faults(day: date | None, today: date) -> list[Problem]:
    if day is not None and day > today:
        text = _("日期 %(day)s 晚于今天，请在当天再登记。")
        return [Problem("since", "range", text % {"day": day.isoformat()}, day.isoformat())]
    return []
