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


def test_the_same_file_again_changes_nothing_and_costs_no_statement_per_row(brought, count_sql) -> None:
    people = [person(n) for n in range(1, 4)]
    small = [visit(one["id_number"], f"2026-0{month}-06") for one in people for month in range(1, 4)]
    large = [visit(one["id_number"], f"2026-0{month}-{day:02}") for one in people for month in range(1, 5) for day in range(1, 9)]
    counts = []
    for visits in (small, large):
        brought(book({"people": people, "visits": visits}), commit=True)
        with count_sql() as sql:
            again = brought(book({"people": people, "visits": visits}), commit=True)
        assert again.counts["visit"]["unchanged"] == len(visits)
        counts.append(len(sql))
    assert counts[0] == counts[1]


def test_a_differing_visit_is_amended_and_the_former_one_kept(brought) -> None:
    one = person(1)
    brought(book({"people": [one], "visits": [visit(one["id_number"])]}), commit=True)
    changed = brought(book({"visits": [visit(one["id_number"], sleep="较差")]}))
    assert changed.counts["visit"] == {"total": 1, "hidden": 0, "changed": 1}
    brought(book({"visits": [visit(one["id_number"], sleep="较差")]}), commit=True)
    former, present = Visit.objects.order_by("recorded_at", "id")
    assert former.superseded
    assert present.amends_id == former.pk
    assert (former.sleep, present.sleep) == ("1", "3")
