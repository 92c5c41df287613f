"""A change of borders and a move on one day or after it: whatever came last is where a person counts."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.county import COUNTY, NORTH_1, NORTH_2, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.boundaries.actions import NewChange, assign_village, carry_out, plan_change
from xinqiao.boundaries.models import Assignment
from xinqiao.boundaries.queries import number_waiting, waiting
from xinqiao.indicators.engines import Area
from xinqiao.indicators.queries.balances import balanced
from xinqiao.indicators.queries.tables import direct_children
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import NotFound
from xinqiao.places.queries import forget
from xinqiao.registry.actions import move_person
from xinqiao.registry.models import Responsibility

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    forget()


def test_who_moves_on_the_day_of_a_change_counts_where_the_move_led(county: County) -> None:
    people = [make_person(NORTH_1, county.institutions[COUNTY]) for _number in range(8)]
    users = {key: User.objects.get(pk=county.users[key].pk) for key in ("system", "county")}
    admin, office = (actor_of(one, CLOCK) for one in users.values())
    with acting(admin):
        new = NewChange("village_merge", TODAY, "批复", NORTH_1, target=NORTH_2)
        carry_out(actor=admin, clock=CLOCK, change_id=plan_change(actor=admin, clock=CLOCK, new=new).pk)
    forget()
    with acting(office):
        for one in people:
            move_person(
                actor=office, clock=CLOCK, person_id=one.pk, village=SOUTH_1, since=TODAY, reason="address"
            )
    made = balanced(Area.below(COUNTY), direct_children(COUNTY), COUNTY, TODAY, TODAY)
    assert made.holds, made.faults
    assert {row.name: row.closing for row in made.children} == {"北桥镇": 0, "南桥镇": 8}
    newest = Responsibility.objects.filter(kind="counting").order_by("person_id", "-valid_from", "-id")
    assert {one.counted_code for one in newest.distinct("person_id")} == {SOUTH_1}


def test_who_moved_since_the_split_is_asked_about_no_longer(county: County) -> None:
    people = [make_person(NORTH_1, county.institutions[COUNTY]) for _number in range(2)]
    admin = actor_of(User.objects.get(pk=county.users["system"].pk), CLOCK)
    day = FixedClock(date(2026, 11, 19))
    with acting(admin):
        new = NewChange("village_split", day.today(), "批复", NORTH_1, name="新柳村")
        carry_out(actor=admin, clock=day, change_id=plan_change(actor=admin, clock=day, new=new).pk)
    forget()
    office = actor_of(User.objects.get(pk=county.users["county"].pk), CLOCK)
    with acting(office):
        move_person(
            actor=office, clock=CLOCK, person_id=people[0].pk, village=SOUTH_1, since=TODAY, reason="address"
        )
        rows, number = waiting(actor=office)
        assert ([one.person_id for one in rows], number) == ([people[1].pk], 1)
        assert number_waiting(office) == 1
        gone = Assignment.objects.get(person=people[0])
        with pytest.raises(NotFound):
            assign_village(actor=office, clock=CLOCK, assignment_id=gone.pk, village=NORTH_1)
    people[0].refresh_from_db()
    assert people[0].managing_code == SOUTH_1
