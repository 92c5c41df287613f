"""Dated steps in the life of a file: lost, found, admitted, discharged, moved, died."""

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
from ..listeners import facts_changed, tell_besides
from ..models import LifeEvent, Person
from ..rules.cycle import ENDS, STATES, STEP, fits, state_before


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
    *, actor: Actor, clock: Clock, events: Sequence[NewLifeEvent], tell: bool = True, imported: bool = False
) -> list[LifeEvent]:
    """Add events; one that is there already (same person, kind and day) is answered with the one that is there.

    Three statements and the trail, whatever the number. Whoever records visits may record what a visit tells; without a
    visit it takes the permission of the step's row in the table (`rules.cycle.STEPS`). Invalid for a typed step that the
    table does not know from the state it meets; what a visit tells, and what is `imported`, did happen: it is kept, and
    `rules.cycle.unfitting` finds it. An exclusion needs a second person (`request_correction`). NotFound for a person out
    of scope. `tell=False` for a caller that tells the listeners itself.
    """
    if not events:
        return []
    for permission in _permissions(events):
        require(actor, permission)
    with transaction.atomic():
        ids = {one.person_id for one in events}
        rows = Person.objects.filter(pk__in=ids).order_by("pk")
        if not all(one.visit_id or imported for one in events):
            # Two who type at once come one after the other: a step is judged by the state it really meets.
            rows = rows.select_for_update()
        people = {person.pk: person for person in rows}
        if ids - people.keys():
            raise NotFound(code="not_found.person")
        _check(events, people, clock.today())
        known: dict[UUID, list[LifeEvent]] = {}
        for row in LifeEvent.objects.filter(person_id__in=ids, voided_at=None):
            known.setdefault(row.person_id, []).append(row)
        there = {(one.person_id, one.kind, one.happened_on): one for rows in known.values() for one in rows}
        made: list[LifeEvent] = []
        result = []
        for one in events:
            key = (one.person_id, one.kind, one.happened_on)
            if key not in there:
                person = people[one.person_id]
                before = known.setdefault(one.person_id, [])
                if not (one.visit_id or imported):
                    _must_fit(one, before)
                there[key] = new_event(person, one, actor, clock)
                before.append(there[key])
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
            else:
                tell_besides(actor, clock, sorted({one.person_id for one in made if one.kind in ENDS}))
    return result


def new_event(person: Person, one: NewLifeEvent, actor: Actor, clock: Clock) -> LifeEvent:
    """The row of a step, not saved yet."""
    return LifeEvent(
        person=person, managing_code=person.managing_code, shared_codes=person.shared_codes, kind=one.kind,
        happened_on=one.happened_on, reason=one.reason, note=one.note, visit_id=one.visit_id,
        recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip


def _permissions(events: Sequence[NewLifeEvent]) -> set[Permission]:
    if all(one.visit_id for one in events):
        return {Permission.RECORD_VISIT}
    typed = {STEP[one.kind].permission for one in events if one.kind in STEP and not one.visit_id}
    # an exclusion is refused below with a sentence, to whoever registers
    return {Permission(one) for one in typed - {"approve_correction"}} or {Permission.REGISTER_PERSON}


def _must_fit(one: NewLifeEvent, before: Sequence[LifeEvent]) -> None:
    if fits(before, one.kind, one.happened_on):
        return
    met = state_before(before, one.kind, one.happened_on).state
    day, words = one.happened_on.isoformat(), LifeEventKind(one.kind).label
    text = sentence(
        "%(day)s 的状态是“%(state)s”，不能登记“%(step)s”，请核对日期和以前的变动。",
        day=day,
        state=STATES[met],
        step=words,
    )
    raise Invalid([Problem("kind", "impossible", text, one.kind)])


def _check(events: Sequence[NewLifeEvent], people: dict[UUID, Person], today: date) -> None:
    problems = []
    for one in events:
        if one.kind not in LifeEventKind.values:
            problems.append(
                Problem("kind", "code", sentence("没有“%(kind)s”这种事件。", kind=one.kind), one.kind)
            )
        elif STEP[one.kind].second_person:
            problems.append(
                Problem(
                    "kind",
                    "second_person",
                    sentence("诊断排除须由县级另一人核准，请在“状态”页提出。"),
                    one.kind,
                )
            )
        problems += problems_of_day(one.happened_on, people[one.person_id], today)
    if problems:
        raise Invalid(problems)


def problems_of_day(on: date, person: Person, today: date) -> list[Problem]:
    """What is wrong with the day of a step, whatever it is."""
    day = on.isoformat()
    if on > today:
        words = sentence("发生日期 %(day)s 晚于今天，请核对。", day=day)
        return [Problem("happened_on", "future", words, day)]
    if on < person.birth_on:
        words = sentence("发生日期 %(day)s 早于出生日期，请核对。", day=day)
        return [Problem("happened_on", "before_birth", words, day)]
    return []
