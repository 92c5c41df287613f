"""Reading the registry: owner, neighbour and stranger, and how many statements it takes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from django.test.utils import CaptureQueriesContext

from tests.factories.county import NORTH_2, SOUTH, County
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import NotAllowed, NotFound
from xinqiao.places.models import Institution
from xinqiao.registry.actions import NewLifeEvent, record_life_events, register_people
from xinqiao.registry.queries import Filters, find_person, page_of_person, people_list, reads_of, search
from xinqiao.registry.queries import people as module

from .records import new_person

Enter = Callable[[str], AbstractContextManager[None]]
Count = Callable[[], AbstractContextManager[CaptureQueriesContext]]
TODAY = date(2026, 11, 21)

#: Who finds the person of 柳树村 (north) and of 渡口村 (south).
VISIBLE = {
    "village": {"north"},
    "village_2": set(),
    "township": {"north"},
    "other_township": {"south"},
    "county": {"north", "south"},
    "other_county": set(),
}


@pytest.mark.parametrize("key", VISIBLE)
def test_everybody_finds_the_own_people_and_nobody_elses(
    key: str, county: County, acting_as: Enter, north: UUID, south: UUID
) -> None:
    named = {"north": north, "south": south}
    expected = {named[one] for one in VISIBLE[key]}
    with acting_as(key):
        actor = county.actors[key]
        assert {
            card.id for card in people_list(actor=actor, today=TODAY, filters=Filters()).cards
        } == expected
        assert {card.id for card in search(actor=actor, today=TODAY, text="沈").cards} == expected
        by_number = search(actor=actor, today=TODAY, text="990101198507081231").cards
        assert {card.id for card in by_number} == expected & {north}
        for one in (north, south):
            if one in expected:
                assert find_person(actor=actor, person_id=one).pk == one
            else:
                with pytest.raises(NotFound):
                    find_person(actor=actor, person_id=one)
                assert reads_of(actor=actor, person_id=one).looks == []


@pytest.mark.parametrize("key", ["city", "province", "programme", "system", "auditor"])
def test_roles_without_records_may_not_list(key: str, county: County, acting_as: Enter, north: UUID) -> None:
    with acting_as(key):
        for ask in (
            lambda: people_list(actor=county.actors[key], today=TODAY, filters=Filters()),
            lambda: search(actor=county.actors[key], today=TODAY, text="沈"),
            lambda: find_person(actor=county.actors[key], person_id=north),
        ):
            with pytest.raises(NotAllowed):
                ask()


@pytest.mark.parametrize(
    ("text", "by", "found"),
    [
        ("沈", "name", True),
        ("沈样例", "name", True),
        ("样例", "name", False),
        ("990101198507081231", "number", True),
        ("９９０１０１１９８５０７０８１２３１", "number", True),
        ("990101850708123", "number", True),
        ("1231", "last4", True),
        ("1232", "last4", False),
        ("138 0000 0001", "phone", True),
        ("13800000002", "phone", True),
        ("1380000000", "number", False),
        ("%", "", False),
        ("'; drop table", "", False),
    ],
)
def test_search_reads_the_text_as_a_name_a_number_or_a_phone(
    text: str, by: str, found: bool, county: County, acting_as: Enter, north: UUID
) -> None:
    with acting_as("township"):
        answer = search(actor=county.actors["township"], today=TODAY, text=text)
    assert (answer.by, bool(answer.cards)) == (by, found)


def test_the_list_goes_on_where_the_last_page_ended(
    county: County, acting_as: Enter, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHOWN", 2)
    actor = county.actors["county"]
    batch = [
        new_person(name=name, live_code=code)
        for name in ("乙某", "甲某", "甲某")
        for code in (NORTH_2, "990101100201")
    ]
    for sort in ("place", "filed"):
        with acting_as("county"):
            if sort == "place":
                register_people(actor=actor, clock=clock, batch=batch, source="import")
            seen: list[UUID] = []
            after = ""
            for _ in range(3):
                page = people_list(actor=actor, today=TODAY, filters=Filters(sort=sort), after=after)
                seen += [card.id for card in page.cards]
                after = page.after
                assert page.count == 6
        assert (len(set(seen)), after) == (6, "")


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        (Filters(), 2),
        (Filters(place="990101100000"), 1),
        (Filters(place="990101101000"), 1),
        (Filters(state="lost"), 1),
        (Filters(state="dead"), 0),
        (Filters(state="all"), 2),
        (Filters(visit_class="0"), 2),
        (Filters(visit_class="1"), 0),
        (Filters(state="nobody"), 1),
    ],
)
def test_filters_narrow_the_list(
    filters: Filters, count: int, county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting(county.actors["county"]):
        actor = county.actors["county"]
        Institution.objects.filter(place=SOUTH).update(in_charge_id=None)
        register_people(
            actor=actor,
            clock=clock,
            batch=[new_person(name="沈南方", live_code="990101101201")],
            source="import",
        )
        record_life_events(actor=actor, clock=clock, events=[NewLifeEvent(north, "lost", date(2026, 3, 1))])
        assert people_list(actor=actor, today=TODAY, filters=filters).count == count


def test_the_list_takes_as_many_statements_for_many_as_for_one(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, count_sql: Count
) -> None:
    actor = county.actors["county"]
    counts = []
    for more in (0, 12):
        with acting_as("county"):
            register_people(
                actor=actor, clock=clock, batch=[new_person() for _ in range(more)], source="import"
            )
            people_list(actor=actor, today=TODAY, filters=Filters())
            with count_sql() as sql:
                people_list(actor=actor, today=TODAY, filters=Filters())
        counts.append(len(sql.captured_queries_after))
    assert counts == [2, 2]


def test_a_persons_page_takes_four_statements(
    county: County, acting_as: Enter, north: UUID, count_sql: Count
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        page_of_person(actor=actor, today=TODAY, person=find_person(actor=actor, person_id=north))
        with count_sql() as sql:
            page = page_of_person(actor=actor, today=TODAY, person=find_person(actor=actor, person_id=north))
    assert len(sql.captured_queries_after) == 4
    assert (page.village, page.age, page.state.state) == ("北桥镇 柳树村", 41, "registered")
