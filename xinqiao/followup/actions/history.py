"""Everything about some persons that decides what is due, read in two statements however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import CharField, DateField, F, Q, UUIDField, Value
from django.db.models.functions import Cast

from xinqiao.kernel.errors import NotFound
from xinqiao.registry.models import Diagnosis, LifeEvent, Person

from ..models import Confirmation, Visit, VisitAttempt


@dataclass(slots=True)
class KnownVisit:
    """The answers of one visit that later decisions need. Neither void nor superseded. `confirmations`: kind → state."""

    id: UUID
    op_id: UUID
    person_id: UUID
    visit_date: date
    form: str
    proposed_class: str
    visit_class: str
    counted_class: str
    risk: int | None
    counted_risk: int | None
    hospital: str
    last_discharge: date | None
    lost_reason: str
    death_date: date | None
    referred: str
    adherence: str
    danger_acts: dict[str, int]
    targets: list[str]
    complete: bool
    entry_mode: str
    review_status: str
    planned_on: date | None
    due_on: date | None
    timing: str
    recorded_by: UUID | None
    superseded: bool = False
    voided: bool = False
    confirmations: dict[str, str] = field(default_factory=dict)

    @property
    def order(self) -> tuple[date, str]:
        """One person has at most one visit per date and form, so this orders them whatever was entered first."""
        return self.visit_date, self.form


_VISIT_COLUMNS = tuple(KnownVisit.__dataclass_fields__)[:-3]


@dataclass(slots=True)
class Event:
    """One step in the life of the file."""

    kind: str
    happened_on: date
    reason: str
    visit_id: UUID | None


@dataclass(slots=True)
class History:
    """One person: fixed facts, life events and visits in order, dates of tries without contact.

    `visits` are those that stand; `ended` are void or superseded ones, only as far as they were asked for by op_id.
    """

    person_id: UUID
    managing_code: str
    shared_codes: list[str]
    birth_on: date
    filed_on: date
    past_danger: dict[str, int]
    disorder: str = ""
    events: list[Event] = field(default_factory=list)
    visits: list[KnownVisit] = field(default_factory=list)
    ended: list[KnownVisit] = field(default_factory=list)
    attempts: list[date] = field(default_factory=list)

    @property
    def died_on(self) -> date | None:
        """Day of death, when a death is on record."""
        return max((e.happened_on for e in self.events if e.kind == "died"), default=None)

    @property
    def past_incident(self) -> bool:
        """Whether 肇事 or 肇祸 was ever recorded."""
        counts = [self.past_danger, *(visit.danger_acts for visit in self.visits)]
        return any(int(acts.get(code) or 0) > 0 for acts in counts for code in ("2", "3"))

    def before(self, order: tuple[date, str]) -> list[KnownVisit]:
        """Visits that come before this place in the order."""
        return [visit for visit in self.visits if visit.order < order]

    def risk_before(self, order: tuple[date, str]) -> int | None:
        """The level of danger that counted before a visit."""
        known = [v.counted_risk for v in self.before(order) if v.counted_risk is not None]
        return known[-1] if known else None


def load(
    person_ids: Iterable[UUID], *, op_ids: Sequence[UUID] = (), lock: bool = True
) -> dict[UUID, History]:
    """Histories by person, the persons locked in the order of their ids; besides what stands, visits of these `op_ids`.
    NotFound when a person is not there or not yours."""
    wanted = sorted(set(person_ids))
    persons = Person.objects.filter(pk__in=wanted).order_by("pk")
    if lock:
        persons = persons.select_for_update()
    found = {
        row[0]: History(*row)
        for row in persons.values_list(
            "pk", "managing_code", "shared_codes", "birth_on", "filed_on", "past_danger"
        )
    }
    if len(found) != len(wanted):
        raise NotFound()
    if not found:
        return found
    by_id: dict[UUID, KnownVisit] = {}
    standing = Q(voided_at=None, superseded=False)
    if op_ids:
        standing |= Q(op_id__in=op_ids)
    visits = Visit.objects.filter(standing, person_id__in=wanted)
    for *answers, voided_at in visits.values_list(*_VISIT_COLUMNS, "superseded", "voided_at"):
        visit = KnownVisit(*answers)
        visit.voided = voided_at is not None
        by_id[visit.id] = visit
        history = found[visit.person_id]
        (history.ended if visit.superseded or visit.voided else history.visits).append(visit)
    for person_id, what, code, day, reason, visit_id in _facts(wanted):
        history = found[person_id]
        if what == "event":
            history.events.append(Event(code, day, reason, visit_id))
        elif what == "disorder":
            history.disorder = code
        elif what == "attempt":
            history.attempts.append(day)
        elif visit_id in by_id:
            by_id[visit_id].confirmations[code] = reason
    for history in found.values():
        history.visits.sort(key=lambda visit: visit.order)
        history.events.sort(key=lambda event: event.happened_on)
        history.attempts.sort()
    return found


def _facts(person_ids: Sequence[UUID]) -> Iterable[tuple[UUID, str, str, date, str, UUID | None]]:
    """Events, diagnoses (oldest first), tries and confirmations in one statement."""
    chosen: dict[str, Any] = {"person_id__in": person_ids, "voided_at": None}
    text, day, key = CharField(), DateField(), UUIDField()

    def row(what: str, code: str, on: Any, reason: Any, visit: Any) -> dict[str, Any]:
        return {
            "a_what": Value(what, text),
            "b_code": F(code),
            "c_on": on,
            "d_reason": reason,
            "e_visit": visit,
        }

    no_visit = Cast(Value(None, key), key)
    parts = [
        LifeEvent.objects.filter(**chosen).annotate(
            **row("event", "kind", F("happened_on"), F("reason"), F("visit_id"))
        ),
        Diagnosis.objects.filter(**chosen).annotate(
            **row("disorder", "category", F("happened_on"), Value("", text), no_visit)
        ),
        VisitAttempt.objects.filter(**chosen).annotate(
            **row("attempt", "outcome", F("happened_on"), Value("", text), no_visit)
        ),
        Confirmation.objects.filter(**chosen).annotate(
            **row("confirmation", "kind", Cast(Value(None, day), day), F("state"), F("visit_id"))
        ),
    ]
    columns = ("person_id", "a_what", "b_code", "c_on", "d_reason", "e_visit")
    first, *others = (part.order_by().values_list(*columns) for part in parts)
    return first.union(*others, all=True).order_by("c_on")
