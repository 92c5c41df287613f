"""One clock, whole: what started it, its steps, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import NotFound, PolicyMissing
from xinqiao.places.queries import short_name
from xinqiao.policy.deadlines import limit_of
from xinqiao.policy.deployment import current, workdays_in_force
from xinqiao.policy.loader import Clause
from xinqiao.registry.models import Person

from ..actions.settle import steps_of
from ..choices import Outcome
from ..models import Clock
from ..sources import sources


@dataclass(frozen=True, slots=True)
class Step:
    """Somebody who is told: `past` when that day has come."""

    post: str
    on: date
    past: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A stored clock with the words around it. `about` and `seen` as in the inbox. `address`: of the subject's page, "" when the
    actor does not open such. `left` as in the inbox, None when it has ended; `late_by`: how much too late it was ended, and in
    which unit (days where nothing but days off lay between), None in time; `pauses` as its domain tells them."""

    row: Clock
    item: Any
    clause: Clause | None
    about: str
    seen: UUID | None
    place: str
    address: str
    left: int | None
    late_by: tuple[int, str] | None
    steps: list[Step]
    pauses: tuple[tuple[date, date | None], ...]


def one(*, actor: Actor, today: date, clock_id: UUID) -> Whole:
    """NotFound for one that is not there or not yours. At most six statements, and those of its domain."""
    require(actor, Permission.SEE_INBOX)
    row = Clock.objects.filter(pk=clock_id).first()
    if row is None:
        raise NotFound()
    source = next((one for one in sources() if one.kind == row.kind), None)
    about, seen = "", None
    if row.person_id:
        about = Person.objects.filter(pk=row.person_id).values_list("name", flat=True).first() or ""
        seen = row.person_id if about else None
    if not about and source and source.names:
        about = source.names([row.subject]).get(row.subject, "")
        seen = source.seen(row.subject, about, row.person_id) if about else None
    spans = source.spans([row.subject]) if source else []
    pauses = next((s.pauses for s in spans if (s.code, s.period) == (row.code, row.period)), ())
    workdays, policies = workdays_in_force(), current()

    def days(first: date, last: date) -> int:
        return workdays.between(first, last) if row.unit == "workdays" else (last - first).days

    try:
        item = limit_of(row.code, row.started_on, policies=policies, ancestors=ancestors(row.managing_code))
        clause = policies.clause(row.clause)
    except PolicyMissing:
        item, clause = None, None
    still = row.outcome == Outcome.OPEN
    return Whole(
        row,
        item,
        clause,
        about,
        seen,
        short_name(row.managing_code),
        source.page_for(actor, row.subject) if source else "",
        days(today, row.due_on) if still and not row.paused_on else None,
        _late(row, days(row.due_on, row.ended_on)) if row.ended_on and row.ended_on > row.due_on else None,
        [Step(post, on, not still or (on <= today and not row.paused_on)) for post, on in steps_of(row)],
        pauses,
    )


def _late(row: Clock, count: int) -> tuple[int, str]:
    if count or row.ended_on is None:
        return count, row.unit
    return (row.ended_on - row.due_on).days, "days"
