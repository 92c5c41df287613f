"""Hand-overs of a place: those that come in, those that went out, and one of them whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypedDict
from uuid import UUID

from django.db.models import BooleanField, F, Func, Q, QuerySet

from xinqiao.accounts.permissions import Permission, require
from xinqiao.clocks.models import Clock
from xinqiao.clocks.sources import Named
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid
from xinqiao.places import queries as places
from xinqiao.places.models import Institution

from ..choices import KIND, KIND_CALL, OPEN, RECEIVE, State, Step
from ..models import Hop, Transfer
from ..rules import Sight, answers_for, sight

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


def at_destination(actor: Actor, row: Transfer) -> bool:
    """Whether the actor answers for the office where it lies."""
    return bool(row.at_code) and answers_for(actor.places, row.at_code)


def sees(actor: Actor, row: Transfer) -> Sight:
    """How much of the person the actor may see in a hand-over that is in scope."""
    return sight(
        row.state,
        at_origin=actor.scope.covers(row.managing_code),
        at_destination=at_destination(actor, row),
    )


def named(ids: Sequence[UUID]) -> dict[UUID, str]:
    """About whom these hand-overs are, but for those that only passed through where the scope is. One statement."""

    def holds(column: str) -> Func:
        return Func(F(column), function="registry_holds", output_field=BooleanField())

    rows = Transfer.objects.filter(pk__in=ids).annotate(origin=holds("managing_code"), here=holds("at_code"))
    return {
        one.pk: Named(preview_of(one)["name"], one.person_id)
        for one in rows.filter(Q(origin=True) | Q(here=True))
    }


@dataclass(slots=True)
class Line:
    """One hand-over on a list, with as much of the person as its reader may see. `due_on` of the clock that runs at the office
    where it lies, None when none does."""

    row: Transfer
    name: str
    whole: bool
    visit_class: str
    risk: int | None
    origin: str
    lies_at: str
    due_on: date | None


@dataclass(slots=True)
class Listed:
    """A page of one list, the number on each, and how many ended by themselves of late."""

    lines: list[Line]
    counts: dict[str, int]
    ended: int
    after: str = ""


#: The lists: what lies here, what went out and is open, what has ended.
BOXES = ("in", "out", "closed")
#: So long both sides are told of those that ended by themselves.
ENDED_DAYS = 14


def inbox(*, actor: Actor, today: date, box: str, after: str = "") -> Listed:
    """One of the lists with the number in each; seven statements. NotAllowed without TRANSFER_PERSON."""
    require(actor, Permission.TRANSFER_PERSON)
    counts = {one: _box(actor, one).count() for one in BOXES}
    since = today - timedelta(days=ENDED_DAYS)
    ended = _box(actor, "closed").filter(state=State.ENDED, closed_on__gt=since).count()
    rows = _box(actor, box).order_by("-sent_at", "-id")
    last = Transfer.objects.filter(pk=key).first() if (key := read_uuid(after)) else None
    if last is not None:
        rows = rows.filter(Q(sent_at__lt=last.sent_at) | Q(sent_at=last.sent_at, id__lt=last.pk))
    found = list(rows[: SHOWN + 1])
    more = len(found) > SHOWN
    found = found[:SHOWN]
    return Listed(_lines(actor, found), counts, ended, str(found[-1].pk) if more else "")


def _box(actor: Actor, box: str) -> QuerySet[Transfer]:
    here, mine = places.served_by(actor, column="at_code"), places.served_by(actor)
    match box:
        case "in":
            return Transfer.objects.filter(here, state=State.SENT)
        case "out":
            return Transfer.objects.filter(mine, state__in=OPEN)
        case _:
            return Transfer.objects.exclude(state__in=OPEN)


def _lines(actor: Actor, rows: Sequence[Transfer]) -> list[Line]:
    names = places.short_names({code for row in rows for code in (row.managing_code, row.at_code) if code})
    due = {
        one.subject: one.due_on
        for one in Clock.objects.filter(
            kind=KIND, code=RECEIVE, outcome="open", subject__in=[row.pk for row in rows]
        )
    }
    found = []
    for row in rows:
        seen, much = preview_of(row), sees(actor, row)
        found.append(
            Line(
                row=row,
                name=seen["name"] if much >= Sight.NAME else "",
                whole=much is Sight.PREVIEW,
                visit_class=seen["visit_class"] if much is Sight.PREVIEW else "",
                risk=seen["risk"] if much is Sight.PREVIEW else None,
                origin=names.get(row.managing_code, row.managing_code),
                lies_at=names.get(row.at_code, "") or row.to_address,
                due_on=due.get(row.pk),
            )
        )
    return found


@dataclass(slots=True)
class Page:
    """One hand-over whole, with as much of the person as `sees` says: `preview` None when that is less than the preview, `name`
    "" when it is less than the name. `end_reason`: code of EndReason of one that ended by itself."""

    row: Transfer
    preview: Preview | None
    name: str
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

    @property
    def end_reason(self) -> str:
        return next((hop.reason for hop in self.hops if hop.kind == Step.ENDED), "")


def page_of(*, actor: Actor, transfer_id: UUID) -> Page:
    """NotFound out of scope. Six statements."""
    require(actor, Permission.VIEW_RECORDS)
    row = Transfer.objects.select_related("from_institution").filter(pk=transfer_id).first()
    if row is None:
        raise NotFound(code="not_found.transfer")
    much, preview = sees(actor, row), preview_of(row)
    hops = list(Hop.objects.filter(transfer=row, voided_at=None).order_by("recorded_at", "id"))
    codes = {row.managing_code, row.at_code, row.to_code, row.accepted_code}
    codes |= {code for hop in hops for code in (hop.from_code, hop.to_code)}
    office = (
        Institution.objects.filter(place=row.at_code, valid_to=None).order_by("valid_from").first()
        if row.at_code
        else None
    )
    return Page(
        row=row,
        preview=preview if much is Sight.PREVIEW else None,
        name=preview["name"] if much >= Sight.NAME else "",
        at_origin=actor.scope.covers(row.managing_code),
        at_destination=at_destination(actor, row),
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
    found: Counter[str] = Counter()
    rows = Transfer.objects.filter(
        Q(sent_on__gte=first, sent_on__lt=after) | Q(closed_on__gte=first, closed_on__lt=after)
    ).values_list("managing_code", "at_code", "state", "sent_on", "closed_on")
    for origin, at_code, state, sent_on, closed_on in rows.iterator():
        ours, here = actor.serves(origin), bool(at_code) and actor.serves(at_code)
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
