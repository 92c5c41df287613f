"""Pages of rules: what is in force here and why, one rule with all its rows, the days off of a year."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.places.queries import short_names
from xinqiao.policy.loader import released
from xinqiao.web import notes
from xinqiao.web.fields import Field

from . import actions, forms, queries, words

_DAYS = re.compile(r"[0-9]{2}-[0-9]{2}")


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    """Who asks, and the clock."""
    return request.actor, request.clock  # type: ignore[attr-defined]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every rule in force at the reader's place today."""
    actor, clock = who(request)
    found = queries.rules_in_force(actor.place, clock.today())
    context = {
        "domains": [(words.DOMAINS[domain], rules) for domain, rules in found.items() if rules],
        "calendars": queries.calendars()[:6],
        "next_year": clock.today().year + 1,
        "writes": may(actor, Permission.SET_RULES),
        "names": _names(row.row.area for rules in found.values() for row in rules),
    }
    return render(request, "regulations/rules.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
def rule(request: HttpRequest, domain: str, name: str) -> HttpResponse:
    """One rule: what holds, every row, and the form for a row of the own place."""
    actor, clock = who(request)
    thing = f"{domain}/{name}"
    found = queries.find_rule(thing, actor.place, clock.today())
    nation = queries.nation_row(thing, clock.today()) or found.row
    problems: list[Problem] = []
    if request.method == "POST":
        require(actor, Permission.SET_RULES)
        if found.thing.kind not in forms.ASKED:
            raise NotFound(code="not_found.rule")
        try:
            new = forms.read(found.thing, found.row, nation, request.POST)
            actions.register_value(actor=actor, clock=clock, new=new)
        except Invalid as wrong:
            problems = wrong.problems
        else:
            later = _("应访日等在后台重算，几分钟内更新") if domain == "followup" else ""
            notes.say(request, _("已登记当地规定"), next_text=later)
            return HttpResponseRedirect(reverse("regulations:rule", args=[domain, name]))
    writes = may(actor, Permission.SET_RULES) and found.thing.kind in forms.ASKED
    typed = request.POST if request.method == "POST" else None
    rows = queries.rows_of(thing, actor.place)
    context: dict[str, Any] = {
        "found": found,
        "rows": rows,
        "own": queries.own_values(thing, actor.place),
        "place": actor.place,
        "names": _names(row.area for row, _lines in rows),
        "writes": writes,
        "problems": problems,
    }
    if writes:
        context |= _form(found, nation, typed, problems, clock)
    return render(request, "regulations/rule.html", context, status=422 if problems else 200)


def _form(
    found: queries.InForce, nation: Any, typed: Any, problems: list[Problem], clock: Clock
) -> dict[str, Any]:
    wrong = {problem.field: problem.message for problem in problems}
    fields = forms.value_fields(found.thing, found.row, nation, typed)
    given = typed or {}
    return {
        "fields": [_with_error(one, wrong) for one in fields],
        "kind": found.thing.kind,
        "valid_from": Field(
            "valid_from", _("施行日期"), given.get("valid_from", clock.today().isoformat()), required=True,
            input_type="date", error=wrong.get("valid_from", ""),
        ),
        "source": Field(
            "source", _("依据"), given.get("source", ""), required=True, maxlength=200, error=wrong.get("source", ""),
            hint=_("文件名和文号，如 某县卫健局〔2026〕12 号"),
        ),
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
@never_cache
def calendar(request: HttpRequest, year: int) -> HttpResponse:
    """The days off of one year; who sets rules enters a year that no release knows yet."""
    actor, clock = who(request)
    held = queries.calendar_of(year)
    if not 2000 <= year <= clock.today().year + 1:
        raise NotFound(code="not_found.calendar")
    # A released year is everybody's and is put right by a release; a year entered here holds wherever nothing is released.
    writes = may(actor, Permission.SET_RULES) and not released().has(f"calendar/{year}")
    problems: list[Problem] = []
    if request.method == "POST":
        require(actor, Permission.SET_RULES)
        if not writes:
            raise NotFound(code="not_found.calendar")
        try:
            actions.register_value(actor=actor, clock=clock, new=_calendar(request, year))
        except Invalid as wrong:
            problems = wrong.problems
        else:
            notes.say(request, _("已登记 %(year)s 年工作日历") % {"year": year})
            return HttpResponseRedirect(reverse("regulations:calendar", args=[year]))
    typed = request.POST if request.method == "POST" else {}
    said = {problem.field: problem.message for problem in problems}

    def days(key: str, label: str, hint: str) -> Field:
        filled = typed.get(key, " ".join((held or {}).get(key, [])))
        return Field(key, label, filled, error=said.get(key, ""), hint=hint, maxlength=400)

    context = {
        "year": year,
        "held": held,
        "writes": writes,
        "problems": problems,
        "days_off": days("days_off", _("放假的工作日（周一至周五）"), _("写成 01-01 02-15，用空格隔开")),
        "working": days("working", _("上班的周末"), _("没有就空着")),
        "source": Field(
            "source", _("依据"), typed.get("source", ""), required=True, maxlength=200, error=said.get("source", ""),
            hint=_("国务院办公厅关于该年部分节假日安排的通知"),
        ),
    }  # fmt: skip
    return render(request, "regulations/calendar.html", context, status=422 if problems else 200)


def _calendar(request: HttpRequest, year: int) -> actions.NewValue:
    value: dict[str, Any] = {"year": year}
    problems = []
    for key, label in (("days_off", _("放假的工作日")), ("working", _("上班的周末"))):
        said = request.POST.get(key, "").replace("，", " ").replace("、", " ").replace(",", " ").split()
        wrong = [one for one in said if not _DAYS.fullmatch(one)]
        if wrong:
            text = _("“%(label)s”里的“%(value)s”应写成 01-01 这样的月-日")
            problems.append(
                Problem(key, "date", text % {"label": label, "value": wrong[0][:20]}, wrong[0][:20])
            )
        value[key] = sorted(set(said))
    if not value["days_off"] and not problems:
        problems.append(Problem("days_off", "missing", _("“放假的工作日”没有填写。")))
    if problems:
        raise Invalid(problems)
    source = request.POST.get("source", "").strip()
    return actions.NewValue(f"calendar/{year}", date(year, 1, 1), value, source)


@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """End a row of the own place."""
    actor, clock = who(request)
    value_id = read_uuid(request.POST.get("value", ""))
    if value_id is None:
        raise NotFound(code="not_found.rule")
    row = actions.withdraw_value(actor=actor, clock=clock, value_id=value_id)
    notes.say(request, _("当地规定已停用"), next_text=_("自今天起按上级规定"))
    domain, _slash, name = row.thing.partition("/")
    if domain == "calendar":
        return HttpResponseRedirect(reverse("regulations:calendar", args=[int(name)]))
    return HttpResponseRedirect(reverse("regulations:rule", args=[domain, name]))


def _with_error(field: Field, wrong: dict[str, str]) -> Field:
    return replace(field, error=wrong[field.name]) if field.name in wrong else field


def _names(areas: Any) -> dict[str, str]:
    names = short_names({area for area in areas if area != NATION})
    return {NATION: _("全国"), **names}
