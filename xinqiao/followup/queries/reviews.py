"""Visits that wait for review, and what their authors have to put right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import SHANGHAI, Clock
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Role
from xinqiao.places import queries as places
from xinqiao.policy import current

from ..actions.drafts import ends_before
from ..actions.visits import record_of
from ..models import Review, Visit
from ..rules import may_review
from ..rules.conspicuous import conspicuous

LONGEST = 100


@dataclass(slots=True)
class ToReview:
    """One visit that waits. `marks`: codes of what is conspicuous; `may`: whether the actor may decide it."""

    visit: Visit
    name: str
    village: str
    author: str
    by_village: bool
    marks: list[str]
    may: bool


@dataclass(slots=True)
class Queue:
    """The queue of one place: at most `LONGEST` rows of `count`."""

    rows: list[ToReview]
    count: int
    own: int


@dataclass(frozen=True, slots=True)
class Note:
    """Something of the actor's own that waits: a returned visit (`key` the visit) or a draft (`key` the person)."""

    kind: str
    key: UUID
    name: str
    day: date | None
    text: str
    at: datetime | None


def _waiting(actor: Actor) -> QuerySet[Visit]:
    return Visit.objects.filter(
        places.served_by(actor),
        review_status="0",
        voided_at=None,
        superseded=False,
    ).exclude(entry_mode="import")


def _mine(actor: Actor) -> Q:
    return Q(recorded_by=actor.user_id) | Q(visited_by=actor.user_id)


def review_queue(*, actor: Actor, clock: Clock) -> Queue:
    """What waits for review in the actor's place: village doctors' visits first, then by date. Six statements."""
    require(actor, Permission.REVIEW_VISIT)
    waiting = _waiting(actor)
    visits = _ordered(waiting).select_related("person")[:LONGEST]
    rows = _rows(list(visits), actor, clock)
    return Queue(rows, waiting.count(), waiting.filter(_mine(actor)).count())


def _ordered(waiting: QuerySet[Visit]) -> QuerySet[Visit]:
    village = User.objects.filter(role=Role.VILLAGE_DOCTOR).values("pk")
    return waiting.annotate(
        rank=Case(When(recorded_by__in=village, then=Value(0)), default=Value(1), output_field=IntegerField())
    ).order_by("rank", "visit_date", "pk")


def chosen_for_review(*, actor: Actor, clock: Clock, visit_ids: list[UUID]) -> list[ToReview]:
    """These of the waiting visits, for looking through before passing them together. Four statements."""
    require(actor, Permission.REVIEW_VISIT)
    found = _waiting(actor).filter(pk__in=visit_ids).select_related("person").order_by("visit_date", "pk")
    return _rows(list(found), actor, clock)


def _rows(visits: list[Visit], actor: Actor, clock: Clock) -> list[ToReview]:
    before = _before(visits)
    authors = dict(User.objects.filter(pk__in={v.recorded_by for v in visits}).values_list("pk", "role"))
    names = dict(User.objects.filter(pk__in=list(authors)).values_list("pk", "display_name"))
    villages = places.short_names({visit.managing_code for visit in visits})
    return [
        ToReview(
            visit,
            visit.person.name,
            villages[visit.managing_code],
            names.get(visit.recorded_by, visit.doctor) if visit.recorded_by else visit.doctor,
            visit.recorded_by is not None and authors.get(visit.recorded_by) == Role.VILLAGE_DOCTOR,
            marks_of(visit, before.get(visit.pk)),
            _may(visit, actor, clock)[0],
        )
        for visit in visits
    ]


def _may(visit: Visit, actor: Actor, clock: Clock) -> tuple[bool, bool]:
    return may_review(
        actor.user_id,
        recorded_by=visit.recorded_by,
        visited_by=visit.visited_by,
        policies=current(),
        on=clock.today(),
        ancestors=ancestors(visit.managing_code),
    )


