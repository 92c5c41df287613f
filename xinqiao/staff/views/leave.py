"""代班: who is away and who stands in."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.forms import read_day
from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.accounts.queries import colleagues
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.terms import Role
from xinqiao.places.queries import short_names
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..queries.leave import state_of
from .handing import who


@require_GET
def leaves(request: HttpRequest) -> HttpResponse:
    """Present, coming and past."""
    actor, clock = who(request)
    rows = queries.leaves_of(actor=actor)
    context = {
        "rows": [(one, state_of(one, clock.today())) for one in rows],
        "places": short_names({code for one in rows for code in [*one.villages, one.place]}),
        "words": {"ahead": _("未开始"), "now": _("代班中"), "over": _("已结束"), "ended": _("提前结束")},
        "may_arrange": may(actor, Permission.ARRANGE_STAFF),
    }
    return render(request, "staff/leaves.html", context)


@require_http_methods(["GET", "POST"])
def new_leave(request: HttpRequest) -> HttpResponse:
    """Who, from when to when, by whom."""
    actor, clock = who(request)
    require(actor, Permission.ARRANGE_STAFF)
    values = {
        key: request.POST.get(key, "").strip() for key in ("absent", "substitute", "first_day", "last_day")
    }
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            actions.arrange_leave(actor=actor, clock=clock, new=_typed(values))
        except Invalid as error:
            problems = error.problems
        else:
            notes.say(
                request,
                _("代班已安排，到期自动结束"),
                next_text=_("代班人在这几天看得到这些村，随访记在本人名下；责任人不变"),
            )
            return HttpResponseRedirect(reverse("staff:leaves"))
    else:
        values["first_day"] = clock.today().isoformat()
    wrong = {problem.field: problem.message for problem in problems}
    people = colleagues(actor.place, Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER)
    names = short_names({one.place for one in people})
    choices = [(str(one.pk), f"{one.display_name}（{names[one.place]}）") for one in people]
    fields = {
        "absent": Field("absent", _("谁请假"), values["absent"], choices, required=True, error=wrong.get("absent", "")),
        "substitute": Field(
            "substitute", _("谁代班"), values["substitute"], choices, required=True, error=wrong.get("substitute", ""),
            hint=_("同一个乡镇的同事"),
        ),
        "first_day": Field(
            "first_day", _("第一天"), values["first_day"], required=True, input_type="date", error=wrong.get("first_day", "")
        ),
        "last_day": Field(
            "last_day", _("最后一天（含）"), values["last_day"], required=True, input_type="date",
            error=wrong.get("last_day", ""),
        ),
    }  # fmt: skip
    context = {"fields": fields, "problems": problems}
    return render(request, "staff/new_leave.html", context, status=422 if problems else 200)


def _typed(values: dict[str, str]) -> actions.NewLeave:
    problems = []
    people = {key: read_uuid(values[key]) if values[key] else None for key in ("absent", "substitute")}
    words = {"absent": _("请选择谁请假。"), "substitute": _("请选择谁代班。")}
    problems += [Problem(key, "missing", words[key]) for key, found in people.items() if found is None]
    first = read_day(values["first_day"], "first_day", _("第一天"))
    last = read_day(values["last_day"], "last_day", _("最后一天（含）"))
    if first is None:
        problems.append(Problem("first_day", "missing", _("第一天没有填写。")))
    if last is None:
        problems.append(Problem("last_day", "missing", _("最后一天没有填写。")))
    absent, substitute = people["absent"], people["substitute"]
    if problems or first is None or last is None or absent is None or substitute is None:
        raise Invalid(problems)
    return actions.NewLeave(absent, substitute, first, last)


@require_POST
def end(request: HttpRequest, leave_id: UUID) -> HttpResponse:
    """Back earlier."""
    actor, clock = who(request)
    actions.end_leave(actor=actor, clock=clock, leave_id=leave_id)
    notes.say(request, _("代班已结束"))
    return HttpResponseRedirect(reverse("staff:leaves"))
