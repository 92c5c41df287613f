"""Recording visits: what is kept, refused, marked, counted, and what follows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.audit.models import Event
from xinqiao.followup.actions import AlreadyRecorded, BatchInvalid, Recorded, record_visits, refold
from xinqiao.followup.models import Confirmation, Obligation, Standing, Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import decide_correction
from xinqiao.registry.models import LifeCorrection, LifeEvent, Person

from .records import BASIC, DEAD, IN_HOSPITAL, LOST, STABLE, UNSTABLE, visit

Record = Callable[..., Recorded]
Acting = Callable[[str], AbstractContextManager[None]]
TODAY = date(2026, 11, 21)


def problems_of(error: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(problem.field, problem.code) for problem in error.value.problems}


def test_a_stable_visit_is_kept_whole_and_the_next_is_due_in_three_months(
    record: Record, person: Person
) -> None:
    done = record(person)
    assert (done.outcome, done.visit_class, done.counted_class) == ("new", "3", "3")
    assert done.next_due_on == date(2027, 2, 21)
    kept = Visit.objects.get(pk=done.visit_id)
    assert (kept.risk, kept.symptoms, kept.drugs[0]["drug"]) == (0, ["0"], "利培酮片")
    assert (kept.class_source, kept.class_clause, kept.entry_mode) == ("computed", "N3/class/3", "full")
    assert kept.complete
    assert kept.policy_version
    standing = Standing.objects.get(person=person)
    assert (standing.visit_class, standing.risk, standing.due_on) == ("3", 0, date(2027, 2, 21))
    assert standing.last_face_on == TODAY


def test_an_unstable_visit_is_due_again_in_two_weeks(record: Record, person: Person) -> None:
    assert record(person, UNSTABLE).next_due_on == TODAY + timedelta(days=14)


def test_what_was_due_is_closed_by_the_visit_and_kept(record: Record, person: Person) -> None:
    record(person, visit_date=date(2026, 6, 20))
    record(person, visit_date=date(2026, 9, 25))
    rows = list(
        Obligation.objects.filter(person=person)
        .order_by("opened_on")
        .values_list("reason", "due_on", "outcome")
    )
    assert rows == [
        ("registered", date(2026, 7, 1), "done"),
        ("stable", date(2026, 9, 20), "late"),
        ("stable", date(2026, 12, 25), "open"),
    ]


def test_a_late_visit_is_recorded_and_marked_late(record: Record, person: Person) -> None:
    assert record(person, visit_date=date(2026, 8, 1)).timing == "late"


def test_an_early_visit_is_recorded_and_marked_early(record: Record, person: Person) -> None:
    record(person, visit_date=date(2026, 6, 20))
    assert record(person, visit_date=date(2026, 7, 10)).timing == "early"


def test_an_extra_visit_is_recorded_and_marked_extra(record: Record, person: Person) -> None:
    record(person, visit_date=date(2026, 6, 20))
    assert record(person, visit_date=date(2026, 6, 23)).timing == "extra"


def test_a_visit_before_filing_is_kept_and_flagged(record: Record, person: Person) -> None:
    assert "before_filing" in record(person, visit_date=date(2026, 5, 1)).flags


def test_a_visit_after_death_is_kept_and_flagged(record: Record, person: Person) -> None:
    record(person, DEAD)
    assert "after_death" in record(person, visit_date=date(2026, 11, 20)).flags


@pytest.mark.parametrize(
    ("day", "code"), [(TODAY + timedelta(days=1), "future"), (date(1980, 1, 1), "before_birth")]
)
def test_a_visit_in_the_future_or_before_birth_is_refused(
    record: Record, person: Person, day: date, code: str
) -> None:
    with pytest.raises(Invalid) as error:
        record(person, visit_date=day)
    assert ("visit_date", code) in problems_of(error)
    assert not Visit.objects.exists()


def test_an_unknown_key_and_a_missing_answer_are_named(record: Record, person: Person) -> None:
    with pytest.raises(Invalid) as error:
        record(person, {**{k: v for k, v in STABLE.items() if k != "insight"}, "colour": "blue"})
    assert {("colour", "unknown_key"), ("insight", "missing")} <= problems_of(error)


def test_the_same_operation_again_gives_the_same_answer_and_one_visit(record: Record, person: Person) -> None:
    op = uuid7()
    first = record(person, op_id=op)
    again = record(person, op_id=op)
    assert again.outcome == "unchanged"
    assert again.visit_id == first.visit_id
    assert Visit.objects.count() == 1
    assert Event.objects.filter(action="record_visit").count() == 1


def test_the_same_operation_with_other_content_is_a_conflict(record: Record, person: Person) -> None:
    op = uuid7()
    record(person, op_id=op)
    with pytest.raises(Conflict) as error:
        record(person, BASIC, op_id=op)
    assert error.value.code == "conflict.op_reused"


def test_an_equal_visit_typed_twice_is_kept_once(record: Record, person: Person) -> None:
    first = record(person)
    assert (record(person).outcome, record(person).visit_id) == ("unchanged", first.visit_id)
    assert Visit.objects.count() == 1


def test_another_visit_of_the_same_day_and_form_is_offered_as_an_amendment(
    record: Record, person: Person
) -> None:
    first = record(person)
    with pytest.raises(AlreadyRecorded) as error:
        record(person, BASIC)
    assert error.value.visit_id == first.visit_id
    amended = record(person, BASIC, amends=first.visit_id)
    assert (amended.outcome, amended.visit_class) == ("amended", "2")
    assert Visit.objects.get(pk=first.visit_id).superseded
    assert Visit.objects.get(pk=amended.visit_id).amends_id == first.visit_id
    assert Standing.objects.get(person=person).visit_class == "2"
    assert Obligation.objects.get(person=person, outcome="open").due_on == TODAY + timedelta(days=14)


def test_a_difference_can_be_reported_instead_of_raised(
    county: County, acting_as: Acting, clock: FixedClock, person: Person, record: Record
) -> None:
    first = record(person)
    with acting_as("county"):
        answer = record_visits(
            actor=county.actors["county"],
            clock=clock,
            batch=[visit(person, BASIC)],
            entry_mode="import",
            report_differences=True,
        )[0]
    assert (answer.outcome, answer.visit_id) == ("differs", first.visit_id)


def test_a_village_doctor_may_not_amend(record: Record, person: Person) -> None:
    first = record(person, by="village")
    with pytest.raises(NotAllowed):
        record(person, BASIC, by="village", amends=first.visit_id)


@pytest.mark.parametrize("stranger", ["other_township", "village_2", "other_county"])
def test_a_stranger_gets_not_found(record: Record, person: Person, stranger: str) -> None:
    with pytest.raises(NotFound):
        record(person, by=stranger)
    assert not Visit.objects.exists()


@pytest.mark.parametrize("role", ["city", "programme", "system", "auditor"])
def test_a_role_without_records_may_not_record(record: Record, person: Person, role: str) -> None:
    with pytest.raises(NotAllowed):
        record(person, by=role)


def test_only_who_may_import_uses_the_import_mode(record: Record, person: Person) -> None:
    with pytest.raises(NotAllowed):
        record(person, by="township", mode="import")


def test_the_trail_names_action_object_place_and_rules_but_no_answer(
    record: Record, person: Person, county: County
) -> None:
    done = record(person, UNSTABLE)
    event = Event.objects.get(action="record_visit")
    assert (event.object_id, event.place, event.actor_id) == (
        done.visit_id,
        NORTH_1,
        county.users["township"].pk,
    )
    assert event.policy_version
    assert event.detail == {"mode": "full"}


def test_a_graver_class_is_taken_freely(record: Record, person: Person) -> None:
    done = record(person, visit_class="1")
    assert (done.proposed_class, done.counted_class) == ("3", "1")
    assert "graver_class" in done.flags
    assert done.next_due_on == TODAY + timedelta(days=14)
    assert not Confirmation.objects.exists()


def test_a_milder_class_needs_a_reason(record: Record, person: Person) -> None:
    with pytest.raises(Invalid) as error:
        record(person, BASIC, visit_class="3")
    assert ("class_reason", "missing") in problems_of(error)


def test_a_milder_class_waits_for_a_second_person_and_the_graver_counts(
    record: Record, person: Person
) -> None:
    done = record(person, BASIC, visit_class="3", class_reason="多次随访平稳")
    assert (done.visit_class, done.counted_class) == ("3", "2")
    waiting = Confirmation.objects.get(visit_id=done.visit_id)
    assert (waiting.kind, waiting.from_value, waiting.to_value, waiting.state) == (
        "class",
        "2",
        "3",
        "pending",
    )
    standing = Standing.objects.get(person=person)
    assert (standing.visit_class, standing.pending_confirmation) == ("2", True)
    assert standing.due_on == TODAY + timedelta(days=14)


def test_a_lowered_level_needs_a_reason_and_waits(record: Record, person: Person) -> None:
    record(person, UNSTABLE, visit_date=date(2026, 11, 1))
    with pytest.raises(Invalid) as error:
        record(person)
    assert ("risk_reason", "missing") in problems_of(error)
    done = record(person, risk_reason="经集体评估")
    assert (done.visit_class, done.counted_class) == ("3", "1")
    assert (
        Standing.objects.get(person=person).risk,
        Standing.objects.get(person=person).pending_confirmation,
    ) == (3, True)
    assert Confirmation.objects.get(visit_id=done.visit_id).reason == "经集体评估"


def test_a_raised_level_counts_at_once(record: Record, person: Person) -> None:
    record(person, visit_date=date(2026, 11, 1))
    record(person, UNSTABLE)
    assert Standing.objects.get(person=person).risk == 3


def test_a_village_doctors_high_level_is_only_flagged_as_provisional(record: Record, person: Person) -> None:
    done = record(person, UNSTABLE, by="village")
    assert "provisional_risk" in done.flags
    assert Standing.objects.get(person=person).risk == 3


def test_a_person_in_hospital_needs_no_clinical_answers_and_keeps_no_class(
    record: Record, person: Person
) -> None:
    done = record(person, IN_HOSPITAL)
    kept = Visit.objects.get(pk=done.visit_id)
    assert (done.visit_class, kept.complete) == ("", True)
    assert done.next_due_on == date(2027, 2, 21)
    assert LifeEvent.objects.get(person=person, kind="admitted").visit_id == done.visit_id
    assert Standing.objects.get(person=person).in_hospital


def test_a_discharge_told_at_a_visit_is_kept_as_an_event(record: Record, person: Person) -> None:
    record(person, IN_HOSPITAL, visit_date=date(2026, 10, 1))
    record(person, hospital="2", last_discharge=date(2026, 11, 10))
    assert LifeEvent.objects.get(person=person, kind="discharged").happened_on == date(2026, 11, 10)
    assert not Standing.objects.get(person=person).in_hospital


def test_a_lost_person_owes_no_visit_until_found(record: Record, person: Person) -> None:
    done = record(person, LOST, visit_date=date(2026, 10, 1))
    assert done.next_due_on is None
    assert Standing.objects.get(person=person).state == "lost"
    record(person, visit_date=date(2026, 11, 1))
    assert LifeEvent.objects.get(person=person, kind="found").happened_on == date(2026, 11, 1)
    assert Standing.objects.get(person=person).state == "registered"


def test_three_misses_without_dated_tries_are_kept_as_a_loss_to_verify(
    record: Record, person: Person
) -> None:
    done = record(person, LOST, lost_reason="4")
    assert "lost_to_verify" in done.flags
    assert done.next_due_on is not None
    assert Standing.objects.get(person=person).state == "registered"


def test_a_dead_person_owes_no_visit_and_the_death_is_an_event(record: Record, person: Person) -> None:
    record(person, DEAD)
    event = LifeEvent.objects.get(person=person, kind="died")
    assert (event.happened_on, event.reason) == (date(2026, 11, 2), "4")
    standing = Standing.objects.get(person=person)
    assert (standing.state, standing.due_on) == ("dead", None)


def test_a_death_that_an_amendment_drops_stands_until_a_second_person_agrees(
    record: Record,
    person: Person,
    county: County,
    clock: FixedClock,
    acting_as: Callable[[str], AbstractContextManager[None]],
) -> None:
    first = record(person, DEAD)
    record(person, form="3", amends=first.visit_id)
    assert Standing.objects.get(person=person).state == "dead"
    waiting = LifeCorrection.objects.get(person=person, kind="undo_death", decision="")
    with acting_as("county"):
        decide_correction(actor=county.actors["county"], clock=clock, correction_id=waiting.pk, approve=True)
    assert Standing.objects.get(person=person).state == "registered"


def test_an_amended_day_of_death_needs_nobody_else(record: Record, person: Person) -> None:
    first = record(person, DEAD)
    record(person, {**DEAD, "death_date": "2026-11-01"}, amends=first.visit_id)
    assert not LifeCorrection.objects.exists()
    event = LifeEvent.objects.get(person=person, kind="died", voided_at=None)
    assert event.happened_on == date(2026, 11, 1)


def test_a_planned_day_later_than_due_needs_a_reason(record: Record, person: Person) -> None:
    with pytest.raises(Invalid) as error:
        record(person, planned_on=date(2027, 3, 1))
    assert ("planned_reason", "missing") in problems_of(error)
    assert not Visit.objects.exists()
    record(person, planned_on=date(2027, 3, 1), planned_reason="外出务工，约定春节后")
    assert Standing.objects.get(person=person).planned_on == date(2027, 3, 1)


def test_imported_history_keeps_its_written_class_marked_not_recomputed(
    record: Record, person: Person
) -> None:
    old = {k: v for k, v in STABLE.items() if k not in ("symptom_severity", "physical_severity")}
    done = record(
        person, {**old, "visit_class": "2"}, by="county", mode="import", visit_date=date(2026, 9, 1)
    )
    kept = Visit.objects.get(pk=done.visit_id)
    assert (kept.class_source, kept.counted_class) == ("imported", "2")
    assert "not_recomputed" in kept.flags


def test_a_batch_is_all_or_nothing_and_names_each_record(
    county: County, acting_as: Acting, clock: FixedClock, person: Person
) -> None:
    other = make_person(SOUTH_1, county.institutions[SOUTH])
    good, bad = visit(person), visit(other, visit_date=date(2027, 1, 1))
    with acting_as("county"), pytest.raises(BatchInvalid) as error:
        record_visits(actor=county.actors["county"], clock=clock, batch=[good, bad], entry_mode="import")
    assert list(error.value.by_op) == [bad.op_id]
    assert not Visit.objects.exists()


def test_a_batch_takes_as_many_statements_as_one_visit(
    county: County, acting_as: Acting, clock: FixedClock, count_sql: Any
) -> None:
    people = [make_person(NORTH_2, county.institutions[NORTH], filed_on=date(2026, 1, 1)) for _ in range(12)]
    days = [date(2026, month, 3) for month in (2, 5, 8)]

    def batch(some: list[Person]) -> int:
        with acting_as("county"), count_sql() as sql:
            record_visits(
                actor=county.actors["county"],
                clock=clock,
                batch=[visit(p, visit_date=day) for p in some for day in days],
                entry_mode="import",
            )
        return len(sql.captured_queries_after)

    assert batch(people[:2]) == batch(people[2:]) <= 7


def test_one_visit_takes_seven_statements_inside_the_action(
    county: County, acting_as: Acting, clock: FixedClock, person: Person, count_sql: Any
) -> None:
    with acting_as("township"), count_sql() as sql:
        record_visits(actor=county.actors["township"], clock=clock, batch=[visit(person)], entry_mode="full")
    assert len(sql.captured_queries_after) <= 7


def test_folding_again_changes_nothing(
    record: Record, person: Person, clock: FixedClock, acting_as: Acting
) -> None:
    record(person, BASIC, visit_date=date(2026, 10, 1))
    record(person)
    before = list(Obligation.objects.order_by("opened_on").values()) + list(Standing.objects.values())
    with acting_as("township"):
        refold([person.pk], clock=clock)
    assert list(Obligation.objects.order_by("opened_on").values()) + list(Standing.objects.values()) == before


def test_a_new_person_owes_a_first_visit_a_month_after_filing(
    person: Person, clock: FixedClock, acting_as: Acting
) -> None:
    with acting_as("township"):
        refold([person.pk], clock=clock)
    due = Obligation.objects.get(person=person)
    assert (due.reason, due.due_on, due.outcome) == ("registered", date(2026, 7, 1), "open")
    assert Standing.objects.get(person=person).due_on == date(2026, 7, 1)
