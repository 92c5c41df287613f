"""One person's visits: what the form needs beside it, the proposal before saving, one visit whole, the list of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import NotFound
from xinqiao.places import queries as places
from xinqiao.policy import current
from xinqiao.registry.models import Guardian, Person
from xinqiao.registry.together import read_together

from ..actions.folding import contact
from ..actions.history import History, load
from ..actions.visits import record_of
from ..models import Confirmation, Obligation, Standing, Visit, VisitAttempt
from ..rules import Context, Precautions, Proposal, VisitFact, precautions, propose


@dataclass(slots=True)
class VisitContext:
    """What stands beside the form. `last` is the last visit that reached somebody, `last_record` its answers."""

    person: Person
    standing: Standing | None
    history: History
    village: str
    last: Visit | None
    last_record: dict[str, Any]

    @property
    def last_risk(self) -> int | None:
        known = [v.counted_risk for v in self.history.visits if v.counted_risk is not None]
        return known[-1] if known else None


def visit_context(*, actor: Actor, person_id: UUID, leaving_out: UUID | None = None) -> VisitContext:
    """Everything the form needs, in five statements; NotFound for somebody not yours. `leaving_out`: the visit that is
    being amended is not its own predecessor."""
    require(actor, Permission.RECORD_VISIT)
    person = Person.objects.select_related("standing").filter(pk=person_id).first()
    if person is None:
        raise NotFound()
    history = load([person_id], lock=False)[person_id]
    history.visits = [visit for visit in history.visits if visit.id != leaving_out]
    reached = [visit for visit in history.visits if contact(visit)]
    last = Visit.objects.filter(pk=reached[-1].id).first() if reached else None
    return VisitContext(
        person=person,
        standing=getattr(person, "standing", None),
        history=history,
        village=places.short_name(person.managing_code),
        last=last,
        last_record=record_of(last) if last else {},
    )


def scheduling_context(history: History) -> Context:
    """What the proposal needs of a history."""
    events = history.events

    def latest(kind: str) -> date | None:
        return max((event.happened_on for event in events if event.kind == kind), default=None)

    return Context(
        previous_visits=[
            VisitFact(
                visit.visit_date,
                visit.counted_class or None,
                f"{visit.form}:{visit.id}",
                visit.counted_risk,
                visit.hospital == "1",
                visit.referred == "2",
            )
            for visit in history.visits
            if contact(visit)
        ],
        filed_on=history.filed_on,
        transferred_in_on=latest("moved_in"),
        discharged_on=latest("discharged"),
        referred_on=latest("referred"),
        division=history.managing_code,
    )


def proposal_for(
    context: VisitContext, record: Mapping[str, Any], *, visit_class: str | None = None
) -> Proposal:
    """Class, reason, clause, next date and steps for these answers. Invalid names the answers still missing."""
    return propose(record, scheduling_context(context.history), visit_class=visit_class, policies=current())


@dataclass(slots=True)
class VisitPage:
    """One visit whole. `versions`: newest first, this one among them when it was amended or amends."""

    visit: Visit
    record: dict[str, Any]
    person: Person
    village: str
    versions: list[Visit]
    confirmations: list[Confirmation]
    people: dict[UUID, str]
    due: Obligation | None

    def who(self, user_id: UUID | None) -> str:
        """Display name of an account, "" for none."""
        return self.people.get(user_id, "") if user_id else ""


def visit_page(*, actor: Actor, visit_id: UUID) -> VisitPage:
    """One visit with its versions and confirmations; NotFound for one not yours. Six statements."""
    require(actor, Permission.VIEW_RECORDS)
    visit = Visit.objects.select_related("person", "person__standing").filter(pk=visit_id).first()
    if visit is None:
        raise NotFound()
    versions = _versions(visit)
    confirmations = list(
        Confirmation.objects.filter(visit_id__in=[one.pk for one in versions]).order_by("recorded_at")
    )
    ids = {one.recorded_by for one in versions} | {one.visited_by for one in versions} | {visit.reviewed_by}
    ids |= {one.voided_by for one in versions} | {one.decided_by for one in confirmations}
    names = User.objects.filter(pk__in=[one for one in ids if one]).values_list("pk", "display_name")
    served = Obligation.objects.filter(person_id=visit.person_id, visit_id=visit.pk).first()
    return VisitPage(
        visit=visit,
        record=record_of(visit),
        person=visit.person,
        village=places.short_name(visit.managing_code),
        versions=versions,
        confirmations=[one for one in confirmations if one.visit_id == visit.pk],
        people=dict(names),
        due=served,
    )


def _versions(visit: Visit) -> list[Visit]:
    """All versions of this visit: following amendments both ways within the person's visits of that day or form."""
    if not visit.amends_id and not visit.superseded and not visit.amended_by.exists():
        return [visit]
    others = {one.pk: one for one in Visit.objects.filter(person_id=visit.person_id)}
    linked, grew = {visit.pk}, True
    while grew:
        more = {
            one.pk
            for one in others.values()
            if one.pk in linked
            or one.amends_id in linked
            or any(others[pk].amends_id == one.pk for pk in linked)
        }
        grew = more != linked
        linked = more
    return sorted((others[pk] for pk in linked), key=lambda one: one.recorded_at, reverse=True)


