"""What village doctors handed in to be checked, and look-ups that led to no file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, Problem, TooMany
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.terms import ROLE_LABELS, Role
from xinqiao.web import notes
from xinqiao.web.fields import Spec, build

from .. import queries
from ..actions import LookedUp, answer_inquiry, check_inquiry, review_look_ups


def answer_words() -> dict[str, str]:
    """Answers as the asker reads them."""
    return {
        "here": _("在本辖区已建档，不用再登记"),
        "elsewhere": _("已在其他机构建档，由乡镇联系办理流转"),
        "none": _("没有建档，请把情况报乡镇登记"),
        "unclear": _("还不能确定，请与乡镇精防人员联系"),
    }


@require_safe
@cache_control(no_store=True, private=True)
def inquiries(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, and what was answered last."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "open": queries.inquiries(actor=actor),
        "answered": queries.inquiries(actor=actor, answered=True)[:10],
        "answers": answer_words(),
        "may_review": may(actor, Permission.CORRECT_RECORD),
    }
    return render(request, "registry/inquiries.html", context)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def inquiry(request: HttpRequest, inquiry_id: UUID) -> HttpResponse:
    """POST step=check finds out, step=answer tells the asker."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    asked = queries.find_inquiry(actor=actor, inquiry_id=inquiry_id)
    problems: Sequence[Problem] = ()
    result: LookedUp | None = None
    status = 200
    typed: dict[str, Any] = {key: request.POST.get(key, "") for key in ("answer", "note")}
    try:
        if request.POST.get("step") == "check":
            result = check_inquiry(actor=actor, clock=clock, inquiry_id=inquiry_id)
            typed["answer"] = result.answer
        elif request.method == "POST":
            answer_inquiry(
                actor=actor, clock=clock, inquiry_id=inquiry_id, answer=typed["answer"], note=typed["note"]
            )
            notes.say(request, _("已答复"), next_text=_("提交的人在“核对是否已建档”里会看到"))
            return HttpResponseRedirect(reverse("registry:inquiries"))
    except Invalid as wrong:
        problems, status = wrong.problems, 422
    except TooMany as wrong:
        problems, status = [Problem("", wrong.code, wrong.message)], 429
    except Conflict as wrong:
        problems, status = [Problem("", wrong.code, wrong.message)], 409
    specs = [
        Spec("answer", _("答复"), list(answer_words().items()), required=True),
        Spec("note", _("补充说明"), hint=_("最多 100 个字；不写病情。"), extra={"maxlength": 100}),
    ]
    context = {
        "asked": asked,
        "result": result,
        "problems": problems,
        "fields": build(specs, typed, problems),
        "answers": answer_words(),
    }
    return render(request, "registry/inquiry.html", context, status=status)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def look_ups(request: HttpRequest) -> HttpResponse:
    """Look-ups that led to no file; ticked ones are settled with one sentence."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.CORRECT_RECORD)
    clock = request.clock  # type: ignore[attr-defined]
    problems: Sequence[Problem] = ()
    ticked = [key for key in map(read_uuid, request.POST.getlist("look_up")) if key is not None]
    if request.method == "POST":
        try:
            if not ticked:
                raise Invalid([Problem("look_up", "missing", _("请先勾选要复核的查询。"))])
            done = review_look_ups(
                actor=actor, clock=clock, look_up_ids=ticked, note=request.POST.get("note", "")
            )
        except Invalid as wrong:
            problems = wrong.problems
        else:
            notes.say(request, _("已复核 %(n)s 次查询") % {"n": done})
            return HttpResponseRedirect(reverse("registry:look-ups"))
    waiting = queries.look_ups_to_review(actor=actor, today=clock.today(), after=request.GET.get("after", ""))
    specs = [Spec("note", _("核实结果"), required=True, hint=_("如：家属搬走前来问，属正常工作。"))]
    context = {
        "waiting": waiting,
        "ticked": set(ticked),
        "problems": problems,
        "note": build(specs, request.POST, problems)["note"],
        "roles": {role.value: ROLE_LABELS[role] for role in Role},
        "outcomes": {"none": _("没有查到"), "elsewhere": _("在其他机构"), "here": _("在本辖区")},
    }
    return render(request, "registry/look_ups.html", context, status=422 if problems else 200)
