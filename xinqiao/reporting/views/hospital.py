"""The hospital's own cards: the list, one card with what became of it, taking one back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from xinqiao.clocks.models import Clock as Deadline
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.registry.shown import Shown
from xinqiao.web import notes

from .. import actions, queries
from ..choices import EventKind, Form, State
from .common import looked_at, looked_at_keys, names_of, operation, paper_of, way_of, who, words


@require_GET
def own_cards(request: HttpRequest) -> HttpResponse:
    """Report cards of the hospital: drafts first, then what was sent, newest first."""
    return _list(request, Form.REPORT)


@require_GET
def own_discharges(request: HttpRequest) -> HttpResponse:
    """Discharge forms of the hospital."""
    return _list(request, Form.DISCHARGE)


def _list(request: HttpRequest, form: str) -> HttpResponse:
    actor, _clock = who(request)
    state, text = request.GET.get("state", ""), request.GET.get("q", "").strip()[:30]
    state = state if state in State.values else ""
    found = queries.own_cards(
        actor=actor, form=form, state=state, text=text, after=read_uuid(request.GET.get("after", ""))
    )
    cards = [row.card for row in found.rows]
    shown = [*(one.person_id or one.pk for one in cards), *(one.pk for one in found.drafts)]
    looked_at_keys(request, shown, kind="list")
    context: dict[str, Any] = {
        "found": found,
        "form": form,
        "state": state,
        "text": text,
        "here": reverse("reporting:own" if form == Form.REPORT else "reporting:own-discharges"),
        "names": names_of(cards, [row.last for row in found.rows if row.last]),
        "due": _due(found.drafts),
        **words(request),
    }
    return render(request, "reporting/own_cards.html", context)


def _due(drafts: Any) -> dict[UUID, Any]:
    """When the clock of each draft runs out."""
    rows = Deadline.objects.filter(
        kind="card", subject__in=[one.pk for one in drafts], outcome="open", code__in=["D1", "D4"]
    )
    return dict(rows.values_list("subject", "due_on"))


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def own_card(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """One card: where it is, what was written, what became of it. POST shows what is masked, and is kept as a look."""
    actor, _clock = who(request)
    card = queries.own_card(actor=actor, card_id=card_id)
    shown = Shown(request.method == "POST")
    looked_at(request, [card], kind="unmask" if shown.whole else "page")
    page = queries.whole(card)
    for one in page.events:
        # The hospital sees each step; of the words only what is said to it, or it said itself.
        if one.kind not in (EventKind.RETURNED, EventKind.WITHDRAWN):
            one.note = ""
    context = {
        "it": card,
        "page": page,
        "paper": paper_of(card, shown),
        "former": [
            (one, paper_of(card, shown, one.content)) for one in page.versions if one.number != card.version
        ],
        "way": way_of(page.events),
        "names": names_of([card], page.events),
        "shown": shown,
        "op_id": uuid7(),
        "last": page.events[-1] if page.events else None,
        "arrived": next((one for one in reversed(page.events) if one.to_code), None),
        **words(request),
    }
    return render(request, "reporting/own_card.html", context)


@require_POST
def withdraw(request: HttpRequest, card_id: UUID) -> HttpResponse:
    """Take a card back that nobody received."""
    actor, clock = who(request)
    mistaken = bool(request.POST.get("mistaken"))
    actions.withdraw_card(
        actor=actor, clock=clock, card_id=card_id, op_id=operation(request), mistaken=mistaken
    )
    notes.say(
        request,
        _("已撤回，对方不再看到"),
        next_text=_("已记为错报，不再计时") if mistaken else _("更正后重新报出，原来的期限接着算"),
    )
    return HttpResponseRedirect(reverse("reporting:own-card", args=[card_id]))
