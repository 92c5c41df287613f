"""Life events, who is responsible, voiding, unmasking: outcome, refusal, trail, repeat."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest

from tests.factories.county import County
from xinqiao.audit.models import Event, Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.registry.actions import (
    NewLifeEvent,
    change_responsibility,
    record_life_events,
    unmask_person,
    void_fact,
)
from xinqiao.registry.models import Diagnosis, Guardian, LifeEvent, Responsibility

Enter = Callable[[str], AbstractContextManager[None]]
DAY = date(2026, 5, 1)


def test_a_step_in_the_life_of_a_file_is_recorded_once(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    event = NewLifeEvent(north, "admitted", DAY)
    with acting_as("township"):
        (first,) = record_life_events(actor=county.actors["township"], clock=clock, events=[event])
        (again,) = record_life_events(actor=county.actors["township"], clock=clock, events=[event])
        assert first.pk == again.pk
        assert LifeEvent.objects.filter(kind="admitted").count() == 1
    assert Event.objects.get(action="record_life_events").object_id == north


@pytest.mark.parametrize(
    ("kind", "day", "field"),
    [
        ("gone", DAY, "kind"),
        ("died", date(2026, 11, 22), "happened_on"),
        ("died", date(1980, 1, 1), "happened_on"),
    ],
)
def test_an_impossible_step_is_refused(
    kind: str, day: date, field: str, county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("township"), pytest.raises(Invalid) as caught:
        record_life_events(
            actor=county.actors["township"], clock=clock, events=[NewLifeEvent(north, kind, day)]
        )
    assert [one.field for one in caught.value.problems] == [field]


def test_a_stranger_cannot_record_a_step(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("other_township"), pytest.raises(NotFound):
        record_life_events(
            actor=county.actors["other_township"], clock=clock, events=[NewLifeEvent(north, "died", DAY)]
        )


def test_a_village_doctor_records_only_what_a_visit_told(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("village"), pytest.raises(NotAllowed):
        record_life_events(
            actor=county.actors["village"], clock=clock, events=[NewLifeEvent(north, "died", DAY)]
        )


def test_another_worker_answers_from_a_day_on(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    worker = county.users["township_2"].pk
    with acting_as("township"):
        made = change_responsibility(
            actor=county.actors["township"],
            clock=clock,
            person_id=north,
            worker_id=worker,
            since=DAY,
            row_version=1,
        )
        again = change_responsibility(
            actor=county.actors["township"], clock=clock, person_id=north, worker_id=worker, since=DAY
        )
        rows = Responsibility.objects.filter(person_id=north, kind="responsible").order_by("valid_from")
        assert [(row.worker_id, row.valid_to) for row in rows] == [
            (county.users["village"].pk, DAY),
            (worker, None),
        ]
        assert made.pk == again.pk
        with pytest.raises(Conflict):
            change_responsibility(
                actor=county.actors["township"],
                clock=clock,
                person_id=north,
                worker_id=county.users["village"].pk,
                row_version=1,
            )
    assert Event.objects.filter(action="change_responsibility").count() == 1


@pytest.mark.parametrize("key", ["other_township", "village_2", "other_county", "system"])
def test_a_worker_of_elsewhere_cannot_be_named(
    key: str, county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    if key == "system":
        county.users[key].__class__.objects.filter(pk=county.users[key].pk).update(is_active=False)
    with acting_as("township"), pytest.raises(NotFound):
        change_responsibility(
            actor=county.actors["township"],
            clock=clock,
            person_id=north,
            worker_id=county.users[key].pk,
            since=DAY,
        )


def test_a_village_doctor_does_not_assign(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("village"), pytest.raises(NotAllowed):
        change_responsibility(
            actor=county.actors["village"], clock=clock, person_id=north, worker_id=county.users["village"].pk
        )


def test_a_voided_fact_stays_and_no_longer_counts(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("county"):
        guardian = Guardian.objects.get(person_id=north)
        for _ in range(2):
            void_fact(
                actor=county.actors["county"],
                clock=clock,
                kind="guardian",
                fact_id=guardian.pk,
                reason="填错人",
            )
        guardian.refresh_from_db()
        assert (guardian.voided_by, guardian.voided_reason) == (county.users["county"].pk, "填错人")
    assert Event.objects.filter(action="void_fact").count() == 1


def test_a_file_keeps_its_filing_and_its_last_diagnosis(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("county"):
        filed, diagnosis = LifeEvent.objects.get(person_id=north), Diagnosis.objects.get(person_id=north)
        for kind, fact in (("life_event", filed.pk), ("diagnosis", diagnosis.pk)):
            with pytest.raises(Conflict):
                void_fact(actor=county.actors["county"], clock=clock, kind=kind, fact_id=fact, reason="试")
        with pytest.raises(Invalid):
            void_fact(
                actor=county.actors["county"], clock=clock, kind="diagnosis", fact_id=diagnosis.pk, reason=" "
            )


@pytest.mark.parametrize(("key", "error"), [("township_2", NotAllowed), ("other_county", NotFound)])
def test_who_may_not_correct_is_refused(
    key: str, error: type[Exception], county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("county"):
        guardian = Guardian.objects.get(person_id=north)
    with acting_as(key), pytest.raises(error):
        void_fact(
            actor=county.actors[key], clock=clock, kind="guardian", fact_id=guardian.pk, reason="填错人"
        )


def test_unmasking_stands_in_the_read_log_and_the_trail(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("village"):
        unmask_person(actor=county.actors["village"], clock=clock, person_id=north)
    assert Read.objects.get(kind="unmask").person_ids == [north]
    assert Event.objects.get(action="unmask").object_id == north
    with acting_as("village_2"), pytest.raises(NotFound):
        unmask_person(actor=county.actors["village_2"], clock=clock, person_id=north)


def test_the_application_cannot_rewrite_a_fact(county: County, acting_as: Enter, north: UUID) -> None:
    from django.db import ProgrammingError, transaction

    with acting_as("county"), pytest.raises(ProgrammingError), transaction.atomic():
        Diagnosis.objects.filter(person_id=north).update(icd10="F99")
    with acting_as("county"), pytest.raises(ProgrammingError), transaction.atomic():
        Diagnosis.objects.filter(person_id=north).delete()
