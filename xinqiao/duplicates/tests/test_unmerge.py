"""Two files that were one are two again: every row is where it was, whatever happened since."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from tests.factories.county import NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from tests.factories.people import make_person
from tests.factories.records import visit_record
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.boundaries.actions import NewChange, carry_out, plan_change
from xinqiao.duplicates.actions import unmerge_people
from xinqiao.duplicates.queries import find_merge, now_at
from xinqiao.followup.actions import NewVisit, amend_visit, record_visits
from xinqiao.followup.models import Obligation, Standing, Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict
from xinqiao.kernel.ids import uuid7
from xinqiao.places.models import Institution
from xinqiao.registry.actions import move_person
from xinqiao.registry.models import Identifier, Person, Responsibility

from .acts import dump, merge
from .conftest import Two

Acting = Callable[[str], AbstractContextManager[None]]


@pytest.mark.parametrize("take", [[], ["name", "id_number", "live_code", "workplace"]])
def test_taking_apart_restores_every_row(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, take: list[str]
) -> None:
    before = dump(two)
    with acting_as("county"):
        done = merge(county, clock, two, take=take)
    assert dump(two) != before
    with acting_as("county"):
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="两人同时到场")
        again = unmerge_people(
            actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="再按一次"
        )
    assert again.undone_reason == "两人同时到场"
    after = dump(two)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    with acting_as("county"):
        merge(county, clock, two)
        assert Person.objects.count() == 1


def test_what_came_after_stays_with_the_file_that_stayed_and_is_listed(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    actor = county.actors["county"]
    with acting_as("county"):
        done = merge(county, clock, two)
        record_visits(
            actor=actor, clock=clock, entry_mode="full",
            batch=[NewVisit(uuid7(), two.winner, visit_record(date(2026, 11, 20)))],
        )  # fmt: skip
        page = find_merge(actor=actor, merge_id=done.pk)
        assert [(one.table, one.on) for one in page.added] == [("followup_visit", date(2026, 11, 20))]
        unmerge_people(actor=actor, clock=clock, merge_id=done.pk, reason="不是同一人")
        days = Visit.objects.filter(person_id=two.winner).values_list("visit_date", flat=True)
        assert sorted(days) == [date(2026, 3, 2), date(2026, 8, 3), date(2026, 11, 20)]
        assert Standing.objects.get(person_id=two.loser).last_visit_on == date(2026, 10, 8)


def test_what_was_written_since_about_a_row_that_goes_back_goes_back_with_it(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    actor = county.actors["county"]
    with acting_as("county"):
        done = merge(county, clock, two)
        visit = Visit.objects.get(visit_date=date(2026, 10, 8))
        first = amend_visit(
            actor=actor, clock=clock, visit_id=visit.pk, op_id=uuid7(), reason="录错血压",
            record=visit_record(date(2026, 10, 8), insight="2"),
        )  # fmt: skip
        amend_visit(
            actor=actor, clock=clock, visit_id=first.visit_id, op_id=uuid7(), reason="再更正",
            record=visit_record(date(2026, 10, 8), insight="3"),
        )  # fmt: skip
        assert find_merge(actor=actor, merge_id=done.pk).added == []
        unmerge_people(actor=actor, clock=clock, merge_id=done.pk, reason="不是同一人")
        back = Visit.objects.filter(visit_date=date(2026, 10, 8)).order_by("recorded_at")
        assert [(one.person_id, one.managing_code, one.superseded) for one in back] == [
            (two.loser, SOUTH_1, True), (two.loser, SOUTH_1, True), (two.loser, SOUTH_1, False),
        ]  # fmt: skip
        assert Standing.objects.get(person_id=two.loser).last_visit_on == date(2026, 10, 8)
        assert Standing.objects.get(person_id=two.winner).last_visit_on == date(2026, 8, 3)


def test_both_come_apart_where_they_are_now_after_one_has_moved(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    actor = county.actors["county"]
    with acting_as("county"):
        done = merge(county, clock, two, take=["id_number"])
        move_person(
            actor=actor,
            clock=clock,
            person_id=two.winner,
            village=NORTH_2,
            since=clock.today(),
            reason="搬家",
        )
        unmerge_people(actor=actor, clock=clock, merge_id=done.pk, reason="不是同一人")
        codes = dict(Person.objects.values_list("pk", "managing_code"))
        assert codes == {two.winner: NORTH_2, two.loser: SOUTH_1}
        for model in (Visit, Identifier, Responsibility, Obligation, Standing):
            places = set(model.objects.values_list("person_id", "managing_code"))
            assert places == {(two.winner, NORTH_2), (two.loser, SOUTH_1)}, model


def test_a_file_put_away_while_the_borders_changed_counts_at_what_its_place_became(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    with acting_as("county"):
        done = merge(county, clock, two)
    User.objects.filter(pk=county.users["system"].pk).update(place="990100000000")
    admin = actor_of(User.objects.get(pk=county.users["system"].pk), clock)
    day = date(2026, 11, 1)
    with acting(admin):
        new = NewChange("recode", day, "批复", SOUTH, code="990101155000")
        change = plan_change(actor=admin, clock=clock, new=new)
        carry_out(actor=admin, clock=clock, change_id=change.pk)
    with acting_as("county"):
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="不是同一人")
        assert Person.objects.get(pk=two.loser).managing_code == "990101155201"
        rows = Responsibility.objects.filter(person_id=two.loser, kind="counting").order_by("valid_from")
        assert list(rows.values_list("counted_code", "counted_now", "valid_from", "valid_to", "reason")) == [
            (SOUTH_1, "990101155201", date(2025, 5, 1), day, ""),
            ("990101155201", None, day, None, "boundary"),
        ]


def test_whoever_has_left_meanwhile_does_not_answer_for_a_file_that_comes_back(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    Responsibility.objects.filter(person_id=two.loser, kind="responsible").update(
        worker=county.users["other_township"]
    )
    with acting_as("county"):
        done = merge(county, clock, two)
    User.objects.filter(pk=county.users["other_township"].pk).update(is_active=False)
    Institution.objects.filter(pk=county.institutions[SOUTH].pk).update(
        in_charge_id=county.users["county"].pk
    )
    with acting_as("county"):
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="不是同一人")
        rows = Responsibility.objects.filter(person_id=two.loser, kind="responsible").order_by("valid_from")
        assert [(row.worker_id, row.valid_to) for row in rows] == [
            (county.users["other_township"].pk, clock.today()), (county.users["county"].pk, None),
        ]  # fmt: skip


def test_an_answer_changed_since_stays_changed(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    with acting_as("county"):
        done = merge(county, clock, two, take=["name"])
        Person.objects.filter(pk=two.winner).update(workplace="水厂", row_version=9)
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="不是同一人")
        winner = Person.objects.get(pk=two.winner)
        assert (winner.name, winner.workplace, winner.row_version) == ("马小军", "水厂", 10)


def test_a_merged_file_is_undone_before_the_one_it_was_merged_into(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    third = make_person(NORTH_1, county.institutions["990101100000"], name="马筱军")
    with acting_as("county"):
        first = merge(county, clock, two)
        second = merge(county, clock, Two(third.pk, two.winner))
        assert now_at(two.loser) == third.pk
        with pytest.raises(Conflict):
            unmerge_people(actor=county.actors["county"], clock=clock, merge_id=first.pk, reason="x")
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=second.pk, reason="x")
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=first.pk, reason="x")
        assert now_at(two.loser) is None
        assert Person.objects.count() == 3
