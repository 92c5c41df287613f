"""One screen from a card to a file: what the card says stands ready, only what is missing is asked; or the file that is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.masks import mask_id, mask_phone
from xinqiao.places import queries as places
from xinqiao.registry.actions import AlreadyRegistered
from xinqiao.registry.choices import printed
from xinqiao.registry.forms import Question, Section, sections
from xinqiao.registry.forms import record_of as typed_record
from xinqiao.registry.models import Person
from xinqiao.registry.queries import Alike, find_person, workers_below
from xinqiao.registry.rules import FIELDS
from xinqiao.registry.shown import ALIKE
from xinqiao.registry.views.filed import say_filed
from xinqiao.registry.views.new import asked_by_form, look_alike, mark_alike

from .. import actions, queries
from ..actions import NewFile
from ..choices import Form, State
from ..models import Card
from ..rules import from_json
from ..rules.case import shown
from .common import looked_at, operation, who
from .comparing import OFFERED, compare

#: Parts of the registry's form that a new file needs; the rest is filled in on the person's page.
ASKED = ("identity", "place", "family", "illness", "diagnosis", "consent", "file")


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def file(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """GET: the form, or the comparison when somebody with this number has a file here. POST makes or supplements the file."""
    actor, _clock = who(request)
    require(actor, Permission.RECEIVE_CARD)
    card = queries.received_card(actor=actor, card_id=card_id).card
    if card.form != Form.REPORT:
        raise NotFound(code="not_found.card")
    if card.state == State.FILED and card.person_id:
        return HttpResponseRedirect(reverse("registry:person", args=[card.person_id]))
    if card.state != State.RECEIVED:
        raise Conflict(_("先接收，再据此建档。"), code="conflict.card_state")
    if request.method == "POST" and request.POST.get("act") == "join":
        return _join(request, card)
    if request.method == "POST":
        return _file(request, card)
    looked_at(request, [card], kind="page")
    known = queries.known_here(card)
    if request.GET.get("new"):
        return _page(request, card, {}, ask_reason=bool(known))
    chosen = read_uuid(request.GET.get("person", ""))
    if chosen is not None or known:
        return compare(request, card, _beside(request, known, chosen), chosen)
    return _page(request, card, {})


def _beside(request: HttpRequest, known: list[Person], chosen: UUID | None) -> list[Person]:
    """Those with the card's number, and whoever was chosen among people who are alike."""
    if chosen is None or any(one.pk == chosen for one in known):
        return known
    actor, _clock = who(request)
    return [find_person(actor=actor, person_id=chosen), *known]


def _file(request: HttpRequest, card: Card) -> HttpResponse:
    actor, clock = who(request)
    typed = request.POST
    record = typed_record(typed)
    asked = queries.record_of(card) | record
    if typed.get("alike_asked", "") != mark_alike(asked) and (close := look_alike(request, asked)):
        # Who may be the same person is shown before anything is saved; sent again as it is, it goes on.
        return _page(request, card, typed, close=close, status=409)
    new = NewFile(
        operation(request),
        card.pk,
        record,
        typed.get("different_because", "").strip()[:200],
        bool(typed.get("partial")),
    )
    try:
        person = actions.file_card(actor=actor, clock=clock, new=new)
    except AlreadyRegistered as wrong:
        return _page(
            request,
            card,
            typed,
            [Problem("id_number", wrong.code, wrong.message)],
            there=wrong.person_id,
            ask_reason=True,
            status=409,
        )
    except Conflict as wrong:
        return _page(request, card, typed, [Problem("", wrong.code, wrong.message)], status=409)
    except Invalid as wrong:
        elsewhere = any(one.code == "id_elsewhere" for one in wrong.problems)
        if elsewhere and (refused := _asked_elsewhere(request, card)):
            return _page(request, card, typed, [refused], status=429)
        return _page(request, card, typed, wrong.problems, ask_reason=elsewhere, status=422)
    return _done(request, person, _("已据报告卡建档，档案编号 %(no)s") % {"no": person.file_no})


def _asked_elsewhere(request: HttpRequest, card: Card) -> Problem | None:
    """Which number the registry compared: the one that was sent, which may have been typed over the card's."""
    return asked_by_form(request, request.POST.get("id_number", "").strip() or card.number)


def _join(request: HttpRequest, card: Card) -> HttpResponse:
    actor, clock = who(request)
    person_id, version = read_uuid(request.POST.get("person", "")), request.POST.get("row_version", "")
    if person_id is None or not (version.isascii() and version.isdigit() and len(version) < 9):
        raise NotFound(code="not_found.person")
    keys = [key for key in request.POST.getlist("take") if key in OFFERED]
    try:
        person = actions.join_card(
            actor=actor,
            clock=clock,
            card_id=card.pk,
            op_id=operation(request),
            person_id=person_id,
            row_version=int(version),
            keys=keys,
        )
    except Invalid as wrong:
        problems, status = wrong.problems, 422
        if any(one.code == "id_other" for one in problems) and (refused := _asked_elsewhere(request, card)):
            problems, status = [refused], 429
    except Conflict as wrong:
        problems, status = [Problem("", wrong.code, wrong.message)], 409
    else:
        return _done(request, person, _("报告卡已归入档案 %(no)s") % {"no": person.file_no})
    beside = _beside(request, queries.known_here(card), person_id)
    return compare(request, card, beside, person_id, problems, taken=keys, status=status)


