"""The trail as an auditor reads it: who did what to which record when, by ids; how many were looked at. No names of
patients, no clinical values: the trail holds none. Read through the report role, since the application cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from xinqiao.audit.models import Event, Read
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import SHANGHAI
from xinqiao.kernel.codes import bounds

from .models import User
from .permissions import WORDS, Permission, require
from .scope import reporting

PAGE = 50


@dataclass(frozen=True, slots=True)
class TrailFilters:
    """What narrows the trail: days (inclusive), an account's user name, an action, the id of a record or operation."""

    first: date | None = None
    last: date | None = None
    username: str = ""
    action: str = ""
    object_id: UUID | None = None
    after: tuple[datetime, UUID] | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `what` is the event's action or the look's kind; `people` how many were looked at (0 for events)."""

    id: UUID
    at: datetime
    actor_id: UUID | None
    role: str
    what: str
    object_type: str
    object_id: UUID | None
    place: str
    detail: str
    people: int


def events(*, actor: Actor, filters: TrailFilters) -> list[Line]:
    """Acts in the auditor's area, newest first; one more than a page when there are more. Two statements."""
    require(actor, Permission.READ_TRAIL)
    lo, hi = bounds(actor.place)
    rows = Event.objects.using("report").filter(place__gte=lo, place__lt=hi)
    rows = rows.filter(_within(filters))
    if filters.action:
        rows = rows.filter(action=filters.action)
    if filters.object_id:
        rows = rows.filter(Q(object_id=filters.object_id) | Q(op_id=filters.object_id))
    with reporting():
        found = list(rows.order_by("-at", "-id")[: PAGE + 1])
    return [
        Line(
            r.pk, r.at, r.actor_id, r.role, r.action, r.object_type, r.object_id, r.place, _words(r.detail), 0
        )
        for r in found
    ]


def looks(*, actor: Actor, filters: TrailFilters) -> list[Line]:
    """Looks at records by accounts of the auditor's area, newest first. Two statements."""
    require(actor, Permission.READ_TRAIL)
    lo, hi = bounds(actor.place)
    rows = Read.objects.using("report").filter(actor_place__gte=lo, actor_place__lt=hi)
    rows = rows.filter(_within(filters))
    if filters.action:
        rows = rows.filter(kind=filters.action)
    if filters.object_id:
        rows = rows.filter(person_ids__contains=[filters.object_id])
    with reporting():
        found = list(rows.order_by("-at", "-id")[: PAGE + 1])
    return [
        Line(
            r.pk, r.at, r.actor_id, r.role, r.kind, "person",
            r.person_ids[0] if len(r.person_ids) == 1 else None, r.actor_place, r.purpose, len(r.person_ids),
        )
        for r in found
    ]  # fmt: skip


def _within(filters: TrailFilters) -> Q:
    asked = Q()
    if filters.first:
        asked &= Q(at__gte=datetime.combine(filters.first, time(), tzinfo=SHANGHAI))
    if filters.last:
        asked &= Q(at__lt=datetime.combine(filters.last + timedelta(days=1), time(), tzinfo=SHANGHAI))
    if filters.username:
        ids = User.objects.filter(username=filters.username).values_list("pk", flat=True)
        asked &= Q(actor_id__in=list(ids))
    if filters.after:
        at, pk = filters.after
        asked &= Q(at__lt=at) | Q(at=at, id__lt=pk)
    return asked


#: A batch names every record it wrote; the line says how many, and the record's own history names the batch.
LONGEST_LIST = 4
LONGEST_DETAIL = 240


#: What the keys of an event's detail mean to a reader; a key without words stands as it was written.
DETAIL_WORDS: dict[str, Any] = {
    "code": _("缺少权限"), "url": _("页面"), "source": _("来源"), "visits": _("随访"), "people": _("人数"),
    "persons": _("患者"), "rows": _("行数"), "person": _("患者"), "row": _("记录"), "member": _("成员"),
    "quarter": _("季度"), "year": _("年份"), "version": _("版次"), "absent": _("请假的人"), "substitute": _("代班的人"),
    "for": _("替谁"), "first": _("第一天"), "until": _("到"), "from": _("原来"), "to": _("改为"), "pages": _("页数"),
    "bytes": _("字节"), "paper": _("文书"), "found": _("查到"), "lines": _("行数"), "forms": _("张数"), "since": _("起"),
    "platform": _("平台"), "platforms": _("平台"), "wanted": _("范围"), "counts": _("结果"), "differences": _("差异"),
    "leaver": _("移交人"), "villages": _("村"), "side": _("谁"), "added": _("新增"), "renamed": _("改名"), "kind": _("类型"),
    "serves": _("服务的地方"), "unchanged": _("未变"), "changed": _("改动"), "own": _("本人"), "divisions": _("区划"),
    "parts": _("材料"), "whole_numbers": _("号码印全"), "by": _("方式"), "with": _("与"), "reason": _("原因"),
}  # fmt: skip


def _words(detail: dict[str, object]) -> str:
    parts = []
    for key, value in sorted(detail.items()):
        if value not in ("", None, [], {}):
            parts.append(f"{DETAIL_WORDS.get(key, key)} {_one(key, value)}")
    words = "；".join(parts)
    return words if len(words) <= LONGEST_DETAIL else words[:LONGEST_DETAIL] + "…"


def _one(key: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if isinstance(value, dict):
        # A nested count opens one step; records by id are only counted.
        if len(value) > LONGEST_LIST or not all(isinstance(one, int | str) for one in value.values()):
            return f"× {len(value)}"
        return "、".join(f"{DETAIL_WORDS.get(inner, inner)} {one}" for inner, one in value.items())
    if isinstance(value, list):
        return f"× {len(value)}" if len(value) > LONGEST_LIST else "、".join(str(one) for one in value)
    if key == "code" and str(value).startswith("not_allowed."):
        wanted = str(value).removeprefix("not_allowed.")
        return str(WORDS[Permission(wanted)].label) if wanted in set(Permission) else wanted
    return str(value)
