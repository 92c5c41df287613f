"""One card at the township or county: what it says, where it is, and the next step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.accounts.permissions import Permission, may
from xinqiao.clocks.models import Clock as Deadline
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.rules import age_on
from xinqiao.registry.shown import Shown
from xinqiao.web import notes
from xinqiao.web.fields import Field

from .. import actions, queries
from ..choices import RETURN_REASON, Form, State
from ..models import Card, CardDraft
from ..queries import CardPage
from ..queries.places import destinations, stations_in
from .common import looked_at, looked_at_keys, names_of, operation, paper_of, villages_of, way_of, who, words


@require_GET
def opened(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Where a clock leads: to the card as whoever asks may see it."""
    actor, _clock = who(request)
    if may(actor, Permission.RECEIVE_CARD):
        return HttpResponseRedirect(
            reverse("reporting:card", args=[queries.received_card(actor=actor, card_id=subject).card.pk])
        )
    draft = CardDraft.objects.filter(pk=subject, ended_at=None).first()
    if draft is not None:
        return HttpResponseRedirect(reverse("reporting:draft", args=[draft.pk]))
    return HttpResponseRedirect(
        reverse("reporting:own-card", args=[queries.own_card(actor=actor, card_id=subject).pk])
    )


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def card(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """The card's page. POST shows what is masked, and is kept as a look."""
    return card_page(request, card_id, shown=Shown(request.method == "POST"))


def card_page(
    request: HttpRequest,
    card_id: UUID,
    *,
    shown: Shown,
    problems: Sequence[Problem] = (),
    step: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page, also after a step that was refused: `step` stays open with what was typed."""
    actor, clock = who(request)
    page = queries.received_card(actor=actor, card_id=card_id)
    it = page.card
    looked_at(request, [it], kind="unmask" if shown.whole else "page")
    asks = it.form == Form.REPORT and it.state in (State.SENT, State.RECEIVED)
    known = queries.known_here(it) if asks else []
    looked_at_keys(request, [one.pk for one in known], kind="search")
    today = clock.today()
    context: dict[str, Any] = {
        "it": it,
        "page": page,
        "paper": paper_of(it, shown),
        "former": [
            (one, paper_of(it, shown, one.content)) for one in page.versions if one.number != it.version
        ],
        "way": way_of(page.events),
        "names": names_of([it], page.events, page.searches),
        "days": (today - it.state_on).days,
        "due": _due(it),
        "age": age_on(it.birth_on, today),
        "shown": shown,
        "op_id": uuid7(),
        "problems": problems,
        "step": step,
        "may_enter": may(actor, Permission.IMPORT_REGISTER),
        "known": known,
        "fields": _fields(request, page, problems, step, actor.place, today),
        "located": queries.record_of(it).get("live_detail", "")
        if it.form == Form.REPORT and shown.whole
        else "",
        "outside": bool(it.place) and it.state == State.RECEIVED and not actor.scope.covers(it.place),
        **words(request),
    }
    return render(request, "reporting/card.html", context, status=status)


def _due(it: Card) -> Any:
    row = (
        Deadline.objects.filter(kind="card", subject=it.pk, outcome="open", code__in=["D5", "D6", "D7"])
        .order_by("due_on")
        .first()
    )
    return row.due_on if row else None


def _fields(
    request: HttpRequest, page: CardPage, problems: Sequence[Problem], step: str, place: str, today: Any
) -> dict[str, Field]:
    """The questions of the steps. What the station found is offered, and still has to be confirmed."""
    wrong = {one.field: one.message for one in problems}

    def ask(of: str, name: str, label: str, **extra: Any) -> Field:
        typed = request.POST.get(name, "") if step == of else extra.pop("value", "")
        extra.pop("value", None)
        return Field(name, label, typed, error=wrong.get(name, "") if step == of else "", **extra)

    found = page.found
    fields: dict[str, Field] = {
        "reason": ask("return", "reason", _("退回原因"), choices=[(one.code, _(one.label)) for one in RETURN_REASON], required=True),
        "return_note": ask("return", "note", _("说明"), hint=_("写明要改哪里，医院看得到"), maxlength=200),
        "to_code": ask("pass", "to_code", _("转交到"), choices=destinations(place, today), required=True),
        "pass_note": ask("pass", "note", _("说明"), maxlength=200),
        "fault_note": ask("fault", "note", _("哪里有误"), maxlength=200),
        "station": ask(
            "ask", "station", _("派出所"), choices=[(str(one.pk), one.name) for one in stations_in(county_of(place), today)], required=True,
            hint=_("对方只看到姓名、性别、证件号和最后住址"),
        ),
        "place": ask(
            "locate", "place", _("现住的村或社区"), choices=villages_of(county_of(place)), required=True,
            value=found.found_place if found else "",
        ),
        "detail": ask("locate", "detail", _("详细地址"), required=True, maxlength=200, value=found.found_detail if found else ""),
        "locate_note": ask("locate", "note", _("怎样查明的"), maxlength=200),
    }  # fmt: skip
    return fields


@require_POST
def take_over(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """A received discharge form goes into the file."""
    actor, clock = who(request)
    try:
        person = actions.take_over_discharge(
            actor=actor, clock=clock, card_id=card_id, op_id=operation(request)
        )
    except Invalid as wrong:
        return card_page(request, card_id, shown=Shown(False), problems=wrong.problems, status=422)
    except Conflict as wrong:
        problem = Problem("", wrong.code, wrong.message)
        return card_page(request, card_id, shown=Shown(False), problems=[problem], status=409)
    notes.say(request, _("出院信息已归入档案"), next_text=_("出院后两周内随访，应访日已排好"))
    return HttpResponseRedirect(reverse("registry:person", args=[person.pk]))
