"""迎检包: paste the sample, see who was found, choose what goes in, get one PDF that expires."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.periods import read_day
from xinqiao.web import notes
from xinqiao.web.fields import Field
from xinqiao.web.files import in_app, send_file

from .. import actions, tasks
from ..choices import PACK_DAYS, PACK_PEOPLE, PARTS, MemberState, PackState
from ..queries import packs as queries
from .common import who

#: Files that are made at once, within the request.
AT_ONCE = 3
#: Files that may be made within a request when no background worker is there.
WITHOUT_WORKER = 40
WORKING = (PackState.WAITING, PackState.MAKING)


@require_http_methods(["GET", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """Bundles made, and the form for a new one."""
    actor, clock = who(request)
    require(actor, Permission.EXPORT_LIST)
    today = clock.today()
    if request.method == "POST":
        try:
            found = _begin(request)
        except Invalid as error:
            return _home(request, request.POST, error.problems, 422)
        return HttpResponseRedirect(reverse("papers:pack", args=[found.pk]))
    actions.expire_packs(actor=actor, clock=clock)
    return _home(
        request, {"period_from": date(today.year, 1, 1).isoformat(), "period_to": today.isoformat()}, []
    )


def _begin(request: HttpRequest) -> Any:
    actor, clock = who(request)
    post = request.POST
    problems = []
    days: dict[str, date] = {}
    for name, label in (("period_from", _("随访表从")), ("period_to", _("到"))):
        try:
            days[name] = read_day(post.get(name, ""))
        except ValueError:
            message = _("“%(label)s”应为日期，如 2026-01-01") % {"label": label}
            problems.append(Problem(name, "wrong_value", message, post.get(name, "")[:20]))
    if problems:
        raise Invalid(problems)
    return actions.begin_pack(
        actor=actor,
        clock=clock,
        sample=post.get("sample", "")[:100_000],
        purpose=post.get("purpose", ""),
        parts=post.getlist("parts"),
        whole_numbers=post.get("whole") == "1",
        **days,
    )


def _home(request: HttpRequest, given: Any, problems: list[Problem], status: int = 200) -> HttpResponse:
    actor, _clock = who(request)
    wrong = {problem.field: problem.message for problem in problems}
    chosen = given.getlist("parts") if hasattr(given, "getlist") else list(PARTS)
    fields = {
        "sample": Field(
            "sample",
            _("抽查名单"),
            given.get("sample", ""),
            required=True,
            error=wrong.get("sample", ""),
            hint=_(
                "从检查组的表格里复制后粘贴到这里，一行一人：姓名、编号、身份证号都可以，同一行可有几列。最多 %(n)s 行。"
            )
            % {"n": PACK_PEOPLE},
        ),
        "purpose": Field(
            "purpose",
            _("检查单位和事由"),
            given.get("purpose", ""),
            required=True,
            maxlength=100,
            error=wrong.get("purpose", ""),
            hint=_("会印在每一页，并记入每位患者的查阅记录"),
        ),
        "period_from": Field(
            "period_from",
            _("随访表从"),
            given.get("period_from", ""),
            error=wrong.get("period_from", ""),
            required=True,
        ),
        "period_to": Field(
            "period_to", _("到"), given.get("period_to", ""), error=wrong.get("period_to", ""), required=True
        ),
        "parts": Field(
            "parts",
            _("放入的材料"),
            chosen,
            [(key, _(str(words))) for key, words in PARTS.items()],
            required=True,
            error=wrong.get("parts", ""),
        ),
    }
    context = {
        "packs": queries.packs_of(actor=actor),
        "fields": fields,
        "problems": problems,
        "may_unmask": may(actor, Permission.UNMASK),
        "whole": given.get("whole", ""),
        "states": dict(PackState.choices),
        "days": PACK_DAYS,
    }
    return render(request, "papers/packs.html", context, status=status)


@require_safe
def pack(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """Where a bundle stands: the match report, the making, the download."""
    actor, clock = who(request)
    found = queries.find_pack(actor=actor, pack_id=pack_id)
    if found.state in WORKING:
        return render(request, "papers/pack_working.html", _working(found))
    lines = queries.lines_of(found, clock.today())
    seen = [line.person.pk for line in lines if line.person]
    audit.read(actor=actor, clock=clock, kind="list", person_ids=seen, purpose="pack_match")
    context = {
        "pack": found,
        "lines": lines,
        "counts": queries.counts_of(found),
        "member_states": dict(MemberState.choices),
        "parts": [PARTS[part] for part in found.parts],
        "choosing": found.state in (PackState.CHOOSING, PackState.FAILED),
        "ready": found.state == PackState.READY
        and (found.expires_at is None or found.expires_at > clock.now()),
        "blocked": in_app(request),
    }
    return render(request, "papers/pack.html", context)


def _working(found: Any) -> dict[str, Any]:
    standing = queries.standing_of(found)
    return {"pack": found, "standing": standing, "may_run_here": standing.total <= WITHOUT_WORKER}


@require_safe
def progress(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """How far it is, as a piece of the page; the whole page again when it is done."""
    actor, _clock = who(request)
    found = queries.find_pack(actor=actor, pack_id=pack_id)
    if found.state in WORKING:
        return render(request, "papers/_pack_progress.html", _working(found))
    return HttpResponse(status=200, headers={"HX-Refresh": "true"})


@require_POST
def settle(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """Who a line means (`line-3` = a person's id, or "" to leave it out)."""
    actor, clock = who(request)
    queries.find_pack(actor=actor, pack_id=pack_id)
    for name in request.POST:
        value = request.POST.get(name, "")
        if (read := re.fullmatch(r"line-([0-9]{1,4})", name)) and value != "keep":
            person_id = read_uuid(value) if value else None
            if value and person_id is None:
                raise NotFound()
            try:
                actions.settle_line(
                    actor=actor, clock=clock, pack_id=pack_id, position=int(read[1]), person_id=person_id
                )
            except Conflict as error:
                notes.say(request, str(error), kind="error")
    return HttpResponseRedirect(reverse("papers:pack", args=[pack_id]))


@require_POST
def start(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """Make it: at once when it is small, otherwise by the background worker."""
    actor, clock = who(request)
    address = reverse("papers:pack", args=[pack_id])
    found = queries.find_pack(actor=actor, pack_id=pack_id)
    if found.state in WORKING:
        if request.POST.get("here") == "1" and queries.standing_of(found).total <= WITHOUT_WORKER:
            actions.make_pack(actor=actor, clock=clock, pack_id=pack_id)
        else:
            tasks.make.defer(pack_id=str(pack_id), user_id=str(actor.user_id))
        return HttpResponseRedirect(address)
    try:
        actions.start_pack(actor=actor, clock=clock, pack_id=pack_id)
    except Invalid as error:
        for problem in error.problems:
            notes.say(request, problem.message, kind="error")
        return HttpResponseRedirect(address)
    if queries.standing_of(found).total <= AT_ONCE:
        actions.make_pack(actor=actor, clock=clock, pack_id=pack_id)
    else:
        tasks.make.defer(pack_id=str(pack_id), user_id=str(actor.user_id))
    return HttpResponseRedirect(address)


@require_POST
def download(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """The PDF, counted and logged."""
    actor, clock = who(request)
    found = queries.find_pack(actor=actor, pack_id=pack_id)
    if in_app(request):
        return send_file(request, b"", name=_name(found), content_type="application/pdf")
    found, body = actions.download_pack(actor=actor, clock=clock, pack_id=pack_id)
    return send_file(request, body, name=_name(found), content_type="application/pdf")


def _name(found: Any) -> str:
    return f"档案材料-{found.created_at:%Y%m%d}.pdf"


@require_POST
def drop(request: HttpRequest, pack_id: UUID) -> HttpResponse:
    """Empty it before its day."""
    actor, clock = who(request)
    actions.drop_pack(actor=actor, clock=clock, pack_id=pack_id)
    notes.say(request, _("内容已清除，记录保留"))
    return HttpResponseRedirect(reverse("papers:packs"))
