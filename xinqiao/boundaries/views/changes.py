"""The list of changes and one change: rehearsal before, receipt after."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinqiao.accounts.forms import read_day
from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.queries import names_of_users
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.terms import Level
from xinqiao.places.choices import ChangeState
from xinqiao.places.queries import names_of
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..actions.planning import BOTH, own_change
from .who import who

LABELS = {"planned": "waiting", "done": "done", "withdrawn": ""}


@require_GET
def changes(request: HttpRequest) -> HttpResponse:
    """All changes of the area, the newest first."""
    actor, clock = who(request)
    rows = queries.changes(actor=actor)
    waiting = sum(1 for one in rows if one.state == ChangeState.PLANNED)
    context = {
        "rows": rows, "kinds": LABELS, "places": names_of({one.place for one in rows}), "waiting": waiting,
        "first": {one.pk: first for one in rows if (first := queries.said_of(one))}, "day": clock.today(),
    }  # fmt: skip
    return render(request, "boundaries/changes.html", context)


@require_GET
def change(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """One change: what it touches and what stands in its way, or the receipt."""
    return _page(request, change_id)


def _page(
    request: HttpRequest,
    change_id: UUID,
    problems: list[Problem] | None = None,
    typed: dict[str, str] | None = None,
) -> HttpResponse:
    actor, clock = who(request)
    made = queries.rehearse(actor=actor, change_id=change_id, today=clock.today())
    one = made.change
    typed = typed or {}
    wrong = {problem.field: problem.message for problem in problems or []}
    context: dict[str, Any] = {
        "made": made,
        "change": one,
        "totals": made.totals if one.state == ChangeState.PLANNED else one.counts or made.totals,
        "kinds": LABELS,
        "problems": problems or [],
        "ahead": one.effective_on > clock.today(),
        "township": Level.TOWNSHIP,
        "place": names_of([one.place]).get(one.place, one.place),
        "accounts": "、".join(
            name + _("：") + (_("两边都管") if one.accounts[str(pk)] == BOTH else _("去新乡镇"))
            for pk, name in names_of_users({UUID(key) for key in one.accounts}).items()
        ),
        "undone": one.undone_by.exclude(state=ChangeState.WITHDRAWN).first(),
        "undo_fields": [
            Field("effective_on", _("施行日期"), typed.get("effective_on", clock.today().isoformat()), input_type="date",
                  required=True, error=wrong.get("effective_on", "")),
            Field("document", _("文号或依据"), typed.get("document", ""), required=True, maxlength=200,
                  error=wrong.get("document", "")),
        ],
    }  # fmt: skip
    return render(request, "boundaries/change.html", context, status=422 if problems else 200)


@require_POST
def carry(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Carry the change out, once its day has come."""
    actor, clock = who(request)
    try:
        made = actions.carry_out(actor=actor, clock=clock, change_id=change_id)
    except Invalid as error:
        return _page(request, change_id, error.problems)
    text = _("区划调整已施行：%(people)s 人随村转到新区划")
    notes.say(
        request, text % {"people": made.counts.get("carried", 0)}, next_text=_("下面是回执；人的权限即刻生效")
    )
    return _back(change_id)


@require_POST
def withdraw(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Give a plan up."""
    actor, clock = who(request)
    try:
        actions.withdraw_change(actor=actor, clock=clock, change_id=change_id)
    except Invalid as error:
        return _page(request, change_id, error.problems)
    notes.say(request, _("已撤回，什么也没有改变"))
    return HttpResponseRedirect(reverse("boundaries:list"))


@require_POST
def undo(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """A new plan that takes a change back."""
    actor, clock = who(request)
    require(actor, Permission.CHANGE_BORDERS)
    own_change(actor, change_id)
    typed = {key: request.POST.get(key, "").strip() for key in ("effective_on", "document")}
    try:
        day = read_day(typed["effective_on"], "effective_on", _("施行日期"))
        if day is None:
            raise Invalid([Problem("effective_on", "missing", _("施行日期没有填写。"))])
        made = actions.plan_undo(
            actor=actor, clock=clock, change_id=change_id, effective_on=day, document=typed["document"]
        )
    except Invalid as error:
        return _page(request, change_id, error.problems, typed)
    notes.say(request, _("已拟定改回来的调整，请核对后施行"))
    return _back(made.pk)


def _back(change_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("boundaries:change", args=[change_id]))
