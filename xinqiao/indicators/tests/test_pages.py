"""The pages of the figures: who sees which place, what stands behind a number, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories.county import COUNTY, EAST, NEXT_COUNTY, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Read
from xinqiao.indicators import queries
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.tests.populations import PLAIN, Spec, V, days, person_specs, write
from xinqiao.kernel.errors import NotAllowed, NotFound
from xinqiao.places.queries import forget

SignedIn = Callable[[str], Client]
CountSql = Callable[[], AbstractContextManager[Any]]
ON = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    forget()


def at_village(code: str, **changes: Any) -> Spec:
    visits = tuple(V(ON - timedelta(days=60 * n + 5)) for n in range(5))
    return PLAIN.but(**({"counting": ((code, date(2015, 7, 1), None),), "visits": visits} | changes))


@pytest.fixture
def people(county: County) -> list[Any]:
    specs = [at_village(NORTH_1), at_village(NORTH_1, visits=()), at_village(NORTH_2), at_village(SOUTH_1)]
    return write(specs, county.institutions[NORTH])


def text(response: Any) -> str:
    return str(response.content.decode())


# ── who sees what ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("key", "place", "status"),
    [
        ("county", "", 200),
        ("county", NORTH, 200),
        ("county", SOUTH_1, 200),
        ("county", NEXT_COUNTY, 404),
        ("county", "990000000000", 404),
        ("township", "", 200),
        ("township", NORTH_2, 200),
        ("township", SOUTH, 404),
        ("township", COUNTY, 404),
        ("village", "", 200),
        ("village", NORTH_1, 200),
        ("village", NORTH_2, 404),
        ("village", NORTH, 404),
        ("other_county", COUNTY, 404),
        ("other_county", EAST, 200),
        ("city", COUNTY, 200),
        ("province", NORTH, 200),
        ("programme", NORTH, 200),
        ("system", COUNTY, 403),
        ("auditor", COUNTY, 403),
        ("county", "9901", 404),
        ("county", "99010110000x", 404),
    ],
)
def test_each_role_sees_the_figures_of_its_places_only(
    signed_in: SignedIn, people: list[Any], key: str, place: str, status: int
) -> None:
    for address in ("/figures/", "/figures/trend/"):
        answer = signed_in(key).get(address, {"place": place})
        assert answer.status_code == status
        assert "<title>" in answer.content.decode(), address  # a whole page, also without the script


@pytest.mark.parametrize(
    ("key", "place", "status"),
    [
        ("county", "", 200),
        ("county", NEXT_COUNTY, 404),
        ("township", NORTH, 200),
        ("other_township", NORTH, 404),
        ("village", NORTH_1, 200),
        ("village_2", NORTH_1, 404),
        ("city", COUNTY, 403),
        ("province", COUNTY, 403),
        ("programme", COUNTY, 403),
        ("auditor", COUNTY, 403),
    ],
)
def test_only_who_holds_records_opens_a_figure(
    signed_in: SignedIn, people: list[Any], key: str, place: str, status: int
) -> None:
    response = signed_in(key).get("/figures/people/", {"place": place, "figure": "registered"})
    assert response.status_code == status
    shown = sum(person.name in text(response) for person in people)
    assert shown == ({"county": 4, "township": 3, "village": 2}[key] if status == 200 else 0)


def test_the_table_names_places_and_numbers_but_nobody(signed_in: SignedIn, people: list[Any]) -> None:
    page = text(signed_in("county").get("/figures/"))
    assert "在册 4 人，在管 3 人，管理率 75.00 %" in page
    assert "北桥镇" in page
    assert "南桥镇" in page
    assert not any(person.name in page for person in people)


def test_a_township_sees_its_villages_and_nothing_of_its_neighbour(
    signed_in: SignedIn, people: list[Any]
) -> None:
    page = text(signed_in("township").get("/figures/"))
    assert "在册 3 人" in page
    assert "柳树村" in page
    assert "渡口村" not in page
    assert "南桥镇" not in page


def test_every_figure_on_the_page_prints_its_variant(signed_in: SignedIn, people: list[Any]) -> None:
    page = text(signed_in("county").get("/figures/"))
    for measure in catalogue().measures.values():
        for variant in measure.variants:
            assert variant.label in page, (measure.key, variant.key)


@pytest.mark.parametrize("typed", ["2026-13-01", "yesterday", "2026-11-22", "1999-01-01"])
def test_an_impossible_date_is_named_and_today_is_counted(
    signed_in: SignedIn, people: list[Any], typed: str
) -> None:
    response = signed_in("county").get("/figures/", {"on": typed})
    assert response.status_code == 200
    assert "先按今天统计" in text(response)


@pytest.mark.parametrize(
    "query",
    [
        {"figure": "nothing"},
        {"figure": "managed", "variant": "nothing"},
        {"figure": "managed", "part": "nothing"},
        {"figure": "managed", "part": "missing"},
        {"figure": "population"},
        {"figure": "detection_rate", "part": "denominator"},
        {"figure": "managed", "after": "x.y"},
    ],
)
def test_a_list_that_cannot_be_is_not_found(
    signed_in: SignedIn, people: list[Any], query: dict[str, str]
) -> None:
    assert signed_in("county").get("/figures/people/", query).status_code == 404


def test_every_measure_has_a_page_of_its_own(signed_in: SignedIn) -> None:
    client = signed_in("city")
    assert client.get("/figures/measures/").status_code == 200
    assert client.get("/figures/measures/none/").status_code == 404
    for measure in catalogue().measures.values():
        page = text(client.get(f"/figures/measures/{measure.key}/"))
        for variant in measure.variants:
            assert catalogue().sets[variant.numerator].words in page


# ── the people behind ───────────────────────────────────────────────────────────────────────────────────────────────


def test_looking_behind_a_figure_is_written_down_for_each_person(
    signed_in: SignedIn, people: list[Any]
) -> None:
    signed_in("township").get("/figures/people/", {"figure": "management_rate", "part": "missing"})
    look = Read.objects.get()
    assert (look.kind, look.purpose) == ("figure", "management_rate.missing")
    assert look.person_ids == [people[1].id]


def test_who_is_missing_is_listed_with_the_reason(signed_in: SignedIn, people: list[Any]) -> None:
    page = text(signed_in("county").get("/figures/people/", {"figure": "management_rate", "part": "missing"}))
    assert people[1].name in page
    assert "本年无完整随访" in page
    assert people[0].name not in page


def test_somebody_who_moved_away_stays_counted_and_is_said_to_be_gone(
    signed_in: SignedIn, county: County, people: list[Any]
) -> None:
    moved = at_village(
        NORTH_1, counting=((NORTH_1, date(2015, 7, 1), date(2026, 10, 1)), (SOUTH_1, date(2026, 10, 1), None))
    )
    (person,) = write([moved], county.institutions[NORTH])
    query = {"figure": "registered", "on": "2026-09-30"}
    page = text(signed_in("township").get("/figures/people/", query))
    assert "4 人" in page
    assert "另有 1 人现已不在您的管辖范围" in page
    assert person.name not in page
    assert "在册 3 人" in text(signed_in("township").get("/figures/"))
    assert person.name in text(signed_in("county").get("/figures/people/", query))


def test_a_long_list_is_read_page_by_page_and_each_person_once(county: County) -> None:
    made = write([at_village(NORTH_1 if n % 2 else NORTH_2) for n in range(7)], county.institutions[NORTH])
    actor, seen, after = county.actors["township"], [], None
    _measure, variant = queries.find("registered", "", ON)
    while True:
        with acting(actor):
            page = queries.people(
                actor=actor,
                code=NORTH,
                on=ON,
                variant=variant,
                part="numerator",
                after=after,
                limit=3,
            )
        assert page.counted == page.visible == 7
        seen += [row.id for row in page.rows]
        after = page.next_key
        if after is None:
            break
    assert sorted(seen) == sorted(person.id for person in made)


# Few populations, each of many people: the lists cost by the list, not by the person.
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(specs=st.lists(person_specs, min_size=8, max_size=18), on=days)
def test_the_people_behind_every_figure_are_as_many_as_the_figure_says(
    county: County, specs: list[Spec], on: date
) -> None:
    actor = county.actors["county"]
    with transaction.atomic():
        write(specs, county.institutions[NORTH])
        with acting(actor):
            whole = queries.table(actor=actor, code=COUNTY, on=on).whole
            for measure in catalogue().measures.values():
                figure = whole.leading(measure.key)
                if catalogue().sets[figure.variant.numerator].who is None or measure.unit == "次":
                    continue
                for part in (
                    ("numerator", "denominator", "missing")
                    if figure.variant.denominator not in ("", "pop", "pop15")
                    else ("numerator",)
                ):
                    found = queries.people(actor=actor, code=COUNTY, on=on, variant=figure.variant, part=part)
                    assert len(found.rows) == found.counted == found.visible
                    if not catalogue().sets[figure.variant.numerator].column:
                        expected = {
                            "numerator": figure.numerator,
                            "denominator": figure.denominator,
                            "missing": figure.missing,
                        }
                        assert found.counted == expected[part], (measure.key, part)
        transaction.set_rollback(True)


def test_the_queries_check_for_themselves(county: County) -> None:
    with acting(county.actors["township"]), pytest.raises(NotFound):
        queries.table(actor=county.actors["township"], code=SOUTH, on=ON)
    with acting(county.actors["auditor"]), pytest.raises(NotAllowed):
        queries.table(actor=county.actors["auditor"], code=COUNTY, on=ON)
    _measure, variant = queries.find("managed", "", ON)
    with acting(county.actors["city"]), pytest.raises(NotAllowed):
        queries.people(
            actor=county.actors["city"],
            code=COUNTY,
            on=ON,
            variant=variant,
            part="numerator",
        )


# ── what it costs ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_table_costs_the_same_number_of_statements_however_many_people(
    county: County, people: list[Any], count_sql: CountSql
) -> None:
    def cost(key: str, code: str) -> int:
        actor = county.actors[key]
        forget()
        with acting(actor), count_sql() as sql:
            queries.table(actor=actor, code=code, on=ON)
        return len([q for q in sql.captured_queries if "set_config" not in q["sql"] and "current_setting" not in q["sql"]
                    and "SAVEPOINT" not in q["sql"]])  # fmt: skip

    cost("county", COUNTY)  # the first reader of a day counts the county and keeps it
    before = cost("county", COUNTY), cost("township", NORTH), cost("village", NORTH_1)
    write([at_village(NORTH_1) for _ in range(20)], county.institutions[NORTH])
    assert (cost("county", COUNTY), cost("township", NORTH), cost("village", NORTH_1)) == before
    # children, what is kept, what changed, the sum, population, names, policy; and in this one transaction, whose own
    # changes no snapshot has seen: a snapshot, the count of the changed villages, keeping it
    assert max(before) <= 10


def test_a_village_doctors_count_reads_only_own_villages(county: County, people: list[Any]) -> None:
    actor = county.actors["village"]
    with acting(actor):
        table = queries.table(actor=actor, code="", on=ON)
    assert table.whole.counts["reg"] == 2
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone()[0] == connection.settings_dict["USER"]
