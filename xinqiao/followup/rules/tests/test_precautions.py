"""Who goes along, and why; who may judge a visit."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from xinqiao.followup.rules import may_review, precautions
from xinqiao.policy.marks import clause
from xinqiao.policy.policies import PolicySet

CALM: dict[str, Any] = {"visit_class": "3", "risk": 0}
CASES = [
    ({}, (), ()),
    ({"risk": 2, "visit_class": "2"}, (), ()),
    ({"risk": 3, "visit_class": "1"}, ("risk", "unstable"), ()),
    ({"risk": 4, "visit_class": "1"}, ("risk", "unstable"), ("high_risk",)),
    ({"past_incident": True}, ("incident",), ()),
    (
        {"visit_class": "1", "risk": 0, "past_incident": True},
        ("unstable", "incident"),
        ("unstable_with_incident",),
    ),
    ({"worst_risk": 5}, ("police",), ("weapon",)),
    ({"last_acts": {"3": 1}}, ("recent_act",), ("serious_act",)),
    ({"last_acts": {"5": 1}}, (), ()),
    ({"risk": 5, "visit_class": "1", "in_hospital": True}, (), ()),
    ({"visit_class": None, "risk": None}, (), ()),
]


@clause("OWN/two-together")
@pytest.mark.parametrize(("known", "two", "police"), CASES)
def test_who_goes_along_and_why(known: dict[str, Any], two: tuple[str, ...], police: tuple[str, ...]) -> None:
    found = precautions(**{**CALM, **known})
    assert (found.two_together, found.police) == (two, police)


def test_the_township_goes_along_to_a_first_visit() -> None:
    assert precautions(visit_class="", risk=None, visited=False).township
    assert not precautions(**CALM).township


@clause("OWN/review")
def test_nobody_reviews_what_he_wrote_or_where_he_was() -> None:
    me, other = uuid4(), uuid4()
    assert may_review(me, recorded_by=other) == (True, False)
    assert may_review(me, recorded_by=me) == (False, True)
    assert may_review(me, recorded_by=other, visited_by=me) == (False, True)
    row = {
        "thing": "followup/own_review",
        "division_code": "990101100000",
        "valid_from": date(2026, 1, 1),
        "valid_to": None,
        "value": "own_marked",
        "source": "当地",
        "author": "演示",
    }
    local = PolicySet(local_rows=[row])
    places = ("990101100000", "000000000000")
    assert may_review(me, recorded_by=me, policies=local, ancestors=places) == (True, True)
    assert may_review(me, recorded_by=me, policies=local) == (False, True)