def _before(visits: list[Visit]) -> dict[UUID, Visit]:
    """The visit before each of these."""
    others = Visit.objects.filter(
        person_id__in={visit.person_id for visit in visits}, voided_at=None, superseded=False
    ).order_by("visit_date", "form")
    found: dict[UUID, Visit] = {}
    by_person: dict[UUID, list[Visit]] = {}
    for one in others:
        by_person.setdefault(one.person_id, []).append(one)
    for visit in visits:
        earlier = [
            v
            for v in by_person.get(visit.person_id, [])
            if (v.visit_date, v.form) < (visit.visit_date, visit.form)
        ]
        if earlier:
            found[visit.pk] = earlier[-1]
    return found


def marks_of(visit: Visit, last: Visit | None) -> list[str]:
    """Codes of what is conspicuous about a visit beside the one before."""
    return conspicuous(
        record_of(visit),
        record_of(last) if last else {},
        visit_class=visit.visit_class,
        last_class=last.counted_class if last else "",
        flags=tuple(visit.flags),
        timing=visit.timing,
        entered_on=visit.recorded_at.astimezone(SHANGHAI).date(),
    )


@dataclass(slots=True)
class ReviewPage:
    """One visit beside the one before, who may decide it, what was decided, and its neighbours in the queue."""

    visit: Visit
    record: dict[str, Any]
    last: Visit | None
    last_record: dict[str, Any]
    village: str
    author: str
    marks: list[str]
    may: bool
    own: bool
    decisions: list[Review]
    people: dict[UUID, str]
    previous: UUID | None
    following: UUID | None
    place: int
    count: int


def review_page(*, actor: Actor, clock: Clock, visit_id: UUID) -> ReviewPage:
    """One visit for review; NotFound for one not yours. Seven statements."""
    require(actor, Permission.REVIEW_VISIT)
    visit = Visit.objects.select_related("person").filter(pk=visit_id).first()
    if visit is None:
        raise NotFound()
    last = _before([visit]).get(visit.pk)
    decisions = list(Review.objects.filter(visit_id=visit_id).order_by("-recorded_at"))
    ids = {visit.recorded_by, visit.visited_by} | {one.recorded_by for one in decisions}
    people = dict(User.objects.filter(pk__in=[one for one in ids if one]).values_list("pk", "display_name"))
    queue = list(_ordered(_waiting(actor)).values_list("pk", flat=True)[:LONGEST])
    at = queue.index(visit_id) if visit_id in queue else -1
    may, own = _may(visit, actor, clock)
    return ReviewPage(
        visit=visit,
        record=record_of(visit),
        last=last,
        last_record=record_of(last) if last else {},
        village=places.short_name(visit.managing_code),
        author=people.get(visit.recorded_by, visit.doctor) if visit.recorded_by else visit.doctor,
        marks=marks_of(visit, last),
        may=may,
        own=own,
        decisions=decisions,
        people=people,
        previous=queue[at - 1] if at > 0 else None,
        following=next((pk for pk in queue[max(at + 1, 0) :] if pk != visit_id), None),
        place=at + 1,
        count=len(queue),
    )


def own_notes(*, actor: Actor, clock: Clock) -> list[Note]:
    """The actor's own returned visits and drafts. One statement."""
    require(actor, Permission.VIEW_RECORDS)
    with connection.cursor() as cursor:
        cursor.execute(_NOTES, {"user": actor.user_id, "since": ends_before(clock)})
        return [Note(*row) for row in cursor.fetchall()]


_NOTES = """
  (select 'returned', v.id, p.name, v.visit_date, v.review_reason, v.reviewed_at
   from followup_visit v join registry_person p on p.id = v.person_id
   where v.recorded_by = %(user)s and v.review_status = '2' and v.voided_at is null and not v.superseded
   order by v.visit_date limit 50)
  union all
  (select 'draft', case when d.form = 'visit' then d.person_id else substr(d.form, 7)::uuid end, p.name, null, d.form, d.saved_at
   from followup_draft d join registry_person p on p.id = d.person_id
   where d.user_id = %(user)s and d.saved_at >= %(since)s order by d.saved_at desc limit 20)
"""
