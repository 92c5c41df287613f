"""The demo's changes of borders, on the small county."""

from __future__ import annotations

from datetime import date

from config.demo.boundaries import change_borders
from tests.factories.county import NORTH_1, NORTH_2, County
from tests.factories.people import make_person
from xinqiao.kernel.clock import FixedClock
from xinqiao.places.models import DivisionChange
from xinqiao.places.queries import borders_changed_since, forget
from xinqiao.registry.models import Person


def test_the_demo_has_changes_that_were_carried_out_and_one_that_waits(county: County) -> None:
    forget()
    for code in (NORTH_1, NORTH_2):
        make_person(code, county.institutions[code])
    change_borders({"guanli": county.actors["system"]}, FixedClock(date(2026, 11, 21)))
    assert sorted(DivisionChange.objects.values_list("kind", "state")) == [
        ("rename", "done"), ("rename", "planned"), ("village_merge", "done"),
    ]  # fmt: skip
    assert set(Person.objects.values_list("managing_code", flat=True)) == {NORTH_1}
    assert borders_changed_since(county.actors["system"].place, date(2026, 5, 31))
    forget()