def _done(request: HttpRequest, person: Person, words: str) -> HttpResponse:
    say_filed(request, person.pk, words)
    return HttpResponseRedirect(reverse("registry:person", args=[person.pk]))


def _page(
    request: HttpRequest,
    card: Card,
    typed: Mapping[str, Any],
    problems: Sequence[Problem] = (),
    *,
    there: UUID | None = None,
    ask_reason: bool = False,
    close: Sequence[Alike] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor, clock = who(request)
    record = queries.record_of(card)
    if request.method == "GET":
        close = look_alike(request, record)
    known = _values(record)
    values = known | {
        "filed_on": clock.today().isoformat(),
        "filled_by": actor.display_name,
        "report_type": record["report_type"],
    }
    if typed:
        values = _typed_over(values, typed)
    villages = [
        (one.code, f"{one.parent_name} {one.name}")
        for one in places.villages_below(actor.place)
        if actor.scope.covers(one.code)
    ]
    workers = [
        (one.username, f"{one.display_name}（{one.institution.name if one.institution else one.username}）")
        for one in workers_below(actor=actor, place=actor.place)
    ]
    whole = [
        one for one in sections(values, problems, villages=villages, workers=workers) if one.key in ASKED
    ]
    wrong = {one.field.split(".")[0] for one in problems}
    asked, brought, more = _split(whole, set(record) - wrong, _masked(record), record)
    sent = typed_record(request.POST) if request.method == "POST" else {}
    context = {
        "it": card,
        "close": close or [],
        "words": ALIKE,
        "alike_asked": mark_alike(record | sent),
        "asked": asked,
        "brought": brought,
        "more": more,
        "count": sum(len(row) for part in brought for row in part.rows),
        "problems": problems,
        "there": there,
        "ask_reason": ask_reason,
        "different_because": typed.get("different_because", ""),
        "op_id": read_uuid(str(typed.get("op_id", ""))) or uuid7(),
        "first_treated": _first_treated(card),
    }
    return render(request, "reporting/file.html", context, status=status)


def _values(record: Mapping[str, Any]) -> dict[str, Any]:
    """The card's answers as the registry's page shows them; what is sealed stays out of the page."""
    values: dict[str, Any] = {
        key: value for key, value in record.items() if key in FIELDS and not FIELDS[key].private
    }
    danger = record["past_danger"]
    values["past_danger"] = list(danger) or [printed.NO_DANGER]
    values |= {f"past_danger.{code}": str(n) for code, n in danger.items()}
    return values


def _typed_over(values: Mapping[str, Any], typed: Mapping[str, Any]) -> dict[str, Any]:
    over = dict(values)
    for key in typed:
        getlist = getattr(typed, "getlist", None)
        over[key] = (
            getlist(key)
            if getlist and key in FIELDS and FIELDS[key].kind in ("multi", "counts")
            else typed[key]
        )
    return over


def _masked(record: Mapping[str, Any]) -> dict[str, str]:
    shown: dict[str, str] = {}
    for key, value in record.items():
        if key in FIELDS and FIELDS[key].private:
            kind = FIELDS[key].kind
            shown[key] = (
                mask_phone(value) if kind == "phone" else mask_id(value) if kind == "id_number" else "***"
            )
    return shown


def _split(
    whole: Sequence[Section], brought: set[str], masked: Mapping[str, str], record: Mapping[str, Any]
) -> tuple[list[Section], list[Section], list[Section]]:
    """(what is still to be asked, what the card answers, what may be left open)."""
    asked: list[Section] = []
    known: list[Section] = []
    more: list[Section] = []
    for part in whole:
        rows: tuple[list[list[Question]], ...] = ([], [], [])
        for row in part.rows:
            for question in row:
                name = question.field.name.split(".")[0]
                if name in brought:
                    rows[1].append([_carried(question, masked)])
                elif _wanted(name, question, record) or question.field.error:
                    rows[0].append([question])
                else:
                    rows[2].append([question])
        for made, target in zip(rows, (asked, known, more), strict=True):
            if made:
                target.append(replace(part, rows=made, needed=0 if target is more else part.needed))
    return asked, known, more


def _wanted(name: str, question: Question, record: Mapping[str, Any]) -> bool:
    """What the printed forms want of a new file, as far as it applies."""
    if name in ("no_guardian", "past_symptoms_note", "first_antipsychotic_on"):
        return True
    if name in ("consent", "signer", "signed_on", "signer_name", "incapacity_note"):
        # An answer that the card brought was signed there.
        return "consent" not in record
    if name in ("notified_on", "notifier"):
        return record.get("report_type") == "1"
    field = FIELDS.get(name)
    return question.field.required or (
        field is not None and (field.need == "always" or field.core) and name != "no_id_reason"
    )


def _carried(question: Question, masked: Mapping[str, str]) -> Question:
    if question.field.name not in masked:
        return question
    hint = _("卡上是 %(now)s；不填就用卡上的") % {"now": masked[question.field.name]}
    return replace(question, field=replace(question.field, hint=hint, required=False))


def _first_treated(card: Card) -> str:
    """A time that is known less finely than the file asks for."""
    first = from_json(card.form, card.content).get("first_treated_on")
    return shown(first[0], first[1]) if first is not None and first[1] != "day" else ""