def visits_of(*, actor: Actor, person_id: UUID, limit: int = 200) -> list[Visit]:
    """Visits of one person, newest first, also void and superseded ones. One statement; empty for one not yours."""
    require(actor, Permission.VIEW_RECORDS)
    return list(Visit.objects.filter(person_id=person_id).order_by("-visit_date", "-recorded_at")[:limit])


def attempts_of(*, actor: Actor, person_id: UUID, limit: int = 50) -> list[VisitAttempt]:
    """Tries without contact, newest first. One statement."""
    require(actor, Permission.VIEW_RECORDS)
    return list(
        VisitAttempt.objects.filter(person_id=person_id, voided_at=None).order_by("-happened_on")[:limit]
    )


def visits_and_attempts(*, actor: Actor, person_id: UUID) -> tuple[list[Visit], list[VisitAttempt]]:
    """What `visits_of` and `attempts_of` give, in one statement."""
    require(actor, Permission.VIEW_RECORDS)
    order = [("visit_date", "recorded_at"), ("happened_on", "id")]
    visits, attempts = read_together((Visit, VisitAttempt), person_id, order=order)
    return visits, [one for one in attempts if one.voided_at is None]


@dataclass(slots=True)
class Preview:
    """What the pane beside the list says about one person."""

    person: Person
    standing: Standing
    village: str
    guardians: list[Guardian]
    last: Visit | None
    last_record: dict[str, Any]
    attempts: list[VisitAttempt] = field(default_factory=list)


def preview(*, actor: Actor, person_id: UUID) -> Preview:
    """One person at a glance, in four statements; NotFound for one not yours."""
    require(actor, Permission.VIEW_RECORDS)
    person = Person.objects.select_related("standing").filter(pk=person_id).first()
    if person is None or getattr(person, "standing", None) is None:
        raise NotFound()
    standing = person.standing
    last = Visit.objects.filter(pk=standing.last_visit_id).first() if standing.last_visit_id else None
    return Preview(
        person=person,
        standing=standing,
        village=places.short_name(person.managing_code),
        guardians=list(
            Guardian.objects.filter(person=person, voided_at=None, valid_to=None).order_by("valid_from")
        ),
        last=last,
        last_record=record_of(last) if last else {},
        attempts=attempts_of(actor=actor, person_id=person_id, limit=5),
    )


def precautions_of(context: VisitContext, *, today: date) -> Precautions:
    """What to know before leaving, from the whole history."""
    history = context.history
    reached = [visit for visit in history.visits if contact(visit)]
    standing = context.standing
    risks = [visit.counted_risk for visit in history.visits if visit.counted_risk is not None]
    return precautions(
        visit_class=standing.visit_class if standing else "",
        risk=standing.risk if standing else None,
        worst_risk=max(risks, default=None),
        in_hospital=bool(standing and standing.in_hospital),
        past_incident=history.past_incident,
        last_acts=reached[-1].danger_acts if reached else {},
        visited=bool(reached),
        policies=current(),
        on=today,
        ancestors=ancestors(history.managing_code),
    )
