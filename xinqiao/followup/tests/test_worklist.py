"""The day's list: who stands where, riskiest first, for whom, and in how many statements."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import Recorded, plan_visit, refold
from xinqiao.followup.queries import Filters, worklist
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed
from xinqiao.places import queries as places
from xinqiao.registry.models import Person

from .records import BASIC, IN_HOSPITAL, LOST, STABLE, UNSTABLE

Record = Callable[..., Recorded]
Acting = Callable[[str], AbstractContextManager[None]]
TODAY = date(2026, 11, 21)
FILED = date(2026, 1, 5)


@pytest.fixture
def people(county: County, record: Record) -> dict[str, Person]:
    """One person for each section, and some who stand in none."""

    def new(name: str, village: str = NORTH_1) -> Person:
        return make_person(village, county.institutions[NORTH], filed_on=FILED, name=name)

    made = {
        name: new(name) for name in ("late", "late_risky", "due", "soon", "unstable", "inside", "far", "lost")
    }
    made["second_village"] = new("second_village", NORTH_2)
    made["south"] = make_person(SOUTH_1, county.institutions[SOUTH], filed_on=FILED, name="south")
    record(made["late"], visit_date=date(2026, 6, 1))
    record(made["late_risky"], UNSTABLE, visit_date=date(2026, 11, 1))
    record(made["due"], visit_date=date(2026, 8, 21))
    record(made["soon"], BASIC, visit_date=date(2026, 11, 12))
    record(made["unstable"], UNSTABLE, visit_date=TODAY)
    record(made["inside"], IN_HOSPITAL, visit_date=TODAY)
    record(made["far"], STABLE, visit_date=TODAY)
    record(made["lost"], LOST, visit_date=TODAY)
    record(made["second_village"], visit_date=date(2026, 6, 1))
    record(made["south"], by="other_township", visit_date=date(2026, 6, 1))
    return made


def names(county: County, by: str, **filters: str) -> list[tuple[str, str]]:
    with acting(county.actors[by]):
        found = worklist(actor=county.actors[by], today=TODAY, filters=Filters(**filters))
    return [(row.section, row.name) for row in found.rows]


def test_each_person_stands_once_in_its_section_riskiest_first(
    county: County, people: dict[str, Person]
) -> None:
    assert names(county, "township") == [
        ("overdue", "late_risky"),
        ("overdue", "late"),
        ("overdue", "second_village"),
        ("today", "due"),
        ("week", "soon"),
        ("unstable", "unstable"),
    ]


def test_counts_are_those_of_the_whole_place(county: County, people: dict[str, Person]) -> None:
    with acting(county.actors["township"]):
        found = worklist(actor=county.actors["township"], today=TODAY)
    assert found.counts == {"overdue": 3, "today": 1, "week": 1, "unstable": 1}
    assert (found.unstable, found.confirmations, found.due) == (2, 0, 5)


def test_the_unstable_section_alone_shows_all_of_them(county: County, people: dict[str, Person]) -> None:
    assert names(county, "township", section="unstable") == [
        ("unstable", "late_risky"),
        ("unstable", "unstable"),
    ]


def test_owner_neighbour_and_stranger_see_their_own(county: County, people: dict[str, Person]) -> None:
    assert ("overdue", "second_village") not in names(county, "village")
    assert names(county, "village_2") == [("overdue", "second_village")]
    assert names(county, "other_township") == [("overdue", "south")]
    assert names(county, "other_county") == []
    assert len(names(county, "county")) == 7


def test_roles_without_records_have_no_list(county: County) -> None:
    for by in ("city", "programme", "system", "auditor"):
        with acting(county.actors[by]), pytest.raises(NotAllowed):
            worklist(actor=county.actors[by], today=TODAY)


def test_filters_narrow_by_place_class_and_name_and_never_widen(
    county: County, people: dict[str, Person]
) -> None:
    assert names(county, "county", place=SOUTH) == [("overdue", "south")]
    assert names(county, "township", place=SOUTH) == []
    assert names(county, "township", visit_class="2") == [("week", "soon")]
    assert names(county, "township", name="second") == [("overdue", "second_village")]
    with pytest.raises(Invalid):
        names(county, "township", section="later")


def test_an_agreed_earlier_day_moves_somebody_up(
    county: County, people: dict[str, Person], clock: FixedClock, acting_as: Acting
) -> None:
    with acting_as("township"):
        plan_visit(
            actor=county.actors["township"],
            clock=clock,
            person_id=people["far"].pk,
            planned_on=TODAY + timedelta(days=2),
        )
    assert ("week", "far") in names(county, "township")


def test_pages_follow_one_another_without_gap_or_repetition(
    county: County, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setattr(sys.modules["xinqiao.followup.queries.worklist"], "PAGE", 2)
    found: list[str] = []
    after = ""
    with acting(county.actors["township"]):
        while True:
            page = worklist(actor=county.actors["township"], today=TODAY, filters=Filters(after=after))
            found += [row.name for row in page.rows]
            after = page.next_key
            if not after:
                break
    assert found == ["late_risky", "late", "second_village", "due", "soon", "unstable"]


def test_what_waits_for_a_second_person_is_counted(
    county: County, people: dict[str, Person], record: Record
) -> None:
    record(people["due"], BASIC, visit_class="3", class_reason="平稳")
    with acting(county.actors["township"]):
        found = worklist(actor=county.actors["township"], today=TODAY)
    assert found.confirmations == 1


@pytest.mark.parametrize("by", ["village", "township", "county"])
def test_the_list_takes_five_statements_at_most(
    county: County, people: dict[str, Person], count_sql: Any, acting_as: Acting, by: str
) -> None:
    places.forget()
    with acting_as(by), count_sql() as sql:
        worklist(actor=county.actors[by], today=TODAY)
    assert len(sql.captured_queries_after) <= 5


def test_a_new_file_stands_on_the_list_from_its_first_due_date(
    county: County, clock: FixedClock, acting_as: Acting
) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH], filed_on=TODAY - timedelta(days=29), name="new")
    with acting_as("township"):
        refold([person.pk], clock=clock)
    assert names(county, "village") == [("week", "new")]
