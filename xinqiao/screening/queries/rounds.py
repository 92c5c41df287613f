"""Expert rounds: the lists, and who may be chosen for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.errors import NotFound
from xinqiao.places.queries import below_any
from xinqiao.registry.models import Person

from ..choices import OPEN_STATES
from ..models import Clue, Rediagnosis, Round, RoundPerson

MOST = 200


@dataclass(frozen=True, slots=True)
class Planned:
    round: Round
    people: int
    done: int


def rounds(*, actor: Actor) -> list[Planned]:
    """Rounds of the actor's area, newest first. Two statements."""
    require(actor, Permission.REVIEW_CLUE)
    rows = list(Round.objects.filter(below_any(actor.places, "place")).order_by("-on", "-id")[:100])
    counted = {
        key: (n, done)
        for key, n, done in RoundPerson.objects.filter(round__in=rows)
        .values("round")
        .annotate(n=Count("pk"), done=Count("pk", filter=~Q(result="")))
        .values_list("round", "n", "done")
    }
    return [Planned(one, *counted.get(one.pk, (0, 0))) for one in rows]


def find_round(*, actor: Actor, round_id: UUID, lock: bool = False) -> Round:
    """A round of the actor's area; NotFound for any other."""
    require(actor, Permission.REVIEW_CLUE)
    rows = Round.objects.filter(pk=round_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None or not actor.serves(found.place):
        raise NotFound(code="not_found.round")
    return found


def people_of(round_: Round) -> list[RoundPerson]:
    """Who is on the list, by village. One statement."""
    rows = RoundPerson.objects.filter(round=round_).select_related("person", "clue")
    return list(rows.order_by("managing_code", "id"))


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody who could be put on a list: `kind` person or clue, `why` code of the reason."""

    kind: str
    pk: UUID
    name: str
    place: str
    why: str
    visit_class: str = ""


def candidates(*, actor: Actor, round_: Round, why: str, today: date) -> list[Choice]:
    """Who may be put on the list for a reason: clue, unstable, risk, unexamined or unassessed. One or two statements."""
    require(actor, Permission.REVIEW_CLUE)
    lo, hi = bounds(round_.place)
    inside = Q(managing_code__gte=lo, managing_code__lt=hi)
    if why == "clue":
        chosen = RoundPerson.objects.filter(round=round_, clue__isnull=False).values("clue")
        rows: Any = Clue.objects.filter(inside, state__in=OPEN_STATES, erased_at=None).exclude(pk__in=chosen)
        return [
            Choice("clue", one.pk, one.name or one.clue_no, one.managing_code, why)
            for one in rows.order_by("-urgent", "managing_code", "id")[:MOST]
        ]
    listed = RoundPerson.objects.filter(round=round_, person__isnull=False).values("person")
    people: Any = Person.objects.filter(inside, standing__state__in=["registered", "lost"]).exclude(
        pk__in=listed
    )
    people = people.filter(_reason(why, today)).select_related("standing")
    return [
        Choice("person", one.pk, one.name, one.managing_code, why, one.standing.visit_class or "")
        for one in people.order_by("managing_code", "name", "id")[:MOST]
    ]


def _reason(why: str, today: date) -> Q:
    """What follow-up keeps of everybody is read through the person: one row each, never the visits."""
    if why == "unstable":
        return Q(standing__visit_class="1")
    if why == "risk":
        return Q(standing__risk__gte=3)
    if why == "unexamined":
        this_year = Q(standing__exam_on__gte=date(today.year, 1, 1))
        return ~this_year & Q(standing__in_hospital=False)
    assessed = Rediagnosis.objects.filter(person__isnull=False, purpose="first", state="answered")
    return ~Q(pk__in=assessed.values("person"))
