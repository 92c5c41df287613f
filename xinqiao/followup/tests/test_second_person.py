"""The rule of two, undo, tries without contact, agreed days."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from tests.factories.county import County
from xinqiao.audit.models import Event
from xinqiao.followup.actions import (
    NewAttempt,
    Recorded,
    decide_confirmation,
    plan_visit,
    record_attempt,
    undo_visit,
)
from xinqiao.followup.models import Confirmation, Obligation, Standing, Visit, VisitAttempt
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import LifeEvent, Person

from .records import BASIC, DEAD, LOST, UNSTABLE

Record = Callable[..., Recorded]
Acting = Callable[[str], AbstractContextManager[None]]
TODAY = date(2026, 11, 21)


@dataclass(frozen=True)
class Later:
    """A clock some minutes after another."""

    clock: FixedClock
    minutes: int

    def today(self) -> date:
        return self.now().date()

    def now(self) -> datetime:
        return self.clock.now() + timedelta(minutes=self.minutes)


@pytest.fixture
def decide(county: County, clock: FixedClock, acting_as: Acting) -> Callable[..., UUID]:
    def run(by: str, *, accept: bool, reason: str = "") -> UUID:
        waiting = Confirmation.objects.get()
        with acting_as(by):
            return decide_confirmation(
                actor=county.actors[by], clock=clock, confirmation_id=waiting.pk, accept=accept, reason=reason
            )

    return run


@pytest.fixture
def undo(county: County, clock: FixedClock, acting_as: Acting) -> Callable[..., UUID]:
    def run(done: Recorded, *, by: str = "township", minutes: int = 0, reason: str = "填错了人") -> UUID:
        with acting_as(by):
            return undo_visit(
                actor=county.actors[by], clock=Later(clock, minutes), visit_id=done.visit_id, reason=reason
            )

    return run


@pytest.fixture
def try_once(county: County, clock: FixedClock, acting_as: Acting) -> Callable[..., UUID]:
    def run(
        person: Person, day: date, *, by: str = "village", op_id: UUID | None = None, **changes: str
    ) -> UUID:
        answers = {"form": "3", "outcome": "no_answer", **changes}
        with acting_as(by):
            return record_attempt(
                actor=county.actors[by],
                clock=clock,
                attempt=NewAttempt(op_id or uuid7(), person.pk, day, **answers),
            )

    return run


# ── a milder class ──────────────────────────────────────────────────────────────────────────────────────────────────


def milder(record: Record, person: Person, by: str = "village") -> Recorded:
    return record(person, BASIC, by=by, visit_class="3", class_reason="多次随访平稳")


def test_a_second_person_accepts_and_the_milder_class_counts(
    record: Record, person: Person, decide: Callable[..., UUID]
) -> None:
    done = milder(record, person)
    assert decide("township", accept=True) == done.visit_id
    assert Visit.objects.get(pk=done.visit_id).counted_class == "3"
    standing = Standing.objects.get(person=person)
    assert (standing.visit_class, standing.pending_confirmation, standing.due_on) == (
        "3",
        False,
        date(2027, 2, 21),
    )
    assert Event.objects.filter(action="accept_confirmation").count() == 1


def test_a_refusal_needs_a_reason_and_the_graver_class_goes_on_counting(
    record: Record, person: Person, decide: Callable[..., UUID]
) -> None:
    done = milder(record, person)
    with pytest.raises(Invalid):
        decide("township", accept=False)
    decide("township", accept=False, reason="症状仍在")
    assert Visit.objects.get(pk=done.visit_id).counted_class == "2"
    assert not Standing.objects.get(person=person).pending_confirmation


def test_the_author_may_not_confirm_the_own_visit(
    record: Record, person: Person, decide: Callable[..., UUID]
) -> None:
    milder(record, person, by="township")
    with pytest.raises(NotAllowed):
        decide("township", accept=True)
    decide("township_2", accept=True)


def test_a_village_doctor_may_not_confirm(
    record: Record, person: Person, decide: Callable[..., UUID]
) -> None:
    milder(record, person)
    with pytest.raises(NotAllowed):
        decide("village", accept=True)


def test_another_township_finds_no_such_confirmation(
    record: Record, person: Person, decide: Callable[..., UUID]
) -> None:
    milder(record, person)
    with pytest.raises(NotFound):
        decide("other_township", accept=True)


def test_what_is_decided_is_not_decided_again(
    record: Record, person: Person, decide: Callable[..., UUID]
) -> None:
    milder(record, person)
    first = decide("township", accept=True)
    assert decide("township", accept=True) == first
    with pytest.raises(Conflict):
        decide("township_2", accept=False, reason="不同意")


def test_an_accepted_lower_level_counts(record: Record, person: Person, decide: Callable[..., UUID]) -> None:
    record(person, UNSTABLE, visit_date=date(2026, 11, 1))
    record(person, risk_reason="集体评估")
    decide("township_2", accept=True)
    standing = Standing.objects.get(person=person)
    assert (standing.risk, standing.visit_class) == (0, "3")


# ── undo ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_author_undoes_within_ten_minutes_and_the_row_stays(
    record: Record, person: Person, undo: Callable[..., UUID]
) -> None:
    record(person, visit_date=date(2026, 9, 1))
    done = record(person, UNSTABLE)
    assert undo(done, minutes=10) == person.pk
    kept = Visit.objects.get(pk=done.visit_id)
    assert kept.voided_reason == "填错了人"
    assert Standing.objects.get(person=person).visit_class == "3"
    assert Obligation.objects.get(person=person, outcome="open").due_on == date(2026, 12, 1)


def test_undo_after_ten_minutes_is_refused(record: Record, person: Person, undo: Callable[..., UUID]) -> None:
    with pytest.raises(Conflict) as error:
        undo(record(person), minutes=11)
    assert error.value.code == "conflict.undo_too_late"


def test_undo_by_somebody_else_or_without_a_reason_is_refused(
    record: Record, person: Person, undo: Callable[..., UUID]
) -> None:
    done = record(person)
    with pytest.raises(NotAllowed):
        undo(done, by="township_2")
    with pytest.raises(Invalid):
        undo(done, reason=" ")
    with pytest.raises(NotFound):
        undo(done, by="other_township")


def test_an_undone_visit_of_the_day_can_be_recorded_anew(
    record: Record, person: Person, undo: Callable[..., UUID]
) -> None:
    undo(record(person))
    assert record(person, BASIC).outcome == "new"


def test_an_undone_operation_is_not_recorded_by_sending_it_again(
    record: Record, person: Person, undo: Callable[..., UUID]
) -> None:
    op = uuid7()
    undo(record(person, op_id=op))
    with pytest.raises(Conflict) as error:
        record(person, op_id=op)
    assert error.value.code == "conflict.undone"


def test_an_undone_death_is_taken_back(record: Record, person: Person, undo: Callable[..., UUID]) -> None:
    undo(record(person, DEAD))
    assert Standing.objects.get(person=person).state == "registered"
    assert not LifeEvent.objects.filter(kind="died", voided_at=None).exists()


def test_an_undone_amendment_gives_the_first_version_its_place_back(
    record: Record, person: Person, undo: Callable[..., UUID]
) -> None:
    first = record(person, DEAD)
    second = record(person, form="3", amends=first.visit_id)
    undo(second)
    assert not Visit.objects.get(pk=first.visit_id).superseded
    assert Standing.objects.get(person=person).state == "dead"


# ── tries ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_try_is_counted_and_closes_nothing(person: Person, try_once: Callable[..., UUID]) -> None:
    try_once(person, TODAY)
    standing = Standing.objects.get(person=person)
    assert (standing.attempts_since, standing.last_visit_on, standing.due_on) == (1, None, date(2026, 7, 1))
    assert Event.objects.filter(action="record_attempt").count() == 1


def test_a_try_sent_twice_is_kept_once(person: Person, try_once: Callable[..., UUID]) -> None:
    op = uuid7()
    assert try_once(person, TODAY, op_id=op) == try_once(person, TODAY, op_id=op)
    assert VisitAttempt.objects.count() == 1


def test_a_try_in_the_future_or_with_an_unknown_outcome_is_refused(
    person: Person, try_once: Callable[..., UUID]
) -> None:
    with pytest.raises(Invalid) as error:
        try_once(person, TODAY + timedelta(days=1), outcome="gone")
    assert {p.field for p in error.value.problems} == {"happened_on", "outcome"}


def test_a_stranger_cannot_add_a_try(person: Person, try_once: Callable[..., UUID]) -> None:
    with pytest.raises(NotFound):
        try_once(person, TODAY, by="village_2")


def test_two_dated_tries_and_the_visit_make_three_misses_a_loss(
    record: Record, person: Person, try_once: Callable[..., UUID]
) -> None:
    try_once(person, date(2026, 11, 1))
    try_once(person, date(2026, 11, 12))
    done = record(person, LOST, lost_reason="4")
    assert "lost_to_verify" not in done.flags
    assert Standing.objects.get(person=person).state == "lost"


# ── the agreed day ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_earlier_day_is_agreed_freely_and_a_later_one_with_a_reason(
    record: Record, person: Person, county: County, clock: FixedClock, acting_as: Acting
) -> None:
    record(person)
    with acting_as("village"):
        plan_visit(
            actor=county.actors["village"], clock=clock, person_id=person.pk, planned_on=date(2027, 1, 5)
        )
        with pytest.raises(Invalid):
            plan_visit(
                actor=county.actors["village"], clock=clock, person_id=person.pk, planned_on=date(2027, 3, 5)
            )
        plan_visit(
            actor=county.actors["village"],
            clock=clock,
            person_id=person.pk,
            planned_on=date(2027, 3, 5),
            reason="探亲",
        )
    due = Obligation.objects.get(person=person, outcome="open")
    assert (due.planned_on, due.due_on, due.planned_reason) == (date(2027, 3, 5), date(2027, 2, 21), "探亲")


def test_an_agreed_day_survives_a_late_entry(
    record: Record, person: Person, county: County, clock: FixedClock, acting_as: Acting
) -> None:
    record(person)
    with acting_as("village"):
        plan_visit(
            actor=county.actors["village"], clock=clock, person_id=person.pk, planned_on=date(2027, 1, 5)
        )
    record(person, visit_date=date(2026, 8, 3))
    assert Standing.objects.get(person=person).planned_on == date(2027, 1, 5)


def test_nothing_due_nothing_to_plan(
    record: Record, person: Person, county: County, clock: FixedClock, acting_as: Acting
) -> None:
    record(person, DEAD)
    with acting_as("village"), pytest.raises(Conflict):
        plan_visit(actor=county.actors["village"], clock=clock, person_id=person.pk, planned_on=TODAY)
