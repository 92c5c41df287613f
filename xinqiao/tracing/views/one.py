"""One search: the line of steps, one tap after a call, the township's decision, who was told."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.forms import read_day
from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.followup.actions import NewAttempt, record_attempt
from xinqiao.followup.choices import AT_THE_DOOR, CALLING, AttemptOutcome
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places.queries import short_name
from xinqiao.registry.choices import printed
from xinqiao.registry.queries import find_person
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..actions import Loss, NewAsked, News, NewSearch, NewTold
from ..choices import (
    ASKING,
    AT_ONCE,
    BASIS,
    CODES,
    OPEN_STAGES,
    REPORTABLE,
    TRIES,
    Ending,
    Heard,
    Origin,
    Reason,
    Receiver,
    Stage,
    StepKind,
    Way,
)
from ..models import Search
from .listing import who


def _day(request: HttpRequest, field: str, label: str, otherwise: date | None = None) -> date | None:
    return read_day(request.POST.get(field, ""), field, label) or otherwise


def _op(request: HttpRequest) -> UUID:
    return read_uuid(request.POST.get("op_id", "")) or uuid7()


@require_GET
def search(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """The whole search. Shows whole numbers to dial, and the read log says so."""
    return _page(request, search_id)


def _page(
    request: HttpRequest, search_id: UUID, problems: list[Problem] | None = None, act: str = ""
) -> HttpResponse:
    actor, clock = who(request)
    found = queries.whole(actor=actor, today=clock.today(), search_id=search_id)
    audit.read(
        actor=actor, clock=clock, kind="unmask", person_ids=[found.search.person_id], purpose="tracing"
    )
    it, person = found.search, found.search.person
    closes = may(actor, Permission.CLOSE_TRACE)
    is_open = it.stage in OPEN_STAGES
    context = {
        "found": found,
        "it": it,
        "person": person,
        "village": short_name(it.managing_code),
        "stage": Stage(it.stage).label,
        "reason": Reason(it.reason).label,
        "origin": Origin(it.origin).label,
        "ending": Ending(it.ended_how).label if it.ended_how else "",
        "lost_reason": printed.label_of(printed.LOST_REASON, it.lost_code) if it.lost_code else "",
        "is_open": is_open,
        "closes": closes,
        "confirmable": closes and is_open and it.confirmed_at is None and it.stage != Stage.LOST,
        "outcomes": dict(AttemptOutcome.choices),
        "calling": CALLING,
        "at_the_door": AT_THE_DOOR,
        "kinds": [(one.value, one.label) for one in ASKING],
        "heard": Heard.choices,
        "receivers": dict(Receiver.choices),
        "ways": dict(Way.choices),
        "bases": BASIS,
        "endings": dict(Ending.choices),
        "stages": dict(Stage.choices),
        "station": person.police_station or _("派出所"),
        "op_id": request.POST.get("op_id", "") or str(uuid7()),
        "fields": _fields(request, found, problems or [], act),
        "problems": problems or [],
        "act": act,
    }
    return render(request, "tracing/search.html", context, status=422 if problems else 200)


def _fields(
    request: HttpRequest, found: queries.Whole, problems: list[Problem], act: str
) -> dict[str, Field]:
    """The fields of all forms of the page; what was typed stands again in the one that failed."""
    _actor, clock = who(request)
    today, it = clock.today().isoformat(), found.search
    wrong = {problem.field: problem.message for problem in problems}

    def made(form: str, name: str, label: str, value: Any = "", **more: Any) -> Field:
        typed = request.POST.get(name) if act == form else None
        return Field(
            name,
            label,
            typed if typed is not None else value,
            error=wrong.get(name, "") if act == form else "",
            **more,
        )

    codes = [(one.code, _(one.label)) for one in printed.LOST_REASON if one.code in CODES[it.reason]]
    papers = [(str(one.pk), f"{one.happened_on} {one.get_kind_display()}") for one in found.papers]
    lost_on = it.lost_on or (it.tries[-1] if it.reason == Reason.MISSES and it.tries else clock.today())
    return {
        "happened_on": made("step", "happened_on", _("日期"), today),
        "note": made("step", "note", _("说明"), maxlength=300, hint=_("问了谁、怎么说的；有消息时必填")),
        "done_by": made("step", "done_by", _("谁去的"), hint=_("不填就是您自己"), maxlength=60),
        "attachment": made("step", "attachment", _("附件"), choices=papers),
        "code": made("confirm", "code", _("失访原因"), it.lost_code or codes[0][0], choices=codes, required=True),
        "lost_on": made("confirm", "lost_on", _("失访日期"), lost_on.isoformat(), required=True, readonly=it.lost_on is not None),
        "lost_note": made("confirm", "lost_note", _("说明"), it.note, maxlength=300),
        "how": made("end", "how", _("怎样得知"), choices=[(one.value, one.label) for one in REPORTABLE], required=True),
        "found_on": made("end", "found_on", _("日期"), today, required=True),
        "news": made("end", "news", _("依据"), required=True, maxlength=300, hint=_("谁联系上的，人在哪里")),
        "receiver": made("tell", "receiver", _("报给谁"), choices=Receiver.choices, required=True),
        "way": made("tell", "way", _("方式"), "paper", choices=Way.choices, required=True),
        "told_on": made("tell", "told_on", _("日期"), today, required=True),
        "receiver_name": made("tell", "receiver_name", _("接收单位和人"), required=True, maxlength=60),
    }  # fmt: skip


def _back(request: HttpRequest, search_id: UUID, said: str, next_text: str = "") -> HttpResponse:
    notes.say(request, said, next_text=next_text)
    return HttpResponseRedirect(reverse("tracing:search", args=[search_id]))


@require_POST
def step(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """One tap after a call, at the door or after asking somebody."""
    actor, clock = who(request)
    require(actor, Permission.TRACE_LOST)
    kind, _colon, result = request.POST.get("pick", "").partition(":")
    if kind not in TRIES:
        kind = request.POST.get("kind", "")
    note = request.POST.get("note", "")
    found = Search.objects.filter(pk=search_id).first()
    if found is None:
        raise NotFound(code="not_found.search")
    try:
        day = _day(request, "happened_on", _("日期"), clock.today())
        if kind in TRIES:
            if found.stage not in OPEN_STAGES:
                raise Conflict(_("这次查找已经结束，请刷新后再看"), code="conflict.search_ended")
            attempt = NewAttempt(
                _op(request), found.person_id, day or clock.today(), TRIES[kind], result, note
            )
            record_attempt(actor=actor, clock=clock, attempt=attempt)
            said = str(AttemptOutcome(result).label)
        else:
            paper = request.POST.get("attachment", "")
            asked = NewAsked(
                _op(request), search_id, kind, result, day, note, request.POST.get("done_by", ""),
                read_uuid(paper) if paper else None,
            )  # fmt: skip
            actions.record_asked(actor=actor, clock=clock, new=asked)
            said = f"{StepKind(kind).label}，{Heard(result).label}"
    except Invalid as error:
        return _page(request, search_id, error.problems, "step")
    found.refresh_from_db()
    waits = found.stage == Stage.WAITING
    return _back(
        request,
        search_id,
        _("已记下：%(what)s") % {"what": said},
        _("记录已够，等乡镇核实后认定") if waits else "",
    )


@require_POST
def confirm(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """The township confirms the loss."""
    actor, clock = who(request)
    try:
        loss = Loss(
            request.POST.get("code", ""),
            _day(request, "lost_on", _("失访日期")),
            request.POST.get("lost_note", ""),
        )
        actions.confirm_loss(actor=actor, clock=clock, search_id=search_id, loss=loss)
    except Invalid as error:
        problems = [
            Problem("lost_note", one.code, one.message, one.value) if one.field == "note" else one
            for one in error.problems
        ]
        return _page(request, search_id, problems, "confirm")
    return _back(request, search_id, _("已认定失访"), _("接下来：打印书面报告，送出后登记"))


@require_POST
def end(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """Sure news without a visit."""
    actor, clock = who(request)
    try:
        news = News(
            request.POST.get("how", ""), _day(request, "found_on", _("日期")), request.POST.get("news", "")
        )
        actions.report_found(actor=actor, clock=clock, search_id=search_id, news=news)
    except Invalid as error:
        return _page(request, search_id, error.problems, "end")
    return _back(request, search_id, _("查找已结束，经过留存"), _("两周内随访；住到别处的办流转"))


@require_POST
def tell(request: HttpRequest, search_id: UUID) -> HttpResponse:
    """Keep that somebody was told."""
    actor, clock = who(request)
    try:
        new = NewTold(
            _op(request), search_id, request.POST.get("receiver", ""), request.POST.get("way", ""),
            _day(request, "told_on", _("日期"), clock.today()), request.POST.get("receiver_name", ""),
        )  # fmt: skip
        actions.tell(actor=actor, clock=clock, new=new)
    except Invalid as error:
        problems = [
            Problem("told_on", one.code, one.message, one.value) if one.field == "happened_on" else one
            for one in error.problems
        ]
        return _page(request, search_id, problems, "tell")
    return _back(request, search_id, _("已登记：告知%(whom)s") % {"whom": Receiver(new.receiver).label})


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Somebody has gone, and it is known at once."""
    actor, clock = who(request)
    require(actor, Permission.TRACE_LOST)
    person = find_person(actor=actor, person_id=person_id)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            new = NewSearch(
                _op(request), person_id, request.POST.get("reason", ""), _day(request, "opened_on", _("得知日期")),
                request.POST.get("note", ""),
            )  # fmt: skip
            made = actions.open_search(actor=actor, clock=clock, new=new)
            notes.say(request, _("已开始查找"), next_text=_("先打电话，再问家属、邻居和村（居）委会"))
            return HttpResponseRedirect(reverse("tracing:search", args=[made.pk]))
        except Invalid as error:
            problems = error.problems
    running = Search.objects.filter(person_id=person_id, stage__in=[str(one) for one in OPEN_STAGES]).first()
    if running is not None and request.method == "GET" and not request.GET.get("reason"):
        return HttpResponseRedirect(reverse("tracing:search", args=[running.pk]))
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[person_id], purpose="tracing")
    wrong = {problem.field: problem.message for problem in problems}
    fields = {
        "reason": Field(
            "reason", _("原因"), request.POST.get("reason", ""), required=True, error=wrong.get("reason", ""),
            choices=[(one.value, one.label) for one in Reason if one in AT_ONCE],
        ),
        "opened_on": Field(
            "opened_on", _("得知日期"), request.POST.get("opened_on", clock.today().isoformat()), required=True,
            error=wrong.get("opened_on", ""),
        ),
        "note": Field(
            "note", _("依据"), request.POST.get("note", ""), required=True, error=wrong.get("note", ""), maxlength=300,
            hint=_("听谁说的，怎样核实的"),
        ),
    }  # fmt: skip
    context = {
        "person": person,
        "village": short_name(person.managing_code),
        "running": running,
        "fields": fields,
        "problems": problems,
        "op_id": request.POST.get("op_id", "") or str(uuid7()),
    }
    return render(request, "tracing/begin.html", context, status=422 if problems else 200)
