"""What the first pages show of the lists: a strip beside the day's list, and the county office's desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from markupsafe import Markup

from xinqiao.accounts.permissions import Permission, may
from xinqiao.clocks.queries import overdue as overdue_clocks
from xinqiao.indicators import queries as figures
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.targets import targets_for
from xinqiao.indicators.views.asked import MAIN, said
from xinqiao.kernel.actor import Actor
from xinqiao.places.queries import name_of

from . import queries
from .views import address_of, grouped

#: On the day's own page these would only say again what the sections say.
ELSEWHERE = frozenset({"overdue", "unstable", "waiting"})


def strip(request: HttpRequest, place: str = "") -> Markup:
    """Lists that have somebody on them and clocks that ran out, as links with numbers. Two statements; "" for who sees no
    records."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not may(actor, Permission.VIEW_RECORDS):
        return Markup("")
    found = queries.counts(actor=actor, today=request.clock.today(), place=place)  # type: ignore[attr-defined]
    shown = [one for one in found if one.number and one.list.key not in ELSEWHERE]
    late = overdue_clocks(actor=actor, today=request.clock.today())  # type: ignore[attr-defined]
    context = {"shown": shown, "address_of": address_of, "place": place, "clocks_overdue": late}
    return Markup(render_to_string("rosters/_strip.html", context))  # noqa: S704 -- a template's own output


def county(request: HttpRequest, besides: Sequence[tuple[int, str, str]] = ()) -> HttpResponse:
    """The county office's first page: what needs a decision today, the lists, and six figures with their trend. `besides` are
    (number, words, address) of what other domains ask the county to decide."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    today = request.clock.today()  # type: ignore[attr-defined]
    found = queries.counts(actor=actor, today=today)
    made = figures.table(actor=actor, code=actor.place, on=today)
    declared = catalogue()
    boxes: list[dict[str, Any]] = [
        {"measure": declared.measures[key], "figure": made.whole.leading(key)} for key in MAIN
    ]
    context = {
        "decisions": [one for one in found if one.list.attention],
        "groups": grouped([one for one in found if not one.list.attention]),
        "besides": besides,
        "clocks_overdue": overdue_clocks(actor=actor, today=today),
        "address_of": address_of,
        "name": name_of(actor.place),
        "registered": made.whole.leading("registered").value,
        "managed": made.whole.leading("managed").value,
        "boxes": boxes,
        "targets": targets_for(actor.place, today),
        "said": said,
        "today": today,
    }
    return render(request, "rosters/desk.html", context)
