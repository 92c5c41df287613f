"""Sweeps, rounds, and forgetting what came to nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, SOUTH_2, County
from tests.factories.numbers import id_number
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.clocks.models import Clock
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.policy.marks import clause
from xinqiao.registry.models import Person
from xinqiao.screening import actions, queries
from xinqiao.screening.models import Clue, ClueAct, Rediagnosis, RoundPerson, Sweep, SweepVillage

from .conftest import CLOCK, TODAY, Noted, answer_record, clue_record


@pytest.fixture
def sweep(county: County) -> Sweep:
    actor = county.actors["township"]
    with acting(actor):
        return actions.open_sweep(actor=actor, clock=CLOCK, year=2026, quarter=4)


def _mark(county: County, key: str, village: str, **changes: Any) -> SweepVillage:
    actor = county.actors[key]
    done = {"done_on": TODAY, "households": 120, "people": 310} | changes
    row = SweepVillage.objects.get(managing_code=village)
    with acting(actor):
        return actions.mark_village(actor=actor, clock=CLOCK, row_id=row.pk, done=actions.VillageDone(**done))


def test_a_sweep_has_a_row_and_a_clock_for_each_village(county: County, sweep: Sweep) -> None:
    rows = SweepVillage.objects.filter(sweep=sweep)
    assert {row.managing_code for row in rows} == {NORTH_1, NORTH_2}
    clocks = Clock.objects.filter(kind="sweep")
    assert {(one.managing_code, one.due_on, one.outcome) for one in clocks} == {
        (village, date(2026, 12, 31), "open") for village in (NORTH_1, NORTH_2)
    }
    actor = county.actors["township"]
    with acting(actor), pytest.raises(Conflict):
        actions.open_sweep(actor=actor, clock=CLOCK, year=2026, quarter=4)
    with acting(actor), pytest.raises(Invalid):
        actions.open_sweep(actor=actor, clock=CLOCK, year=2026, quarter=3)
    doctor = county.actors["village"]
    with acting(doctor), pytest.raises(NotAllowed):
        actions.open_sweep(actor=doctor, clock=CLOCK, year=2027, quarter=1)


def test_a_village_stands_in_one_sweep_of_a_quarter(county: County, sweep: Sweep) -> None:
    actor = county.actors["county"]
    with acting(actor):
        wider = actions.open_sweep(actor=actor, clock=CLOCK, year=2026, quarter=4)
    rows = SweepVillage.objects.filter(sweep=wider)
    assert {row.managing_code for row in rows} == {SOUTH_1, SOUTH_2}
    other = county.actors["other_township"]
    with acting(other), pytest.raises(Conflict):
        actions.open_sweep(actor=other, clock=CLOCK, year=2026, quarter=4)


def test_a_village_doctor_marks_the_own_village_only(county: County, sweep: Sweep) -> None:
    row = _mark(county, "village", NORTH_1)
    assert (row.done_on, row.done_by) == (TODAY, county.users["village"].pk)
    assert Clock.objects.get(subject=row.pk).outcome == "done"
    with pytest.raises(NotFound):
        _mark(county, "village", NORTH_2)
    with pytest.raises(NotFound):
        _mark(county, "other_township", NORTH_1)
    with pytest.raises(Invalid):
        _mark(county, "township", NORTH_2, done_on=TODAY + timedelta(days=1))
    with pytest.raises(Invalid):
        _mark(county, "township", NORTH_2, people=None)


@pytest.mark.parametrize(
    ("found", "counts"), [(TODAY, True), (date(2026, 10, 1), True), (date(2026, 9, 30), False)]
)
def test_a_find_counts_for_the_quarter_of_its_day(
    county: County, sweep: Sweep, noted: Noted, found: date, counts: bool
) -> None:
    clue = noted("village", clue_record(NORTH_1, "5", found_on=found.isoformat()))
    assert clue.sweep_id == (sweep.pk if counts else None)


def test_a_sweep_opened_ahead_takes_nothing_of_the_running_quarter(
    county: County, sweep: Sweep, noted: Noted
) -> None:
    actor = county.actors["township"]
    with acting(actor):
        actions.open_sweep(actor=actor, clock=CLOCK, year=2027, quarter=1)
    assert noted("village", clue_record(NORTH_1, "5")).sweep_id == sweep.pk


@clause("OWN/sweep")
def test_clues_and_checks_without_one_are_counted_not_typed(
    county: County, sweep: Sweep, noted: Noted
) -> None:
    noted("village", clue_record(NORTH_1, "5"))
    actor, op = county.actors["village"], uuid7()
    with acting(actor):
        for one in (op, op, uuid7()):
            actions.record_clue(actor=actor, clock=CLOCK, new=actions.NewClue(one, clue_record(NORTH_1, "0")))
    _mark(county, "village", NORTH_1)
    head = county.actors["township"]
    with acting(head):
        lines = queries.village_lines(actor=head, sweep=sweep)
        whole = queries.sweeps(actor=head)[0]
    assert [(line.row.managing_code, line.clues, line.negatives) for line in lines] == [
        (NORTH_2, 0, 0),
        (NORTH_1, 1, 2),
    ]
    assert (whole.total, whole.done, whole.clues) == (2, 1, 1)


def test_an_ended_sweep_takes_no_more_marks_and_calls_its_clocks_off(county: County, sweep: Sweep) -> None:
    _mark(county, "village", NORTH_1)
    actor = county.actors["township"]
    with acting(actor):
        actions.close_sweep(actor=actor, clock=CLOCK, sweep_id=sweep.pk)
    assert set(Clock.objects.filter(kind="sweep").values_list("outcome", flat=True)) == {"done", "cancelled"}
    with pytest.raises(Conflict):
        _mark(county, "village_2", NORTH_2)


def test_closing_after_the_quarter_leaves_what_was_not_done_in_the_figures(
    county: County, sweep: Sweep
) -> None:
    _mark(county, "village", NORTH_1)
    actor = county.actors["township"]
    with acting(actor):
        actions.close_sweep(actor=actor, clock=FixedClock(date(2027, 1, 4)), sweep_id=sweep.pk)
    rows = Clock.objects.filter(kind="sweep")
    assert {(one.managing_code, one.outcome) for one in rows} == {(NORTH_1, "done"), (NORTH_2, "late")}


# ── rounds ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _round(county: County, key: str = "township", place: str = NORTH) -> Any:
    actor = county.actors[key]
    with acting(actor):
        return actions.plan_round(
            actor=actor, clock=CLOCK, new=actions.NewRound(uuid7(), place, TODAY, "双桥县安康医院", "沈医师")
        )


def test_a_round_has_a_list_with_purposes_and_results(county: County, person: Person, noted: Noted) -> None:
    clue, one, actor = noted(), _round(county), county.actors["township"]
    with acting(actor):
        choice = queries.candidates(actor=actor, round_=one, why="unassessed", today=TODAY)
        assert [row.pk for row in choice] == [person.pk]
        for _n in range(2):
            actions.add_to_round(
                actor=actor, clock=CLOCK, round_id=one.pk, purpose="advice", people=[person.pk]
            )
        actions.add_to_round(actor=actor, clock=CLOCK, round_id=one.pk, purpose="review", clues=[clue.pk])
        assert queries.candidates(actor=actor, round_=one, why="clue", today=TODAY) == []
        rows = queries.people_of(one)
        assert len(rows) == 2
        with pytest.raises(Conflict):
            actions.close_round(actor=actor, clock=CLOCK, round_id=one.pk)
        with pytest.raises(Invalid):
            actions.record_round_result(
                actor=actor, clock=CLOCK, row_id=rows[0].pk, result="seen", seen_on=TODAY
            )
        for row in rows:
            actions.record_round_result(
                actor=actor, clock=CLOCK, row_id=row.pk, result="seen", seen_on=TODAY, note="建议门诊复查"
            )
        assert actions.close_round(actor=actor, clock=CLOCK, round_id=one.pk).closed_on == TODAY


def test_nobody_of_another_township_gets_on_the_list(county: County, person: Person) -> None:
    south = _round(county, "county", SOUTH)
    actor = county.actors["county"]
    with acting(actor), pytest.raises(NotFound):
        actions.add_to_round(
            actor=actor, clock=CLOCK, round_id=south.pk, purpose="advice", people=[person.pk]
        )
    stranger = county.actors["township"]
    with acting(stranger), pytest.raises(NotFound):
        queries.find_round(actor=stranger, round_id=south.pk)
    with acting(stranger), pytest.raises(NotFound):
        actions.plan_round(
            actor=stranger, clock=CLOCK, new=actions.NewRound(uuid7(), SOUTH, TODAY, "某院", "某医师")
        )
    assert RoundPerson.objects.count() == 0


def test_a_round_is_no_earlier_result_and_no_far_day(county: County, person: Person) -> None:
    one, actor = _round(county), county.actors["township"]
    with acting(actor):
        actions.add_to_round(actor=actor, clock=CLOCK, round_id=one.pk, purpose="exam", people=[person.pk])
        row = queries.people_of(one)[0]
        with pytest.raises(Invalid) as wrong:
            actions.record_round_result(
                actor=actor, clock=CLOCK, row_id=row.pk, result="seen", seen_on=TODAY - timedelta(days=1), note="已查体"
            )  # fmt: skip
        assert set(wrong.value.by_field()) == {"seen_on"}
        far = actions.NewRound(uuid7(), NORTH, date(2206, 11, 21), "某院", "某医师")
        with pytest.raises(Invalid):
            actions.plan_round(actor=actor, clock=CLOCK, new=far)


def test_whoever_stands_on_a_list_by_mistake_does_not_hold_the_round_open(
    county: County, person: Person
) -> None:
    one, actor = _round(county), county.actors["township"]
    with acting(actor):
        actions.add_to_round(actor=actor, clock=CLOCK, round_id=one.pk, purpose="exam", people=[person.pk])
        row = queries.people_of(one)[0]
        actions.record_round_result(actor=actor, clock=CLOCK, row_id=row.pk, result="off", seen_on=None)
        assert actions.close_round(actor=actor, clock=CLOCK, round_id=one.pk).closed_on == TODAY


def test_a_diagnosis_of_a_round_names_its_round(
    county: County, noted: Noted, signed_in: Callable[[str], Client]
) -> None:
    one, clue, client = _round(county), noted(), signed_in("township")
    page = reverse("screening:send", args=[clue.pk])
    text = client.get(page, {"round": str(one.pk)}).content.decode()
    assert "双桥县安康医院" in text
    sent = {
        "hospital": "paper", "hospital_name": "双桥县安康医院", "asked_on": TODAY.isoformat(), "round": str(one.pk),
        "op_id": str(uuid7()),
    }  # fmt: skip
    assert client.post(page, sent).status_code == 302
    assert Rediagnosis.objects.get(clue=clue).round_id == one.pk
    south = _round(county, "county", SOUTH)
    assert client.get(page, {"round": str(south.pk)}).status_code == 404


# ── several townships ───────────────────────────────────────────────────────────────────────────────────────────────


def test_somebody_who_serves_a_second_township_works_there_as_well(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    User.objects.filter(pk=county.users["township"].pk).update(further_places=[SOUTH])
    actor = actor_of(User.objects.get(pk=county.users["township"].pk), CLOCK)
    with acting(actor):
        for place in (NORTH, SOUTH):
            actions.open_sweep(actor=actor, clock=CLOCK, year=2026, quarter=4, place=place)
        there = actions.plan_round(
            actor=actor, clock=CLOCK, new=actions.NewRound(uuid7(), SOUTH, TODAY, "某院", "某医师")
        )
        assert [one.round.pk for one in queries.rounds(actor=actor)] == [there.pk]
        assert queries.find_round(actor=actor, round_id=there.pk) == there
        assert all(queries.may_run(actor, one.sweep) for one in queries.sweeps(actor=actor))
    assert {row.managing_code for row in SweepVillage.objects.all()} == {NORTH_1, NORTH_2, SOUTH_1, SOUTH_2}
    client = signed_in("township")
    assert SOUTH_1 in client.get(reverse("screening:new")).content.decode()
    assert f'value="{SOUTH}"' in client.get(reverse("screening:list")).content.decode()
    other = county.actors["other_township"]
    with acting(other), pytest.raises(NotFound):
        actions.open_sweep(actor=other, clock=CLOCK, year=2027, quarter=1, place=NORTH)


def test_a_village_done_before_the_sweep_was_opened_counts_from_the_quarters_first_day(
    county: County, sweep: Sweep
) -> None:
    assert _mark(county, "village", NORTH_1, done_on=date(2026, 10, 8)).done_on == date(2026, 10, 8)
    with pytest.raises(Invalid):
        _mark(county, "village", NORTH_1, done_on=date(2026, 9, 30))


# ── forgetting ──────────────────────────────────────────────────────────────────────────────────────────────────────


@clause("OWN/clue-retention")
def test_a_closed_clue_is_forgotten_after_the_configured_time_and_only_numbers_stay(
    county: County, noted: Noted
) -> None:
    early = date(2025, 11, 20)
    number = id_number(date(1990, 3, 4), "1", 88)
    record = clue_record(
        NORTH_1,
        "5",
        found_on=early.isoformat(),
        id_number=number,
        phone="13900000009",
        age="",
        description="左眉有痣",
    )
    clue, still = (
        noted("township", record, early),
        noted("township", clue_record(NORTH_1, "6", name="安仍在")),
    )
    actor, clock = county.actors["township"], FixedClock(early)
    with acting(actor):
        actions.add_act(
            actor=actor,
            clock=clock,
            clue_id=clue.pk,
            op_id=uuid7(),
            kind="kin",
            on=early,
            note="家属安守成说",
        )
        one = actions.ask_about_clue(
            actor=actor,
            clock=clock,
            clue_id=clue.pk,
            new=actions.NewReview(uuid7(), None, "某院", asked_on=early),
        )
        closed = answer_record("exclude", "close", diagnosed_on=early.isoformat())
        actions.answer_review(actor=actor, clock=clock, review_id=one.pk, record=closed)
    assert actions.forget_closed(clock=FixedClock(date(2026, 11, 19))) == 0
    assert actions.forget_closed(clock=CLOCK) == 1
    assert actions.forget_closed(clock=CLOCK) == 0
    clue.refresh_from_db()
    for key in ("name", "name_key", "id_number", "phone", "address", "guardian_name", "guardian_phone", "facts",
                "informant_name", "informant_relation", "informant_phone", "description"):  # fmt: skip
        assert getattr(clue, key) == "", key
    assert (clue.id_hash, clue.phone_hash, clue.birth_on, clue.age) == (None, None, None, None)
    assert (clue.state, clue.items, clue.managing_code) == ("closed", ["5"], NORTH_1)
    assert ClueAct.objects.get(clue=clue).note == ""
    answer = Rediagnosis.objects.get(pk=one.pk)
    assert (answer.name, answer.question, answer.icd10, answer.guardian_phone) == ("", "", "", "")
    assert Clue.objects.get(pk=still.pk).name == "安仍在"


def test_nothing_of_a_forgotten_clue_is_left_in_its_row(county: County, noted: Noted) -> None:
    from django.db import connection

    early = date(2025, 11, 1)
    clue = noted("township", clue_record(NORTH_1, "5", found_on=early.isoformat()), early)
    actor = county.actors["township"]
    with acting(actor):
        actions.close_clue(
            actor=actor,
            clock=FixedClock(early),
            clue_id=clue.pk,
            reason="mistake",
            on=early,
            note="记错了安寻之",
        )
    actions.forget_closed(clock=CLOCK)
    with connection.cursor() as cursor:
        cursor.execute("select c::text from screening_clue c where id = %s", [clue.pk])
        row = cursor.fetchone()[0]
    assert "安寻之" not in row
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(length(id_number),0)+length(phone)+length(address)+length(informant_name)"
            "+length(guardian_phone)+length(facts) from screening_clue where id = %s",
            [clue.pk],
        )
        assert cursor.fetchone()[0] == 0
