"""Visits to enter elsewhere: the list, one visit per screen for copying, and ticks."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.followup.choices import REVIEW
from xinqiao.followup.rules import CLASSES, FIELDS
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.periods import day_or_none
from xinqiao.places.queries import path_of
from xinqiao.web import notes
from xinqiao.web.addresses import narrowed
from xinqiao.web.files import send_file
from xinqiao.web.formats import number
from xinqiao.web.sheets import CONTENT_TYPE, Column, Sheet, workbook

from .. import actions, queries
from ..choices import NATIONAL, Wanted
from ..national_form import lines
from ..queries.platforms import setting_of, since_of
from ..queries.waiting import every_waiting
from .common import show, who


def filters_of(request: HttpRequest) -> queries.Filters:
    get = request.GET
    return queries.Filters(
        platform=get.get("p", "")[:20] or NATIONAL,
        place=get.get("place", "")[:12],
        late=get.get("late", "") if get.get("late") in ("late", "soon") else "",
        after=get.get("after", "")[:60],
    )


def _query(filters: queries.Filters) -> dict[str, str]:
    """The filters as an address says them."""
    asked = {"p": "" if filters.platform == NATIONAL else filters.platform, "place": filters.place}
    return {key: value for key, value in asked.items() if value}


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """Visits not yet entered, oldest first, with what is overdue."""
    actor, clock = who(request)
    filters = filters_of(request)
    found = queries.to_enter(actor=actor, today=clock.today(), filters=filters)
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids={row.person_id for row in found.rows},
        purpose="national",
    )
    setting = setting_of(county_of(actor.place))
    return show(
        request,
        "list",
        found=found,
        filters=filters,
        query=_query(filters),
        setting=setting,
        since=since_of(setting, clock.today()),
        wanted=Wanted(setting.wanted).label,
        forms=FIELDS["form"],
        review=REVIEW,
        link=lambda **changes: narrowed(request, **changes),
        next_url=narrowed(request) + f"&after={found.next_key}" if found.next_key else "",
        op_id=uuid7(),
        may_set=may(actor, Permission.COMPARE_NATIONAL),
        count_words=ngettext("待录 %(n)s 次随访", "待录 %(n)s 次随访", found.total)
        % {"n": number(found.total)},
    )


@require_safe
def waiting_book(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    actor, clock = who(request)
    require(actor, Permission.EXPORT_LIST)
    filters = filters_of(request)
    rows = every_waiting(actor=actor, today=clock.today(), filters=filters)
    audit.read(
        actor=actor,
        clock=clock,
        kind="download",
        person_ids={row.person_id for row in rows},
        purpose="national",
    )
    sheet = Sheet(
        _("待录清单"),
        [
            Column("name", _("姓名")),
            Column("village", _("村"), width=20),
            Column("visit_date", _("随访日期"), "date"),
            Column("form", _("本次随访形式")),
            Column("class", _("病情分类")),
            Column("review", _("审核")),
            Column("due_on", _("录入截止日"), "date"),
            Column("late", _("超期")),
            Column("entered_on", _("录入日期（手填）"), width=18),
        ],
        [
            (
                row.name,
                row.village,
                row.visit_date,
                _(FIELDS["form"].label_of(row.form)),
                _(CLASSES.get(row.visit_class, "")),
                str(REVIEW.get(row.review_status, "")),
                row.due_on,
                _("超期") if row.due_on and row.due_on < clock.today() else "",
                "",
            )
            for row in rows
        ],
        heading=_("待录清单"),
    )
    body = workbook([sheet], made_by=actor.display_name, made_at=clock.now())
    return send_file(
        request,
        body,
        name=_("待录清单-%(day)s.xlsx") % {"day": file_day(clock.today())},
        content_type=CONTENT_TYPE,
    )


def file_day(day: date) -> str:
    return day.strftime("%Y%m%d")


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """The last ticks, each with its undo."""
    actor, clock = who(request)
    filters = filters_of(request)
    rows = queries.entered(actor=actor, filters=filters)
    audit.read(
        actor=actor, clock=clock, kind="list", person_ids={r.person_id for r in rows}, purpose="national"
    )
    setting = setting_of(county_of(actor.place))
    return show(
        request,
        "entered",
        rows=rows,
        filters=filters,
        platforms=queries.platforms_of(setting),
        query=_query(filters),
        link=lambda **changes: narrowed(request, **changes),
    )


@require_safe
def screen(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """One visit for copying by hand. Shows the whole document number, and the read log says so."""
    return _screen(request, visit_id)


def _screen(
    request: HttpRequest, visit_id: UUID, problems: list[Problem] | None = None, status: int = 200
) -> HttpResponse:
    actor, clock = who(request)
    filters = filters_of(request)
    found = queries.screen_of(actor=actor, today=clock.today(), visit_id=visit_id, filters=filters)
    audit.read(actor=actor, clock=clock, kind="unmask", person_ids=[found.person.pk], purpose="national")
    address = ""
    if found.address:
        names = " ".join(name for _code, name in path_of(found.address.division_code))
        address = f"{names} {found.address.detail}".strip()
    return show(
        request,
        "visit",
        status,
        found=found,
        lines=lines(found.record, found.visit.due_on),
        head=[
            (_("姓名"), found.person.name),
            (_("身份证号"), found.id_number),
            (_("现住址"), address),
            (_("档案编号"), found.person.file_no),
        ],
        query=_query(filters),
        entered_on=clock.today().isoformat(),
        op_id=uuid7(),
        problems=problems or [],
        late=bool(found.due_on and found.due_on < clock.today()),
    )


@require_POST
def tick(request: HttpRequest) -> HttpResponse:
    """Mark one visit, or the chosen ones of the list, as entered; then the next visit, or the list again."""
    actor, clock = who(request)
    require(actor, Permission.ENTER_NATIONAL)
    post = request.POST
    ids = [pk for pk in (read_uuid(text) for text in post.getlist("visit")) if pk]
    one = ids[0] if len(ids) == 1 and post.get("single") else None
    platform = post.get("p", "")[:20] or NATIONAL
    query = {key: post[key][:20] for key in ("p", "place") if post.get(key)}
    op_id = read_uuid(post.get("op_id", "")) or uuid7()
    following = read_uuid(post.get("next", ""))
    try:
        entered_on = day_or_none(post.get("entered_on", ""))
        if entered_on is None:
            raise Invalid(
                [
                    Problem(
                        "entered_on",
                        "wrong_value",
                        _("录入日期应写成 2026-03-05 这样的日期"),
                        post.get("entered_on", "")[:20],
                    )
                ]
            )
        count = actions.tick_visits(
            actor=actor, clock=clock, visit_ids=ids, platform=platform, entered_on=entered_on, op_id=op_id
        )
    except Invalid as error:
        if one:
            request.GET = post.copy()  # type: ignore[assignment]
            return _screen(request, one, error.problems, 422)
        notes.say(request, error.problems[0].message, kind="error")
        return HttpResponseRedirect(_with(reverse("national:list"), query))
    notes.say(
        request,
        _("已标记 %(n)s 次随访") % {"n": count} if count else _("这些随访早已标记，没有改动"),
        undo_url=reverse("national:untick") if count else "",
        undo_fields={"op_id": str(op_id), **query},
    )
    target = reverse("national:visit", args=[following]) if one and following else reverse("national:list")
    return HttpResponseRedirect(_with(target, query))


def _with(address: str, query: dict[str, str]) -> str:
    return f"{address}?{urlencode(query)}" if query else address


@require_POST
def untick(request: HttpRequest) -> HttpResponse:
    """Take ticks back: one operation's, or one visit's."""
    actor, clock = who(request)
    require(actor, Permission.ENTER_NATIONAL)
    post = request.POST
    platform = post.get("p", "")[:20]
    op_id, visit_id = read_uuid(post.get("op_id", "")), read_uuid(post.get("visit", ""))
    if op_id or visit_id:
        count = actions.untick_visits(
            actor=actor,
            clock=clock,
            reason=post.get("reason", "")[:200],
            op_id=op_id,
            visit_id=visit_id,
            platform=platform or NATIONAL,
        )
        notes.say(request, _("已撤销 %(n)s 个标记，重新列入待录") % {"n": count})
    query = {"p": platform} if platform and platform != NATIONAL else {}
    return HttpResponseRedirect(_with(reverse("national:list"), query))
