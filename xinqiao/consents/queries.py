"""The answers of one person as the page shows them, and what a withdrawal would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.clocks.models import Clock
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock as Time
from xinqiao.registry.actions import Withdrawal, withdraw_consent
from xinqiao.registry.models import Attachment, Consent, Person
from xinqiao.registry.rules.service import ALWAYS, Service, Sharing, service_on
from xinqiao.registry.wordings import service_follows

from .clocks import KIND
from .models import CareReport


@dataclass(frozen=True, slots=True)
class History:
    """All answers and notices (void ones too), newest first, with their scans and the reports they led to."""

    service: Service
    answers: Sequence[Consent]
    scans: dict[UUID, list[Attachment]]
    reports: dict[UUID, list[CareReport]]
    clocks: Sequence[Clock]

    @property
    def last(self) -> Consent | None:
        """The answer that speaks now."""
        valid = [one for one in self.answers if one.voided_at is None and one.basis == "consent"]
        return max(
            valid, key=lambda one: (one.happened_on, one.recorded_at, one.decision == "0"), default=None
        )


def service_of(answers: Sequence[Consent], person: Person, day: date) -> Service:
    """What holds for somebody on a day, by the rule of the place."""
    valid = [one for one in answers if one.voided_at is None]
    return service_on(valid, day, without_consent=service_follows(day, person.managing_code))


def history_of(*, actor: Actor, person: Person, answers: Sequence[Consent], today: date) -> History:
    """Three statements, besides the answers that the page has already."""
    require(actor, Permission.VIEW_RECORDS)
    scans: dict[UUID, list[Attachment]] = {}
    for scan in Attachment.objects.filter(person=person, voided_at=None).exclude(consent=None):
        if scan.consent_id is not None:
            scans.setdefault(scan.consent_id, []).append(scan)
    reports: dict[UUID, list[CareReport]] = {}
    for report in CareReport.objects.filter(person=person, voided_at=None).order_by("happened_on"):
        reports.setdefault(report.consent_id, []).append(report)
    clocks = Clock.objects.filter(kind=KIND, subject=person.pk, outcome="open").order_by("due_on")
    return History(service_of(answers, person, today), answers, scans, reports, list(clocks))


@dataclass(slots=True)
class Consequences:
    """What a withdrawal would change: the service before and after, the visit that was due and what becomes of it, what
    ends being told, and the clocks that would start."""

    before: Service
    after: Service
    due_before: date | None = None
    due_after: date | None = None
    ends: list[Sharing] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)


class _Rehearsed(Exception):
    """Carries the answer out of the transaction that it undoes."""

    def __init__(self, found: Consequences) -> None:
        super().__init__()
        self.found = found


def rehearse_withdrawal(*, actor: Actor, clock: Time, person: Person, withdrawal: Withdrawal) -> Consequences:
    """The withdrawal itself, carried out and taken back: what the page says will happen is what happens. Invalid as there."""
    today = clock.today()
    try:
        with transaction.atomic():
            before = service_of(list(Consent.objects.filter(person=person)), person, today)
            due_before = _due_on(person.pk)
            known = set(Clock.objects.filter(kind=KIND, subject=person.pk).values_list("pk", flat=True))
            withdraw_consent(actor=actor, clock=clock, person_id=person.pk, withdrawal=withdrawal)
            after = service_of(list(Consent.objects.filter(person=person)), person, today)
            begun = Clock.objects.filter(kind=KIND, subject=person.pk, outcome="open").exclude(pk__in=known)
            found = Consequences(
                before, after, due_before, _due_on(person.pk),
                [one for one in Sharing if one not in ALWAYS and before.shares(one) and not after.shares(one)],
                list(begun.order_by("due_on")),
            )  # fmt: skip
            raise _Rehearsed(found)
    except _Rehearsed as done:
        return done.found


def _due_on(person_id: UUID) -> date | None:
    standing: Any = getattr(Person.objects.select_related("standing").get(pk=person_id), "standing", None)
    return None if standing is None else standing.due_on
