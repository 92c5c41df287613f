"""Ticking visits as entered elsewhere, taking ticks back, and a county's settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.followup.models import Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.registry import bulk

from ..choices import Wanted
from ..models import Entry, Setting
from ..queries.platforms import platform_of, setting_of

MOST_AT_ONCE = 500
MOST_PLATFORMS = 6


@transaction.atomic
def tick_visits(
    *,
    actor: Actor,
    clock: Clock,
    visit_ids: Sequence[UUID],
    platform: str,
    entered_on: date,
    op_id: UUID,
) -> int:
    """Mark visits as entered in a platform on a day; returns how many were newly marked. Repeating an `op_id`, or
    marking what is marked already, changes nothing.

    NotFound when one is not yours; Invalid for a day later than today or earlier than a visit.
    """
    require(actor, Permission.ENTER_NATIONAL)
    known = platform_of(setting_of(county_of(actor.place)), platform)
    ids = set(visit_ids)
    if not ids:
        raise Invalid([Problem("visit", "missing", _("请先勾选要标记的随访"))])
    if len(ids) > MOST_AT_ONCE:
        raise Invalid(
            [Problem("visit", "too_many", _("一次最多标记 %(n)s 次随访，请分批标记") % {"n": MOST_AT_ONCE})]
        )
    visits = list(
        Visit.objects.select_for_update()
        .filter(pk__in=ids, voided_at=None, superseded=False)
        .only("id", "visit_date", "person_id", "managing_code", "shared_codes")
    )
    if len(visits) != len(ids):
        raise NotFound()
    _check_day(entered_on, max(visit.visit_date for visit in visits), clock.today())
    there = set(
        Entry.objects.filter(visit__in=ids, platform=known.key, voided_at=None).values_list(
            "visit_id", flat=True
        )
    )
    rows = [
        Entry(
            managing_code=visit.managing_code,
            shared_codes=visit.shared_codes,
            person_id=visit.person_id,
            visit_id=visit.pk,
            platform=known.key,
            entered_on=entered_on,
            op_id=op_id,
            recorded_at=clock.now(),
            recorded_by=actor.user_id,
        )
        for visit in visits
        if visit.pk not in there
    ]
    if rows:
        bulk.insert(rows)
        audit.record(
            actor=actor,
            clock=clock,
            action="tick_entered",
            object_type="visit",
            object_id=rows[0].visit_id if len(rows) == 1 else None,
            place=actor.place,
            op_id=op_id,
            detail={"platform": known.key, "visits": [str(row.visit_id) for row in rows]},
        )
    return len(rows)


def _check_day(entered_on: date, newest: date, today: date) -> None:
    if entered_on > today:
        raise Invalid(
            [
                Problem(
                    "entered_on",
                    "future",
                    _("录入日期 %(day)s 晚于今天，请填写今天或更早的日期") % {"day": entered_on},
                    entered_on.isoformat(),
                )
            ]
        )
    if entered_on < newest:
        raise Invalid(
            [
                Problem(
                    "entered_on",
                    "before_visit",
                    _("录入日期 %(day)s 早于随访日期 %(visit)s，请核对")
                    % {"day": entered_on, "visit": newest},
                    entered_on.isoformat(),
                )
            ]
        )


@transaction.atomic
def untick_visits(
    *, actor: Actor, clock: Clock, reason: str, op_id: UUID | None = None, visit_id: UUID | None = None,
    platform: str = "",
) -> int:  # fmt: skip
    """Take back one operation's ticks, or one visit's tick in a platform. NotFound when there is none of yours."""
    require(actor, Permission.ENTER_NATIONAL)
    if op_id is not None:
        found = Entry.objects.filter(op_id=op_id, voided_at=None)
    elif visit_id is not None:
        found = Entry.objects.filter(visit_id=visit_id, platform=platform, voided_at=None)
    else:
        raise NotFound()
    rows = list(found.select_for_update().values_list("pk", "visit_id"))
    if not rows:
        raise NotFound()
    Entry.objects.filter(pk__in=[pk for pk, _visit in rows]).update(
        voided_at=clock.now(), voided_by=actor.user_id, voided_reason=reason[:200]
    )
    audit.record(
        actor=actor,
        clock=clock,
        action="untick_entered",
        object_type="visit",
        object_id=rows[0][1] if len(rows) == 1 else None,
        place=actor.place,
        detail={"visits": [str(visit) for _pk, visit in rows]},
    )
    return len(rows)


@transaction.atomic
def change_setting(*, actor: Actor, clock: Clock, given: Mapping[str, Any], row_version: int) -> Setting:
    """Change the county's settings: `wanted`, `since` (date or None), `with_imported`, `platforms` (name, days).

    Invalid names the line; Conflict when somebody changed them meanwhile.
    """
    require(actor, Permission.COMPARE_NATIONAL)
    county = county_of(actor.place)
    Setting.objects.get_or_create(pk=county)
    setting = Setting.objects.select_for_update().get(pk=county)
    if setting.row_version != row_version:
        raise Conflict(_("设置刚被修改过，请刷新后再改"), code="conflict.setting")
    problems: list[Problem] = []
    if given["wanted"] not in Wanted.values:
        problems.append(Problem("wanted", "wrong_value", _("请选择哪些随访需要录入"), str(given["wanted"])))
    since = given.get("since")
    if since and since > clock.today():
        problems.append(Problem("since", "future", _("起始日期不能晚于今天"), since.isoformat()))
    setting.platforms = _platforms(given.get("platforms", []), setting.platforms, problems)
    if problems:
        raise Invalid(problems)
    setting.wanted, setting.since, setting.with_imported = (
        given["wanted"],
        since,
        bool(given["with_imported"]),
    )
    setting.row_version += 1
    setting.save()
    audit.record(
        actor=actor,
        clock=clock,
        action="change_national_setting",
        object_type="setting",
        object_id=None,
        place=county,
        detail={
            "wanted": setting.wanted,
            "since": since.isoformat() if since else "",
            "platforms": len(setting.platforms),
        },
    )
    return setting


def _platforms(
    given: Sequence[Mapping[str, str]], before: Sequence[Mapping[str, Any]], problems: list[Problem]
) -> list[dict[str, Any]]:
    """Platforms by name; one that was there keeps its key, so that its ticks stay its own."""
    keys = {one["name"]: one["key"] for one in before}
    used = {one["key"] for one in before}
    found: list[dict[str, Any]] = []
    for number, one in enumerate(given[:MOST_PLATFORMS], start=1):
        name = one.get("name", "").strip()[:20]
        if not name:
            continue
        if name == "国网" or name in [known["name"] for known in found]:
            problems.append(
                Problem(f"platform-{number}", "twice", _("平台名称“%(name)s”重复") % {"name": name}, name)
            )
            continue
        days = one.get("days", "").strip()
        if days and not re.fullmatch(r"[1-9]\d{0,1}", days):
            problems.append(
                Problem(f"days-{number}", "wrong_value", _("时限应为 1 至 99 个工作日，不限时请留空"), days)
            )
            continue
        key = one.get("key") if one.get("key") in used else keys.get(name)
        if not key:
            key = next(f"p{n}" for n in range(1, 100) if f"p{n}" not in used)
            used.add(key)
        found.append({"key": key, "name": name, "days": int(days) if days else None})
    return found
