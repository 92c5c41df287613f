"""The inbox: who finds what in it, in which order, with how many statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import COUNTY, EAST, NORTH, NORTH_1, SOUTH, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Read
from xinqiao.clocks import inbox as lines
from xinqiao.clocks.actions import settle
from xinqiao.clocks.actions.settle import changes, write
from xinqiao.clocks.models import Clock
from xinqiao.clocks.queries import Filters, inbox, overdue
from xinqiao.clocks.sources import Span
from xinqiao.kernel.actor import at_place, of_institution
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed

from .made import CLOSED, KIND, Events, made_up

As = Callable[[str], AbstractContextManager[None]]
TODAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 16)


@pytest.fixture
def events() -> Iterator[Events]:
    with made_up() as made:
        yield made


def stored(events: Events, *spans: Span) -> None:
    """Write the spans as the owner, as if their domains had settled them."""
    events.spans.extend(spans)
    write(changes(KIND, spans, []))


def seen(county: County, key: str, **asked: str) -> list[tuple[str, str]]:
    with acting(county.actors[key]):
        found = inbox(actor=county.actors[key], today=TODAY, filters=Filters(**asked))
    return [(line.place_name, line.section) for line in found.lines]


def test_each_finds_what_is_his_and_what_has_come_up_to_him(county: County, events: Events) -> None:
    stored(
        events,
        Span("D18", uuid4(), date(2026, 10, 19), NORTH_1),  # ran out on the 19th: told to the township only
        Span("D5", uuid4(), date(2026, 11, 2), NORTH),  # overdue since the 9th: the county knows
        Span("D5", uuid4(), date(2026, 11, 18), SOUTH),  # not yet due
        Span("D5", uuid4(), date(2026, 11, 2), EAST),
    )
    assert seen(county, "village") == [("北桥镇 柳树村", "overdue")]
    assert seen(county, "village_2") == []
    assert seen(county, "township") == [("北桥镇", "overdue"), ("北桥镇 柳树村", "overdue")]
    assert seen(county, "other_township") == [("南桥镇", "week")]
    assert seen(county, "county") == [("北桥镇", "overdue")]
    assert len(seen(county, "county", whose="all")) == 3
    assert seen(county, "county", whose="mine") == []
    assert seen(county, "county", whose="all", place=SOUTH) == [("南桥镇", "week")]
    assert seen(county, "county", whose="all", code="D18") == [("北桥镇 柳树村", "overdue")]
    assert seen(county, "other_county") == [("东岸镇", "overdue")]
    for key in ("county", "township", "village"):
        with acting(county.actors[key]):
            number = overdue(actor=county.actors[key], today=TODAY)
        assert number == len([one for one in seen(county, key) if one[1] == "overdue"]), key


def test_the_hospital_holds_its_own_and_waits_for_others(county: County, events: Events) -> None:
    institution = county.actors["hospital"].institution_id
    assert institution
    key = of_institution(institution)
    mine, theirs = uuid4(), uuid4()
    events.words = {mine: "甲", theirs: "乙"}
    stored(
        events,
        Span("D1", mine, date(2026, 11, 18), COUNTY, shared=(key,)),
        Span("D5", theirs, date(2026, 11, 18), NORTH, shared=(key,)),
        Span("D5", uuid4(), date(2026, 11, 18), NORTH),
    )
    actor = county.actors["hospital"]
    with acting(actor):
        found = inbox(actor=actor, today=TODAY)
    assert [(line.code, line.about) for line in found.lines] == [("D1", "甲")]
    assert [(line.code, line.about) for line in found.elsewhere] == [("D5", "乙")]
    assert found.waiting == 1


def test_a_township_waits_for_what_runs_in_another_county(county: County, events: Events) -> None:
    stored(events, Span("D17", uuid4(), MONDAY, EAST, shared=(at_place(NORTH),)))
    actor = county.actors["township"]
    with acting(actor):
        found = inbox(actor=actor, today=TODAY)
    assert found.lines == []
    assert [line.place_name for line in found.elsewhere] == ["东岸镇"]
    with acting(county.actors["other_township"]):
        assert inbox(actor=county.actors["other_township"], today=TODAY).elsewhere == []


def test_who_serves_further_places_finds_what_runs_there_among_the_own(
    county: County, events: Events
) -> None:
    stored(
        events,
        Span("D5", uuid4(), date(2026, 11, 2), NORTH),
        Span("D5", uuid4(), date(2026, 11, 2), SOUTH, shared=(at_place(NORTH),)),
        Span("D18", uuid4(), date(2026, 10, 19), SOUTH_1),
    )
    actor = replace(county.actors["township"], further=(SOUTH,), further_codes=(SOUTH, SOUTH_1))
    with acting(actor):
        found = inbox(actor=actor, today=TODAY)
        assert overdue(actor=actor, today=TODAY) == 3
    assert {line.place_name for line in found.lines} == {"北桥镇", "南桥镇", "南桥镇 渡口村"}
    assert found.elsewhere == []
    assert {SOUTH_1, NORTH_1} <= {code for code, _name in found.places}


def test_most_overdue_first_and_what_stands_still_is_apart(county: County, events: Events) -> None:
    stored(
        events,
        Span("D5", uuid4(), date(2026, 11, 20), NORTH),
        Span("D5", uuid4(), MONDAY - timedelta(days=2), NORTH),
        Span("D7", uuid4(), date(2026, 11, 2), NORTH),
        Span("D18", uuid4(), date(2026, 10, 21), NORTH),
        Span("D7", uuid4(), date(2026, 11, 2), NORTH, pauses=((date(2026, 11, 5), None),)),
        Span("D1", uuid4(), date(2026, 11, 20), NORTH),
    )
    actor = county.actors["township"]
    with acting(actor):
        found = inbox(actor=actor, today=TODAY)
        still = inbox(actor=actor, today=TODAY, filters=Filters(section="paused"))
    assert [line.section for line in found.lines] == ["overdue", "overdue", "today", "week", "later"]
    assert found.counts == {"overdue": 2, "today": 1, "week": 1, "later": 1, "paused": 1}
    assert [line.due_on for line in found.lines] == sorted(line.due_on for line in found.lines)
    assert [line.paused_on for line in still.lines] == [date(2026, 11, 5)]


def test_pages_follow_each_other_without_gaps(county: County, events: Events) -> None:
    stored(events, *(Span("D5", uuid4(), MONDAY - timedelta(days=n % 7), NORTH) for n in range(120)))
    actor = county.actors["township"]
    got, after = [], ""
    with acting(actor):
        for _page in range(3):
            found = inbox(actor=actor, today=TODAY, filters=Filters(after=after))
            got += [line.id for line in found.lines]
            after = found.next_key
    assert len(got) == len(set(got)) == 120
    assert after == ""


def test_the_number_of_statements_does_not_grow_with_the_rows(
    county: County, events: Events, count_sql: Callable[[], Any]
) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH])
    numbers = []
    for more in (3, 60):
        stored(events, *(Span("D5", uuid4(), MONDAY, NORTH_1, person_id=person.pk) for _ in range(more)))
        stored(events, *(Span("D5", uuid4(), MONDAY, NORTH) for _ in range(more)))
        for key in ("county", "township", "village"):
            with acting(county.actors[key]), count_sql() as sql:
                inbox(actor=county.actors[key], today=TODAY)
            numbers.append(len(sql.captured_queries_after))
    assert max(numbers) <= 8, numbers
    assert numbers[3:] <= numbers[:3]


def test_filters_that_are_none_are_refused_and_so_is_who_has_no_inbox(county: County, events: Events) -> None:
    actor = county.actors["township"]
    with acting(actor):
        for asked in (Filters(place="99"), Filters(section="x"), Filters(whose="x"), Filters(code="\x00")):
            with pytest.raises(Invalid):
                inbox(actor=actor, today=TODAY, filters=asked)
        assert inbox(actor=actor, today=TODAY, filters=Filters(after="x_y")).lines == []
    for key in ("police", "city", "auditor", "system"):
        with acting(county.actors[key]), pytest.raises(NotAllowed):
            inbox(actor=county.actors[key], today=TODAY)


def test_the_page_names_whom_the_actor_sees_and_the_look_is_written(
    county: County, events: Events, signed_in: Callable[[str], Client]
) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH], name="安小禾")
    card = uuid4()
    stored(
        events,
        Span("D18", uuid4(), date(2026, 10, 19), NORTH_1, person_id=person.pk),
        Span("D5", card, date(2026, 11, 2), NORTH),
    )
    shown = signed_in("township").get(reverse("clocks:inbox")).content.decode()
    assert "安小禾" in shown
    assert f"/cards/{card}/" in shown
    assert "已逾期 9 个工作日" in shown
    assert "11-10 已报县精防办" in shown
    assert "11-23 报市精防办" in shown
    assert Read.objects.get(purpose="clocks").person_ids == [person.pk]
    assert "安小禾" not in signed_in("village_2").get(reverse("clocks:inbox")).content.decode()


def test_a_name_of_somebody_without_a_file_is_a_look_too_and_words_for_a_thing_are_none(
    county: County, events: Events, signed_in: Callable[[str], Client]
) -> None:
    card, thing = uuid4(), uuid4()
    events.words = {card: "安小禾", thing: "2026 年第 4 季度"}
    stored(events, Span("D5", card, date(2026, 11, 2), NORTH))
    write(changes(CLOSED, [Span("D5", thing, date(2026, 11, 2), NORTH)], []))
    shown = signed_in("township").get(reverse("clocks:inbox")).content.decode()
    assert "安小禾" in shown
    assert "2026 年第 4 季度" in shown
    assert Read.objects.get(purpose="clocks").person_ids == [card]
    row = Clock.objects.get(subject=card)
    signed_in("township").get(reverse("clocks:clock", args=[row.pk]))
    assert Read.objects.filter(purpose="clocks", kind="page").get().person_ids == [card]


def test_what_ran_out_on_friday_is_overdue_on_saturday_on_both_pages(
    county: County, events: Events, signed_in: Callable[[str], Client]
) -> None:
    stored(events, Span("D5", uuid4(), date(2026, 11, 13), NORTH))
    row = Clock.objects.get()
    assert row.due_on == TODAY - timedelta(days=1)
    for address in (reverse("clocks:inbox"), reverse("clocks:clock", args=[row.pk])):
        shown = signed_in("township").get(address).content.decode()
        assert "已逾期 1 天" in shown, address
    Clock.objects.update(outcome="late", ended_on=TODAY, took=5)
    ended = signed_in("township").get(reverse("clocks:clock", args=[row.pk])).content.decode()
    assert "逾期 1 天" in ended


def test_who_does_not_open_the_subjects_page_is_led_to_the_clock(
    county: County, events: Events, signed_in: Callable[[str], Client]
) -> None:
    thing = uuid4()
    write(changes(CLOSED, [Span("D18", thing, date(2026, 10, 19), NORTH_1)], []))
    clock = reverse("clocks:clock", args=[Clock.objects.get().pk])
    for key, opens in (("township", True), ("village", False)):
        for address in (reverse("clocks:inbox"), clock):
            shown = signed_in(key).get(address).content.decode()
            assert (f"/closed/{thing}/" in shown) is opens, (key, address)
    assert clock in signed_in("village").get(reverse("clocks:inbox")).content.decode()


def test_other_domains_stand_in_it_as_one_line_each(
    county: County, events: Events, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "_providers", {})
    lines.provide(
        "visits", Permission.VIEW_RECORDS, lambda actor, today: lines.Summary("随访", 7, 2, "/today/")
    )
    lines.provide(
        "entering",
        Permission.ENTER_NATIONAL,
        lambda actor, today: lines.Summary("录入国网", 3, 0, "/national/"),
    )
    township = signed_in("township").get(reverse("clocks:inbox")).content.decode()
    assert "已逾期 7" in township
    assert "今天 2" in township
    assert "录入国网" in township
    assert "录入国网" not in signed_in("village").get(reverse("clocks:inbox")).content.decode()


def test_a_clock_shows_its_pauses_its_steps_and_its_clause(
    county: County, events: Events, clock: FixedClock, signed_in: Callable[[str], Client]
) -> None:
    card = uuid4()
    pause = ((date(2026, 11, 4), date(2026, 11, 6)),)
    events.spans = [Span("D5", card, date(2026, 11, 2), NORTH, pauses=pause, ended_on=date(2026, 11, 17))]
    with acting(county.actors["township"]):
        settle(clock=clock, kind=KIND, subjects=[card])
        found = inbox(actor=county.actors["township"], today=TODAY)
        row = Clock.objects.get()
    assert found.lines == []
    shown = signed_in("township").get(reverse("clocks:clock", args=[row.pk])).content.decode()
    for words in (
        "逾期办结",
        "2026-11-04",
        "用时 9 个工作日",
        "逾期 4 个工作日",
        "县精防办",
        "5 个工作日内接收",
        f"/cards/{card}/",
    ):
        assert words in shown, words
    for key in ("other_township", "other_county", "village", "hospital"):
        assert signed_in(key).get(reverse("clocks:clock", args=[row.pk])).status_code == 404, key
