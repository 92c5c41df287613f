"""What follows for a hand-over and a second listing from the facts about the person: they end with the file, and when the person
is managed elsewhere by now; a visit or a try meanwhile is the call that it was. Nobody acts here: follow-up and the registry tell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from xinqiao.accounts.models import User
from xinqiao.accounts.scope import as_system
from xinqiao.clocks.actions import settle
from xinqiao.followup.actions import mark_handed
from xinqiao.followup.actions.folding import Folded
from xinqiao.followup.choices import MISSES
from xinqiao.followup.models import Standing, Visit, VisitAttempt
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, township_of
from xinqiao.registry.models import Person

from ..choices import CALL, KIND, KIND_CALL, OPEN, Ended, EndReason, State, Step
from ..models import Hop, Listing, Transfer
from ..rules import ends_by
from .listings import end_by_itself, list_again
from .steps import close, step, trail


@dataclass(frozen=True, slots=True)
class _Known:
    """How a person stands: state (of `followup.Standing`), village, since when marked as handed over."""

    state: str
    village: str
    marked: date | None


def on_contacts(clock: Clock, folded: Mapping[UUID, Folded]) -> None:
    """Follow-up tells what was folded. Nothing is asked about people who are not being handed over."""
    known = {
        person_id: _Known(item.state, item.history.managing_code, item.history.handed_since)
        for person_id, item in folded.items()
        if item.history.handed_since is not None
    }
    if known:
        with as_system(NATION):
            _follow(known, clock)


def on_facts_changed(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """The registry tells of facts other than visits. One statement for people with neither a hand-over nor a listing."""
    ids = list(person_ids)
    with connection.cursor() as cursor:
        cursor.execute(_ASK, {"people": ids, "code": CALL, "kind": KIND_CALL})
        found = cursor.fetchall()
    under_way = [subject for kind, subject in found if kind == "under_way"]
    _follow_places([subject for kind, subject in found if kind == "elsewhere"], clock)
    if not under_way:
        return
    rows = Standing.objects.filter(person_id__in=under_way)
    known = {
        person_id: _Known(state, village, marked)
        for person_id, state, village, marked in rows.values_list(
            "person_id", "state", "managing_code", "handed_since"
        )
    }
    # The other side may lie anywhere, and a village doctor holds neither it nor the place of the household register.
    with as_system(NATION):
        _follow(known, clock)
        _follow_listings(known, actor, clock)


# Who has something open; and hand-overs that lie elsewhere than their clocks, since two files became one or two again.
_ASK = """
  select 'under_way', p from transfers_under_way(%(people)s) p
  union all
  select distinct 'elsewhere', t.id from transfers_transfer t
  join clocks_clock c on c.code = %(code)s and c.kind = %(kind)s and c.subject = t.id
  where t.person_id = any(%(people)s) and c.managing_code <> t.managing_code
