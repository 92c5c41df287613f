"""The clocks that a no starts, told to the clock engine from the answers themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse

from xinqiao.clocks.sources import Source, Span
from xinqiao.registry.models import Consent, LifeEvent, Person
from xinqiao.registry.rules.cycle import ENDS, state_on
from xinqiao.registry.rules.service import Standing, service_on
from xinqiao.registry.wordings import service_follows

from .models import CareReport
from .rules import ASK_AGAIN, TELL, Owed, owed_after

KIND = "consents"


def spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """For people who ever said no; the subject is the person, the period the answer. Four statements."""
    noes = Consent.objects.filter(basis="consent", decision="0", voided_at=None)
    if subjects is not None:
        noes = noes.filter(person_id__in=subjects)
    ids = list(noes.values_list("person_id", flat=True).distinct())
    if not ids:
        return []
    answers: dict[UUID, list[Consent]] = {}
    for one in Consent.objects.filter(person_id__in=ids, voided_at=None):
        answers.setdefault(one.person_id, []).append(one)
    events: dict[UUID, list[LifeEvent]] = {}
    for event in LifeEvent.objects.filter(person_id__in=ids, voided_at=None):
        events.setdefault(event.person_id, []).append(event)
    told: dict[UUID, list[tuple[UUID, date]]] = {}
    for report in CareReport.objects.filter(person_id__in=ids, voided_at=None):
        told.setdefault(report.person_id, []).append((report.consent_id, report.happened_on))
    found = []
    for person in Person.objects.filter(pk__in=ids).only("id", "managing_code", "shared_codes", "source"):
        given = answers[person.pk]
        for owed in owed_after(
            given,
            told.get(person.pk, ()),
            left_on=_left_on(events.get(person.pk, ())),
            limited=_limited(given, person),
            brought=person.source == "import",
        ):
            found.append(
                Span(
                    owed.code, person.pk, owed.started_on, person.managing_code, period=_period(owed),
                    person_id=person.pk, shared=tuple(person.shared_codes), ended_on=owed.ended_on,
                    void=owed.needless,
                )
            )  # fmt: skip
    return found


def _period(owed: Owed) -> str:
    """The answer, short enough to name a clock: the day it starts and the end of its id."""
    return f"{owed.started_on:%Y%m%d}-{owed.answer.hex[-8:]}"


def _left_on(events: Sequence[LifeEvent]) -> date | None:
    """Since when the file has ended here, if it has."""
    if not any(one.kind in ENDS for one in events):
        return None
    now = state_on(events, date.max)
    return None if now.on_register else now.since


def _limited(answers: Sequence[Consent], person: Person) -> bool:
    """Whether the last no limits the service under the rule of the place."""
    last = max(one.happened_on for one in answers)
    follows = service_follows(last, person.managing_code)
    return service_on(answers, last, without_consent=follows).standing is not Standing.STATUTORY


def address(person_id: UUID) -> str:
    """The page of a person, at the answers."""
    return reverse("registry:person", args=[person_id]) + "?tab=consent"


SOURCE = Source(KIND, frozenset({TELL, ASK_AGAIN}), spans, address)
