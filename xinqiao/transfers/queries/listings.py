"""The two sides of second listings."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places

from ..models import Listing

SHOWN = 50
SIDES = ("away", "here")


@dataclass(slots=True)
class Line:
    """One listing with the names of both places; `mine`: the person lives here, so that the file can be opened."""

    row: Listing
    register: str
    residence: str
    mine: bool


@dataclass(slots=True)
class Listed:
    lines: list[Line]
    counts: dict[str, int]
    after: str = ""


def listings_of(*, actor: Actor, side: str, after: str = "") -> Listed:
    """Open listings: `away` of people registered here who live elsewhere, `here` of people living here. Four statements."""
    require(actor, Permission.TRANSFER_PERSON)
    counts = {one: _side(actor, one).count() for one in SIDES}
    rows = _side(actor, side).select_related("institution").order_by("-since", "-id")
    last = Listing.objects.filter(pk=key).first() if (key := read_uuid(after)) else None
    if last is not None:
        rows = rows.filter(Q(since__lt=last.since) | Q(since=last.since, id__lt=last.pk))
    found = list(rows[: SHOWN + 1])
    more = len(found) > SHOWN
    found = found[:SHOWN]
    names = places.short_names({code for row in found for code in (row.managing_code, row.residence_code)})
    lines = [
        Line(row, names[row.managing_code], names[row.residence_code], actor.scope.covers(row.residence_code))
        for row in found
    ]
    return Listed(lines, counts, str(found[-1].pk) if more else "")


def listing_of(person_id: UUID) -> Listing | None:
    """The open listing of a person, as far as the actor sees it."""
    return Listing.objects.select_related("institution").filter(person_id=person_id, until=None).first()


def _side(actor: Actor, side: str) -> QuerySet[Listing]:
    column = "managing_code" if side == "away" else "residence_code"
    return Listing.objects.filter(places.served_by(actor, column=column), until=None)
