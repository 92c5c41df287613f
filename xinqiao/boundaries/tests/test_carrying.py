"""A change of borders carried out: who counts where, who sees whom, what was stays as it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection

from tests.factories.county import (
    COUNTY,
    EAST,
    EAST_1,
    NEXT_COUNTY,
    NORTH,
    NORTH_1,
    NORTH_2,
    SOUTH,
    SOUTH_1,
    County,
)
from tests.factories.people import make_person
from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.audit.models import Event
from xinqiao.boundaries.actions import (
    NewChange,
    assign_village,
    carry_out,
    carry_out_due,
    plan_change,
    plan_undo,
    withdraw_change,
)
from xinqiao.boundaries.models import Assignment
from xinqiao.boundaries.queries import rehearse
from xinqiao.clocks.models import Clock
from xinqiao.indicators.engines import Area, sql
from xinqiao.indicators.queries.balances import balanced
from xinqiao.indicators.queries.tables import direct_children
from xinqiao.indicators.state import Frame
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound
from xinqiao.places.actions import add_divisions, close_division, rename_division
from xinqiao.places.models import Division, DivisionChange, Institution
from xinqiao.places.queries import existing, forget
from xinqiao.registry.models import Diagnosis, LifeEvent, Person, Responsibility

CountSql = Callable[[], AbstractContextManager[Any]]
TODAY, DAY = date(2026, 11, 21), date(2026, 11, 1)
CLOCK = FixedClock(TODAY)
NEW = "990101102000"
NEW_2 = "990101102202"


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    forget()


@pytest.fixture
def admin(county: County) -> Actor:
    """Who looks after places of the whole city: changes may cross counties."""
    User.objects.filter(pk=county.users["system"].pk).update(place="990100000000")
    county.users["system"].refresh_from_db()
    return actor_of(county.users["system"], CLOCK)


@pytest.fixture
def people(county: County) -> dict[str, Person]:
    made = {
        "north_1": make_person(NORTH_1, county.institutions[NORTH]),
        "north_2": make_person(NORTH_2, county.institutions[NORTH]),
        "dead": make_person(NORTH_2, county.institutions[NORTH]),
        "south": make_person(SOUTH_1, county.institutions[SOUTH]),
    }
    LifeEvent.objects.create(
        person=made["dead"],
        managing_code=NORTH_2,
        kind="died",
        happened_on=date(2025, 5, 5),
        recorded_at=CLOCK.now(),
    )
    Responsibility.objects.filter(managing_code=NORTH_2, kind="responsible").update(
        worker=county.users["township"]
    )
    return made


def splitting(county: County, **changes: Any) -> NewChange:
    given: dict[str, Any] = {
        "kind": "split", "effective_on": DAY, "document": "民发〔2026〕1号", "subject": NORTH, "code": NEW, "name": "石磨镇",
        "villages": [NORTH_2], "institution_name": "石磨镇卫生院", "accounts": {str(county.users["township_2"].pk): "go"},
    }  # fmt: skip
    return NewChange(**(given | changes))


def done(admin: Actor, new: NewChange) -> DivisionChange:
    with acting(admin):
        change = plan_change(actor=admin, clock=CLOCK, new=new)
        return carry_out(actor=admin, clock=CLOCK, change_id=change.pk)


def now(county: County, key: str) -> Actor:
    county.users[key].refresh_from_db()
    return actor_of(county.users[key], CLOCK)


def seen(actor: Actor) -> set[str]:
    with acting(actor):
        return set(Person.objects.values_list("managing_code", flat=True))


def registered(day: date, *, borders: str = "then") -> dict[str, int]:
    cells = sql.count(Area.below(COUNTY), Frame.at(day), (9,), borders=borders)
    return {code: numbers["reg"] for (_cut, code), numbers in cells.items() if numbers["reg"]}


# ── a township split ────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_a_split_the_old_township_no_longer_sees_the_villages_and_the_new_one_does(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    done(admin, splitting(county))
    assert seen(now(county, "township")) == {NORTH_1}
    assert seen(now(county, "township_2")) == {NEW_2}
    assert seen(now(county, "village_2")) == {NEW_2}
    assert seen(now(county, "county")) == {NORTH_1, NEW_2, SOUTH_1}
    assert seen(now(county, "other_township")) == {SOUTH_1}
    with acting(now(county, "township")):
        assert not Diagnosis.objects.filter(person=people["north_2"]).exists()
    with acting(now(county, "township_2")):
        assert Diagnosis.objects.filter(person=people["north_2"]).count() == 1


def test_a_split_keeps_what_was_counted_and_counts_anew_from_the_day(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    eve = date(2026, 10, 31)
    before = registered(eve)
    done(admin, splitting(county))
    assert registered(eve) == before == {"": 3, NORTH: 2, SOUTH: 1}
    assert registered(DAY) == {"": 3, NORTH: 1, NEW: 1, SOUTH: 1}
    assert (
        registered(eve, borders="now")
        == registered(DAY, borders="now")
        == {"": 3, NORTH: 1, NEW: 1, SOUTH: 1}
    )
    rows = Responsibility.objects.filter(person=people["north_2"], kind="counting").order_by("valid_from")
    assert [(r.counted_code, r.counted_now, r.valid_to, r.reason) for r in rows] == [
        (NORTH_2, NEW_2, DAY, ""), (NEW_2, None, None, "boundary"),
    ]  # fmt: skip
    assert not LifeEvent.objects.filter(kind__in=["moved_in", "moved_out"]).exists()


def test_a_split_shows_in_the_balance_as_borders_and_balances(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    done(admin, splitting(county))
    made = balanced(Area.below(COUNTY), direct_children(COUNTY), COUNTY, date(2026, 11, 1), TODAY)
    assert made.holds, made.faults
    assert {r.code: (r.opening, r.columns["border_in"], r.columns["border_out"], r.closing) for r in made.children} == {
        NORTH: (2, 0, 1, 1), NEW: (0, 1, 0, 1), SOUTH: (1, 0, 0, 1),
    }  # fmt: skip


def test_whoever_answered_and_does_not_reach_the_village_any_more_is_followed_by_who_is_in_charge(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    change = done(admin, splitting(county))
    assert change.counts["answered_anew"] == 2
    row = Responsibility.objects.get(person=people["north_2"], kind="responsible", valid_to=None)
    house = Institution.objects.get(name="石磨镇卫生院")
    assert house.in_charge_id == county.users["township_2"].pk
    # The village doctor is in charge of the clinic, which is nearer than the township's hospital.
    assert row.worker_id == county.users["village_2"].pk
    counting = Responsibility.objects.get(person=people["north_2"], kind="counting", valid_to=None)
    assert counting.institution_id == house.pk


def test_an_account_may_serve_both_townships_and_sees_both(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    done(admin, splitting(county, accounts={str(county.users["township_2"].pk): "both"}))
    actor = now(county, "township_2")
    assert (actor.place, actor.further) == (NORTH, (NEW,))
    assert seen(actor) == {NORTH_1, NEW_2}
    assert seen(now(county, "township")) == {NORTH_1}


def test_village_assignments_and_postings_keep_their_history(county: County, admin: Actor) -> None:
    done(admin, splitting(county))
    rows = VillageAssignment.objects.filter(user=county.users["village_2"]).order_by("valid_from")
    assert [(r.division_code, r.valid_to) for r in rows] == [(NORTH_2, DAY), (NEW_2, None)]
    assert [(p.place, p.valid_to) for p in county.users["township_2"].postings.all()] == [(NORTH, DAY)]
    assert existing([NORTH_2, NEW, NEW_2], TODAY) == {NEW, NEW_2}
    assert existing([NORTH_2, NEW, NEW_2], date(2026, 10, 31)) == {NORTH_2}


# ── the other kinds ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_townships_merge_and_the_worker_of_the_one_that_went_up_sees_the_whole(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    change = done(admin, NewChange("merge", DAY, "批复", SOUTH, target=NORTH))
    rows = dict(change.rows.values_list("old_code", "new_code"))
    assert rows[SOUTH] == NORTH
    assert rows[SOUTH_1] not in (NORTH_1, NORTH_2)
    assert registered(DAY) == {"": 3, NORTH: 3}
    assert registered(date(2026, 10, 31), borders="now") == {"": 3, NORTH: 3}
    assert seen(now(county, "other_township")) == {NORTH_1, NORTH_2, rows[SOUTH_1]}
    row = Responsibility.objects.get(person=people["south"], kind="counting", valid_to=None)
    assert row.institution_id == county.institutions[SOUTH].pk, "whoever served the villages goes on"
    with acting(admin):
        back = plan_undo(
            actor=admin, clock=CLOCK, change_id=change.pk, effective_on=date(2026, 11, 20), document="撤销"
        )
        carry_out(actor=admin, clock=CLOCK, change_id=back.pk)
    assert registered(TODAY) == {"": 3, NORTH: 2, SOUTH: 1}


def test_a_township_goes_to_another_county(county: County, admin: Actor, people: dict[str, Person]) -> None:
    change = done(admin, NewChange("move", DAY, "批复", SOUTH, target=NEXT_COUNTY))
    new = change.rows.get(old_code=SOUTH_1).new_code
    assert new.startswith("990102101")
    assert seen(now(county, "other_county")) == {new}
    assert SOUTH_1 not in seen(now(county, "county"))
    cells = sql.count(Area.below(NEXT_COUNTY), Frame.at(date(2026, 10, 31)), borders="now")
    assert next(iter(cells.values()))["reg"] == 1


def test_who_served_a_township_besides_does_not_follow_it_into_another_county(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    User.objects.filter(pk=county.users["township"].pk).update(further_places=[SOUTH])
    User.objects.filter(pk=county.users["other_township"].pk).update(further_places=[NORTH])
    assert seen(now(county, "township")) == {NORTH_1, NORTH_2, SOUTH_1}
    change = done(admin, NewChange("move", DAY, "批复", SOUTH, target=NEXT_COUNTY))
    township, other = now(county, "township"), now(county, "other_township")
    assert (township.place, township.further, seen(township)) == (NORTH, (), {NORTH_1, NORTH_2})
    assert (other.place, other.further) == (change.rows.get(old_code=SOUTH).new_code, ())
    assert seen(other) == {change.rows.get(old_code=SOUTH_1).new_code}


def test_who_serves_a_township_besides_goes_on_under_its_new_code(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    User.objects.filter(pk=county.users["township"].pk).update(further_places=[SOUTH])
    done(admin, NewChange("recode", DAY, "批复", SOUTH, code="990101155000"))
    assert now(county, "township").further == ("990101155000",)
    assert seen(now(county, "township")) == {NORTH_1, NORTH_2, "990101155201"}


def test_a_name_changes_and_nobody_else_does(county: County, admin: Actor, people: dict[str, Person]) -> None:
    done(admin, NewChange("rename", DAY, "批复", NORTH_1, name="垂柳村"))
    names = Division.objects.filter(code=NORTH_1).order_by("valid_from").values_list("name", "valid_to")
    assert list(names) == [("柳树村", DAY), ("垂柳村", None)]
    assert Responsibility.objects.filter(person=people["north_1"]).count() == 2


def test_loading_the_national_table_again_takes_no_decision_back(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    """The table is older than the decision: it still has the township that went up in another, and the former name."""
    table = list(Division.objects.filter(valid_to=None).values_list("code", "name"))
    done(admin, NewChange("merge", DAY, "批复", SOUTH, target=NORTH))
    done(admin, NewChange("rename", DAY, "批复", NORTH_1, name="垂柳村"))
    with acting(admin):
        rename_division(actor=admin, clock=CLOCK, code=NORTH_2, name="槐树社区")
        close_division(actor=admin, clock=CLOCK, code=EAST_1, burden=0, staff=0)
    before = list(Division.objects.order_by("code", "valid_from").values_list("code", "name", "valid_to"))
    loaded = add_divisions(actor=None, clock=CLOCK, rows=table, source="made up")
    assert (loaded.added, loaded.renamed) == (0, 0)
    after = Division.objects.order_by("code", "valid_from").values_list("code", "name", "valid_to")
    assert list(after) == before


def test_two_villages_become_one(county: County, admin: Actor, people: dict[str, Person]) -> None:
    change = done(admin, NewChange("village_merge", DAY, "批复", NORTH_2, target=NORTH_1))
    assert seen(now(county, "village")) == {NORTH_1}
    assert seen(now(county, "village_2")) == {NORTH_1}
    with acting(admin), pytest.raises(Invalid, match="无法自动分开"):
        plan_undo(actor=admin, clock=CLOCK, change_id=change.pk, effective_on=TODAY, document="撤销")


def test_after_a_village_split_the_county_says_who_belongs_where(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    second = make_person(NORTH_1, county.institutions[NORTH])
    eve = date(2026, 10, 31)
    change = done(admin, NewChange("village_split", DAY, "批复", NORTH_1, name="新柳村"))
    new = change.rows.get(old_code="").new_code
    actor = now(county, "county")
    with acting(actor):
        rows = {one.person_id: one for one in Assignment.objects.all()}
        assert set(rows) == {people["north_1"].pk, second.pk}
        assign_village(actor=actor, clock=CLOCK, assignment_id=rows[second.pk].pk, village=new)
        assign_village(actor=actor, clock=CLOCK, assignment_id=rows[second.pk].pk, village=NORTH_1)
        with pytest.raises(Invalid):
            assign_village(
                actor=actor, clock=CLOCK, assignment_id=rows[people["north_1"].pk].pk, village=NORTH_2
            )
        assert set(Assignment.objects.filter(settled_at=None).values_list("person_id", flat=True)) == {
            people["north_1"].pk
        }
    cells = sql.count(Area.below(NORTH), Frame.at(DAY), (12,))
    assert cells[12, new]["reg"] == cells[12, NORTH_1]["reg"] == 1
    assert sql.count(Area.below(NORTH), Frame.at(eve), (12,))[12, NORTH_1]["reg"] == 2
    assert sql.count(Area.below(NORTH), Frame.at(eve), (12,), borders="now")[12, new]["reg"] == 1
    with acting(now(county, "other_county")), pytest.raises(NotFound):
        assign_village(
            actor=now(county, "other_county"),
            clock=CLOCK,
            assignment_id=rows[people["north_1"].pk].pk,
            village=new,
        )


# ── plans, rehearsal, refusals ──────────────────────────────────────────────────────────────────────────────────────


def test_the_rehearsal_counts_without_changing_anything(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    with acting(admin):
        change = plan_change(actor=admin, clock=CLOCK, new=splitting(county))
        made = rehearse(actor=admin, change_id=change.pk, today=TODAY)
    assert made.blocks == []
    assert (made.totals["villages"], made.totals["people"], made.totals["accounts"]) == (1, 2, 1)
    assert Person.objects.filter(managing_code=NORTH_2).count() == 2
    assert not Division.objects.filter(code=NEW).exists()
    assert not Institution.objects.filter(name="石磨镇卫生院").exists()


def test_a_place_nobody_would_answer_for_blocks_the_change(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    Institution.objects.filter(place__in=[NORTH, NORTH_2]).update(in_charge_id=None)
    with acting(admin):
        change = plan_change(
            actor=admin, clock=CLOCK, new=splitting(county, accounts={}, institution_name="")
        )
        made = rehearse(actor=admin, change_id=change.pk, today=TODAY)
        assert any("没有负责人" in one for one in made.blocks)
        with pytest.raises(Invalid, match="没有负责人"):
            carry_out(actor=admin, clock=CLOCK, change_id=change.pk)
    assert not Division.objects.filter(code=NEW).exists()


def test_a_change_of_a_later_day_waits_and_the_nightly_run_carries_it_out(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    with acting(admin):
        change = plan_change(actor=admin, clock=CLOCK, new=splitting(county, effective_on=date(2026, 12, 1)))
        with pytest.raises(Invalid, match="还没有到"):
            carry_out(actor=admin, clock=CLOCK, change_id=change.pk)
    assert list(carry_out_due(clock=FixedClock(date(2026, 11, 30)))) == []
    ((made, why),) = carry_out_due(clock=FixedClock(date(2026, 12, 1)))
    assert (made.state, why) == ("done", "")
    assert seen(now(county, "township_2")) == {NEW_2}


def test_who_may_and_where(county: County, admin: Actor) -> None:
    with acting(county.actors["county"]), pytest.raises(NotAllowed):
        plan_change(actor=county.actors["county"], clock=CLOCK, new=splitting(county))
    with acting(admin):
        change = plan_change(
            actor=admin, clock=CLOCK, new=NewChange("rename", DAY, "批复", EAST, name="东岭镇")
        )
        other = plan_change(
            actor=admin, clock=CLOCK, new=NewChange("rename", DAY, "批复", EAST_1, name="桑林村")
        )
    User.objects.filter(pk=admin.user_id).update(place=COUNTY)
    narrow = now(county, "system")
    with acting(narrow):
        for one in (change, other):
            with pytest.raises(NotFound):
                carry_out(actor=narrow, clock=CLOCK, change_id=one.pk)
        with pytest.raises(Invalid):
            plan_change(actor=narrow, clock=CLOCK, new=NewChange("rename", DAY, "批复", EAST, name="东岭镇"))


@pytest.mark.parametrize("code", ["990101１０９０００", "99010110900٠", "990102109000", "9901011090001"])
def test_a_code_is_twelve_plain_digits_of_the_place_above(county: County, admin: Actor, code: str) -> None:
    with acting(admin), pytest.raises(Invalid) as wrong:
        plan_change(actor=admin, clock=CLOCK, new=splitting(county, code=code))
    assert [(one.field, one.code) for one in wrong.value.problems] == [("code", "shape")]


def test_a_change_is_written_down_twice_in_the_trail_and_carried_out_once(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    change = done(admin, splitting(county))
    with acting(admin):
        again = carry_out(actor=admin, clock=CLOCK, change_id=change.pk)
        with pytest.raises(Invalid):
            withdraw_change(actor=admin, clock=CLOCK, change_id=change.pk)
    assert again.counts["carried"] == 2
    actions = Event.objects.filter(object_id=change.pk).order_by("at", "id").values_list("action", flat=True)
    assert sorted(actions) == ["change_borders", "plan_borders"]
    assert Responsibility.objects.filter(person=people["north_2"]).count() == 4


def test_the_statements_do_not_grow_with_the_people(
    county: County, admin: Actor, people: dict[str, Person], count_sql: CountSql
) -> None:
    costs = []
    for villages, code in (([NORTH_2], NEW), ([SOUTH_1], "990101103000")):
        if costs:
            for _each in range(30):
                make_person(SOUTH_1, county.institutions[SOUTH])
        subject, key = (NORTH, "township_2") if not costs else (SOUTH, "other_township")
        new = splitting(
            county, subject=subject, villages=villages, code=code, institution_name=f"院{len(costs)}",
            accounts={str(county.users[key].pk): "both"},
        )  # fmt: skip
        with count_sql() as counted:
            done(admin, new)
        costs.append(len(counted.captured_queries_after))
    assert costs[1] <= costs[0] <= 100, costs  # the first has a village doctor besides


def test_no_row_of_any_table_is_left_at_a_code_that_is_no_more_and_keys_follow(
    county: County, admin: Actor, people: dict[str, Person]
) -> None:
    Person.objects.filter(pk=people["south"].pk).update(shared_codes=["org:1", f"at:{SOUTH}"])
    Clock.objects.create(
        managing_code=SOUTH_1, code="D5", kind="test", subject=people["south"].pk, started_on=DAY, due_on=TODAY,
        warn_on=TODAY, unit="days", holder="worker", clause="x", policy_version="x", shared_codes=[f"at:{SOUTH}"],
    )  # fmt: skip
    change = done(admin, NewChange("merge", DAY, "批复", SOUTH, target=NORTH))
    new = change.rows.get(old_code=SOUTH_1).new_code
    people["south"].refresh_from_db()
    assert people["south"].shared_codes == ["org:1", f"at:{NORTH}"]
    clock = Clock.objects.get(subject=people["south"].pk)
    assert (clock.managing_code, clock.county, clock.shared_codes) == (new, "990101", [f"at:{NORTH}"])
    olds = [row.old_code for row in change.rows.all()]
    with connection.cursor() as cursor:
        cursor.execute("select distinct child::text from registry_references()")
        for (table,) in cursor.fetchall():
            cursor.execute(f"select count(*) from {table} where managing_code = any(%s)", [olds])
            assert cursor.fetchone()[0] == 0, table
