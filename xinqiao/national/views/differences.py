"""Differences somebody settles: the list by place, one with its history, settling and giving in bulk, the workbook."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.periods import day_or_none
from xinqiao.places import queries as places
from xinqiao.web import notes
from xinqiao.web.addresses import narrowed
from xinqiao.web.fields import Field
from xinqiao.web.files import send_file
from xinqiao.web.formats import number
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import actions, queries
from ..choices import FIELDS, ItemState, Kind, Reason
from ..queries.comparing import workers_of
from .common import show, who

MOST_IN_A_BOOK = 20_000


def _asked(request: HttpRequest) -> queries.ItemFilters:
    get = request.GET
    state = get.get("state", ItemState.OPEN)
    return queries.ItemFilters(
        state="" if state == "all" else state if state in ItemState.values else ItemState.OPEN,
        kind=get.get("kind", "") if get.get("kind") in Kind.values else "",
        field=get.get("field", "") if get.get("field") in FIELDS else "",
        place=get.get("place", "")[:12],
        mine=get.get("mine") == "1",
        after=get.get("after", "")[:60],
    )


@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """Differences of one's own places."""
    actor, clock = who(request)
    asked = _asked(request)
    found = queries.differences(actor=actor, today=clock.today(), asked=asked)
    by_place, whole = queries.counts_by_place(actor=actor, today=clock.today())
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids={line.item.person_id for line in found.lines if line.item.person_id},
        purpose="national",
    )
    return show(
        request,
        "differences",
        found=found,
        asked=asked,
        counts=by_place,
        whole=whole,
        kinds=Kind.choices,
        states=ItemState.choices,
        fields=list(FIELDS.items()),
        places=places.children_of(actor.place),
        reasons=Reason.choices,
        workers=workers_of(actor),
        may_compare=may(actor, Permission.COMPARE_NATIONAL),
        link=lambda **changes: narrowed(request, **changes),
        next_url=narrowed(request) + f"&after={found.next_key}" if found.next_key else "",
        here=request.get_full_path(),
        book=reverse("national:differences-book") + "?" + urlencode(request.GET),
        count_words=ngettext("%(n)s 条差异", "%(n)s 条差异", found.count) % {"n": number(found.count)},
    )


@require_safe
def items_book(request: HttpRequest) -> HttpResponse:
    """The chosen differences as a workbook, numbers whole: it is worked from beside the other system."""
    actor, clock = who(request)
    require(actor, Permission.EXPORT_LIST)
    found = queries.differences(
        actor=actor, today=clock.today(), asked=_asked(request), most=MOST_IN_A_BOOK, whole=True
    )
    audit.read(
        actor=actor,
        clock=clock,
        kind="download",
        person_ids={line.item.person_id for line in found.lines if line.item.person_id},
        purpose="national",
    )
    by_place, whole = queries.counts_by_place(actor=actor, today=clock.today())
    rows = [
        (
            line.name, line.sex, line.birth_on, line.place, str(Kind(line.item.kind).label), line.what, line.here,
            line.there, str(ItemState(line.item.state).label),
            str(line.item.get_reason_display()) if line.item.reason else "", line.item.note, line.assigned,
            line.item.due_on, line.item.times,
        )
        for line in found.lines
    ]  # fmt: skip
    columns = [
        Column("name", _("姓名")),
        Column("sex", _("性别"), width=6),
        Column("birth", _("出生日期")),
        Column("place", _("村"), width=20),
        Column("kind", _("差异")),
        Column("what", _("项目"), width=16),
        Column("here", _("本系统"), width=22),
        Column("there", _("国网"), width=22),
        Column("state", _("状态")),
        Column("reason", _("处理结果"), width=20),
        Column("note", _("说明"), width=24),
        Column("assigned", _("负责人")),
        Column("due_on", _("期限"), "date"),
        Column("times", _("出现次数"), "int"),
    ]
    totals = Sheet(
        _("按单位"),
        [
            Column("place", _("单位"), width=20),
            Column("here", _("仅本系统有"), "int"),
            Column("there", _("仅国网有"), "int"),
            Column("differs", _("内容不同"), "int"),
            Column("late", _("超期未处理"), "int"),
            Column("settled", _("已处理"), "int"),
        ],
        [(one.name, one.here, one.there, one.differs, one.late, one.settled) for one in [*by_place, whole]],
        heading=_("国网名单比对"),
    )
    body = workbook(
        [Sheet(_("差异"), columns, rows, heading=_("国网名单比对")), totals],
        made_by=actor.display_name,
        made_at=clock.now(),
    )
    day = clock.today().strftime("%Y%m%d")
    return send_file(request, body, name=_("名单比对-%(day)s.xlsx") % {"day": day}, content_type=CONTENT_TYPE)


