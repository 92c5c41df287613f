"""Somebody who is looked for turns up elsewhere: the responsible worker is told where to ask, and nothing of what was written there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.county import EAST_1, County
from tests.factories.numbers import id_number
from xinqiao.accounts.scope import acting
from xinqiao.clocks.inbox import summaries
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Identifier
from xinqiao.screening.actions import NewClue, record_clue
from xinqiao.tracing.actions import News, NewSearch, open_search, report_found
from xinqiao.tracing.models import Search
from xinqiao.tracing.queries.seen import seen_again

from .conftest import CLOCK, TODAY

SINCE = TODAY - timedelta(days=9)
SignedIn = Callable[[str], Client]


@pytest.fixture
def search(county: County, person: UUID) -> Search:
    """Gone since nine days."""
    actor = county.actors["township"]
    with acting(actor):
        return open_search(
            actor=actor, clock=CLOCK, new=NewSearch(uuid7(), person, "walked", SINCE, "邻居说前天走的")
        )


def clue_elsewhere(county: County, number: str) -> None:
    """In the next county, of somebody with this number."""
    actor = county.actors["other_county"]
    record = {
        "place": EAST_1, "name": "路上的人", "sex": "1", "age": "41", "id_number": number, "source": "4",
        "found_on": TODAY.isoformat(), "investigator": "王海东", "facts": "独自在桥下过夜",
        **{f"q{n}": "1" if n == 5 else "0" for n in range(1, 10)},
    }  # fmt: skip
    with acting(actor):
        record_clue(actor=actor, clock=CLOCK, new=NewClue(uuid7(), record))


def number_of(person: UUID) -> str:
    return Identifier.objects.get(person_id=person, voided_at=None).number


@pytest.mark.parametrize("key", ["village", "township", "county"])
def test_a_clue_elsewhere_is_told_to_who_looks_for_the_person(
    county: County, person: UUID, search: Search, signed_in: SignedIn, key: str
) -> None:
    actor = county.actors[key]
    with acting(actor):
        assert seen_again([search.pk]) == {}
        assert not any("别处有新记录" in one.note for one in summaries(actor, TODAY))
    clue_elsewhere(county, number_of(person))
    page = signed_in(key).get(reverse("tracing:search", args=[search.pk])).content.decode()
    assert "东岸镇 · 摸排线索" in page.replace("\n", "")
    assert "桥下" not in page
    assert "路上的人" not in page
    shown = signed_in(key).get(reverse("tracing:list") + "?stage=waiting").content.decode()
    assert "别处有新记录" in shown
    with acting(actor):
        notes = [one.note for one in summaries(actor, TODAY)]
    assert "1 名查找中的患者在别处有新记录" in notes


def test_another_number_and_an_ended_search_say_nothing(county: County, person: UUID, search: Search) -> None:
    clue_elsewhere(county, id_number(date(1980, 1, 2), "1", 77))
    actor = county.actors["township"]
    with acting(actor):
        assert seen_again([search.pk]) == {}
    clue_elsewhere(county, number_of(person))
    with acting(actor):
        assert len(seen_again([search.pk])[search.pk]) == 1
        report_found(
            actor=actor, clock=CLOCK, search_id=search.pk, news=News("reported", TODAY, "东岸镇来电")
        )
        assert seen_again([search.pk]) == {}


@pytest.mark.parametrize("key", ["other_township", "other_county", "hospital", "police"])
def test_nobody_else_is_told(county: County, person: UUID, search: Search, key: str) -> None:
    clue_elsewhere(county, number_of(person))
    with acting(county.actors[key]), connection.cursor() as cursor:
        cursor.execute("select * from tracing_seen_again(%s)", [[search.pk]])
        assert cursor.fetchall() == []


def test_what_was_there_before_says_nothing(county: County, person: UUID) -> None:
    clue_elsewhere(county, number_of(person))
    actor = county.actors["township"]
    with acting(actor):
        new = NewSearch(uuid7(), person, "walked", TODAY, "邻居说今天走的")
        row = open_search(actor=actor, clock=CLOCK, new=new)
        Search.objects.filter(pk=row.pk).update(opened_on=TODAY + timedelta(days=1))
        assert seen_again([row.pk]) == {}
