"""Dated steps in the life of a file: lost, found, admitted, discharged, moved, died, excluded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..choices import LifeEventKind
from ..listeners import facts_changed
from ..models import LifeEvent, Person


@dataclass(frozen=True, slots=True)
class NewLifeEvent:
    """One step. `reason` is the printed code (of loss, of death); `visit_id` the visit that told us."""

    person_id: UUID
    kind: str
    happened_on: date
    reason: str = ""
    note: str = ""
    visit_id: UUID | None = None


def record_life_events(
    *, actor: Actor, clock: Clock, events: Sequence[NewLifeEvent], tell: bool = True
) -> list[LifeEvent]:
    """Add events; one that is there already (same person, kind and day) is answered with the one that is there.

    Three statements and the trail, whatever the number. Whoever records visits may record what a visit tells; without a
    visit it takes who registers. NotFound for a person out of scope. `tell=False` for a caller that tells the
    listeners itself.
    """
    if not events:
        return []
    by_visit = all(one.visit_id for one in events)
    require(actor, Permission.RECORD_VISIT if by_visit else Permission.REGISTER_PERSON)
    with transaction.atomic():
        ids = {one.person_id for one in events}
        people = {person.pk: person for person in Person.objects.filter(pk__in=ids)}
        if ids - people.keys():
            raise NotFound(code="not_found.person")
        _check(events, people, clock.today())
        there = {
            (one.person_id, one.kind, one.happened_on): one
            for one in LifeEvent.objects.filter(person_id__in=ids, voided_at=None)
        }
        made: list[LifeEvent] = []
        result = []
        for one in events:
            key = (one.person_id, one.kind, one.happened_on)
            if key not in there:
                person = people[one.person_id]
                there[key] = LifeEvent(
                    person=person, managing_code=person.managing_code, shared_codes=person.shared_codes, kind=one.kind,
                    happened_on=one.happened_on, reason=one.reason, note=one.note, visit_id=one.visit_id,
                    recorded_at=clock.now(), recorded_by=actor.user_id,
                )  # fmt: skip
                made.append(there[key])
            result.append(there[key])
        if made:
            LifeEvent.objects.bulk_create(made)
            single = made[0] if len(made) == 1 else None
            audit.record(
                actor=actor, clock=clock, action="record_life_events",
                object_type="person" if single else "batch", object_id=single.person_id if single else None,
                place=single.managing_code if single else actor.place,
                detail={"events": [{"person": str(e.person_id), "event": str(e.pk), "kind": e.kind} for e in made]},
            )  # fmt: skip
            if tell:
                facts_changed(actor, clock, sorted({one.person_id for one in made}))
    return result


def _check(events: Sequence[NewLifeEvent], people: dict[UUID, Person], today: date) -> None:
    problems = []
    for one in events:
        day = one.happened_on.isoformat()
        if one.kind not in LifeEventKind.values:
            problems.append(
                Problem("kind", "code", sentence("没有“%(kind)s”这种事件。", kind=one.kind), one.kind)
            )
        if one.happened_on > today:
            problems.append(
                Problem(
                    "happened_on", "future", sentence("发生日期 %(day)s 晚于今天，请核对。", day=day), day
                )
            )
        elif one.happened_on < people[one.person_id].birth_on:
            problems.append(
                Problem(
                    "happened_on",
                    "before_birth",
                    sentence("发生日期 %(day)s 早于出生日期，请核对。", day=day),
                    day,
                )
            )
    if problems:
        raise Invalid(problems)
