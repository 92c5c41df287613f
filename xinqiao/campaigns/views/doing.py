"""One line on a phone: the questions as buttons, or why nobody was met."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.forms import read_day
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places.queries import short_name
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..actions import NewLine
from ..choices import Outcome, State, Unreachable
from .running import who


@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, target_id: UUID) -> HttpResponse:
    """Record one line, or correct it."""
    actor, clock = who(request)
    target = queries.line(actor=actor, target_id=target_id)
    it = target.campaign
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            missed = request.POST.get("act") == "missed"
            new = NewLine(
                read_uuid(request.POST.get("op_id", "")) or uuid7(),
                target_id,
                read_day(request.POST.get("happened_on", ""), "happened_on", _("日期")),
                {one["key"]: request.POST.get(f"step-{one['key']}", "") for one in it.steps},
                (request.POST.get("reason", "") or "-") if missed else "",
                request.POST.get("note", ""),
            )
            actions.record_line(actor=actor, clock=clock, new=new)
            notes.say(request, _("已登记：未见到") if missed else _("已登记"))
            return HttpResponseRedirect(reverse("campaigns:campaign", args=[it.pk]))
        except Invalid as error:
            problems = error.problems
    ids = [target.person_id] if target.person_id else []
    audit.read(actor=actor, clock=clock, kind="page", person_ids=ids, purpose="campaign")
    context = {
        "target": target,
        "it": it,
        "name": target.person.name if target.person else short_name(target.managing_code),
        "village": short_name(target.managing_code),
        "running": it.state == State.RUNNING,
        "outcomes": dict(Outcome.choices),
        "fields": _fields(request, target, problems, clock.today().isoformat()),
        "problems": problems,
        "op_id": request.POST.get("op_id", "") or str(uuid7()),
    }
    return render(request, "campaigns/line.html", context, status=422 if problems else 200)


def _fields(request: HttpRequest, target: Any, problems: list[Problem], today: str) -> dict[str, Any]:
    wrong = {problem.field: problem.message for problem in problems}
    given = request.POST if request.method == "POST" else {}

    def value(key: str, kept: str) -> str:
        return str(given.get(key, kept))

    steps = [
        Field(
            f"step-{one['key']}", _(one["ask"]), value(f"step-{one['key']}", target.answers.get(one["key"], "")),
            choices=[("1", _(one["yes"])), ("0", _(one["no"]))], error=wrong.get(f"step-{one['key']}", ""),
        )
        for one in target.campaign.steps
    ]  # fmt: skip
    day = target.happened_on.isoformat() if target.happened_on else today
    return {
        "steps": steps,
        "happened_on": Field(
            "happened_on", _("日期"), value("happened_on", day), required=True, error=wrong.get("happened_on", "")
        ),
        "note": Field(
            "note", _("说明"), value("note", target.note), maxlength=300, error=wrong.get("note", ""),
            hint=_("有问题的写怎么处理，例如：药剩三天，已约明天送药"),
        ),
        "reason": Field(
            "reason", _("为什么"), value("reason", target.reason), choices=Unreachable.choices, error=wrong.get("reason", "")
        ),
    }  # fmt: skip
