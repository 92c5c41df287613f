"""Hand-overs of a place: those that come in, those that went out, and one of them whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypedDict
from uuid import UUID

from django.db.models import Q, QuerySet

from xinqiao.accounts.permissions import Permission, require
from xinqiao.clocks.models import Clock
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places
from xinqiao.places.models import Institution

from ..choices import OPEN, State
from ..clocks import KIND, KIND_CALL, RECEIVE
from ..models import Hop, Transfer
from ..rules import answers_for

SHOWN = 50


class Preview(TypedDict):
    """What the other side may see before acceptance: these, and nothing else (the sharing matrix)."""

    name: str
    sex: str
    id_number: str
    address: str
    guardian_phone: str
    visit_class: str
    risk: int | None


def preview_of(row: Transfer) -> Preview:
    """The copy that the hand-over carries."""
    found: Preview = json.loads(row.preview)
    return found


@dataclass(slots=True)
class Line:
    """One hand-over on a list. `due_on` of the clock that runs at the office where it lies, None when none does."""

    row: Transfer
    name: str
    visit_class: str
    risk: int | None
    origin: str
    lies_at: str
    due_on: date | None


@dataclass(slots=True)
class Listed:
    lines: list[Line]
    counts: dict[str, int]
    after: str = ""


#: The lists: what lies here, what went out and is open, what has ended.
BOXES = ("in", "out", "closed")


def inbox(*, actor: Actor, box: str, after: str = "") -> Listed:
    """One of the lists with the number in each; five statements. NotAllowed without TRANSFER_PERSON."""
    require(actor, Permission.TRANSFER_PERSON)
    counts = {one: _box(actor, one).count() for one in BOXES}
    rows = _box(actor, box).order_by("-sent_at", "-id")
    last = Transfer.objects.filter(pk=key).first() if (key := read_uuid(after)) else None
    if last is not None:
        rows = rows.filter(Q(sent_at__lt=last.sent_at) | Q(sent_at=last.sent_at, id__lt=last.pk))
    found = list(rows[: SHOWN + 1])
    more = len(found) > SHOWN
    found = found[:SHOWN]
    return Listed(_lines(found), counts, str(found[-1].pk) if more else "")


def _box(actor: Actor, box: str) -> QuerySet[Transfer]:
    lo, hi = bounds(actor.place)
    here = Q(at_code__gte=lo, at_code__lt=hi)
    mine = Q(managing_code__gte=lo, managing_code__lt=hi)
    match box:
        case "in":
            return Transfer.objects.filter(here, state=State.SENT)
        case "out":
            return Transfer.objects.filter(mine, state__in=OPEN)
        case _:
            return Transfer.objects.exclude(state__in=OPEN)


def _lines(rows: Sequence[Transfer]) -> list[Line]:
    names = places.short_names({code for row in rows for code in (row.managing_code, row.at_code) if code})
    due = {
        one.subject: one.due_on
        for one in Clock.objects.filter(
            kind=KIND, code=RECEIVE, outcome="open", subject__in=[row.pk for row in rows]
        )
    }
    found = []
    for row in rows:
        seen = preview_of(row)
        found.append(
            Line(
                row=row,
                name=seen["name"],
                visit_class=seen["visit_class"],
                risk=seen["risk"],
                origin=names.get(row.managing_code, row.managing_code),
                lies_at=names.get(row.at_code, "") or row.to_address,
                due_on=due.get(row.pk),
            )
        )
    return found


@dataclass(slots=True)
class Page:
    """One hand-over whole. `sees_preview`: the actor is the origin, or it lies (or lay last) with the actor; an office that
    passed it on sees only the way it took. `is_mine`: after acceptance the file is the actor's."""

    row: Transfer
    preview: Preview | None
    at_origin: bool
    at_destination: bool
    hops: list[Hop]
    clocks: list[Clock]
    origin_office: Institution
    here_office: Institution | None
    names: dict[str, str] = field(default_factory=dict)

    @property
    def open(self) -> bool:
        return self.row.state in OPEN


def page_of(*, actor: Actor, transfer_id: UUID) -> Page:
    """NotFound out of scope. Six statements."""
    require(actor, Permission.VIEW_RECORDS)
    row = Transfer.objects.select_related("from_institution").filter(pk=transfer_id).first()
    if row is None:
        raise NotFound(code="not_found.transfer")
    origin = actor.scope.covers(row.managing_code)
    here = bool(row.at_code) and answers_for(actor.place, row.at_code)
    hops = list(Hop.objects.filter(transfer=row).order_by("recorded_at", "id"))
    codes = {row.managing_code, row.at_code, row.to_code, row.accepted_code}
    codes |= {code for hop in hops for code in (hop.from_code, hop.to_code)}
    office = (
        Institution.objects.filter(place=row.at_code, valid_to=None).order_by("valid_from").first()
        if row.at_code
        else None
    )
    return Page(
        row=row,
        preview=preview_of(row) if origin or here else None,
        at_origin=origin,
        at_destination=here,
        hops=hops,
        clocks=list(
            Clock.objects.filter(kind__in=(KIND, KIND_CALL), subject=row.pk)
            .exclude(outcome="cancelled")
            .order_by("started_on", "code")
        ),
        origin_office=row.from_institution,
        here_office=office,
        names=places.short_names(code for code in codes if code),
    )


def by_month(*, actor: Actor, first: date, after: date) -> dict[str, int]:
    """What a month saw: sent, accepted here, accepted elsewhere, returned to us, returned by us, left the system. One statement."""
    require(actor, Permission.TRANSFER_PERSON)
    lo, hi = bounds(actor.place)
    found: Counter[str] = Counter()
    rows = Transfer.objects.filter(
        Q(sent_on__gte=first, sent_on__lt=after) | Q(closed_on__gte=first, closed_on__lt=after)
    ).values_list("managing_code", "at_code", "state", "sent_on", "closed_on")
    for origin, at_code, state, sent_on, closed_on in rows.iterator():
        ours, here = lo <= origin < hi, bool(at_code) and lo <= at_code < hi
        found.update(
            _counted(
                ours,
                here,
                state,
                first <= sent_on < after,
                closed_on is not None and first <= closed_on < after,
            )
        )
    return {key: found[key] for key in MONTH_KEYS}


MONTH_KEYS = ("sent", "accepted_away", "accepted_here", "returned_to_us", "returned_by_us", "left")


def _counted(ours: bool, here: bool, state: str, sent: bool, closed: bool) -> list[str]:
    keys: list[str] = []
    if ours and sent:
        keys.append("sent")
    if closed and state == State.ACCEPTED:
        keys += ["accepted_away"] * ours + ["accepted_here"] * here
    if closed and state == State.RETURNED:
        keys += ["returned_to_us"] * ours + ["returned_by_us"] * here
    if closed and state == State.LEFT and ours:
        keys.append("left")
    return keys
