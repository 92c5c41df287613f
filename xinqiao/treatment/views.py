"""Record, look at, correct and void one exam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.registry.models import Person
from xinqiao.registry.queries import find_person
from xinqiao.web import notes

from . import forms
from .actions import Recorded, amend_exam, record_exam, void_exam
from .choices import PARTS
from .models import Exam
from .queries import find_exam


def _back(person_id: UUID) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("registry:person", args=[person_id]) + "?tab=exams")


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def record(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The exam's form for one person."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    require(actor, Permission.RECORD_VISIT)
    person = find_person(actor=actor, person_id=person_id)
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        try:
            made = record_exam(
                actor=actor, clock=clock, person_id=person_id,
                op_id=read_uuid(request.POST.get("op_id", "")) or uuid7(), record=forms.record_of(request.POST),
            )  # fmt: skip
        except Invalid as wrong:
            problems, status = forms.problems_first(wrong.problems), 422
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
        else:
            _say(request, made)
            return _back(person_id)
    else:
        audit.read(actor=actor, clock=clock, kind="page", person_ids=[person_id], purpose="care")
    start = {"exam_date": clock.today().isoformat(), "outcome": "1", "doctor": actor.display_name}
    values: Mapping[str, Any] = request.POST if request.method == "POST" else start
    return _form(request, person, values, problems, status=status, heading=_("登记健康体检"))


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def amend(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """The same form, filled, for a correction; the first version stays readable."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    require(actor, Permission.AMEND_VISIT)
    fact = find_exam(actor=actor, exam_id=exam_id)
    if not isinstance(fact, Exam):
        raise NotFound(code="not_found.exam")
    problems: list[Problem] = []
    status = 200
    if request.method == "POST":
        try:
            made = amend_exam(
                actor=actor, clock=clock, exam_id=exam_id, op_id=read_uuid(request.POST.get("op_id", "")) or uuid7(),
                record=forms.record_of(request.POST), reason=request.POST.get("reason", ""),
            )  # fmt: skip
        except Invalid as wrong:
            problems, status = forms.problems_first(wrong.problems), 422
        except Conflict as wrong:
            problems, status = [Problem("", wrong.code, wrong.message)], 409
        else:
            _say(request, made)
            return _back(made.person_id)
    else:
        audit.read(actor=actor, clock=clock, kind="page", person_ids=[fact.person_id], purpose="care")
    values: Mapping[str, Any] = request.POST if request.method == "POST" else forms.values_of(fact)
    return _form(
        request, fact.person, values, problems, status=status, heading=_("更正健康体检"), amends=fact
    )


@require_POST
def void(request: HttpRequest, exam_id: UUID) -> HttpResponse:
    """Void one exam or refusal; the reason is asked beside the button."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    try:
        person_id = void_exam(
            actor=actor, clock=clock, exam_id=exam_id, reason=request.POST.get("reason", "")
        )
    except Invalid as wrong:
        person_id = find_exam(actor=actor, exam_id=exam_id).person_id
        notes.say(request, wrong.problems[0].message, kind="error")
        return _back(person_id)
    notes.say(request, _("体检记录已作废"), next_text=_("原来的内容仍可在“健康体检”中看到"))
    return _back(person_id)


def _say(request: HttpRequest, made: Recorded) -> None:
    if not made.taken:
        notes.say(request, _("未体检原因已登记"), next_text=_("条件允许时可再次预约"))
        return
    abnormal = _("、").join(_(PARTS[one]) for one in made.abnormal)
    words = _("有异常：%(what)s，请随访时跟进") % {"what": abnormal} if abnormal else _("没有异常结果")
    if made.missing:
        words += _("；缺%(what)s，可以补登") % {"what": _("、").join(_(PARTS[one]) for one in made.missing)}
    notes.say(request, _("体检已登记"), next_text=words)


def _form(
    request: HttpRequest,
    person: Person,
    values: Mapping[str, Any],
    problems: list[Problem],
    *,
    status: int,
    heading: str,
    amends: Any = None,
) -> HttpResponse:
    context = {
        "person": person,
        "parts": forms.page(values, problems, sex=person.sex),
        "problems": problems,
        "heading": heading,
        "amends": amends,
        "reason": request.POST.get("reason", ""),
        "op_id": request.POST.get("op_id") or str(uuid7()),
    }
    return render(request, "treatment/exam.html", context, status=status)
