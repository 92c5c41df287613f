"""The piles of signed forms: those begun, and a new one chosen by village, by what is due, or by a typed list."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places
from xinqiao.registry.models import Person
from xinqiao.web.fields import Field

from .. import actions, rules
from ..queries import entry, match
from .common import villages, who


@require_http_methods(["GET", "POST"])
def piles(request: HttpRequest) -> HttpResponse:
    """The piles begun, and the form for a new one."""
    actor, clock = who(request)
    require(actor, Permission.RECORD_VISIT)
    if request.method == "POST":
        try:
            return _begin(request)
        except Invalid as error:
            return _piles_page(request, request.POST, error.problems, 422)
    return _piles_page(request, {"who": "due", "month": clock.today().strftime("%Y-%m")}, [])


def _begin(request: HttpRequest) -> HttpResponse:
    actor, clock = who(request)
    month = _month(request.POST.get("month", ""))
    if month is None:
        raise Invalid(
            [
                Problem(
                    "month", "wrong_value", _("“月份”应写成 2026-11 这样"), request.POST.get("month", "")[:10]
                )
            ]
        )
    place = request.POST.get("place", "")
    if place not in dict(villages(actor)):
        raise Invalid([Problem("place", "wrong_value", _("请选择“村”"), place[:20])])
    chosen = request.POST.get("who", "due")
    if chosen == "typed":
        found = typed_people(actor, request.POST.get("lines", ""))
    elif chosen == "all":
        found = list(match.people_of(actor=actor, place=place))
    else:
        found = list(match.people_due(actor=actor, place=place, until=rules.end_of(month)))
        if not found:
            raise Invalid([Problem("who", "nobody", _("这里到月底没有应访的人；可改选“全部在册”或输入编号"))])
    went = request.POST.get("visited_by", "")
    if went and went not in dict(entry.who_may_have_gone(actor=actor)):
        raise Invalid([Problem("visited_by", "wrong_value", _("“谁去随访的”应从名单中选"), went[:40])])
    pile = actions.begin_pile(
        actor=actor,
        clock=clock,
        place=place,
        month=month,
        visited_by=read_uuid(went) if went else None,
        doctor=request.POST.get("doctor", ""),
        people=found,
    )
    return HttpResponseRedirect(reverse("papers:pile", args=[pile.pk]))


def typed_people(actor: Actor, text: str) -> list[Person]:
    """The people of typed lines; Invalid names the lines that are nobody's or several people's."""
    problems, found = [], []
    for one in match.match_lines(actor=actor, lines=text.splitlines()):
        if len(one.people) == 1:
            found.append(one.people[0])
        elif one.people:
            message = _("“%(line)s”有 %(n)s 人，请改用编号") % {"line": one.line[:30], "n": len(one.people)}
            problems.append(Problem("lines", "ambiguous", message))
        else:
            message = _("“%(line)s”未找到或不在本机构管理范围") % {"line": one.line[:30]}
            problems.append(Problem("lines", "unknown", message))
    if problems:
        raise Invalid(problems[:20])
    return found


def _piles_page(request: HttpRequest, given: Any, problems: list[Problem], status: int = 200) -> HttpResponse:
    actor, _clock = who(request)
    wrong = {problem.field: problem.message for problem in problems}
    options = villages(actor)

    def made(name: str, label: str, **extra: Any) -> Field:
        return Field(name, label, given.get(name, ""), error=wrong.get(name, ""), **extra)

    default = options[0][0] if len(options) == 1 else ""
    fields = {
        "place": Field(
            "place",
            _("村"),
            given.get("place", "") or default,
            options,
            required=True,
            error=wrong.get("place", ""),
        ),
        "month": made("month", _("月份"), input_type="month", required=True),
        "visited_by": made(
            "visited_by",
            _("谁去随访的"),
            choices=entry.who_may_have_gone(actor=actor),
            hint=_("录入人另记为您本人"),
        ),
        "doctor": made(
            "doctor", _("随访医生签名"), maxlength=60, hint=_("不填用去随访的人的姓名；个别不同的在表上改")
        ),
        "who": made(
            "who",
            _("录哪些人"),
            choices=[("due", _("到月底应访的")), ("all", _("全部在册")), ("typed", _("按表上的编号"))],
            required=True,
        ),
        "lines": made(
            "lines",
            _("编号"),
            hint=_("一行一个：表上的编号（后 8 位也可）、身份证号或姓名；用扫码枪扫随访条也可"),
            show_when="who=typed",
        ),
    }
    begun = entry.piles_of(actor=actor)
    context = {
        "piles": begun,
        "names": places.short_names({code for code, _name in options} | {pile.place for pile, *_n in begun}),
        "fields": fields,
        "problems": problems,
    }
    return render(request, "papers/piles.html", context, status=status)


def _month(text: str) -> date | None:
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text):
        return None
    return date.fromisoformat(text + "-01")
