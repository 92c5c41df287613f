"""Everything one person's page says, in a fixed number of statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import models

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors, bounds
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Role
from xinqiao.places import queries as places

from ..choices import ResponsibilityKind
from ..models import (
    Address,
    Consent,
    Diagnosis,
    Guardian,
    Identifier,
    LifeCorrection,
    LifeEvent,
    Person,
    PersonRevision,
    Responsibility,
)
from ..rules import State, age_on, state_on
from ..rules.service import Service, service_on
from ..together import read_together
from ..wordings import service_follows

#: Newest first: facts with a span by its beginning, facts of a day by the day and when it was learned.
_SPANS, _DAYS = ("valid_from", "id"), ("happened_on", "recorded_at", "id")


@dataclass
class PersonPage:
    """One person with all facts, voided ones included (pages say so), newest first. Numbers are in clear: views mask them."""

    person: Person
    today: date
    standing: Any = None
    village: str = ""
    path: str = ""
    identifiers: list[Identifier] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    guardians: list[Guardian] = field(default_factory=list)
    diagnoses: list[Diagnosis] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    events: list[LifeEvent] = field(default_factory=list)
    duties: list[Responsibility] = field(default_factory=list)
    revisions: list[PersonRevision] = field(default_factory=list)
    corrections: list[LifeCorrection] = field(default_factory=list)

    @property
    def age(self) -> int:
        return age_on(self.person.birth_on, self.today)

    @property
    def state(self) -> State:
        return state_on(reversed([event for event in self.events if event.voided_at is None]), self.today)

    @property
    def identifier(self) -> Identifier | None:
        return next((one for one in self.identifiers if one.voided_at is None and one.valid_to is None), None)

    def address(self, kind: str) -> Address | None:
        """The present address of a kind (live or hukou)."""
        rows = (
            one
            for one in self.addresses
            if one.kind == kind and one.voided_at is None and one.valid_to is None
        )
        return next(rows, None)

    @property
    def present_guardians(self) -> list[Guardian]:
        return [one for one in self.guardians if one.voided_at is None and one.valid_to is None]

    @property
    def diagnosis(self) -> Diagnosis | None:
        return next((one for one in self.diagnoses if one.voided_at is None), None)

    @property
    def consent(self) -> Consent | None:
        """The latest answer; failing one the legal basis."""
        valid = [one for one in self.consents if one.voided_at is None]
        return next((one for one in valid if one.basis == "consent"), valid[0] if valid else None)

    @property
    def statutory(self) -> Consent | None:
        return next(
            (one for one in self.consents if one.voided_at is None and one.basis == "statutory"), None
        )

    @property
    def service(self) -> Service:
        """What the answers allow today, by the rule of the place."""
        valid = [one for one in self.consents if one.voided_at is None]
        follows = service_follows(self.today, self.person.managing_code)
        return service_on(valid, self.today, without_consent=follows)

    def open_duties(self, kind: str) -> list[Responsibility]:
        return [
            one for one in self.duties if one.kind == kind and one.voided_at is None and one.valid_to is None
        ]

    @property
    def responsible(self) -> list[Responsibility]:
        return self.open_duties(ResponsibilityKind.RESPONSIBLE)

    @property
    def counting(self) -> Responsibility | None:
        return next(iter(self.open_duties(ResponsibilityKind.COUNTING)), None)


def find_person(*, actor: Actor, person_id: UUID) -> Person:
    """The row, with how the person stands; NotFound when it is not there or not the actor's. One statement."""
    require(actor, Permission.VIEW_RECORDS)
    person = Person.objects.select_related("standing").filter(pk=person_id).first()
    if person is None:
        raise NotFound(code="not_found.person")
    return person


def page_of_person(*, actor: Actor, today: date, person: Person) -> PersonPage:
    """All facts of a person found by `find_person`. Three statements, and one for names of places not in memory."""
    require(actor, Permission.VIEW_RECORDS)
    chain = ancestors(person.managing_code)[:3]
    places.names_of(chain)
    page = PersonPage(person=person, today=today, standing=getattr(person, "standing", None))
    page.village = places.short_name(person.managing_code)
    page.path = " ".join(name for _code, name in places.path_of(person.managing_code))
    (
        page.identifiers,
        page.addresses,
        page.guardians,
        page.diagnoses,
        page.consents,
        page.events,
        page.duties,
        page.revisions,
        page.corrections,
    ) = read_together(
        (
            Identifier,
            Address,
            Guardian,
            Diagnosis,
            Consent,
            LifeEvent,
            Responsibility,
            PersonRevision,
            LifeCorrection,
        ),
        person.pk,
        order=[_SPANS, _SPANS, _SPANS, _DAYS, _DAYS, _DAYS, _SPANS, ("recorded_at",), ("recorded_at", "id")],
    )
    models.prefetch_related_objects(page.duties, "institution", "worker")
    return page


def workers_for(*, actor: Actor, managing_code: str) -> list[User]:
    """Accounts that may be made responsible for people of a village: its doctors, its township's and county's workers."""
    require(actor, Permission.ASSIGN_WORKER)
    rows = User.objects.filter(
        is_active=True,
        place__in=ancestors(managing_code)[:3],
        role__in=[Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE],
    )
    return list(rows.select_related("institution").order_by("-place", "display_name"))


def workers_below(*, actor: Actor, place: str) -> list[User]:
    """Accounts that may be made responsible for people somewhere below a place, the nearest to the village last."""
    require(actor, Permission.REGISTER_PERSON)
    lo, hi = bounds(place)
    rows = User.objects.filter(
        is_active=True, place__gte=lo, place__lt=hi, role__in=[Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER]
    )
    return list(rows.select_related("institution").order_by("place", "display_name"))
