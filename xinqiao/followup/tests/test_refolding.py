"""Folding everybody of a place anew: in portions, each a transaction of its own."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.factories.county import COUNTY, NORTH_1, NORTH_2, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.followup.actions import refold_place
from xinqiao.followup.models import Standing
from xinqiao.kernel.clock import FixedClock


def test_everybody_of_a_place_is_folded_in_portions_and_nobody_twice(
    county: County, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [
        make_person(village, county.institutions[village[:9] + "000"])
        for village in (NORTH_1, NORTH_2, SOUTH_1)
    ]
    monkeypatch.setattr(import_module("xinqiao.followup.actions.refold"), "CHUNK", 2)
    assert list(refold_place(COUNTY, clock=clock)) == [2, 1]
    assert set(Standing.objects.values_list("person_id", flat=True)) == {one.pk for one in people}
