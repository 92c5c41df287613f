"""A loss that was told before the township confirmed it, and a search that began in another file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record
from xinqiao.accounts.scope import acting
from xinqiao.clocks.models import Clock
from xinqiao.duplicates.actions import merge_people
from xinqiao.followup.models import Standing
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.tracing.actions import Loss, NewSearch, confirm_loss, open_search
from xinqiao.tracing.models import Search

from .conftest import CLOCK, TODAY

THIRD = date(2026, 11, 18)


def test_the_written_report_is_owed_from_the_day_of_confirming_also_when_the_loss_was_known_before(
    county: County, person: UUID, miss: Callable[..., UUID], visit: Callable[..., Any]
) -> None:
    for day in (THIRD - timedelta(days=20), THIRD - timedelta(days=10), THIRD - timedelta(days=1)):
        miss(person, day)
    visit(person, THIRD, lost_reason="4")
    search = Search.objects.get(person_id=person)
    assert not Clock.objects.filter(code="D15R").exists()
    actor = county.actors["township"]
    with acting(actor):
        confirm_loss(actor=actor, clock=CLOCK, search_id=search.pk, loss=Loss("4", THIRD, "邻居也不知道"))
    owed = Clock.objects.get(code="D15R")
    assert (owed.started_on, owed.outcome) == (TODAY, "open")


def test_a_search_goes_along_when_two_files_become_one_and_a_visit_ends_it(
    county: County, person: UUID, visit: Callable[..., Any]
) -> None:
    actor = county.actors["county"]
    record = person_record("安北望二", NORTH_1, filed_on=date(2025, 3, 1), serial=409)
    with acting(actor):
        other = register_people(actor=actor, clock=CLOCK, batch=[NewPerson(uuid7(), record)], source="form")[
            0
        ].person_id
        new = NewSearch(uuid7(), person, "walked", THIRD, "邻居说昨天走的")
        search = open_search(actor=actor, clock=CLOCK, new=new)
        merge_people(
            actor=actor, clock=CLOCK, op_id=uuid7(), winner_id=other, loser_id=person, reason="同一人"
        )
    search.refresh_from_db()
    assert (search.person_id, search.stage) == (other, "waiting")
    assert Standing.objects.get(person_id=other).searched_since == THIRD
    visit(other, TODAY)
    search.refresh_from_db()
    assert (search.stage, search.ended_how) == ("ended", "met")


def test_of_two_searches_the_one_put_away_leaves_no_clock_behind(county: County, person: UUID) -> None:
    actor = county.actors["county"]
    record = person_record("安北望三", NORTH_1, filed_on=date(2025, 3, 1), serial=408)
    with acting(actor):
        other = register_people(actor=actor, clock=CLOCK, batch=[NewPerson(uuid7(), record)], source="form")[
            0
        ].person_id
        for one in (person, other):
            new = NewSearch(uuid7(), one, "walked", THIRD, "邻居说昨天走的")
            row = open_search(actor=actor, clock=CLOCK, new=new)
            confirm_loss(actor=actor, clock=CLOCK, search_id=row.pk, loss=Loss("3", THIRD, "邻居说"))
        assert Clock.objects.filter(code="D15R", outcome="open").count() == 2
        merge_people(
            actor=actor, clock=CLOCK, op_id=uuid7(), winner_id=other, loser_id=person, reason="同一人"
        )
        assert Clock.objects.filter(code="D15R", outcome="open").count() == 1
