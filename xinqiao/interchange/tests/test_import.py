from __future__ import annotations

import pytest

from tests.factories.county import County
from xinqiao.accounts.scope import acting
from xinqiao.followup.models import Visit
from xinqiao.interchange.actions import bring_workbook, run_check, run_commit, start_check, start_commit
from xinqiao.interchange.models import Batch, Row
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.models import Person

from .books import book, person, visit


@pytest.fixture
def brought(county: County, clock: FixedClock):
    """`brought(data)` stages, checks and returns the batch, as the county office."""

    def bring(data: bytes, *, commit: bool = False) -> Batch:
        actor = county.actors["county"]
        with acting(actor):
            batch = bring_workbook(actor=actor, clock=clock, data=data, name="x.xlsx")
            start_check(actor=actor, clock=clock, batch_id=batch.pk)
            run_check(actor=actor, clock=clock, batch_id=batch.pk)
            if commit:
                batch.refresh_from_db()
                said = [(r.problems, r.payload) for r in Row.objects.filter(outcome="problem")]
                assert start_commit(actor=actor, clock=clock, batch_id=batch.pk), (batch.state, batch.failure, said)
                run_commit(actor=actor, clock=clock, batch_id=batch.pk)
            batch.refresh_from_db()
            return batch

    return bring


def test_a_register_with_visits_comes_in_whole(brought) -> None:
    people = [person(n) for n in range(1, 6)]
    visits = [visit(one["id_number"]) for one in people]
    batch = brought(book({"people": people, "visits": visits}), commit=True)
    assert batch.state == "done", (batch.failure, batch.counts, [r.problems for r in Row.objects.all()])
    assert batch.counts["person"]["new"] == 5
    assert batch.counts["visit"]["new"] == 5
    assert Person.objects.count() == 5
    assert Visit.objects.count() == 5
    again = brought(book({"people": people, "visits": visits}), commit=True)
    assert again.counts["person"] == {"total": 5, "hidden": 0, "unchanged": 5}
    assert again.counts["visit"] == {"total": 5, "hidden": 0, "unchanged": 5}
