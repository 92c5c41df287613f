"""Variants side by side, targets with the persons still missing, the workbook, and what other departments get."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tests.factories.county import COUNTY, NEXT_COUNTY, NORTH, NORTH_1, NORTH_2, SOUTH_1, County
from xinqiao.audit.models import Event
from xinqiao.indicators import queries, targets
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.rates import figures
from xinqiao.indicators.tests.populations import PLAIN, Spec, V, write
from xinqiao.places.queries import forget
from xinqiao.policy import deployment
from xinqiao.policy.models import LocalValue

SignedIn = Callable[[str], Client]
ON = date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget()
    deployment.forget()


def at_village(code: str, **changes: Any) -> Spec:
    visits = tuple(V(ON - timedelta(days=60 * n + 5)) for n in range(5))
    return PLAIN.but(**({"counting": ((code, date(2015, 7, 1), None),), "visits": visits} | changes))


@pytest.fixture
def people(county: County) -> list[Any]:
    specs = [at_village(NORTH_1), at_village(NORTH_1, visits=()), at_village(NORTH_2), at_village(SOUTH_1)]
    return write(specs, county.institutions[NORTH])


def text(response: Any) -> str:
    return str(response.content.decode())


def test_every_variant_stands_with_its_numerator_and_base(signed_in: SignedIn, people: list[Any]) -> None:
    page = text(signed_in("county").get("/figures/variants/management_rate/"))
    for variant in catalogue().measures["management_rate"].variants:
        assert variant.label in page
    assert "75.00 %" in page
    assert "3 / 4" in page
    assert "目标 ≥ 90 %，还差 1 人" in page
    assert not any(person.name in page for person in people)
    assert signed_in("county").get("/figures/variants/none/").status_code == 404
    assert (
        signed_in("county").get("/figures/variants/management_rate/", {"place": NEXT_COUNTY}).status_code
        == 404
    )
    assert signed_in("auditor").get("/figures/variants/management_rate/").status_code == 403


def test_every_figure_has_its_variants_page(signed_in: SignedIn, people: list[Any]) -> None:
    client = signed_in("township")
    for key in ("registered", "stable_rate", "visits_year", "management_rate_old", "exam_rate"):
        assert client.get(f"/figures/variants/{key}/", {"by": "year"}).status_code == 200, key


def _figure(numerator: int, denominator: int) -> Any:
    declared = catalogue()
    counts = dict.fromkeys(declared.sets, 0) | {"man": numerator, "reg": denominator}
    return figures(declared, counts, ON)["management_rate"][0]


@pytest.mark.parametrize(
    ("numerator", "denominator", "aim", "gap"),
    [
        (1171, 1223, "95.75", 1),
        (1171, 1223, "95.74", 0),
        (0, 0, "90", 0),
        (9, 10, "90", 0),
        (8, 10, "90", 1),
        (0, 7, "0.01", 1),
    ],
)
def test_persons_still_missing_are_counted_from_the_numbers_not_from_the_printed_rate(
    numerator: int, denominator: int, aim: str, gap: int
) -> None:
    from decimal import Decimal

    target = targets.Target("management_rate", Decimal(aim), True, "OWN/targets", "", "", ON, COUNTY, False)
    assert target.gap(_figure(numerator, denominator)) == gap
    most = targets.Target("management_rate", Decimal(aim), False, "OWN/targets", "", "", ON, COUNTY, False)
    assert most.gap(_figure(numerator, denominator)) == max(
        numerator - int(Decimal(aim) * denominator / 100), 0
    )


def test_a_county_sets_its_own_target_for_a_year_and_it_holds_there_only(county: County) -> None:
    LocalValue.objects.create(
        thing="indicators/targets", division_code=COUNTY, valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1),
        value={"management_rate": {"at_least": "96", "clause": "OWN/targets"}}, source="县级计划", author="测试",
    )  # fmt: skip
    deployment.forget()
    own = targets.targets_for(NORTH, ON)
    assert (str(own["management_rate"].aim), own["management_rate"].local) == ("96", True)
    assert str(own["standard_rate"].aim) == "80"  # the nation's stays
    assert str(targets.targets_for(NEXT_COUNTY, ON)["management_rate"].aim) == "90"
    assert str(targets.targets_for(NORTH, date(2025, 12, 31))["management_rate"].aim) == "90"
    assert str(targets.targets_for(NORTH, date(2015, 12, 31))["management_rate"].aim) == "80"
    assert targets.targets_for(NORTH, date(2010, 1, 1)) == {}


def test_the_workbook_holds_places_variants_and_trend_and_nobodys_name(
    signed_in: SignedIn, people: list[Any]
) -> None:
    response = signed_in("county").get("/figures/workbook/")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    assert book.sheetnames == ["各地区", "全部指标", "近十二个月"]
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "北桥镇" in cells
    assert not any(person.name in cell for person in people for cell in cells)
    assert signed_in("county").get("/figures/workbook/", {"place": NEXT_COUNTY}).status_code == 404


def test_the_table_sorts_what_needs_work_first(county: County, people: list[Any]) -> None:
    from xinqiao.accounts.scope import acting

    actor = county.actors["county"]
    with acting(actor):
        table = queries.table(actor=actor, code=COUNTY, on=ON)
    assert [p.name for p in queries.sorted_by(table.children, "management_rate", ("management_rate",))] == [
        "北桥镇",
        "南桥镇",
    ]
    assert [p.name for p in queries.sorted_by(table.children, "nonsense", ())] == ["北桥镇", "南桥镇"]


def test_who_is_missing_has_a_next_act(signed_in: SignedIn, people: list[Any]) -> None:
    query = {"figure": "management_rate", "part": "missing"}
    page = text(signed_in("township").get("/figures/people/", query))
    assert f"/followup/record/{people[1].pk}/" in page
    page = text(signed_in("township").get("/figures/people/", {"figure": "exam_rate", "part": "missing"}))
    assert "本年未体检" in page
    assert f"/people/{people[0].pk}/exam/" in page


def test_outsiders_get_no_small_number_and_no_village(
    signed_in: SignedIn, county: County, people: list[Any]
) -> None:
    client = signed_in("county")
    page = text(client.get("/figures/outside/"))
    assert "＊" in page
    body = openpyxl.load_workbook(io.BytesIO(client.get("/figures/outside/workbook/").content))
    rows = [[cell.value for cell in row] for row in body.active.iter_rows()]
    numbers = {str(cell) for row in rows for cell in row if str(cell).isdigit()}
    assert numbers <= {"0"}
    assert "柳树村" not in str(rows)
    event = Event.objects.get(action="export_figures")
    assert (event.place, event.detail["smallest"]) == (COUNTY, 10)
    assert client.get("/figures/outside/", {"place": NORTH}).status_code == 404
    assert signed_in("township").get("/figures/outside/").status_code == 404
    assert signed_in("auditor").get("/figures/outside/").status_code == 403


def test_a_large_county_is_read_village_by_village(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    from xinqiao.accounts.scope import acting
    from xinqiao.indicators.engines import sql

    made = write(
        [at_village(code) for code in (NORTH_1, NORTH_2, SOUTH_1) for _ in range(3)],
        county.institutions[NORTH],
    )
    write([at_village(NORTH_1, visits=())], county.institutions[NORTH])
    actor = county.actors["county"]
    _measure, variant = queries.find("management_rate", "", ON)
    monkeypatch.setattr(sql, "MANY", 2)
    monkeypatch.setattr(queries.behind, "AT_ONCE", 1)
    seen, after = [], None
    with acting(actor):
        while True:
            page = queries.people(
                actor=actor, code=COUNTY, on=ON, variant=variant, part="numerator", after=after, limit=4
            )
            assert (page.counted, page.visible) == (9, 9)
            seen += [row.id for row in page.rows]
            after = page.next_key
            if after is None:
                break
        missing = queries.people(actor=actor, code=COUNTY, on=ON, variant=variant, part="missing")
    assert sorted(seen) == sorted(person.id for person in made)
    assert len(seen) == len(set(seen))
    assert [row.reason for row in missing.rows] == ["本年无完整随访"]
