"""What several pages of reporting share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.registry.choices import printed
from xinqiao.registry.shown import Shown

from ..choices import RETURN_REASON, EventKind, Found, Sharing, State
from ..choices.printed import MISTAKEN
from ..forms import lines_of
from ..models import AddressSearch, Card, CardEvent
from ..rules import from_json

STATE_KINDS = {
    State.SENT: "waiting",
    State.RECEIVED: "waiting",
    State.SEARCHING: "waiting",
    State.RETURNED: "warning",
    State.WITHDRAWN: "",
    State.FILED: "",
}


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    return request.actor, request.clock  # type: ignore[attr-defined]


def operation(request: HttpRequest) -> UUID:
    """The operation a page was sent under; a page that lost it makes a new one."""
    return read_uuid(request.POST.get("op_id", "")) or uuid7()


def looked_at(request: HttpRequest, cards: Iterable[Card], *, kind: str) -> None:
    """The look stands in the read log: of the file where there is one, else under the card's own key."""
    looked_at_keys(request, [one.person_id or one.pk for one in cards], kind=kind)


def looked_at_keys(request: HttpRequest, ids: Iterable[UUID], *, kind: str) -> None:
    """The same for files, and for drafts, whose key the card takes over."""
    actor, clock = who(request)
    audit.read(actor=actor, clock=clock, kind=kind, person_ids=ids, purpose="care")


def places_of(county: str) -> list[tuple[str, str]]:
    """Villages of a county to choose from, and its townships for an address of which only so much is known."""
    found = places.places_below(county, (Level.TOWNSHIP, Level.VILLAGE))
    return [
        (
            one.code,
            f"{one.parent_name} {one.name}"
            if one.level is Level.VILLAGE
            else _("%(name)s（村不详）") % {"name": one.name},
        )
        for one in found
    ]


def villages_of(place: str) -> list[tuple[str, str]]:
    """Villages below a place."""
    return [(one.code, f"{one.parent_name} {one.name}") for one in places.villages_below(place)]


def words(request: HttpRequest) -> dict[str, Any]:
    """Labels that every page uses."""
    return {
        "states": dict(State.choices),
        "state_kinds": STATE_KINDS,
        "kinds": dict(EventKind.choices),
        "reasons": {one.code: _(one.label) for one in RETURN_REASON} | {MISTAKEN: _("错报，不再报出")},
        "outcomes": dict(Found.choices),
        "sharings": dict(Sharing.choices),
        "sexes": {one.code: _(one.label) for one in printed.SEX},
        "id_kinds": {one.code: _(one.label) for one in printed.ID_KIND},
    }


def paper_of(card: Card, shown: Shown, content: str = "") -> list[Any]:
    """The card, or one of its versions, in words."""
    return lines_of(card.form, from_json(card.form, content or card.content), shown, county=card.county)


def way_of(events: Iterable[CardEvent]) -> list[CardEvent]:
    """Newest first, as a history reads."""
    return list(reversed(list(events)))


def names_of(
    cards: Iterable[Card], events: Iterable[CardEvent] = (), searches: Iterable[AddressSearch] = ()
) -> dict[str, str]:
    """Code → short name of every place on a page."""
    codes = {code for one in cards for code in (one.managing_code, one.place) if code.strip("0")}
    codes |= {code for one in events for code in (one.from_code, one.to_code) if code.strip("0")}
    codes |= {one.found_place for one in searches if one.found_place}
    return places.short_names(codes)
