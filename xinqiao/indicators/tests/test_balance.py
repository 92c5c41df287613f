"""在册人数变动核对表: what it shows, to whom, that it says when something does not add up, and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.factories.county import COUNTY, EAST_1, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from xinqiao.audit.models import Read
from xinqiao.indicators import balancing, cli, keeping
from xinqiao.indicators.engines import Area
from xinqiao.indicators.queries.balances import Balance, balanced
from xinqiao.indicators.queries.tables import direct_children
from xinqiao.indicators.tests.populations import PLAIN, Spec, write
from xinqiao.kernel.clock import FixedClock
from xinqiao.places.models import DivisionChange
from xinqiao.places.queries import forget
from xinqiao.registry.models import Person, Responsibility

SignedIn = Callable[[str], Client]
CountSql = Callable[[], AbstractContextManager[Any]]
TODAY, MONTH = date(2026, 11, 21), date(2026, 10, 1)
BEFORE = date(2020, 1, 1)


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    forget()


def at(code: str, **changes: Any) -> Spec:
    return PLAIN.but(**({"filed_on": BEFORE, "counting": ((code, BEFORE, None),)} | changes))


def moved(origin: str, target: str, day: date) -> Spec:
    return at(origin, counting=((origin, BEFORE, day), (target, day, None)))


@pytest.fixture
def october(county: County) -> list[Person]:
    """Five in the north and two in the south when October begins; one of everything happens in it."""
    day = date(2026, 10, 9)
    specs = [
        at(NORTH_1),
        at(NORTH_1, events=(("died", day, False),)),
        at(NORTH_2, events=(("excluded", day, False),)),
        at(NORTH_1, events=(("moved_out", day, False),)),
        moved(NORTH_1, SOUTH_1, day),
        at(SOUTH_1),
        moved(SOUTH_1, EAST_1, day),
        at(NORTH_2, filed_on=day, counting=((NORTH_2, day, None),)),
        at(SOUTH_1, filed_on=day, counting=((SOUTH_1, day, None),), events=(("moved_in", day, False),)),
        at(NORTH_1, events=(("moved_out", date(2026, 2, 2), False), ("moved_in", day, False))),
        moved(NORTH_1, NORTH_2, day),
    ]
    return write(specs, county.institutions[NORTH])


def county_balance(month: date = MONTH) -> Balance:
    return balanced(Area.below(COUNTY), direct_children(COUNTY), COUNTY, month, TODAY)


def test_a_month_with_one_of_everything_adds_up_for_the_county_and_its_townships(
    october: list[Person],
) -> None:
    made = county_balance()
    assert made.holds, made.faults
    rows = {
        row.name: ({k: n for k, n in row.columns.items() if n}, row.opening, row.closing)
        for row in [made.whole, *made.children]
    }
    assert rows == {
        "双桥县": (
            {"new": 1, "came": 1, "back": 1, "moved_out": 1, "left": 1, "died": 1, "excluded": 1},
            8,
            7,
        ),
        "北桥镇": ({"new": 1, "back": 1, "moved_out": 1, "left": 1, "died": 1, "excluded": 1}, 6, 4),
        "南桥镇": ({"came": 1, "moved_in": 1, "moved_out": 1}, 2, 3),
    }


def test_a_move_inside_a_township_shows_between_its_villages_only(october: list[Person]) -> None:
    made = balanced(Area.below(NORTH), direct_children(NORTH), NORTH, MONTH, TODAY)
    assert made.holds
    assert {row.code: (row.columns["moved_in"], row.columns["moved_out"]) for row in made.children} == {
        NORTH_1: (0, 2), NORTH_2: (1, 0),
    }  # fmt: skip
    assert (made.whole.columns["moved_in"], made.whole.columns["moved_out"]) == (0, 1)


def test_changed_borders_have_columns_of_their_own(county: County) -> None:
    write([moved(NORTH_1, SOUTH_1, date(2026, 10, 9))], county.institutions[NORTH])
    Responsibility.objects.filter(counted_code=SOUTH_1).update(reason="boundary")
    made = county_balance()
    assert made.holds
    assert {row.code: (row.columns["border_in"], row.columns["border_out"]) for row in made.children} == {
        NORTH: (0, 1), SOUTH: (1, 0),
    }  # fmt: skip
    assert set(made.whole.columns.values()) == {0}


# ── broken on purpose ───────────────────────────────────────────────────────────────────────────────────────────────


def test_a_deleted_arrival_is_said_with_its_reason(october: list[Person]) -> None:
    county_balance()
    Responsibility.objects.get(person=october[4], counted_code=SOUTH_1).delete()
    made = county_balance()
    assert not made.holds
    assert {fault.kind for fault in made.faults} >= {"open_out", "sum"}
    north = next(fault.sentence for fault in made.faults if fault.code == NORTH)
    assert north == "北桥镇：按变动推算期末应为 4 人，统计为 5 人，相差 +1 人。原因：统计归属的起止日期不相接"


def test_an_arrival_put_into_another_month_is_said_in_both(october: list[Person]) -> None:
    row = Responsibility.objects.get(person=october[4], counted_code=SOUTH_1)
    row.valid_from = date(2026, 11, 5)
    row.save(update_fields=["valid_from"])
    assert "open_out" in {fault.kind for fault in county_balance().faults}
    assert "open_in" in {fault.kind for fault in county_balance(date(2026, 11, 1)).faults}


def test_a_kept_count_that_no_longer_fits_the_facts_is_named_as_the_reason(october: list[Person]) -> None:
    with connection.cursor() as cursor:  # marks of this very transaction would have everything counted anew
        cursor.execute("delete from indicators_mark")
    county_balance()
    with connection.cursor() as cursor:  # what no way of the product does
        cursor.execute(
            "update indicators_tally set counts = array(select n + 1 from unnest(counts) n) where day = %s and code = %s",
            [date(2026, 10, 31), NORTH_1],
        )
    made = county_balance()
    assert "stale" in {fault.kind for fault in made.faults}
    assert any("figures-keep --anew" in fault.sentence for fault in made.faults)


def test_the_command_fails_when_something_does_not_add_up(
    october: list[Person], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import argparse

    monkeypatch.setenv("XINQIAO_TODAY", TODAY.isoformat())
    options = argparse.Namespace(place="990101", month="2026-10")
    assert cli.run_balance(options) == 0
    assert "双桥县 2026-10：期初 8，期末 7，平" in capsys.readouterr().out
    Responsibility.objects.get(person=october[4], counted_code=SOUTH_1).delete()
    assert cli.run_balance(options) == 1
    assert "! 有 1 人离开了统计归属机构" in capsys.readouterr().out
    assert cli.run_balance(argparse.Namespace(place="990101", month="2026-13")) == 2
    assert cli.run_balance(argparse.Namespace(place="99010", month=None)) == 2


def test_the_nightly_check_leaves_a_line_for_every_county_and_month(october: list[Person]) -> None:
    checked = list(balancing.check(clock=FixedClock(TODAY)))
    assert {(one.code, one.month) for one in checked} >= {(COUNTY, MONTH), (COUNTY, date(2026, 11, 1))}
    assert keeping.last_differences([COUNTY]) == 0
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from indicators_run where kind = 'balance' and place = %s", [COUNTY])
        assert cursor.fetchone()[0] == 2


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_page_says_whether_it_balances_and_opens_to_the_people(
    october: list[Person], signed_in: SignedIn
) -> None:
    client = signed_in("county")
    page = client.get("/figures/balance/", {"month": "2026-10"}).content.decode()
    assert "期初 8 人，期末 7 人，各行平衡" in page
    people = client.get("/figures/balance/people/", {"place": COUNTY, "month": "2026-10", "column": "died"})
    assert october[1].name in people.content.decode()
    assert Read.objects.filter(purpose="balance.died", person_ids=[october[1].pk]).count() == 1
    assert client.get("/figures/balance/people/", {"month": "2026-10", "column": "reg"}).status_code == 404


def test_who_has_gone_elsewhere_is_counted_but_not_named(october: list[Person], signed_in: SignedIn) -> None:
    Responsibility.objects.filter(person=october[4]).update(managing_code=SOUTH_1)
    Person.objects.filter(pk=october[4].pk).update(managing_code=SOUTH_1)
    page = signed_in("township").get("/figures/balance/people/", {"month": "2026-10", "column": "moved_out"})
    text = page.content.decode()
    assert october[4].name not in text
    assert "另有 1 人现已不在您的管辖范围" in text


@pytest.mark.parametrize(
    ("key", "status"), [("county", 200), ("township", 200), ("village", 200), ("city", 200), ("system", 403)]
)
def test_whoever_sees_figures_sees_the_balance_of_their_place(
    october: list[Person], signed_in: SignedIn, key: str, status: int
) -> None:
    for name in ("balance/", "balance/workbook/"):
        assert signed_in(key).get(f"/figures/{name}").status_code == status
    assert signed_in("other_township").get("/figures/balance/", {"place": NORTH}).status_code == 404


def test_a_month_that_is_none_is_answered_with_this_one(october: list[Person], signed_in: SignedIn) -> None:
    page = signed_in("county").get("/figures/balance/", {"month": "2027-01"}).content.decode()
    assert "先按本月核对" in page
    assert "2026-11-01 至 2026-11-21" in page


def test_the_page_costs_the_same_for_more_people_and_places(
    county: County, signed_in: SignedIn, count_sql: CountSql
) -> None:
    client, costs = signed_in("county"), []
    for _round in range(2):
        day = date(2026, 10, 9)
        write([moved(a, b, day) for a in (NORTH_1, NORTH_2, SOUTH_1) for b in (NORTH_1, SOUTH_1) if a != b] * 4,
              county.institutions[NORTH])  # fmt: skip
        client.get("/figures/balance/", {"month": "2026-10"})
        with count_sql() as sql:
            client.get("/figures/balance/", {"month": "2026-10"})
        costs.append(len(sql.captured_queries_after))
    assert costs[0] == costs[1] <= 16, costs


# ── the borders of then and of now ──────────────────────────────────────────────────────────────────────────────────


def test_the_page_of_figures_says_under_which_borders_it_counts(county: County, signed_in: SignedIn) -> None:
    """A village of the north that belongs to the south since: the county's number is the same, the townships' are not."""
    write([at(NORTH_1), at(NORTH_2), at(SOUTH_1)], county.institutions[NORTH])
    Responsibility.objects.filter(counted_code=NORTH_2).update(counted_now=SOUTH_1)
    change = DivisionChange.objects.create(
        kind="village_merge", state="done", place=COUNTY, effective_on=date(2026, 11, 1), document="批复",
        made_by=county.users["system"].pk, made_at=FixedClock(TODAY).now(),
    )  # fmt: skip
    change.rows.create(old_code=NORTH_2, new_code=SOUTH_1, old_name="石磨村", new_name="渡口村")
    client, asked = signed_in("county"), {"on": "2026-10-31"}
    then = client.get("/figures/", asked).content.decode()
    assert "按当时的区划" in then
    now = client.get("/figures/", asked | {"borders": "now"}).content.decode()
    assert "地方换算成现在的区划" in now
    assert "在册 3 人" in then
    assert "在册 3 人" in now
    for place, at_then, at_now in ((NORTH, 2, 1), (SOUTH, 1, 2)):
        asked_there = asked | {"place": place}
        assert f"在册 {at_then} 人" in client.get("/figures/", asked_there).content.decode()
        assert (
            f"在册 {at_now} 人" in client.get("/figures/", asked_there | {"borders": "now"}).content.decode()
        )
        people = client.get("/figures/people/", asked_there | {"borders": "now", "figure": "registered"})
        assert f"{at_now} 人" in people.content.decode()
    assert "按当时的区划" not in client.get("/figures/").content.decode()
    assert client.get("/figures/workbook/", asked | {"borders": "now"}).status_code == 200