@require_safe
def item(request: HttpRequest, difference_id: UUID) -> HttpResponse:
    """One difference, its history, and what to do with it."""
    return _item(request, difference_id, [])


def _item(
    request: HttpRequest, difference_id: UUID, problems: list[Problem], status: int = 200
) -> HttpResponse:
    actor, clock = who(request)
    found = queries.difference_page(actor=actor, today=clock.today(), difference_id=difference_id)
    if found.line.item.person_id:
        audit.read(
            actor=actor, clock=clock, kind="page", person_ids=[found.line.item.person_id], purpose="national"
        )
    wrong = {problem.field: problem.message for problem in problems}
    post: Any = request.POST
    return show(
        request,
        "difference",
        status,
        found=found,
        problems=problems,
        reason=Field(
            "reason", _("处理结果"), post.get("reason", ""), Reason.choices, True, wrong.get("reason", "")
        ),
        note=Field("note", _("说明"), post.get("note", ""), error=wrong.get("note", ""), maxlength=500),
        worker=Field("user", _("负责人"), post.get("user", ""), found.workers, error=wrong.get("user", "")),
        due_on=Field("due_on", _("完成期限"), post.get("due_on", ""), error=wrong.get("due_on", "")),
    )


def _ids(request: HttpRequest) -> list[UUID]:
    return [pk for pk in (read_uuid(text) for text in request.POST.getlist("item")) if pk]


def _back(request: HttpRequest) -> str:
    target = request.POST.get("back", "")
    safe = target.startswith("/") and url_has_allowed_host_and_scheme(target, {request.get_host()})
    return target if safe else reverse("national:differences")


def _refused(request: HttpRequest, error: Invalid) -> HttpResponse:
    """Back to the one difference with its problems, or to the list with the sentence."""
    ids = _ids(request)
    if request.POST.get("single") and len(ids) == 1:
        return _item(request, ids[0], error.problems, 422)
    notes.say(request, error.problems[0].message, kind="error")
    return HttpResponseRedirect(_back(request))


@require_POST
def settle(request: HttpRequest) -> HttpResponse:
    """Settle one difference, or the chosen ones, with one reason."""
    actor, clock = who(request)
    require(actor, Permission.ENTER_NATIONAL)
    try:
        count = actions.settle_differences(
            actor=actor,
            clock=clock,
            difference_ids=_ids(request),
            reason=request.POST.get("reason", ""),
            note=request.POST.get("note", ""),
        )
    except Invalid as error:
        return _refused(request, error)
    notes.say(
        request,
        _("已处理 %(n)s 条差异") % {"n": count},
        next_text=_("下次比对仍不同的会重新打开"),
    )
    return HttpResponseRedirect(_back(request))


@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Give one difference, or the chosen ones, to somebody."""
    actor, clock = who(request)
    require(actor, Permission.ENTER_NATIONAL)
    post = request.POST
    try:
        user_id = read_uuid(post.get("user", ""))
        if user_id is None:
            raise Invalid([Problem("user", "missing", _("请选择负责人"))])
        due_on = day_or_none(post.get("due_on", "")) if post.get("due_on") else None
        if post.get("due_on") and due_on is None:
            raise Invalid([Problem("due_on", "wrong_value", _("期限应写成 2026-03-05 这样的日期"))])
        count = actions.assign_differences(
            actor=actor,
            clock=clock,
            difference_ids=_ids(request),
            user_id=user_id,
            due_on=due_on,
            note=post.get("note", ""),
        )
    except Invalid as error:
        return _refused(request, error)
    notes.say(request, _("已分派 %(n)s 条差异") % {"n": count})
    return HttpResponseRedirect(_back(request))
