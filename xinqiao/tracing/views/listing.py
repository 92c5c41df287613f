"""The list of searches, and the month."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import level_of
from xinqiao.kernel.periods import add_months
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import queries as places
from xinqiao.registry.choices import printed
from xinqiao.web import notes
from xinqiao.web.files import send_file
from xinqiao.web.formats import moment
from xinqiao.web.papers import render as paper
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import actions, queries
from ..choices import Ending, Reason, Stage

TAB_WORDS = {"waiting": Stage.WAITING, "searching": Stage.SEARCHING, "lost": Stage.LOST, "found": Stage.FOUND}


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    return request.actor, request.clock  # type: ignore[attr-defined]


def narrower(actor: Actor) -> list[tuple[str, str]]:
    """The places by which the actor may narrow a list: own villages, or the divisions below."""
    if actor.role is Role.VILLAGE_DOCTOR:
        if len(actor.villages) < 2:
            return []
        return [(code, places.short_name(code)) for code in actor.villages]
    if level_of(actor.place) is Level.TOWNSHIP:
        several = bool(actor.further)
        return [
            (one.code, f"{one.parent_name} {one.name}" if several else one.name)
            for place in actor.places
            for one in places.villages_below(place)
        ]
    return places.children_of(actor.place)


@require_GET
def searches(request: HttpRequest) -> HttpResponse:
    """Four tabs; the one that needs a decision opens first."""
    actor, clock = who(request)
    asked = request.GET.get("stage", "")
    place = request.GET.get("place", "")
    found = queries.listed(
        actor=actor, today=clock.today(), tab=asked if asked in queries.TABS else "waiting", place=place
    )
    tab = asked if asked in queries.TABS else next((key for key, n in found.counts.items() if n), "waiting")
    if tab != "waiting" and tab != asked:
        found = queries.listed(actor=actor, today=clock.today(), tab=tab, place=place)
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids=[one.search.person_id for one in found.rows],
        purpose="tracing",
    )
    context = {
        "found": found,
        "tab": tab,
        "tabs": [
            (key, Stage(stage).label, reverse("tracing:list") + f"?stage={key}" + (f"&place={place}" if place else ""), found.counts[key])
            for key, stage in TAB_WORDS.items()
        ],
        "reasons": dict(Reason.choices),
        "endings": dict(Ending.choices),
        "place": place,
        "places": narrower(actor),
        "may_close": may(actor, Permission.CLOSE_TRACE),
        "village": actor.role is Role.VILLAGE_DOCTOR,
    }  # fmt: skip
    return render(request, "tracing/list.html", context)


@require_POST
def begin_lost(request: HttpRequest) -> HttpResponse:
    """A search for everybody who is lost and has none."""
    actor, clock = who(request)
    n = actions.open_for_the_lost(actor=actor, clock=clock)
    notes.say(request, ngettext("已为 %(n)s 名失访者开始查找", "已为 %(n)s 名失访者开始查找", n) % {"n": n})
    return HttpResponseRedirect(reverse("tracing:list") + "?stage=lost")


def month_asked(request: HttpRequest, today: date) -> date:
    """The first day of the month in the address; this month otherwise. Never one that has not begun."""
    text = request.GET.get("month", "")
    if re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", text):
        found = date(int(text[:4]), int(text[5:]), 1)
        if found <= today:
            return found
    return today.replace(day=1)


def _month(request: HttpRequest) -> queries.Month:
    actor, clock = who(request)
    return queries.month_of(
        actor=actor, month=month_asked(request, clock.today()), place=request.GET.get("place", "")
    )


@require_GET
def month(request: HttpRequest) -> HttpResponse:
    """Everybody lost, each to be looked for again this month."""
    actor, clock = who(request)
    found = _month(request)
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids=[one.search.person_id for one in found.rows],
        purpose="tracing",
    )
    today = clock.today()
    months = [add_months(today.replace(day=1), -back) for back in range(12)]
    context = {
        "found": found,
        "months": [
            (f"{one:%Y-%m}", _("%(y)s 年 %(m)s 月") % {"y": one.year, "m": one.month}) for one in months
        ],
        "month": f"{found.first:%Y-%m}",
        "place": request.GET.get("place", ""),
        "places": narrower(actor),
        "by_township": level_of(actor.place) is Level.COUNTY and actor.role is not Role.VILLAGE_DOCTOR,
        "endings": dict(Ending.choices),
        "may_print": may(actor, Permission.EXPORT_LIST),
        "query": request.GET.urlencode(),
    }
    return render(request, "tracing/month.html", context)


def _cells(found: queries.Month) -> list[list[Any]]:
    return [
        [
            n,
            one.name,
            printed.label_of(printed.SEX, one.search.person.sex),
            one.village,
            one.search.lost_on,
            one.reason,
            "、".join(one.asked),
            one.last,
            str(Ending(one.search.ended_how).label) if one.search.ended_how else "",
        ]
        for n, one in enumerate(found.rows, 1)
    ]


def _heads() -> list[tuple[str, str, str, int]]:
    return [
        ("n", _("序号"), "int", 6),
        ("name", _("姓名"), "text", 12),
        ("sex", _("性别"), "text", 6),
        ("village", _("村（社区）"), "text", 22),
        ("lost_on", _("失访日期"), "date", 12),
        ("reason", _("原因"), "text", 22),
        ("asked", _("本月向谁了解过"), "text", 30),
        ("last", _("最近一次"), "date", 12),
        ("found", _("结果"), "text", 16),
    ]


@require_GET
def month_book(request: HttpRequest) -> HttpResponse:
    """The month as a workbook: people, and townships."""
    actor, clock = who(request)
    require(actor, Permission.EXPORT_LIST)
    found = _month(request)
    audit.read(
        actor=actor, clock=clock, kind="download", person_ids=[one.search.person_id for one in found.rows],
        purpose="tracing",
    )  # fmt: skip
    heading = _("失访梳理 %(month)s") % {"month": f"{found.first:%Y-%m}"}
    people = Sheet(
        _("名单"),
        [Column(key, words, kind, width) for key, words, kind, width in _heads()],  # type: ignore[arg-type]
        _cells(found),
        heading=heading,
    )
    numbers = Sheet(
        _("乡镇"),
        [
            Column("name", _("乡镇"), width=18), Column("lost", _("失访"), "int"), Column("looked", _("本月已查找"), "int"),
            Column("new", _("本月新增"), "int"), Column("found", _("本月找到"), "int"),
        ],
        [(one.name, one.lost, one.looked, one.new, one.found) for one in found.townships],
        heading=heading,
    )  # fmt: skip
    body = workbook([people, numbers], made_by=actor.display_name, made_at=clock.now())
    return send_file(request, body, name=_("梳理") + f"-{found.first:%Y%m}.xlsx", content_type=CONTENT_TYPE)


@require_GET
def month_paper(request: HttpRequest) -> HttpResponse:
    """The month on paper, with room for what the meeting decides."""
    actor, clock = who(request)
    require(actor, Permission.EXPORT_LIST)
    found = _month(request)
    audit.read(
        actor=actor,
        clock=clock,
        kind="print",
        person_ids=[one.search.person_id for one in found.rows],
        purpose="tracing",
    )
    place = request.GET.get("place", "") or actor.place
    data = {
        "foot": {
            "by": f"{actor.display_name}（{actor.username}）", "at": moment(clock.now()), "purpose": _("每月查找"),
        },
        "title": _("失访患者月度查找梳理表"),
        "sub": f"{places.short_name(place)}　" + _("%(y)s 年 %(m)s 月") % {"y": found.first.year, "m": found.first.month},
        "heads": [words for _key, words, _kind, _width in _heads()],
        "rows": [[_plain(cell) for cell in row] for row in _cells(found)],
        "total": _("共 %(n)s 人，本月已查找 %(done)s 人") % {"n": len(found.rows), "done": found.looked},
    }  # fmt: skip
    body = paper("tracing/month.typ", data)
    name = _("梳理") + f"-{found.first:%Y%m}.pdf"
    return send_file(request, body, name=name, content_type="application/pdf", inline=True)


def _plain(cell: Any) -> str:
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)
