"""A change of borders and a move on one day: whatever came last is where a person counts."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.county import COUNTY, NORTH_1, NORTH_2, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.boundaries.actions import NewChange, carry_out, plan_change
from xinqiao.indicators.engines import Area
from xinqiao.indicators.queries.balances import balanced
from xinqiao.indicators.queries.tables import direct_children
from xinqiao.kernel.clock import FixedClock
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