"""


def _follow_places(transfers: Sequence[UUID], clock: Clock) -> None:
    if transfers:
        with as_system(NATION):
            settle(clock=clock, kind=KIND, subjects=transfers)
            settle(clock=clock, kind=KIND_CALL, subjects=transfers)


def _follow(known: Mapping[UUID, _Known], clock: Clock) -> None:
    """End what has lost its ground, write down contacts, keep the marks of follow-up right."""
    rows = list(
        Transfer.objects.select_for_update()
        .filter(person_id__in=list(known), state__in=OPEN)
        .order_by("person_id")
    )
    going = []
    for row in rows:
        one = known[row.person_id]
        why = ends_by(one.state, one.village, row.managing_code)
        if why:
            _end(row, EndReason(why), clock)
        else:
            going.append(row)
    since: dict[UUID, date | None] = {row.person_id: row.sent_on for row in going}
    mark_handed(
        {
            person_id: since.get(person_id)
            for person_id, one in known.items()
            if one.marked != since.get(person_id)
        }
    )
    ended = [row.pk for row in rows if row.state == State.ENDED]
    settle(clock=clock, kind=KIND, subjects=ended)
    settle(clock=clock, kind=KIND_CALL, subjects=[*ended, *_contacts(going, clock)])


def _end(row: Transfer, why: EndReason, clock: Clock) -> None:
    close(row, State.ENDED, actor=None, clock=clock)
    step(row, Step.ENDED, actor=None, clock=clock, reason=why)
    trail(row, "end_transfer", actor=None, clock=clock, reason=why.value)


@dataclass(frozen=True, slots=True)
class _Contact:
    """A visit or a try of the origin: `source_id` is its key."""

    source_id: UUID
    on: date
    recorded_at: datetime
    by: UUID | None
    reached: bool


def _contacts(rows: Collection[Transfer], clock: Clock) -> list[UUID]:
    """Write the contacts of these open hand-overs into their history, and mark those that no longer stand; which hand-overs
    changed. A handful of statements however many there are."""
    if not rows:
        return []
    standing = _standing({row.person_id: row for row in rows})
    there: dict[UUID, dict[UUID, Hop]] = {row.pk: {} for row in rows}
    for hop in Hop.objects.filter(transfer__in=rows).exclude(source_id=None):
        if hop.source_id is not None:
            there[hop.transfer_id][hop.source_id] = hop
    wanted = [
        (row, contact)
        for row in rows
        for contact in standing.get(row.person_id, [])
        if contact.source_id not in there[row.pk]
    ]
    names = dict(
        User.objects.filter(pk__in={one.by for _row, one in wanted if one.by}).values_list(
            "pk", "display_name"
        )
    )
    made = [
        Hop(
            transfer=row, managing_code=row.managing_code, shared_codes=row.shared_codes, kind=Step.CALLED,
            happened_on=one.on, recorded_at=clock.now(), recorded_by=one.by,
            by_name=names.get(one.by, "")[:60] if one.by else "", reached=one.reached, source_id=one.source_id,
        )
        for row, one in wanted
    ]  # fmt: skip
    turned = []
    for row in rows:
        stands = {one.source_id for one in standing.get(row.person_id, [])}
        for key, hop in there[row.pk].items():
            if (key in stands) is not (hop.voided_at is None):
                hop.voided_at = None if key in stands else clock.now()
                turned.append(hop)
    if made:
        Hop.objects.bulk_create(made)
    if turned:
        Hop.objects.bulk_update(turned, ["voided_at"])
    return list(dict.fromkeys(hop.transfer_id for hop in (*made, *turned)))


def _standing(rows: Mapping[UUID, Transfer]) -> dict[UUID, list[_Contact]]:
    """Visits and tries that stand, recorded since the hand-over was sent and not of a day before it. Two statements."""
    first = min(row.sent_on for row in rows.values())
    visits = (
        Visit.objects.filter(
            person_id__in=list(rows), visit_date__gte=first, voided_at=None, superseded=False, death_date=None
        )
        .exclude(review_status="2")
        .values_list("person_id", "pk", "visit_date", "recorded_at", "recorded_by", "lost_reason")
    )
    tries = VisitAttempt.objects.filter(
        person_id__in=list(rows), happened_on__gte=first, voided_at=None
    ).values_list("person_id", "pk", "happened_on", "recorded_at", "recorded_by", "outcome")
    found: dict[UUID, list[_Contact]] = {}
    for person_id, pk, on, at, by, lost in visits:
        found.setdefault(person_id, []).append(_Contact(pk, on, at, by, reached=not lost))
    for person_id, pk, on, at, by, outcome in tries:
        found.setdefault(person_id, []).append(_Contact(pk, on, at, by, reached=outcome not in MISSES))
    return {
        person_id: [
            one
            for one in some
            if one.on >= rows[person_id].sent_on and one.recorded_at >= rows[person_id].sent_at
        ]
        for person_id, some in found.items()
    }


def _follow_listings(known: Mapping[UUID, _Known], actor: Actor | None, clock: Clock) -> None:
    """The place of the household register hears that somebody died, is no longer managed, or lives in another township now."""
    rows = Listing.objects.select_for_update().filter(person_id__in=list(known), until=None)
    for row in rows.order_by("person_id"):
        one = known[row.person_id]
        if one.state == "dead":
            end_by_itself(row, Ended.DIED, actor=actor, clock=clock)
        elif one.state in ("excluded", "moved_out"):
            end_by_itself(row, Ended.ENDED, actor=actor, clock=clock)
        elif township_of(one.village) == township_of(row.managing_code):
            end_by_itself(row, Ended.HOME, actor=actor, clock=clock)
        elif township_of(one.village) != township_of(row.residence_code):
            end_by_itself(row, Ended.MOVED, actor=actor, clock=clock)
            if actor is not None:
                list_again(Person.objects.get(pk=row.person_id), actor=actor, clock=clock, split=False)
