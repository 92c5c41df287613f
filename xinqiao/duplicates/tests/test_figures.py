"""Figures see merging and taking apart: kept counts say by themselves that they no longer hold.

These tests commit, as those of the kept counts do.
"""

from __future__ import annotations

from datetime import date

from tests.factories.county import COUNTY, NORTH, NORTH_1, SOUTH_1, County
from xinqiao.accounts.scope import acting
from xinqiao.duplicates.actions import merge_people, unmerge_people
from xinqiao.indicators.engines import WHOLE, tallies
from xinqiao.indicators.queries.balances import balanced
from xinqiao.indicators.queries.tables import direct_children
from xinqiao.indicators.tests.populations import PLAIN, V, write
from xinqiao.indicators.tests.test_tallies import FRAMES, WHOLE_COUNTY, agrees, committed  # noqa: F401 -- a fixture
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7


def _registered() -> list[int]:
    found = tallies.series(WHOLE_COUNTY, FRAMES, ())
    return [found[frame.on][WHOLE]["reg"] for frame in FRAMES]


def test_one_person_after_merging_and_two_after_taking_apart(committed: County) -> None:  # noqa: F811
    one, other = write(
        [
            PLAIN.but(visits=(V(date(2017, 3, 1)), V(date(2017, 8, 1)))),
            PLAIN.but(counting=((SOUTH_1, date(2015, 7, 1), None),), visits=(V(date(2017, 8, 1)), V(date(2017, 10, 1)))),
        ],
        committed.institutions[NORTH],
    )  # fmt: skip
    actor, clock = committed.actors["county"], FixedClock(date(2026, 11, 21))
    agrees()
    before = _registered()
    with acting(actor):
        done = merge_people(
            actor=actor, clock=clock, op_id=uuid7(), winner_id=one.pk, loser_id=other.pk, reason="同一人"
        )
    agrees()
    assert _registered() == [n - 1 for n in before]
    with acting(actor):
        unmerge_people(actor=actor, clock=clock, merge_id=done.merge_id, reason="不是同一人")
    agrees()
    assert _registered() == before


def test_months_in_which_only_the_file_that_goes_was_counted_stay_counted(committed: County) -> None:  # noqa: F811
    """The file that stays is the younger one: before it was opened the person was counted at the other place."""
    young, old = date(2017, 9, 15), date(2015, 7, 1)
    winner, loser = write(
        [
            PLAIN.but(
                filed_on=young, counting=((NORTH_1, young, None),), events=(("filed", young, False),),
                visits=(V(date(2017, 10, 3)),),
            ),
            PLAIN.but(
                counting=((SOUTH_1, old, None),),
                events=(("filed", old, False), ("moved_out", date(2017, 3, 1), False)),
                visits=(V(date(2016, 8, 1)),),
            ),
        ],
        committed.institutions[NORTH],
    )  # fmt: skip
    actor, clock = committed.actors["county"], FixedClock(date(2026, 11, 21))
    agrees()
    before = _registered()
    with acting(actor):
        done = merge_people(
            actor=actor, clock=clock, op_id=uuid7(), winner_id=winner.pk, loser_id=loser.pk, reason="同一人"
        )
    agrees()
    assert _registered() == before, "the one who was counted is counted, once"
    for first in (date(2015, 7, 1), date(2017, 3, 1), date(2017, 9, 1)):
        made = balanced(WHOLE_COUNTY, direct_children(COUNTY), COUNTY, first, clock.today())
        assert made.holds, made.faults
    with acting(actor):
        unmerge_people(actor=actor, clock=clock, merge_id=done.merge_id, reason="不是同一人")
    agrees()
    assert _registered() == before
