"""What the page of batch entry needs: the pile, its forms with what was typed, and what the browser's rules need."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.actions.history import History, load
from xinqiao.followup.actions.visits import record_of
from xinqiao.followup.models import Visit
from xinqiao.followup.queries.visits import scheduling_context
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Role
from xinqiao.places import queries as places
from xinqiao.registry.models import Person

from .. import rules
from ..choices import RowState
from ..models import Pile, PileRow

PAGE = 30
#: So many visits back decide the next date.
LOOK_BACK = 12


@dataclass(slots=True)
class Sheet:
    """One form on the page."""

    row: PileRow
    person: Person
    village: str
    answers: dict[str, str]
    last: dict[str, Any] = field(default_factory=dict)
    last_risk: int | None = None
    context: dict[str, Any] = field(default_factory=dict)
    visit: Visit | None = None


def find_pile(*, actor: Actor, pile_id: UUID) -> Pile:
    """The pile of this account; NotFound otherwise."""
    require(actor, Permission.RECORD_VISIT)
    pile = Pile.objects.filter(pk=pile_id, user_id=actor.user_id).first()
    if pile is None:
        raise NotFound()
    return pile


def find_row(*, actor: Actor, row_id: UUID) -> PileRow:
    """One form of a pile of this account; NotFound otherwise."""
    require(actor, Permission.RECORD_VISIT)
    row = PileRow.objects.select_related("pile").filter(pk=row_id, pile__user_id=actor.user_id).first()
    if row is None:
        raise NotFound()
    return row


def piles_of(*, actor: Actor, limit: int = 20) -> list[tuple[Pile, int, int]]:
    """(pile, forms, saved) of this account, newest first. Two statements."""
    require(actor, Permission.RECORD_VISIT)
    piles = list(Pile.objects.filter(user_id=actor.user_id).order_by("-created_at", "-id")[:limit])
    counts: dict[UUID, list[int]] = {pile.pk: [0, 0] for pile in piles}
    for pile_id, state in PileRow.objects.filter(pile__in=piles).values_list("pile_id", "state"):
        counts[pile_id][0] += 1
        counts[pile_id][1] += state == RowState.SAVED
    return [(pile, counts[pile.pk][0], counts[pile.pk][1]) for pile in piles]


def sheets_of(*, actor: Actor, rows: Sequence[PileRow], clinical: bool = True) -> list[Sheet]:
    """Forms with the person, what was typed, and (for the open ones) the last visit. Six statements however many."""
    require(actor, Permission.RECORD_VISIT)
    people = {
        p.pk: p
        for p in Person.objects.filter(pk__in={row.person_id for row in rows}).select_related("standing")
    }
    names = places.short_names({person.managing_code for person in people.values()})
    open_ids = [row.person_id for row in rows if row.state != RowState.SAVED and row.person_id in people]
    histories = load(open_ids, lock=False) if clinical else {}
    last_ids = {pk: h.visits[-1].id for pk, h in histories.items() if h.visits}
    wanted = set(last_ids.values()) | {row.visit_id for row in rows if row.visit_id}
    visits = {visit.pk: visit for visit in Visit.objects.filter(pk__in=wanted)}
    made = []
    for row in rows:
        person = people.get(row.person_id)
        if person is None:
            continue  # moved out of this scope since
        sheet = Sheet(row, person, names.get(person.managing_code, ""), read_answers(row))
        sheet.visit = visits.get(row.visit_id) if row.visit_id else None
        if row.person_id in histories:
            history = histories[row.person_id]
            last = visits.get(last_ids.get(row.person_id, row.pk))
            known = [v.counted_risk for v in history.visits if v.counted_risk is not None]
            sheet.last_risk = known[-1] if known else None
            sheet.last = record_of(last) if last else {}
            sheet.context = _context(history)
        made.append(sheet)
    return made


def read_answers(row: PileRow) -> dict[str, str]:
    """What was typed on one form."""
    return dict(json.loads(row.answers)) if row.answers else {}


def last_boxes(sheet: Sheet) -> dict[str, str]:
    """What "as last time" may take over: never a judgement, never the day."""
    boxes = rules.boxes_of(sheet.last)
    return {
        key.name: boxes[key.name]
        for key in rules.KEYS
        if key.carried and key.name in boxes and key.kind != "date"
    }


def _context(history: History) -> dict[str, Any]:
    """What the browser's rules need of one history."""
    known = scheduling_context(history)

    def iso(day: Any) -> str | None:
        return day.isoformat() if day else None

    return {
        "previous_visits": [
            {
                "visit_date": visit.visit_date.isoformat(),
                "visit_class": visit.visit_class,
                "risk": visit.risk,
                "hospital": "1" if visit.in_hospital else "0",
                "referred": "2" if visit.referred else "1",
            }
            for visit in list(known.previous_visits)[-LOOK_BACK:]
        ],
        "filed_on": iso(known.filed_on),
        "transferred_in_on": iso(known.transferred_in_on),
        "discharged_on": iso(known.discharged_on),
        "referred_on": iso(known.referred_on),
        "division": known.division,
    }


def who_may_have_gone(*, actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the accounts that may have made the visits: of the actor's place and below, village doctors first."""
    require(actor, Permission.RECORD_VISIT)
    if actor.role is Role.VILLAGE_DOCTOR:
        township = ancestors(actor.place)[1]
        rows = User.objects.filter(is_active=True, place__in=[*actor.villages, actor.place, township])
    else:
        from xinqiao.kernel.codes import bounds

        lo, hi = bounds(actor.place)
        rows = User.objects.filter(is_active=True, place__gte=lo, place__lt=hi)
    roles = [Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE]
    users = sorted(
        rows.filter(role__in=roles), key=lambda u: (roles.index(Role(u.role)), u.place, u.display_name)
    )
    names = places.short_names({user.place for user in users})
    return [(str(user.pk), f"{user.display_name}（{names.get(user.place, '')}）") for user in users]
