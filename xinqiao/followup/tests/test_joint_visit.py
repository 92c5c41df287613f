"""The first visit of a new file is made together with the village doctor: its clock, from the visits."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.factories.county import NORTH_1, SOUTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.clocks.actions import settle_all
from xinqiao.clocks.models import Clock
from xinqiao.clocks.queries import timeliness
from xinqiao.followup.actions import NewVisit, amend_visit, record_visits, undo_visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import (
    Answer,
    NewCorrection,
    NewLifeEvent,
    NewPerson,
    Notice,
    decide_correction,
    move_person,
    record_consent,
    record_life_events,
    record_notice,
    register_people,
    request_correction,
)
from xinqiao.registry.models import LifeEvent

TODAY = date(2026, 11, 21)
FILED = TODAY - timedelta(days=10)
CLOCK = FixedClock(TODAY)


@pytest.fixture
def person(county: County) -> UUID:
    """Whose file was typed in ten days ago."""
    actor = county.actors["township"]
    record = person_record("安新档", NORTH_1, filed_on=FILED, serial=71)
    with acting(actor):
        made = register_people(actor=actor, clock=CLOCK, batch=[NewPerson(uuid7(), record)], source="form")
    return made[0].person_id


def _clock(person: UUID, code: str = "D35") -> Clock:
    return Clock.objects.get(subject=person, code=code)


def _visit(county: County, person: UUID, on: date, *along: str) -> UUID:
    actor, op = county.actors["township"], uuid7()
    with acting(actor):
        visit = NewVisit(op, person, visit_record(on, co_visitors=list(along)))
        return record_visits(actor=actor, clock=CLOCK, batch=[visit], entry_mode="full")[0].visit_id


def test_what_a_new_file_owes_runs_from_the_moment_it_is_typed_in(county: County, person: UUID) -> None:
    row, first = _clock(person), _clock(person, "D34")
    assert (row.outcome, row.started_on, row.due_on) == ("open", FILED, date(2026, 12, 11))
    assert (first.outcome, first.started_on, first.due_on) == ("open", FILED, date(2027, 2, 11))
    assert list(settle_all(NATION, write_down=False)) == []


def test_an_imported_register_owes_none(county: County) -> None:
    actor = county.actors["county"]
    record = person_record("安导入", NORTH_1, filed_on=FILED, serial=72)
    with acting(actor):
        register_people(actor=actor, clock=CLOCK, batch=[NewPerson(uuid7(), record)], source="import")
    assert not Clock.objects.filter(code__in=["D34", "D35"]).exists()


def test_a_joint_visit_ends_the_clock_of_a_new_file_and_another_visit_does_not(
    county: County, person: UUID
) -> None:
    _visit(county, person, TODAY - timedelta(days=3))
    assert _clock(person).outcome == "open"
    _visit(county, person, TODAY, "王海东")
    assert (_clock(person).outcome, _clock(person).ended_on) == ("done", TODAY)


def test_a_joint_visit_undone_or_put_right_lets_the_clock_run_again(county: County, person: UUID) -> None:
    actor = county.actors["township"]
    visit = _visit(county, person, TODAY, "王海东")
    with acting(actor):
        undo_visit(actor=actor, clock=CLOCK, visit_id=visit, reason="录错人")
    assert _clock(person).outcome == "open"
    visit = _visit(county, person, TODAY, "王海东")
    assert _clock(person).outcome == "done"
    with acting(actor):
        amend_visit(
            actor=actor, clock=CLOCK, visit_id=visit, op_id=uuid7(), record=visit_record(TODAY), reason="没有同去"
        )  # fmt: skip
    assert _clock(person).outcome == "open"


def test_death_ends_what_is_owed_and_a_death_taken_back_lets_it_run_again(
    county: County, person: UUID
) -> None:
    actor = county.actors["county"]
    with acting(actor):
        died = NewLifeEvent(person, "died", TODAY, "1")
        record_life_events(actor=actor, clock=CLOCK, events=[died])
    for code in ("D34", "D35"):
        assert (_clock(person, code).outcome, _clock(person, code).ended_on) == ("cancelled", TODAY)
    township = county.actors["township"]
    with acting(township):
        asked = request_correction(
            actor=township, clock=CLOCK, new=NewCorrection(person, "undo_death", reason="同名同姓，本人健在")
        )
    with acting(actor):
        decide_correction(actor=actor, clock=CLOCK, correction_id=asked.pk, approve=True)
    assert {_clock(person, code).outcome for code in ("D34", "D35")} == {"open"}
    assert list(settle_all(NATION, write_down=False)) == []


def test_a_no_presses_neither_upon_anybody_and_an_agreement_lets_both_run_again(
    county: County, person: UUID
) -> None:
    actor = county.actors["township"]
    for decision, on, outcome in (("0", TODAY - timedelta(days=2), "cancelled"), ("1", TODAY, "open")):
        with acting(actor):
            record_consent(actor=actor, clock=CLOCK, person_id=person, answer=Answer(decision, "1", on))
        assert {_clock(person, code).outcome for code in ("D34", "D35")} == {outcome}
    assert list(settle_all(NATION, write_down=False)) == []


def test_where_the_law_reported_a_no_ends_neither(county: County, person: UUID) -> None:
    actor = county.actors["township"]
    with acting(actor):
        record_notice(actor=actor, clock=CLOCK, person_id=person, notice=Notice(FILED, "王医生"))
        record_consent(actor=actor, clock=CLOCK, person_id=person, answer=Answer("0", "1", TODAY))
    assert {_clock(person, code).outcome for code in ("D34", "D35")} == {"open"}


def test_who_moves_still_owes_it_at_the_new_place(county: County, person: UUID) -> None:
    actor = county.actors["county"]
    with acting(actor):
        move_person(
            actor=actor, clock=CLOCK, person_id=person, village=SOUTH_1, since=TODAY, reason="搬家", op_id=uuid7()
        )  # fmt: skip
    kinds = set(LifeEvent.objects.filter(person_id=person).values_list("kind", flat=True))
    assert {"moved_out", "moved_in"} <= kinds
    for code in ("D34", "D35"):
        assert (_clock(person, code).outcome, _clock(person, code).managing_code) == ("open", SOUTH_1)
    assert list(settle_all(NATION, write_down=False)) == []


def test_what_ended_before_a_move_stays_in_the_figures_of_the_office_that_did_it(
    county: County, person: UUID
) -> None:
    _visit(county, person, TODAY, "王海东")
    actor = county.actors["county"]
    with acting(actor):
        move_person(
            actor=actor, clock=CLOCK, person_id=person, village=SOUTH_1, since=TODAY, reason="搬家", op_id=uuid7()
        )  # fmt: skip
    for key, wanted in (("township", {"D35"}), ("other_township", {"D34"}), ("county", {"D34", "D35"})):
        actor = county.actors[key]
        with acting(actor):
            found = timeliness(actor=actor, today=date(2027, 3, 1), first=FILED, last=date(2027, 3, 1))
        assert {code for code, _label, _one in found.by_code} == wanted, key
    assert list(settle_all(NATION, write_down=False)) == []
