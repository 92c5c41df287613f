"""Visits to enter elsewhere: who sees which, the clock of ten working days, ticks and their undo, one visit for copying."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.db import connection
from django.test import Client

from tests.factories.county import NORTH_1, SOUTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewVisit, amend_visit, record_visits
from xinqiao.followup.models import Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.national.actions import change_setting, tick_visits, untick_visits
from xinqiao.national.models import Entry
from xinqiao.national.queries import Filters, overdue_count, screen_of, timeliness, to_enter
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.registry.models import Person

TODAY = date(2026, 11, 21)
#: Ten working days before a Saturday: visits up to 6 November should be entered by Friday the 20th.
LATE, JUST = date(2026, 11, 5), date(2026, 11, 9)

Enter = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def desk(county: County, clock: FixedClock) -> dict[str, UUID]:
    """A late and a recent visit in the north, a late one in the south, all passed by review."""
    found: dict[str, UUID] = {}
    for key, village, serial, days in (
        ("north", NORTH_1, 301, (LATE, JUST)),
        ("south", SOUTH_1, 302, (LATE,)),
    ):
        with acting(county.actors["county"]):
            record = person_record(f"安{key}", village, filed_on=date(2024, 3, 1), serial=serial)
            person = register_people(
                actor=county.actors["county"], clock=clock, batch=[NewPerson(uuid7(), record)], source="form"
            )[0]
            found[key] = person.person_id
            for day in days:
                done = record_visits(
                    actor=county.actors["county"],
                    clock=clock,
                    batch=[NewVisit(uuid7(), person.person_id, visit_record(day))],
                    entry_mode="full",
                )
                found[f"{key} {day}"] = done[0].visit_id
    with connection.cursor() as cursor:
        cursor.execute("update followup_visit set review_status = '1'")
    return found


def _ids(county: County, key: str, **asked: Any) -> list[UUID]:
    with acting(county.actors[key]):
        found = to_enter(actor=county.actors[key], today=TODAY, filters=Filters(**asked))
    return [row.visit_id for row in found.rows]


def test_each_township_sees_its_own_visits_oldest_first(county: County, desk: dict[str, UUID]) -> None:
    assert _ids(county, "township") == [desk[f"north {LATE}"], desk[f"north {JUST}"]]
    assert _ids(county, "other_township") == [desk[f"south {LATE}"]]
    assert len(_ids(county, "county")) == 3
    assert _ids(county, "other_county") == []


def test_a_village_doctor_has_no_account_there_and_no_list_here(
    county: County, desk: dict[str, UUID]
) -> None:
    with acting(county.actors["village"]), pytest.raises(NotAllowed):
        to_enter(actor=county.actors["village"], today=TODAY, filters=Filters())


def test_ten_working_days_after_the_visit_it_is_overdue(county: County, desk: dict[str, UUID]) -> None:
    actor = county.actors["township"]
    with acting(actor):
        found = to_enter(actor=actor, today=TODAY, filters=Filters())
        assert [row.due_on for row in found.rows] == [date(2026, 11, 19), date(2026, 11, 23)]
        assert (found.total, found.late, found.soon) == (2, 1, 1)
        assert overdue_count(actor=actor, today=TODAY) == 1
        assert overdue_count(actor=actor, today=date(2026, 11, 19)) == 0
    assert _ids(county, "township", late="late") == [desk[f"north {LATE}"]]
    assert _ids(county, "township", late="soon") == [desk[f"north {JUST}"]]


def test_only_reviewed_visits_stand_on_the_list_unless_the_county_wants_all(
    county: County, desk: dict[str, UUID], clock: FixedClock
) -> None:
    Visit.objects.filter(pk=desk[f"north {JUST}"]).update(review_status="0")
    Visit.objects.filter(pk=desk[f"south {LATE}"]).update(review_status="2")
    assert _ids(county, "county") == [desk[f"north {LATE}"]]
    with acting(county.actors["county"]):
        change_setting(
            actor=county.actors["county"],
            clock=clock,
            given={"wanted": "all", "since": None, "with_imported": False, "platforms": []},
            row_version=1,
        )
    assert _ids(county, "county") == [desk[f"north {LATE}"], desk[f"north {JUST}"]]


def test_a_ticked_visit_leaves_the_list_and_comes_back_when_the_tick_is_taken_back(
    county: County, desk: dict[str, UUID], clock: FixedClock
) -> None:
    actor, op = county.actors["township"], uuid7()
    ids = [desk[f"north {LATE}"], desk[f"north {JUST}"]]
    with acting(actor):
        for again in (2, 0):
            count = tick_visits(
                actor=actor, clock=clock, visit_ids=ids, platform="national", entered_on=TODAY, op_id=op
            )
            assert count == again
    assert _ids(county, "township") == []
    with acting(actor):
        assert untick_visits(actor=actor, clock=clock, op_id=op, reason="录错") == 2
    assert _ids(county, "township") == ids
    assert Entry.objects.filter(voided_reason="录错").count() == 2


def test_a_strangers_visit_cannot_be_ticked(county: County, desk: dict[str, UUID], clock: FixedClock) -> None:
    actor = county.actors["township"]
    with acting(actor), pytest.raises(NotFound):
        tick_visits(
            actor=actor,
            clock=clock,
            visit_ids=[desk[f"north {LATE}"], desk[f"south {LATE}"]],
            platform="national",
            entered_on=TODAY,
            op_id=uuid7(),
        )
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("day", "code"), [(date(2026, 11, 22), "future"), (date(2026, 11, 4), "before_visit")]
)
def test_the_day_of_entry_lies_between_the_visit_and_today(
    county: County, desk: dict[str, UUID], clock: FixedClock, day: date, code: str
) -> None:
    actor = county.actors["township"]
    with acting(actor), pytest.raises(Invalid) as refused:
        tick_visits(
            actor=actor,
            clock=clock,
            visit_ids=[desk[f"north {LATE}"]],
            platform="national",
            entered_on=day,
            op_id=uuid7(),
        )
    assert [problem.code for problem in refused.value.problems] == [code]


def test_each_platform_has_its_own_ticks(county: County, desk: dict[str, UUID], clock: FixedClock) -> None:
    with acting(county.actors["county"]):
        setting = change_setting(
            actor=county.actors["county"],
            clock=clock,
            given={
                "wanted": "passed", "since": None, "with_imported": False,
                "platforms": [{"name": "省平台", "days": "5"}, {"name": "公卫系统", "days": ""}],
            },
            row_version=1,
        )  # fmt: skip
    assert [(one["name"], one["days"]) for one in setting.platforms] == [("省平台", 5), ("公卫系统", None)]
    key = setting.platforms[0]["key"]
    actor = county.actors["township"]
    with acting(actor):
        tick_visits(
            actor=actor,
            clock=clock,
            visit_ids=[desk[f"north {LATE}"]],
            platform=key,
            entered_on=TODAY,
            op_id=uuid7(),
        )
        found = to_enter(actor=actor, today=TODAY, filters=Filters(platform=key))
        assert [(row.visit_id, row.due_on) for row in found.rows] == [
            (desk[f"north {JUST}"], date(2026, 11, 16))
        ]
        assert to_enter(actor=actor, today=TODAY, filters=Filters()).total == 2


def test_a_platform_keeps_its_ticks_when_it_is_renamed_and_may_not_stand_twice(
    county: County, clock: FixedClock
) -> None:
    actor = county.actors["county"]

    def change(platforms: list[dict[str, str]], version: int) -> Any:
        return change_setting(
            actor=actor,
            clock=clock,
            given={"wanted": "passed", "since": None, "with_imported": False, "platforms": platforms},
            row_version=version,
        )

    with acting(actor):
        key = change([{"name": "省平台", "days": "5"}], 1).platforms[0]["key"]
        renamed = change([{"key": key, "name": "省级平台", "days": "5"}], 2).platforms
        assert renamed == [{"key": key, "name": "省级平台", "days": 5}]
        with pytest.raises(Invalid, match="重复"):
            change([{"name": "甲", "days": ""}, {"name": "甲", "days": ""}], 3)


def test_an_amended_visit_is_asked_for_again_and_says_that_the_old_one_was_entered(
    county: County, desk: dict[str, UUID], clock: FixedClock
) -> None:
    actor = county.actors["township"]
    old = desk[f"north {LATE}"]
    with acting(actor):
        tick_visits(
            actor=actor, clock=clock, visit_ids=[old], platform="national", entered_on=TODAY, op_id=uuid7()
        )
        new = amend_visit(
            actor=actor, clock=clock, visit_id=old, op_id=uuid7(), record=visit_record(LATE, sleep="2")
        )
    Visit.objects.filter(pk=new.visit_id).update(review_status="1")
    with acting(actor):
        rows = to_enter(actor=actor, today=TODAY, filters=Filters()).rows
    assert {row.visit_id: row.corrects for row in rows} == {new.visit_id: True, desk[f"north {JUST}"]: False}


def test_the_screen_says_every_item_in_the_order_of_the_printed_form_with_its_code(
    county: County, desk: dict[str, UUID], signed_in: Callable[[str], Client]
) -> None:
    page = signed_in("township").get(f"/national/visit/{desk[f'north {LATE}']}/").content.decode()
    labels = ["随访日期", "本次随访形式", "危险性评估", "目前症状", "自知力", "危险行为", "用药依从性", "用药情况 1",
              "本次随访分类", "下次随访日期", "随访医生签名"]  # fmt: skip
    places = [page.index(f"</i>{label}</dt>") for label in labels]
    assert places == sorted(places)
    assert "<b>2</b><span>家庭访视</span>" in page
    assert "<b>7</b><span>无</span>" in page
    number = Person.objects.get(pk=desk["north"]).identifier_set.get().number
    assert number in page  # it is typed there; the read log has the look
    assert "精神症状程度" not in page  # ours, the other system does not ask it


def test_the_screen_leads_through_the_list(county: County, desk: dict[str, UUID]) -> None:
    actor = county.actors["township"]
    first, second = desk[f"north {LATE}"], desk[f"north {JUST}"]
    with acting(actor):
        one = screen_of(actor=actor, today=TODAY, visit_id=first, filters=Filters())
        two = screen_of(actor=actor, today=TODAY, visit_id=second, filters=Filters())
    assert (one.previous_id, one.next_id, one.left) == (None, second, 2)
    assert (two.previous_id, two.next_id) == (first, None)


def test_ticking_on_the_screen_opens_the_next_visit_and_can_be_undone(
    county: County, desk: dict[str, UUID], signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township")
    first, second = desk[f"north {LATE}"], desk[f"north {JUST}"]
    answer = client.post(
        "/national/tick/",
        {"visit": first, "single": "1", "next": second, "entered_on": "2026-11-20", "op_id": uuid7()},
    )
    assert answer["Location"] == f"/national/visit/{second}/"
    page = client.get(answer["Location"]).content.decode()
    assert "已标记 1 次随访" in page
    assert 'action="/national/untick/"' in page
    wrong = client.post("/national/tick/", {"visit": second, "single": "1", "entered_on": "2026-12-01"})
    assert wrong.status_code == 422
    assert "晚于今天" in wrong.content.decode()


def test_timeliness_counts_what_was_in_time_late_waiting_and_overdue(
    county: County, desk: dict[str, UUID], clock: FixedClock
) -> None:
    actor = county.actors["county"]
    with acting(actor):
        for key, day in ((f"north {LATE}", date(2026, 11, 20)), (f"north {JUST}", date(2026, 11, 20))):
            tick_visits(
                actor=actor,
                clock=clock,
                visit_ids=[desk[key]],
                platform="national",
                entered_on=day,
                op_id=uuid7(),
            )
        by_place, by_month, whole = timeliness(actor=actor, today=TODAY, first=date(2026, 11, 1), last=TODAY)
    assert [(name, one.in_time, one.late, one.overdue) for _code, name, one in by_place] == [
        ("北桥镇", 1, 1, 0),
        ("南桥镇", 0, 0, 1),
    ]
    assert (whole.total, whole.judged, [month for month, _one in by_month]) == (3, 3, ["2026-11"])


def test_the_list_and_timeliness_leave_as_workbooks(
    county: County, desk: dict[str, UUID], signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township")
    for address, cell in (("/national/list.xlsx", "安north"), ("/national/timeliness.xlsx", "柳树村")):
        answer = client.get(address)
        assert answer.status_code == 200
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        cells = [c.value for row in book.worksheets[0] for c in row]
        assert cell in cells


def test_opening_the_list_costs_the_same_for_few_and_many_visits(
    county: County, desk: dict[str, UUID], count_sql: Any
) -> None:
    actor = county.actors["county"]
    with acting(actor):
        with count_sql() as few:
            to_enter(actor=actor, today=TODAY, filters=Filters(late="soon"))
        with count_sql() as many:
            to_enter(actor=actor, today=TODAY, filters=Filters())
    assert len(many) == len(few) <= 7


def test_settings_are_the_countys(county: County, signed_in: Callable[[str], Client]) -> None:
    assert signed_in("township").get("/national/settings/").status_code == 403
    client = signed_in("county")
    page = client.get("/national/settings/").content.decode()
    assert "其他平台" in page
    given = {"wanted": "all", "since": "2026-01-01", "row_version": "1", "name-1": "省平台", "days-1": "x"}
    assert client.post("/national/settings/", given).status_code == 422
    assert client.post("/national/settings/", given | {"days-1": "5"}).status_code == 302
    assert "省平台" in client.get("/national/").content.decode()
