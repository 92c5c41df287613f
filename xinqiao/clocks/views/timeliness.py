"""办理及时率: how many clocks were ended in time, as a table and a workbook. Counts only."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.periods import add_months, day_or_none
from xinqiao.places.queries import name_of
from xinqiao.web.addresses import narrowed
from xinqiao.web.files import send_file
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import queries
from ..queries import Timely
from .words import took_words


def _asked(request: HttpRequest) -> dict[str, Any]:
    actor, today = request.actor, request.clock.today()  # type: ignore[attr-defined]
    last = day_or_none(request.GET.get("to", "")) or today
    first = day_or_none(request.GET.get("from", "")) or add_months(today.replace(day=1), -5)
    if first > last:
        first, last = last, first
    code = request.GET.get("code", "")[:12].replace("\x00", "")
    place = request.GET.get("place", "")[:12]
    found = queries.timeliness(actor=actor, today=today, first=first, last=last, code=code, place=place)
    return {"found": found, "first": first, "last": last, "code": code, "place": place, "today": today}


@require_safe
def timeliness(request: HttpRequest) -> HttpResponse:
    """By clock, and by place for all clocks or one."""
    actor = request.actor  # type: ignore[attr-defined]
    asked = _asked(request)
    found: queries.Timeliness = asked["found"]
    context = {
        **asked,
        "name": name_of(found.place),
        "label": queries.label_of(asked["code"], asked["today"]) if asked["code"] else "",
        "link": lambda **changes: narrowed(request, **changes),
        "deeper": lambda code: (
            code != found.place and actor.serves(code) and not code.endswith("999") and not _village(code)
        ),
        "median": _median,
        "come_up": []
        if asked["code"] or asked["place"]
        else queries.come_up(actor=actor, today=asked["today"]),
        "may_inbox": may(actor, Permission.SEE_INBOX),
    }
    return render(request, "clocks/timeliness.html", context)


def _village(code: str) -> bool:
    return not code.endswith("000")


def _median(one: Timely) -> str:
    return "—" if one.median is None else took_words(one.median, one.unit)


@require_safe
def timeliness_book(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    asked = _asked(request)
    found: queries.Timeliness = asked["found"]

    def columns(head: str) -> list[Column]:
        return [
            Column("what", head, width=24),
            Column("base", _("应办结"), "int"),
            Column("in_time", _("按时办结"), "int"),
            Column("late", _("逾期办结"), "int"),
            Column("overdue", _("逾期未办结"), "int", 12),
            Column("rate", _("及时率(%)"), "percent"),
            Column("median", _("办结用时中位数"), width=16),
        ]

    def line(words: str, one: Timely) -> tuple[Any, ...]:
        return words, one.base, one.in_time, one.late, one.overdue, one.rate, _median(one)

    notes = [
        _("及时率 = 按时办结 ÷（按时办结 + 逾期办结 + 逾期未办结）；时限在 %(first)s 至 %(last)s 到期的")
        % {"first": asked["first"], "last": asked["last"]},
        _("未到期、暂停和到期前取消的不计入；用时只算已办结的，工作日时限按工作日"),
    ]
    by_place = [line(name, one) for _code, name, one in found.by_place]
    book = workbook(
        [
            Sheet(
                _("按事项"),
                columns(_("事项")),
                [
                    *(line(f"{code} {label}", one) for code, label, one in found.by_code),
                    line(_("合计"), found.whole),
                ],
                heading=_("办理及时率"),
                notes=notes,
            ),
            Sheet(_("按单位"), columns(_("单位")), by_place, heading=_("办理及时率"), notes=notes),
        ],
        made_by=actor.display_name,
        made_at=clock.now(),
    )
    name = _("办理及时率-%(day)s.xlsx") % {"day": _file_day(asked["last"])}
    return send_file(request, book, name=name, content_type=CONTENT_TYPE)


def _file_day(day: date) -> str:
    return day.strftime("%Y%m%d")
