"""What the demo's county has beside the national system: a setting, ticks of some weeks, and one compared list.

The exported list is made up from the register with the slips that such lists have: somebody missing, somebody unknown, a class
or a date that says something else. The same list lies in `var/demo-national-list.xlsx`, to be tried by hand.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

import xlsxwriter
from django.db.models import Exists, OuterRef

from config.setup.folders import var
from xinqiao.accounts.scope import acting
from xinqiao.followup.models import Visit
from xinqiao.followup.rules import CLASSES
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.periods import add_months
from xinqiao.national.actions import (
    assign_differences,
    bring_export,
    change_setting,
    choose_columns,
    run_comparison,
    settle_differences,
    tick_visits,
)
from xinqiao.national.models import Difference, Entry
from xinqiao.places.queries import short_names
from xinqiao.policy.calendar import workdays
from xinqiao.registry.models import Identifier, Person
from xinqiao.registry.rules import check_digit

from .accounts import COUNTY_ACCOUNT, TOWNSHIP_ACCOUNTS

HEADINGS = (
    "序号", "患者姓名", "性别", "身份证号码", "出生日期", "现住址", "患者状态", "最近一次随访日期", "最近一次病情分类",
    "危险性评估",
)  # fmt: skip
_STATES = {"registered": "在管", "lost": "失访", "dead": "死亡", "moved_out": "迁出", "excluded": "注销"}


def work_beside_the_national_system(actors: Mapping[str, Actor], clock: Clock) -> None:
    """A county that enters all visits since last month, most of them in time, and has compared its list today."""
    rng = Random("beside")  # noqa: S311 - made-up people, no secrets
    county = actors[COUNTY_ACCOUNT]
    with acting(county):
        change_setting(
            actor=county,
            clock=clock,
            given={
                "wanted": "all",
                "since": add_months(clock.today().replace(day=1), -1),
                "with_imported": True,
                "platforms": [{"name": "省平台", "days": "15"}],
            },
            row_version=1,
        )
        _tick(rng, county, clock)
        _compare(rng, county, actors, clock)


def _tick(rng: Random, county: Actor, clock: Clock) -> None:
    """Older visits are entered, a few of them late; some were forgotten."""
    today, days = clock.today(), workdays()
    ticked = Entry.objects.filter(visit=OuterRef("pk"))
    since = add_months(today.replace(day=1), -1)
    rows = Visit.objects.filter(
        visit_date__gte=since, voided_at=None, superseded=False, managing_code__startswith=county.place[:6]
    )
    by_day: dict[Any, list[Any]] = {}
    for pk, on in rows.filter(~Exists(ticked)).order_by("visit_date", "pk").values_list("pk", "visit_date"):
        entered = days.add(on, rng.choice((2, 3, 4, 5, 6, 8, 9, 12)))
        if entered <= today and rng.random() < 0.93:
            by_day.setdefault(entered, []).append(pk)
    for entered, ids in by_day.items():
        tick_visits(
            actor=county, clock=clock, visit_ids=ids, platform="national", entered_on=entered, op_id=uuid7()
        )


def _compare(rng: Random, county: Actor, actors: Mapping[str, Actor], clock: Clock) -> None:
    data = export_of(rng, county, clock)
    (var() / "demo-national-list.xlsx").write_bytes(data)
    found = bring_export(actor=county, clock=clock, data=data, as_of=clock.today())
    meanings = json.loads(found.layout)["meanings"]
    choose_columns(actor=county, clock=clock, comparison_id=found.pk, meanings=meanings)
    run_comparison(actor=county, clock=clock, comparison_id=found.pk)
    items = list(Difference.objects.filter(managing_code__startswith=county.place[:6]).order_by("pk"))
    township = actors[TOWNSHIP_ACCOUNTS[0]]
    near = [one for one in items if one.managing_code.startswith(township.place[:9])]
    strays = [one for one in items if one.person_id is None]
    given = [*near[:2], *strays[:1]]
    if given:
        assign_differences(
            actor=county,
            clock=clock,
            difference_ids=[one.pk for one in given],
            user_id=township.user_id,
            due_on=clock.today() + timedelta(days=10),
            note="请核对后处理",
        )
    others = [one for one in items if one not in given and one.person_id and one not in near]
    if others:
        settle_differences(
            actor=county,
            clock=clock,
            difference_ids=[others[0].pk],
            reason="fixed_there",
            note="已在国网改正",
        )


def export_of(rng: Random, county: Actor, clock: Clock) -> bytes:
    """The list as the other system might export it."""
    people = Person.objects.filter(managing_code__startswith=county.place[:6]).select_related("standing")
    numbers = dict(Identifier.objects.filter(voided_at=None).values_list("person_id", "number"))
    villages = short_names({person.managing_code for person in people})
    rows: list[list[str]] = []
    for person in people.order_by("pk"):
        standing = person.standing
        if standing.state not in ("registered", "lost") or rng.random() < 0.006:
            continue
        last, visit_class, risk = standing.last_visit_on, standing.visit_class, standing.risk
        if rng.random() < 0.02 and last:
            last = last - timedelta(days=rng.choice((28, 61, 90)))
        if rng.random() < 0.01 and visit_class:
            visit_class = rng.choice([code for code in CLASSES if code != visit_class])
        if rng.random() < 0.006 and risk is not None:
            risk = (risk + 1) % 6
        state = "迁出" if rng.random() < 0.003 else _STATES[standing.state]
        rows.append(
            [
                person.name, {"1": "男", "2": "女"}.get(person.sex, ""), numbers.get(person.pk, ""),
                person.birth_on.isoformat(), villages[person.managing_code].replace(" ", ""), state,
                last.isoformat() if last else "", CLASSES.get(visit_class, ""),
                "" if risk is None else f"{risk}级",
            ]
        )  # fmt: skip
    rows[len(rows) // 2 : len(rows) // 2] = [_stray(serial, rows[serial * 7][4]) for serial in (1, 2, 3)]
    rows.append(rows[11])  # somebody stands there twice
    raw = io.BytesIO()
    with xlsxwriter.Workbook(raw, {"in_memory": True}) as book:
        sheet = book.add_worksheet("患者信息列表")
        sheet.merge_range(0, 0, 0, len(HEADINGS) - 1, "患者信息列表（演示，均为虚构）")
        sheet.write_row(1, 0, HEADINGS)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number + 1, 0, [str(number), *row])
    return raw.getvalue()


def _stray(serial: int, place: str) -> list[str]:
    """Somebody of whom the register here knows nothing."""
    birth = f"19{60 + serial}0{serial}1{serial}"
    first = f"990101{birth}9{serial}1"
    return [
        ("韩秋实", "冯春生", "叶知夏")[serial - 1], "男", first + check_digit(first),
        f"{birth[:4]}-{birth[4:6]}-{birth[6:]}", place, "在管", "", "", "0级",
    ]  # fmt: skip
