"""The hospital's queue, one question with its answer, and what else becomes of it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.places import queries as places
from xinqiao.web import notes

from .. import actions, forms, queries
from ..choices import ITEMS, ClueState, Purpose, ReviewState
from ..clocks import negates
from ..models import Clue, Rediagnosis
from .clue import page as clue_page
from .common import day, looked_at, show, typed, who

ANSWER = ("diagnosed_on", "doctor", "result", "icd10", "outcome", "look_on", "consent", "advice")


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The hospital's own list."""
    actor, _clock = who(request)
    answered = request.GET.get("state") == "answered"
    found = queries.queue(actor=actor, answered=answered)
    looked_at(request, *found.rows, kind="list")
    return show(
        request,
        "queue",
        found=found,
        answered=answered,
        places=places.short_names({one.managing_code for one in found.rows}),
    )


@require_safe
@cache_control(no_store=True, private=True)
def review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """One question: what is known, and the answer."""
    return _page(request, review_id)


def _page(
    request: HttpRequest, review_id: UUID, sent: dict[str, str] | None = None, problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    actor, clock = who(request)
    one = queries.find_review(actor=actor, review_id=review_id)
    looked_at(request, one)
    values = sent or {
        "diagnosed_on": clock.today().isoformat(),
        "doctor": actor.display_name if may(actor, Permission.DIAGNOSE) else "",
    }
    return show(
        request,
        "review",
        status,
        one=one,
        place=places.short_name(one.managing_code),
        items=[(code, ITEMS[code]) for code in one.items],
        may_answer=one.state == ReviewState.ASKED and _answers(actor, one),
        of_hospital=may(actor, Permission.DIAGNOSE),
        may_withdraw=one.state == ReviewState.ASKED and may(actor, Permission.REVIEW_CLUE),
        negates=negates(one),
        second_late=one.purpose == Purpose.AGAIN and not actions.second_in_time(one),
        fields=forms.answer_fields(
            values, problems or [], purpose=one.purpose, of_file=one.person_id is not None
        ),
        problems=problems or [],
    )


def _answers(actor: Actor, one: Rediagnosis) -> bool:
    own = may(actor, Permission.DIAGNOSE)
    return own if one.hospital_id is not None else may(actor, Permission.REVIEW_CLUE)


@require_POST
def answer(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """复核结论."""
    actor, clock = who(request)
    sent = typed(request, *ANSWER)
    try:
        one = actions.answer_review(actor=actor, clock=clock, review_id=review_id, record=sent)
    except Invalid as wrong:
        return _page(request, review_id, sent, wrong.problems, 422)
    if may(actor, Permission.DIAGNOSE):
        notes.say(request, _("结论已提交"), next_text=_("由提请的乡镇接着办理"))
        return HttpResponseRedirect(reverse("screening:queue"))
    if one.clue_id is None:
        notes.say(request, _("结论已登记"))
        return HttpResponseRedirect(reverse("screening:person-review", args=[one.person_id]))
    state = ClueState(Clue.objects.values_list("state", flat=True).get(pk=one.clue_id))
    following = {
        ClueState.CONCLUDED: _("接下来建档，10 个工作日内完成"),
        ClueState.WATCH: _("到约定日期再复看"),
        ClueState.CLOSED: _("线索已结案"),
    }
    notes.say(request, _("结论已登记"), next_text=following.get(state, ""))
    return HttpResponseRedirect(reverse("screening:clue", args=[one.clue_id]))


@require_POST
def give_back(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """退回: nobody came, or another hospital is right."""
    actor, clock = who(request)
    try:
        actions.return_review(
            actor=actor, clock=clock, review_id=review_id, reason=typed(request, "reason")["reason"]
        )
    except Invalid as wrong:
        return _page(request, review_id, None, wrong.problems, 422)
    notes.say(request, _("已退回"), next_text=_("提请的乡镇看得到原因"))
    return HttpResponseRedirect(reverse("screening:queue"))


@require_POST
def withdraw(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """撤回."""
    actor, clock = who(request)
    one = actions.withdraw_review(actor=actor, clock=clock, review_id=review_id)
    notes.say(request, _("已撤回，医院不再看到"))
    return HttpResponseRedirect(_home_of(one))


@require_POST
def brought(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """送诊: by whom, on which day."""
    actor, clock = who(request)
    require(actor, Permission.RECORD_CLUE)
    sent = typed(request, "sent_by", "sent_on")
    one = queries.find_review(actor=actor, review_id=review_id)
    if one.clue_id is None:
        raise NotFound(code="not_found.review")
    try:
        actions.tell_brought(
            actor=actor,
            clock=clock,
            review_id=review_id,
            sent_by=sent["sent_by"],
            sent_on=day(sent["sent_on"]),
        )
    except Invalid as wrong:
        return clue_page(request, one.clue_id, problems=wrong.problems, sent=sent, act="brought", status=422)
    notes.say(request, _("送诊已登记"))
    return HttpResponseRedirect(_home_of(one))


@require_POST
def corrected(request: HttpRequest, review_id: UUID) -> HttpResponse:
    """The register was put right."""
    actor, clock = who(request)
    one = actions.tell_corrected(actor=actor, clock=clock, review_id=review_id)
    notes.say(request, _("已确认更正"))
    return HttpResponseRedirect(_home_of(one))


def _home_of(one: Rediagnosis) -> str:
    if one.clue_id is not None:
        return reverse("screening:clue", args=[one.clue_id])
    return reverse("screening:person-review", args=[one.person_id])
