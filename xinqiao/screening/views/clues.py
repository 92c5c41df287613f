"""Clues as a list and as a workbook."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from xinqiao.accounts.permissions import Permission, may
from xinqiao.places import queries as places
from xinqiao.web.addresses import narrowed
from xinqiao.web.files import send_file
from xinqiao.web.formats import number
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import queries
from ..choices import CloseReason, ClueState, Judgement, Sex, Source
from .common import looked_at, show, townships_of, who

MOST_IN_A_BOOK = 5_000


def _asked(request: HttpRequest) -> queries.ClueFilters:
    get = request.GET
    state, place = get.get("state", "open"), get.get("place", "")
    return queries.ClueFilters(
        state=state if state in {*ClueState.values, "open", "all"} else "open",
        source=get.get("source", "") if get.get("source") in Source.values else "",
        place=place if len(place) == 12 and place.isascii() and place.isdigit() else "",
        urgent=get.get("urgent") == "1",
        after=get.get("after", "")[:40],
    )


@require_safe
def clue_list(request: HttpRequest) -> HttpResponse:
    """Clues of one's own places, danger first."""
    actor, clock = who(request)
    asked = _asked(request)
    found = queries.clues(actor=actor, asked=asked)
    looked_at(request, *found.rows, kind="list")
    return show(
        request,
        "list",
        found=found,
        asked=asked,
        places=places.short_names({one.managing_code for one in found.rows}),
        states=[("open", _("未办结")), *ClueState.choices, ("all", _("全部"))],
        sources=Source.choices,
        townships=townships_of(actor),
        ages={one.pk: queries.age_of(one, clock.today()) for one in found.rows},
        may_review=may(actor, Permission.REVIEW_CLUE),
        next_url=narrowed(request) + f"&after={found.next_key}" if found.next_key else "",
        narrowed_to=asked != queries.ClueFilters(after=asked.after),
        book=reverse("screening:book") + "?" + request.GET.urlencode(),
        count_words=ngettext("%(n)s 条线索", "%(n)s 条线索", found.count) % {"n": number(found.count)},
    )


@require_safe
@cache_control(no_store=True, private=True)
def book(request: HttpRequest) -> HttpResponse:
    """线索调查复核登记表 of the chosen clues."""
    actor, clock = who(request)
    rows = queries.all_clues(actor=actor, asked=_asked(request), most=MOST_IN_A_BOOK)
    looked_at(request, *rows, kind="download")
    names = places.short_names({one.managing_code for one in rows})
    columns = [
        Column("no", _("线索编号"), width=20), Column("place", _("地区"), width=18), Column("name", _("姓名"), width=10),
        Column("sex", _("性别"), width=6), Column("age", _("年龄"), "int", 6), Column("found", _("调查日期"), "date"),
        Column("source", _("线索来源"), width=18), Column("items", _("符合条目"), width=12),
        Column("urgent", _("有危险"), width=8), Column("judgement", _("初筛结论"), width=22),
        Column("state", _("状态"), width=14), Column("state_on", _("状态日期"), "date"),
        Column("reason", _("结案原因"), width=20), Column("investigator", _("调查人"), width=10),
    ]  # fmt: skip
    lines = [
        (
            one.clue_no, names.get(one.managing_code, one.managing_code), one.name, _word(Sex, one.sex),
            queries.age_of(one, clock.today()), one.found_on, _word(Source, one.source), "、".join(one.items),
            _("是") if one.urgent else "", _word(Judgement, one.judgement), _word(ClueState, one.state), one.state_on,
            _word(CloseReason, one.close_reason), one.investigator,
        )
        for one in rows
    ]  # fmt: skip
    sheet = Sheet(
        _("线索登记"),
        columns,
        lines,
        heading=_("线索调查复核登记表"),
        notes=[
            _("知情人信息不导出；请按规定保密"),
            *(
                [_("只列前 %(n)s 条，请缩小范围再下载") % {"n": MOST_IN_A_BOOK}]
                if len(rows) == MOST_IN_A_BOOK
                else []
            ),
        ],
    )
    data = workbook([sheet], made_by=actor.display_name, made_at=clock.now())
    return send_file(request, data, name=_("线索登记.xlsx"), content_type=CONTENT_TYPE)


def _word(listed: Any, code: str) -> str:
    return str(listed(code).label) if code else ""
