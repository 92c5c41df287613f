"""The care groups of the villages: who is in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.places import queries as places
from xinqiao.web import notes
from xinqiao.web.fields import Spec, build

from ..actions import add_care_member, close_care_group, end_care_member, open_care_group
from ..choices import CareRole
from ..forms import Question
from ..queries import find_group, groups_below
from ..rules import read_date

_MEMBER = {"role": "select", "name": "text", "organisation": "text", "phone": "text", "since": "date"}


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def groups(request: HttpRequest) -> HttpResponse:
    """All groups of the area; POST opens one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.VIEW_RECORDS)
    problems: list[Problem] = []
    if request.method == "POST":
        require(actor, Permission.REGISTER_PERSON)
        village, since = request.POST.get("village", ""), read_date(request.POST.get("since", ""))
        if not village:
            problems.append(Problem("village", "missing", _("村没有选择。")))
        if since is None:
            problems.append(Problem("since", "date", _("成立日期没有填写，或不是有效日期。")))
        if not problems and since is not None:
            try:
                open_care_group(
                    actor=actor, clock=request.clock, op_id=read_uuid(request.POST.get("op_id", "")) or uuid7(),  # type: ignore[attr-defined]
                    village=village, name=request.POST.get("name", ""), since=since,
                )  # fmt: skip
            except Invalid as wrong:
                problems = wrong.problems
            except Conflict as wrong:
                problems = [Problem("village", wrong.code, wrong.message)]
            else:
                notes.say(request, _("小组已成立"), next_text=_("接下来登记组长和成员"))
                return HttpResponseRedirect(reverse("registry:groups"))
    return _page(request, problems)


def _page(request: HttpRequest, problems: Sequence[Problem]) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = request.clock.today()  # type: ignore[attr-defined]
    listed = groups_below(actor=actor, place=actor.place)
    taken = {group.managing_code for group, *_rest in listed}
    villages = [
        (one.code, f"{one.parent_name} {one.name}")
        for one in places.villages_below(actor.place)
        if actor.scope.covers(one.code) and one.code not in taken
    ]
    specs = [
        Spec("village", _("村"), villages, required=True),
        Spec("name", _("名称"), hint=_("不填时用村名"), extra={"maxlength": 60}),
        Spec("since", _("成立日期"), required=True),
    ]
    typed: Any = request.POST if request.method == "POST" else {"since": today.isoformat()}
    made = build(specs, typed, problems)
    widgets = {"village": "select", "name": "text", "since": "date"}
    context = {
        "groups": listed,
        "villages": villages,
        "problems": problems,
        "may_register": may(actor, Permission.REGISTER_PERSON),
        "asked": [Question(made[key], widget) for key, widget in widgets.items()],
        "op_id": uuid7(),
    }
    return render(request, "registry/groups.html", context, status=422 if problems else 200)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def add_member(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """Somebody joins a group."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    group = find_group(actor=actor, group_id=group_id)
    op_id = read_uuid(request.POST.get("op_id", "")) or uuid7()
    problems: Sequence[Problem] = ()
    if request.method == "POST":
        since = read_date(request.POST.get("since", ""))
        record = {key: request.POST.get(key, "").strip() for key in _MEMBER}
        try:
            if since is None:
                raise Invalid([Problem("since", "date", _("起始日期没有填写，或不是有效日期。"))])
            add_care_member(
                actor=actor,
                clock=request.clock,  # type: ignore[attr-defined]
                op_id=op_id,
                group_id=group_id,
                record=record,
                since=since,
            )
        except Invalid as wrong:
            problems = wrong.problems
        except Conflict as wrong:
            problems = [Problem("", wrong.code, wrong.message)]
        else:
            notes.say(request, _("成员已登记"))
            return HttpResponseRedirect(reverse("registry:groups"))
    values: Any = request.POST if request.method == "POST" else {"since": request.clock.today().isoformat()}  # type: ignore[attr-defined]
    specs = [
        Spec("role", _("身份"), [(one.value, one.label) for one in CareRole], required=True),
        Spec("name", _("姓名"), required=True, extra={"maxlength": 30}),
        Spec("organisation", _("单位"), extra={"maxlength": 60}),
        Spec("phone", _("电话"), extra={"maxlength": 30, "inputmode": "tel"}),
        Spec("since", _("自"), required=True),
    ]
    made = build(specs, values, problems)
    asked = [Question(made[key], widget) for key, widget in _MEMBER.items()]
    context = {"group": group, "asked": asked, "problems": problems, "op_id": op_id}
    return render(request, "registry/group_member.html", context, status=422 if problems else 200)


@require_POST
@cache_control(no_store=True, private=True)
def end_member(request: HttpRequest, member_id: UUID) -> HttpResponse:
    """Somebody leaves a group today."""
    end_care_member(actor=request.actor, clock=request.clock, member_id=member_id, on=request.clock.today())  # type: ignore[attr-defined]
    notes.say(request, _("已离开小组"))
    return HttpResponseRedirect(reverse("registry:groups"))


@require_POST
@cache_control(no_store=True, private=True)
def close_group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """A group ends today, and with it the people's places in it."""
    close_care_group(actor=request.actor, clock=request.clock, group_id=group_id, on=request.clock.today())  # type: ignore[attr-defined]
    notes.say(request, _("小组已结束"), next_text=_("请为患者另编小组"))
    return HttpResponseRedirect(reverse("registry:groups"))
