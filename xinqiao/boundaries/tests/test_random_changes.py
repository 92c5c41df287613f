"""Random changes of borders between random moves and deaths: everybody counts at one place on every day, and the counts balance."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories.county import COUNTY, NORTH, NORTH_1, NORTH_2, SOUTH_1, SOUTH_2, County
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.boundaries.actions import NewChange, carry_out, plan_change
from xinqiao.indicators.engines import WHOLE, Area, reference, sql
from xinqiao.indicators.queries.balances import balanced
from xinqiao.indicators.queries.tables import direct_children
from xinqiao.indicators.state import Frame
from xinqiao.kernel.actor import Actor, Scope
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid
from xinqiao.kernel.terms import Level, Role
from xinqiao.places.models import Division, Institution
from xinqiao.places.queries import forget, places_below
from xinqiao.registry.facts import load
from xinqiao.registry.models import LifeEvent, Person, Responsibility

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)
#: How many changes each made-up history carried out.
_CARRIED: list[int] = []


def _change(dice: random.Random, admin: Actor, day: date, county: County) -> bool:
    """One change that fits the present tree, if the dice find one; False when it is refused."""
    towns = places_below(COUNTY, (Level.TOWNSHIP,))
    villages = places_below(COUNTY, (Level.VILLAGE,))
    town, village = dice.choice(towns), dice.choice(villages)
    own = [one.code for one in villages if one.parent_code == town.code]
    kind = dice.choice(["rename", "recode", "split", "merge", "village_merge"])
    given = {
        "kind": kind,
        "effective_on": day,
        "document": "批复",
        "subject": town.code,
        "name": f"新{dice.randrange(99)}镇",
    }
    if kind == "split":
        given["villages"] = dice.sample(own, max(1, len(own) - 1)) if own else []
    elif kind == "merge":
        given |= {"target": dice.choice(towns).code, "name": ""}
    elif kind == "village_merge":
        given |= {"subject": village.code, "target": dice.choice(villages).code, "name": ""}
    try:
        with transaction.atomic(), acting(admin):
            change = plan_change(actor=admin, clock=CLOCK, new=NewChange(**given))
            carry_out(actor=admin, clock=CLOCK, change_id=change.pk)
    except Invalid:
        return False
    forget()
    return True


def _event(dice: random.Random, person: Person, day: date) -> None:
    """Somebody dies, moves away, comes back, or counts at another village from the day on."""
    person.refresh_from_db()
    what = dice.choice(["died", "moved_out", "moved_in", "village", "village"])
    if what != "village":
        LifeEvent.objects.create(
            person=person,
            managing_code=person.managing_code,
            kind=what,
            happened_on=day,
            recorded_at=CLOCK.now(),
        )
        return
    code = dice.choice([one.code for one in places_below(COUNTY, (Level.VILLAGE,))])
    row = Responsibility.objects.get(person=person, kind="counting", valid_to=None, voided_at=None)
    if row.valid_from >= day:
        return
    Responsibility.objects.filter(pk=row.pk).update(valid_to=day)
    Responsibility.objects.filter(person=person).update(managing_code=code)
    LifeEvent.objects.filter(person=person).update(managing_code=code)
    Person.objects.filter(pk=person.pk).update(managing_code=code)
    Responsibility.objects.create(
        person=person, managing_code=code, kind="counting", institution=row.institution, counted_code=code,
        valid_from=day, recorded_at=CLOCK.now(),
    )  # fmt: skip


@pytest.mark.django_db
@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(seed=st.integers(0, 10**6))
def test_whatever_the_borders_do_everybody_counts_once_and_the_counts_balance(
    county: County, seed: int
) -> None:
    dice = random.Random(seed)
    with transaction.atomic():
        forget()
        admin = actor_of(county.users["system"], CLOCK)
        Institution.objects.filter(in_charge_id=None).update(in_charge_id=county.users["township"].pk)
        people = [
            make_person(code, county.institutions[NORTH], filed_on=date(2026, 5, 1) + timedelta(days=n))
            for n, code in enumerate((NORTH_1, NORTH_2, SOUTH_1, SOUTH_2, NORTH_1, SOUTH_1))
        ]
        day, made = date(2026, 6, 3), 0
        while day < TODAY:
            if dice.random() < 0.5:
                made += _change(dice, admin, day, county)
            else:
                _event(dice, dice.choice(people), day)
            day += timedelta(days=dice.randrange(3, 25))
        _check(people)
        _CARRIED.append(made)
        transaction.set_rollback(True)
    forget()


def test_the_dice_found_changes_that_fit() -> None:
    """Said apart, so that a generator that never changes a border cannot pass for a law."""
    assert not _CARRIED or sum(_CARRIED) >= len(_CARRIED)


def _check(people: list[Person]) -> None:
    facts, area = load(), Area.below(COUNTY)
    present = set(Division.objects.filter(valid_to=None).values_list("code", flat=True))
    for month in (
        date(2026, 6, 1),
        date(2026, 7, 1),
        date(2026, 8, 1),
        date(2026, 9, 1),
        date(2026, 10, 1),
        date(2026, 11, 1),
    ):
        made = balanced(area, direct_children(COUNTY), COUNTY, month, TODAY)
        assert made.holds, made.faults
        frame = Frame.at(made.to)
        then, now = (sql.count(area, frame, (9, 12), borders=one) for one in (sql.THEN, sql.NOW))
        assert then[WHOLE]["cum"] == now[WHOLE]["cum"] == len(people)
        assert then[WHOLE]["reg"] == now[WHOLE]["reg"]
        for cells in (then, now):
            for digits in (9, 12):
                assert sum(v["cum"] for (cut, _code), v in cells.items() if cut == digits) == len(people)
        assert {code for cut, code in now if cut == 12} <= present, "now knows the places of now only"
        for person in facts:
            assert reference.place_on(person, made.to) is not None
            assert reference.place_on(person, made.to, now=True) in present
    by_town: list[set[object]] = []
    for town in places_below(COUNTY, (Level.TOWNSHIP,)):
        actor = Actor(people[0].pk, "u", "某", Role.TOWNSHIP_WORKER, town.code)
        assert actor.scope != Scope()
        with acting(actor):
            by_town.append(set(Person.objects.values_list("pk", flat=True)))
    assert sum(len(one) for one in by_town) == len(set().union(*by_town)) == len(people)
