"""Timeliness: counts of clocks that ran out in a period, by clock and place, for the actor's own place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import COUNTY, EAST, NEXT_COUNTY, NORTH, NORTH_1, SOUTH, SOUTH_1, County
from xinqiao.accounts.scope import acting
from xinqiao.clocks.actions.settle import changes, write
from xinqiao.clocks.queries import come_up, timeliness
from xinqiao.clocks.sources import Span
from xinqiao.kernel.errors import NotAllowed, NotFound

from .made import KIND, made_up

TODAY = date(2026, 11, 21)
FIRST, LAST = date(2026, 6, 1), TODAY
START = date(2026, 11, 2)


@pytest.fixture
def filled(county: County) -> Iterator[County]:
    spans = [
        Span("D5", uuid4(), START, NORTH, ended_on=date(2026, 11, 4)),
        Span("D5", uuid4(), START, NORTH, ended_on=date(2026, 11, 9)),
        Span("D5", uuid4(), START, NORTH, ended_on=date(2026, 11, 12)),
        Span("D5", uuid4(), START, SOUTH),
        Span("D5", uuid4(), START, SOUTH, void=True),
        Span("D5", uuid4(), START, SOUTH, pauses=((date(2026, 11, 3), None),)),
        Span("D5", uuid4(), date(2026, 11, 19), NORTH),
        Span("D18", uuid4(), date(2026, 10, 10), NORTH_1, ended_on=date(2026, 10, 20)),
        Span("D5", uuid4(), START, EAST, ended_on=date(2026, 11, 3)),
    ]
    with made_up():
        write(changes(KIND, spans, []))
        yield county


def asked(county: County, key: str, **more: Any) -> Any:
    actor = county.actors[key]
    with acting(actor):
        return timeliness(actor=actor, today=TODAY, first=FIRST, last=LAST, **more)


def test_the_rate_has_everything_that_ran_out_below_it(filled: County) -> None:
    found = asked(filled, "county")
    by_code = {code: one for code, _label, one in found.by_code}
    assert (by_code["D5"].in_time, by_code["D5"].late, by_code["D5"].overdue) == (2, 1, 1)
    assert by_code["D5"].rate == 50
    assert by_code["D5"].median == 5
    assert by_code["D18"].rate == 100
    assert found.whole.base == 5
    assert [(name, one.base) for _code, name, one in found.by_place] == [("北桥镇", 4), ("南桥镇", 1)]
    only = asked(filled, "county", code="D18")
    assert [(name, one.base) for _code, name, one in only.by_place] == [("北桥镇", 1)]


def test_what_had_run_out_before_it_was_called_off_stays_overdue(filled: County) -> None:
    before = asked(filled, "county").whole
    spans = [
        Span("D5", uuid4(), START, SOUTH, void=True, ended_on=day)
        for day in (date(2026, 11, 9), date(2026, 11, 10))
    ]
    write(changes(KIND, spans, []))
    after = asked(filled, "county").whole
    assert (after.overdue, after.base) == (before.overdue + 1, before.base + 1), "the 9th was the last day"
    assert (after.in_time, after.late, after.median) == (before.in_time, before.late, before.median)


def test_parts_add_up_to_the_whole_and_each_sees_only_his_place(filled: County) -> None:
    city = asked(filled, "city")
    assert {code: one.base for code, _name, one in city.by_place} == {COUNTY: 5, NEXT_COUNTY: 1}
    assert city.whole.base == sum(one.base for _code, _name, one in city.by_place) == 6
    assert asked(filled, "township").whole.base == 4
    assert asked(filled, "village").whole.base == 1
    assert asked(filled, "other_county").whole.base == 1
    assert asked(filled, "city", place=COUNTY).whole.base == 5
    for key, place in (("county", NEXT_COUNTY), ("township", SOUTH), ("city", "x" * 12)):
        with pytest.raises(NotFound):
            asked(filled, key, place=place)
    for key in ("hospital", "police", "auditor", "system"):
        with pytest.raises(NotAllowed):
            asked(filled, key)


def test_who_serves_further_places_has_their_clocks_in_the_figures(filled: County) -> None:
    filled.actors["township"] = replace(
        filled.actors["township"], further=(SOUTH,), further_codes=(SOUTH, SOUTH_1)
    )
    found = asked(filled, "township")
    assert (found.whole.base, found.whole.overdue) == (5, 1)
    assert asked(filled, "township", place=SOUTH).whole.base == 1
    assert asked(filled, "township", place=NORTH).whole.base == 4


def test_the_city_finds_what_is_overdue_so_long_that_it_was_told(
    filled: County, signed_in: Callable[[str], Client]
) -> None:
    def told(key: str, today: date) -> list[tuple[str, str, int]]:
        with acting(filled.actors[key]):
            return come_up(actor=filled.actors[key], today=today)

    assert told("city", date(2026, 11, 22)) == [], "ten working days after the 9th is the 23rd"
    found = told("city", date(2026, 11, 23))
    assert [(words, number) for _place, words, number in found] == [("接收报告卡或出院信息", 1)]
    assert told("county", date(2026, 11, 23)) == [], "it has an inbox"
    with pytest.raises(NotAllowed):
        told("hospital", TODAY)
    with made_up():
        late = [Span("D5", uuid4(), date(2026, 10, 12), NORTH) for _n in range(2)]
        write(changes(KIND, late, []))
    shown = signed_in("city").get(reverse("clocks:timeliness")).content.decode()
    assert "逾期已报到本级、还没有办结的" in shown
    assert "逾期已报到本级" not in signed_in("county").get(reverse("clocks:timeliness")).content.decode()


def test_page_and_workbook_say_the_same(filled: County, signed_in: Callable[[str], Client]) -> None:
    client = signed_in("county")
    shown = client.get(reverse("clocks:timeliness"), {"from": "2026-06-01"}).content.decode()
    assert "应办结 5 项，按时办结 3 项，及时率 60.00 %；逾期未办结 1 项" in shown
    assert "南桥镇" in shown
    book = client.get(reverse("clocks:timeliness-book"), {"from": "2026-06-01"})
    sheet = openpyxl.load_workbook(BytesIO(book.content))
    cells = [cell for row in sheet["按事项"].iter_rows(values_only=True) for cell in row]
    assert "D5 接收报告卡或出院信息" in cells
    assert 60 in cells
    assert signed_in("city").get(reverse("clocks:timeliness")).status_code == 200
