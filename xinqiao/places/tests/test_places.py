"""Divisions, institutions and population: loaded, renamed, asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import pytest
from django.test.utils import CaptureQueriesContext

from tests.factories.county import COUNTY, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from xinqiao.audit.models import Event
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.terms import Level
from xinqiao.places import cli, queries
from xinqiao.places.actions import (
    add_divisions,
    load_divisions,
    open_institution,
    put_in_charge,
    set_population,
)
from xinqiao.places.models import Division, Institution, Population

Count = Callable[[], AbstractContextManager[CaptureQueriesContext]]
TODAY = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    queries.forget()


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    """Two provinces in the shape of the package: one ordinary, one with a prefecture without counties."""
    rows = {
        "provinces": [("98", "甲省"), ("97", "乙省")],
        "cities": [("9801", "甲市"), ("9719", "乙市")],
        "areas": [("980101", "甲县"), ("980102", "邻县"), ("971900", "乙市")],
        "streets": [("980101100", "甲镇"), ("980102100", "邻镇"), ("971900003", "乙街道")],
        "villages": [("980101100201", "甲村"), ("980102100201", "邻村"), ("971900003001", "乙社区")],
    }
    for name, pairs in rows.items():
        content = [{"code": code, "name": words} for code, words in pairs]
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    return tmp_path


@pytest.mark.django_db
def test_a_county_is_loaded_with_the_rungs_above_it_and_nothing_beside_it(
    tables: Path, clock: FixedClock
) -> None:
    loaded = load_divisions(actor=None, clock=clock, prefixes=["980101"], source_folder=tables)
    assert loaded.added == 5
    names = dict(Division.objects.values_list("code", "name"))
    assert names == {
        "980000000000": "甲省",
        "980100000000": "甲市",
        "980101000000": "甲县",
        "980101100000": "甲镇",
        "980101100201": "甲村",
    }
    assert Division.objects.get(code="980101100201").parent_code == "980101100000"


@pytest.mark.django_db
def test_loading_again_changes_nothing_and_leaves_no_second_line_in_the_trail(
    tables: Path, clock: FixedClock
) -> None:
    load_divisions(actor=None, clock=clock, prefixes=["98"], source_folder=tables)
    again = load_divisions(actor=None, clock=clock, prefixes=["98"], source_folder=tables)
    assert (again.added, again.renamed, again.unchanged) == (0, 0, 8)
    assert Event.objects.filter(action="load_divisions").count() == 1


@pytest.mark.django_db
def test_a_prefecture_without_counties_has_its_townships_below_itself(
    tables: Path, clock: FixedClock
) -> None:
    load_divisions(actor=None, clock=clock, prefixes=["97"], source_folder=tables)
    town = Division.objects.get(code="971900003000")
    assert (town.parent_code, town.level) == ("971900000000", Level.TOWNSHIP)
    assert queries.children_of("971900000000") == [("971900003000", "乙街道")]
    assert [name for _code, name in queries.path_of("971900003001")] == ["乙省", "乙市", "乙街道", "乙社区"]


@pytest.mark.django_db
def test_a_new_name_ends_the_old_one_on_the_day(tables: Path, clock: FixedClock) -> None:
    load_divisions(actor=None, clock=clock, prefixes=["980101"], source_folder=tables)
    assert queries.name_of("980101100201") == "甲村"
    later = FixedClock(date(2027, 1, 1))
    changed = add_divisions(actor=None, clock=later, rows=[("980101100201", "甲新村")], source="made up")
    assert changed.renamed == 1
    assert queries.name_of("980101100201") == "甲新村"
    rows = Division.objects.filter(code="980101100201").order_by("valid_from")
    assert [(row.name, row.valid_to) for row in rows] == [("甲村", date(2027, 1, 1)), ("甲新村", None)]


@pytest.mark.django_db
def test_an_unknown_province_is_said(tables: Path, clock: FixedClock) -> None:
    with pytest.raises(NotFound) as caught:
        load_divisions(actor=None, clock=clock, prefixes=["96"], source_folder=tables)
    assert "96" in caught.value.message


@pytest.mark.django_db
def test_the_published_tables_load_a_real_county(clock: FixedClock) -> None:
    load_divisions(actor=None, clock=clock, prefixes=["640122"], source_folder=cli.default_folder())
    assert queries.short_name("640122001001") == "富兴街街道 利民社区居委会"
    assert len(queries.places_below("640122000000", (Level.TOWNSHIP,))) == 10


def test_only_who_looks_after_places_may_write_them(county: County, tables: Path, clock: FixedClock) -> None:
    for key in ("county", "township", "programme", "auditor"):
        with pytest.raises(NotAllowed):
            add_divisions(actor=county.actors[key], clock=clock, rows=[("98", "甲省")], source="made up")
    assert (
        add_divisions(
            actor=county.actors["system"], clock=clock, rows=[("98", "甲省")], source="made up"
        ).added
        == 1
    )


def test_the_nearest_institution_answers_and_the_township_hospital_counts(county: County) -> None:
    found = queries.institutions_serving([NORTH_1, SOUTH_1], TODAY)
    north, south = found[NORTH_1], found[SOUTH_1]
    assert (north.counting, north.responsible) == (county.institutions[NORTH], county.institutions[NORTH_1])
    assert north.worker_id == county.users["village"].pk
    assert (south.counting, south.responsible) == (county.institutions[SOUTH], county.institutions[SOUTH])
    assert queries.institution_serving(NORTH_1, TODAY) == county.institutions[NORTH]
    assert queries.institution_serving("990101199201", TODAY) is None


def test_where_there_is_no_township_hospital_the_clinic_counts(county: County) -> None:
    Institution.objects.filter(pk=county.institutions[NORTH].pk).update(valid_to=date(2026, 1, 1))
    assert queries.institution_serving(NORTH_1, TODAY) == county.institutions[NORTH_1]
    assert queries.institution_serving(NORTH_1, date(2025, 12, 31)) == county.institutions[NORTH]


def test_a_clinic_without_anybody_in_charge_leaves_it_to_the_township(county: County) -> None:
    Institution.objects.filter(pk=county.institutions[NORTH_1].pk).update(in_charge_id=None)
    found = queries.institutions_serving([NORTH_1], TODAY)[NORTH_1]
    assert found.worker_id == county.users["township"].pk


def test_names_are_asked_once(county: County, count_sql: Count) -> None:
    with count_sql() as sql:
        assert queries.names_of([NORTH_1, NORTH]) == {NORTH_1: "柳树村", NORTH: "北桥镇"}
        assert queries.short_names([NORTH_1]) == {NORTH_1: "北桥镇 柳树村"}
    assert len(sql.captured_queries_after) == 1


@pytest.mark.django_db
def test_a_workplace_of_several_villages_names_the_township_and_their_number(county: County) -> None:
    assert queries.workplace(NORTH) == "北桥镇"
    assert queries.workplace(NORTH_1, (NORTH_1,)) == "北桥镇 柳树村"
    assert queries.workplace(NORTH_1, (NORTH_1, NORTH_2)) == "北桥镇 2 个村"
    assert queries.workplace(NORTH_1, (NORTH_1, SOUTH_1)) == "2 个村"


@pytest.mark.django_db
def test_an_institution_is_opened_once_with_the_places_it_serves(county: County, clock: FixedClock) -> None:
    wanted = {"name": "渡口村卫生室", "kind": "village", "place": SOUTH_1}
    made = open_institution(actor=county.actors["system"], clock=clock, **wanted)
    again = open_institution(actor=county.actors["system"], clock=clock, **wanted)
    assert made.pk == again.pk
    assert [area.division_code for area in made.areas.all()] == [SOUTH_1]
    with pytest.raises(Conflict):
        open_institution(actor=county.actors["system"], clock=clock, **{**wanted, "kind": "township"})
    put_in_charge(
        actor=county.actors["system"], clock=clock, institution_id=made.pk, user_id=county.users["village"].pk
    )
    assert queries.institutions_serving([SOUTH_1], TODAY)[SOUTH_1].worker_id == county.users["village"].pk


def test_an_institution_at_a_place_that_is_not_there_is_refused(county: County, clock: FixedClock) -> None:
    with pytest.raises(Invalid) as caught:
        open_institution(actor=None, clock=clock, name=" ", kind="shop", place="990199")
    assert [one.field for one in caught.value.problems] == ["name", "kind", "serves"]


def test_population_is_the_newest_year_not_after_the_one_asked(county: County, clock: FixedClock) -> None:
    set_population(actor=None, clock=clock, year=2020, residents={COUNTY: 39_000}, source="made up")
    set_population(actor=None, clock=clock, year=2020, residents={COUNTY: 39_500}, source="made up")
    assert queries.population(COUNTY, 2024) == 39_500
    assert queries.population(COUNTY, 2026) == 40_000
    assert queries.population(COUNTY, 2019) is None
    assert queries.populations([COUNTY, NORTH], 2026) == {COUNTY: (40_000, 2025), NORTH: (22_000, 2025)}
    assert Population.objects.filter(division_code=COUNTY).count() == 2


def test_a_population_that_cannot_be_is_refused(county: County, clock: FixedClock) -> None:
    with pytest.raises(Invalid):
        set_population(actor=None, clock=clock, year=2027, residents={COUNTY: 1}, source="made up")
    with pytest.raises(Invalid):
        set_population(actor=None, clock=clock, year=2020, residents={COUNTY: -1}, source="made up")
