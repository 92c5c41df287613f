"""Addresses of pairs that may be one person, and of merges: the county's, and both people must be its own."""

from __future__ import annotations

from typing import Any

from tests.factories.county import COUNTY, NORTH_1
from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.duplicates.actions import keep_pairs, merge_people
from xinqiao.duplicates.models import Pair
from xinqiao.duplicates.rules import Found
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7

from ..page import Case, Page

_WHO = Permission.CORRECT_RECORD
PAGES: dict[str, Page] = {
    "duplicates:list": Page(_WHO),
    "duplicates:hunt": Page(_WHO, method="post"),
    "duplicates:hunt-progress": Page(_WHO),
    "duplicates:pair": Page(_WHO, "pair"),
    "duplicates:decide": Page(_WHO, "pair", "post"),
    "duplicates:two": Page(_WHO, "two"),
    "duplicates:merge": Page(_WHO, "merge"),
    "duplicates:unmerge": Page(_WHO, "merge", "post"),
}


def cases(world: Any) -> list[Case]:
    """The pair of north and south; a merge made in the north."""
    from tests.access.test_register import TODAY
    from tests.factories.people import make_person

    actor, clock = world.county.actors["county"], FixedClock(TODAY)
    north, south, east = (world.things[place]["person"] for place in ("north", "south", "east"))
    institution = world.county.institutions[COUNTY]
    one, other = (make_person(NORTH_1, institution, name=name).pk for name in ("并一", "并二"))
    with acting(actor):
        first, second = sorted((north, south))
        keep_pairs(actor=actor, clock=clock, found=[Found(first, second, "same", 900, ("name", "birth"))])
        merged = merge_people(
            actor=actor, clock=clock, op_id=uuid7(), winner_id=one, loser_id=other, reason="核实为同一人"
        )
    pair = Pair.objects.get()
    # A pair with somebody of another county opens for nobody.
    across = Pair.objects.create(
        managing_code=NORTH_1, first_id=min(one, east), second_id=max(one, east), kind="same", score=900,
        found_at=clock.now(),
    )  # fmt: skip
    office = frozenset({"county"})
    return [
        Case("duplicates:pair", pair.pk, office),
        Case("duplicates:pair", across.pk, frozenset()),
        Case("duplicates:two", (north, south), office),
        Case("duplicates:two", (north, east), frozenset()),
        Case("duplicates:merge", merged.merge_id, office),
        Case("duplicates:unmerge", merged.merge_id, office, {"reason": ""}),
        Case("duplicates:decide", pair.pk, office, {"state": "later"}),
    ]
