"""工作量确认单: a village doctor's quarter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.places.queries import short_name, short_names
from xinqiao.registry.models import Person
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..choices import WorkState
from ..queries.work import FIGURES
from ..rules import Quarter, allows, quarter_of
from .handing import who

FIRST_YEAR = 2018


def quarter_from(text: str, today: Any) -> Quarter:
    """ "2026-3" from the address; the last quarter that has ended otherwise."""
    year, _dash, number = text.partition("-")
    if year.isdecimal() and len(year) == 4 and number in ("1", "2", "3", "4") and year.isascii():
        asked = Quarter(int(year), int(number))
        if asked.year >= FIRST_YEAR and asked <= quarter_of(today):
            return asked
    return quarter_of(today).before


def quarter_of_address(year: int, number: int, today: Any) -> Quarter:
    """NotFound for a quarter that is none, or has not begun."""
    if not (FIRST_YEAR <= year <= 9990 and 1 <= number <= 4) or Quarter(year, number) > quarter_of(today):
        raise NotFound()
    return Quarter(year, number)


@require_GET
def works(request: HttpRequest) -> HttpResponse:
    """A doctor's own quarter; the township's doctors in one quarter."""
    actor, clock = who(request)
    require(actor, Permission.TAKE_PART)
    quarter = quarter_from(request.GET.get("quarter", ""), clock.today())
    if may(actor, Permission.SIGN_OWN_WORK):
        address = reverse("staff:work", args=[actor.user_id, quarter.year, quarter.number])
        return HttpResponseRedirect(address)
    rows = queries.doctors_of(actor=actor, quarter=quarter)
    context = {
        "rows": rows,
        "quarter": quarter,
        "quarters": quarters(clock.today()),
        "states": dict(WorkState.choices),
        "figures": FIGURES,
        "places": short_names({one.doctor.place for one in rows}),
    }
    return render(request, "staff/works.html", context)


def quarters(today: Any) -> list[tuple[str, str]]:
    """The present quarter and the seven before it, as choices."""
    found, now = [], quarter_of(today)
    for _back in range(8):
        words = _("%(year)s 年第 %(n)s 季度") % {"year": now.year, "n": now.number}
        found.append((f"{now.year}-{now.number}", words))
        now = now.before
    return found


@require_GET
def work(request: HttpRequest, doctor_id: UUID, year: int, number: int) -> HttpResponse:
    """One doctor's quarter with its versions and appeals."""
    return _page(request, doctor_id, year, number)


def _page(
    request: HttpRequest, doctor_id: UUID, year: int, number: int, problems: list[Problem] | None = None
) -> HttpResponse:
    actor, clock = who(request)
    require(actor, Permission.TAKE_PART)
    quarter = quarter_of_address(year, number, clock.today())
    asked = request.GET.get("version", "")
    version = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 3 else None
    found = queries.work_page(actor=actor, doctor_id=doctor_id, quarter=quarter, version=version)
    people = {one.pk: one for one in Person.objects.filter(pk__in={line.person_id for line in found.lines})}
    audit.read(actor=actor, clock=clock, kind="list", person_ids=people, purpose="work_record")
    newest = not found.versions or found.record == found.versions[-1]
    state = found.record.state if found.record else ""
    own = found.doctor.pk == actor.user_id
    ended = quarter.over(clock.today())
    wrong = {problem.field: problem.message for problem in problems or []}
    counters = may(actor, Permission.COUNTERSIGN_WORK)
    context = {
        "found": found,
        "quarter": quarter,
        "quarters": quarters(clock.today()),
        "figures": [(words, found.figures.get(key, 0)) for key, words in FIGURES.items()],
        "people": people,
        "place": short_name(found.doctor.place),
        "states": dict(WorkState.choices),
        "state": state,
        "own": own,
        "ended": ended,
        "may_sign": own and newest and ended and allows(state, "sign"),
        "may_appeal": own and newest and ended and allows(state, "appeal"),
        "may_agree": counters and newest and allows(state, "agree") and state != "",
        "may_answer": counters and newest and allows(state, "answer"),
        "appeal_field": Field(
            "text", _("哪一项不对，应为多少"), request.POST.get("text", ""), required=True,
            error=wrong.get("text", ""), maxlength=500,
        ),
        "answer_field": Field(
            "answer", _("答复"), request.POST.get("answer", ""), required=True,
            error=wrong.get("answer", ""), maxlength=500,
        ),
        "problems": problems or [],
    }  # fmt: skip
    return render(request, "staff/work.html", context, status=422 if problems else 200)


def _act(
    request: HttpRequest,
    doctor_id: UUID,
    year: int,
    number: int,
    act: Callable[..., Any],
    done: str,
    **more: Any,
) -> HttpResponse:
    actor, clock = who(request)
    quarter = quarter_of_address(year, number, clock.today())
    try:
        act(actor=actor, clock=clock, doctor_id=doctor_id, quarter=quarter, **more)
    except Invalid as error:
        return _page(request, doctor_id, year, number, error.problems)
    notes.say(request, done)
    return HttpResponseRedirect(reverse("staff:work", args=[doctor_id, year, number]))


@require_POST
def sign(request: HttpRequest, doctor_id: UUID, year: int, number: int) -> HttpResponse:
    return _act(request, doctor_id, year, number, actions.sign_work, _("已签认，数字不再变动，等乡镇复核"))


@require_POST
def agree(request: HttpRequest, doctor_id: UUID, year: int, number: int) -> HttpResponse:
    return _act(request, doctor_id, year, number, actions.agree_work, _("已复核"))


@require_POST
def appeal(request: HttpRequest, doctor_id: UUID, year: int, number: int) -> HttpResponse:
    words = request.POST.get("text", "")
    return _act(
        request, doctor_id, year, number, actions.appeal_work, _("申诉已提交，等乡镇答复"), text=words
    )


@require_POST
def answer(request: HttpRequest, doctor_id: UUID, year: int, number: int) -> HttpResponse:
    correct = request.POST.get("outcome") == "corrected"
    done = _("已按记录重算，请村医签认新的一版") if correct else _("已答复，维持原数")
    return _act(
        request, doctor_id, year, number, actions.answer_appeal, done,
        answer=request.POST.get("answer", ""), correct=correct,
    )  # fmt: skip
