"""Asking a psychiatrist: about a clue, about somebody on the register, also from an expert round's list."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.registry.models import Person
from xinqiao.registry.queries import find_person
from xinqiao.web import notes

from .. import actions, forms, queries
from ..choices import Purpose
from ..clocks import negates
from ..models import Clue, Rediagnosis
from .common import day, looked_at, show, typed, who

SEND = ("hospital", "hospital_name", "asked_on", "question", "sent_by", "sent_on", "round", "op_id")
PERSON = ("purpose", "hospital", "hospital_name", "concluded_on", "asked_on", "question", "round", "op_id")


def _begun(request: HttpRequest) -> dict[str, str]:
    """The form as it opens: today; at an expert round (`round`), its day and its hospital, whose answer is typed from paper."""
    actor, clock = who(request)
    values = {"asked_on": clock.today().isoformat(), "op_id": str(uuid7()), "round": ""}
    key = read_uuid(request.GET.get("round", "")) if request.GET.get("round") else None
    if key is None:
        return values
    at = queries.find_round(actor=actor, round_id=key)
    on = min(at.on, clock.today()).isoformat()
    return values | {
        "round": str(key), "hospital": forms.ON_PAPER, "hospital_name": at.hospital_name, "asked_on": on,
    }  # fmt: skip


def _new(sent: dict[str, str]) -> actions.NewReview:
    """A question as typed. The choice of a hospital on paper leaves only its name."""
    hospital = read_uuid(sent["hospital"]) if sent["hospital"] not in ("", forms.ON_PAPER) else None
    name = sent["hospital_name"] if sent["hospital"] == forms.ON_PAPER else ""
    return actions.NewReview(
        read_uuid(sent["op_id"]) or uuid7(), hospital, name, purpose=sent.get("purpose", Purpose.CLUE.value),
        asked_on=day(sent["asked_on"]), sent_by=sent.get("sent_by", ""), sent_on=day(sent.get("sent_on", "")),
        question=sent["question"], concluded_on=day(sent.get("concluded_on", "")),
        round_id=read_uuid(sent["round"]) if sent["round"] else None,
    )  # fmt: skip


def _asked(request: HttpRequest, made: Rediagnosis, home: str) -> HttpResponse:
    """Where it goes on: to the answer, when it is on paper; else back, and the hospital answers."""
    if made.hospital_id is None:
        notes.say(request, _("已登记提请"), next_text=_("拿到纸质结论后在这里登记"))
        return HttpResponseRedirect(reverse("screening:review", args=[made.pk]))
    notes.say(request, _("已提请"), next_text=_("医院在“复核诊断”里看到，10 个工作日内答复"))
    return HttpResponseRedirect(home)


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def send(request: HttpRequest, clue_id: UUID) -> HttpResponse:
    """提请复核诊断: to a hospital that works here, or to one on paper with the answer on the same page later."""
    actor, clock = who(request)
    require(actor, Permission.REVIEW_CLUE)
    clue = queries.find_clue(actor=actor, clue_id=clue_id)
    if request.method == "GET":
        return _send_form(request, clue, _begun(request) | {"question": clue.facts})
    sent = typed(request, *SEND)
    try:
        made = actions.ask_about_clue(actor=actor, clock=clock, clue_id=clue_id, new=_new(sent))
    except Invalid as wrong:
        return _send_form(request, clue, sent, wrong.problems)
    return _asked(request, made, reverse("screening:clue", args=[clue_id]))


def _send_form(
    request: HttpRequest, clue: Clue, values: dict[str, str], problems: list[Problem] | None = None
) -> HttpResponse:
    looked_at(request, clue)
    fields = forms.send_fields(
        values,
        problems or [],
        place=clue.managing_code,
        danger=clue.urgent,
        vagrant=queries.no_kin_known(clue),
    )
    return show(
        request, "send", 422 if problems else 200, clue=clue, fields=fields, problems=problems or [],
        op_id=values["op_id"], round=values["round"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def person_review(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Re-diagnosis and first assessment of somebody on the register: what there is, and one more."""
    actor, clock = who(request)
    require(actor, Permission.REVIEW_CLUE)
    person = find_person(actor=actor, person_id=person_id)
    if request.method == "GET":
        purpose = request.GET.get("purpose", "")
        return _person_form(
            request, person, _begun(request) | {"purpose": purpose if purpose in Purpose.values else ""}
        )
    sent = typed(request, *PERSON)
    try:
        made = actions.ask_about_person(actor=actor, clock=clock, person_id=person_id, new=_new(sent))
    except Invalid as wrong:
        return _person_form(request, person, sent, wrong.problems)
    return _asked(request, made, reverse("screening:person-review", args=[person_id]))


def _person_form(
    request: HttpRequest, person: Person, values: dict[str, str], problems: list[Problem] | None = None
) -> HttpResponse:
    actor, clock = who(request)
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[person.pk], purpose="screening")
    rows = queries.reviews_of_person(person.pk)
    return show(
        request,
        "person_review",
        422 if problems else 200,
        person=person,
        rows=rows,
        negating={one.pk for one in rows if negates(one) and one.corrected_on is None},
        fields=forms.person_review_fields(values, problems or [], place=person.managing_code),
        problems=problems or [],
        op_id=values["op_id"],
        round=values["round"],
    )
