"""专家下乡会诊: the rounds, one with its list, choosing people, writing results."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.web import notes

from .. import actions, forms, queries
from ..models import RoundPerson
from .common import day, show, typed, who

REASONS = ("clue", "unstable", "risk", "unexamined", "unassessed")
KEYS = ("place", "on", "hospital_name", "doctors", "where", "note", "op_id")


def _reasons() -> list[tuple[str, str]]:
    return [
        ("clue", _("未办结的线索")),
        ("unstable", _("病情不稳定")),
        ("risk", _("危险性 3 级及以上")),
        ("unexamined", _("今年未体检")),
        ("unassessed", _("没有首次全面评估")),
    ]


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """Planned and past."""
    actor, clock = who(request)
    rows = queries.rounds(actor=actor)
    return show(
        request,
        "rounds",
        rows=rows,
        places=places.short_names({one.round.place for one in rows}),
        today=clock.today(),
    )


@require_http_methods(["GET", "POST"])
def new_round(request: HttpRequest) -> HttpResponse:
    """Where, when, who comes."""
    actor, clock = who(request)
    require(actor, Permission.REVIEW_CLUE)
    townships = [
        (one.code, one.name) for here in actor.places for one in places.places_below(here, (Level.TOWNSHIP,))
    ]
    if request.method == "GET":
        only = townships[0][0] if len(townships) == 1 else ""
        return _round_form(request, {"op_id": str(uuid7()), "place": only}, townships)
    sent = typed(request, *KEYS)
    new = actions.NewRound(
        read_uuid(sent["op_id"]) or uuid7(), sent["place"], day(sent["on"]), sent["hospital_name"], sent["doctors"],
        sent["where"], sent["note"],
    )  # fmt: skip
    try:
        made = actions.plan_round(actor=actor, clock=clock, new=new)
    except Invalid as wrong:
        return _round_form(request, sent, townships, wrong.problems)
    notes.say(request, _("会诊已安排"), next_text=_("接下来选人"))
    return HttpResponseRedirect(reverse("screening:round-add", args=[made.pk]))


def _round_form(
    request: HttpRequest,
    values: dict[str, str],
    townships: list[tuple[str, str]],
    problems: list[Problem] | None = None,
) -> HttpResponse:
    return show(
        request, "new_round", 422 if problems else 200, fields=forms.round_fields(values, problems or [], townships),
        problems=problems or [], op_id=values["op_id"],
    )  # fmt: skip


@require_safe
def round_(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """One round: the list to work from, also on paper."""
    actor, clock = who(request)
    one = queries.find_round(actor=actor, round_id=round_id)
    people = queries.people_of(one)
    seen = [row.person_id or row.clue_id for row in people]
    audit.read(
        actor=actor, clock=clock, kind="list", person_ids=[pk for pk in seen if pk], purpose="screening"
    )
    return show(
        request,
        "round",
        round=one,
        people=people,
        left=sum(1 for row in people if not row.result),
        place=places.short_name(one.place),
        places=places.short_names({row.managing_code for row in people}),
    )


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """Choose people for a reason."""
    actor, clock = who(request)
    one = queries.find_round(actor=actor, round_id=round_id)
    why = request.GET.get("why", "unstable")
    why = why if why in REASONS else "unstable"
    problems: list[Problem] = []
    purpose = typed(request, "purpose")["purpose"]
    if request.method == "POST":
        ticked = {
            kind: [key for text in request.POST.getlist(kind)[:400] if (key := read_uuid(text))]
            for kind in ("person", "clue")
        }
        try:
            count = actions.add_to_round(
                actor=actor,
                clock=clock,
                round_id=round_id,
                purpose=purpose,
                people=ticked["person"],
                clues=ticked["clue"],
            )
        except Invalid as wrong:
            problems = wrong.problems
        else:
            notes.say(request, ngettext("已列入 %(n)s 人", "已列入 %(n)s 人", count) % {"n": count})
            return HttpResponseRedirect(reverse("screening:round", args=[round_id]))
    rows = queries.candidates(actor=actor, round_=one, why=why, today=clock.today())
    audit.read(
        actor=actor, clock=clock, kind="list", person_ids=[row.pk for row in rows], purpose="screening"
    )
    usual = {"clue": "review", "unexamined": "exam", "unassessed": "review"}.get(why, "advice")
    return show(
        request,
        "round_add",
        422 if problems else 200,
        round=one,
        rows=rows,
        why=why,
        reasons=_reasons(),
        place=places.short_name(one.place),
        places=places.short_names({row.place for row in rows}),
        purpose=forms.purpose_field(
            purpose or usual, next((p.message for p in problems if p.field == "purpose"), "")
        ),
        problems=problems,
        ticked={*request.POST.getlist("person"), *request.POST.getlist("clue")},
    )


@require_http_methods(["GET", "POST"])
def result(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """What came of it for one person."""
    actor, clock = who(request)
    require(actor, Permission.REVIEW_CLUE)
    row = _row(request, row_id)
    if request.method == "GET":
        values = {
            "result": row.result or "seen",
            "seen_on": (row.seen_on or min(row.round.on, clock.today())).isoformat(),
            "note": row.note,
        }
        return _result_form(request, row, values)
    sent = typed(request, "result", "seen_on", "note")
    try:
        actions.record_round_result(
            actor=actor,
            clock=clock,
            row_id=row_id,
            result=sent["result"],
            seen_on=day(sent["seen_on"]),
            note=sent["note"],
        )
    except Invalid as wrong:
        return _result_form(request, row, sent, wrong.problems)
    notes.say(request, _("结果已登记"))
    return HttpResponseRedirect(reverse("screening:round", args=[row.round_id]))


def _row(request: HttpRequest, row_id: UUID) -> RoundPerson:
    actor, clock = who(request)
    row = RoundPerson.objects.select_related("round", "person", "clue").filter(pk=row_id).first()
    if row is None:
        raise NotFound(code="not_found.round")
    queries.find_round(actor=actor, round_id=row.round_id)
    audit.read(
        actor=actor,
        clock=clock,
        kind="page",
        person_ids=[row.person_id or row.clue_id or row.pk],
        purpose="screening",
    )
    return row


def _result_form(
    request: HttpRequest, row: RoundPerson, values: dict[str, str], problems: list[Problem] | None = None
) -> HttpResponse:
    return show(
        request, "round_result", 422 if problems else 200, row=row, fields=forms.result_fields(values, problems or []),
        problems=problems or [], place=places.short_name(row.managing_code),
    )  # fmt: skip


@require_POST
def close(request: HttpRequest, round_id: UUID) -> HttpResponse:
    """The round is over."""
    actor, clock = who(request)
    actions.close_round(actor=actor, clock=clock, round_id=round_id)
    notes.say(request, _("会诊已结束"))
    return HttpResponseRedirect(reverse("screening:round", args=[round_id]))
