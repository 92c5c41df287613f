"""Comparing an exported list with the register: who is matched, what differs, and what becomes of a difference over time."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
import xlsxwriter
from django.test import Client

from tests.factories.county import NORTH, NORTH_1, SOUTH_1, County
from tests.factories.numbers import id_number
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.national.actions import (
    assign_differences,
    bring_export,
    choose_columns,
    run_comparison,
    settle_differences,
)
from xinqiao.national.compare.columns import guess
from xinqiao.national.compare.values import read_row
from xinqiao.national.models import Comparison, Difference, DifferenceStep, ExportRow
from xinqiao.national.queries import ItemFilters, counts_by_place, differences
from xinqiao.registry.actions import NewPerson, register_people

TODAY = date(2026, 11, 21)
BIRTH = date(1985, 7, 8)
HEADINGS = ["序号", "姓名", "性别", "身份证号", "出生日期", "所属乡镇", "村(居)委会", "患者状态", "最近一次随访日期", "病情分类", "危险性评估"]  # fmt: skip
VISIT = date(2026, 10, 9)
NEW_NUMBER = id_number(BIRTH, "2", 490)


def number_of(serial: int) -> str:
    return id_number(BIRTH, "1", serial)


def row_of(name: str, number: str = "", **changes: str) -> dict[str, str]:
    """A row that says what the register says."""
    return {
        "姓名": name, "性别": "男", "身份证号": number, "出生日期": "1985-07-08", "所属乡镇": "北桥镇",
        "村(居)委会": "柳树村", "患者状态": "在管", "最近一次随访日期": VISIT.isoformat(), "病情分类": "稳定",
        "危险性评估": "0级",
    } | changes  # fmt: skip


def export(rows: Sequence[dict[str, str]], headings: Sequence[str] = tuple(HEADINGS)) -> bytes:
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw)
    sheet = book.add_worksheet("患者列表")
    sheet.merge_range(0, 0, 0, 5, "患者信息导出")
    sheet.write_row(1, 0, headings)
    for number, row in enumerate(rows, start=2):
        sheet.write_row(number, 0, [row.get(heading, str(number - 1)) for heading in headings])
    book.close()
    return raw.getvalue()


@pytest.fixture
def people(county: County, clock: FixedClock) -> dict[str, UUID]:
    """安一 and 安二 in the north, 安三 in the south, each visited once."""
    actor = county.actors["county"]
    found = {}
    with acting(actor):
        for name, village, serial in (("安一", NORTH_1, 401), ("安二", NORTH_1, 402), ("安三", SOUTH_1, 403)):
            record = person_record(
                name, village, filed_on=date(2024, 3, 1), serial=serial, phone="13911112222"
            )
            done = register_people(
                actor=actor, clock=clock, batch=[NewPerson(uuid7(), record)], source="form"
            )
            found[name] = done[0].person_id
            record_visits(
                actor=actor,
                clock=clock,
                batch=[NewVisit(uuid7(), done[0].person_id, visit_record(VISIT))],
                entry_mode="full",
            )
    return found


def compare(
    county: County,
    clock: FixedClock,
    rows: Sequence[dict[str, str]],
    headings: Sequence[str] = tuple(HEADINGS),
) -> Comparison:
    import json

    actor = county.actors["county"]
    with acting(actor):
        found = bring_export(actor=actor, clock=clock, data=export(rows, headings), as_of=TODAY)
        meanings = json.loads(found.layout)["meanings"]
        choose_columns(actor=actor, clock=clock, comparison_id=found.pk, meanings=meanings)
        return run_comparison(actor=actor, clock=clock, comparison_id=found.pk)


EVERYBODY = [
    row_of("安一", number_of(401)),
    row_of("安二", number_of(402)),
    row_of("安三", number_of(403), 所属乡镇="南桥镇", **{"村(居)委会": "渡口村"}),
]


def seen(county: County, key: str = "county", **asked: Any) -> list[tuple[str, str, str, str]]:
    with acting(county.actors[key]):
        found = differences(actor=county.actors[key], today=TODAY, asked=ItemFilters(**asked))
    return sorted((line.name, line.what, line.here, line.there) for line in found.lines)


def test_the_meaning_of_columns_is_guessed_and_what_the_county_chose_is_remembered(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    assert guess(HEADINGS, {}) == ["", "name", "sex", "id_number", "birth_on", "township", "village", "state",
                                   "last_visit_on", "visit_class", "risk"]  # fmt: skip
    actor = county.actors["county"]
    with acting(actor):
        first = bring_export(actor=actor, clock=clock, data=export(EVERYBODY), as_of=TODAY)
        chosen = [
            "",
            "name",
            "sex",
            "id_number",
            "birth_on",
            "township",
            "village",
            "state",
            "",
            "visit_class",
            "",
        ]
        choose_columns(actor=actor, clock=clock, comparison_id=first.pk, meanings=chosen)
        again = bring_export(actor=actor, clock=clock, data=export(EVERYBODY), as_of=TODAY)
        import json

        assert json.loads(again.layout)["meanings"] == chosen


def test_two_columns_cannot_mean_the_same_and_the_name_must_be_known(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    actor = county.actors["county"]
    with acting(actor):
        found = bring_export(actor=actor, clock=clock, data=export(EVERYBODY), as_of=TODAY)
        with pytest.raises(Invalid, match="不止一列"):
            choose_columns(
                actor=actor, clock=clock, comparison_id=found.pk, meanings=["name", "name", *[""] * 9]
            )
        with pytest.raises(Invalid, match="姓名"):
            choose_columns(
                actor=actor, clock=clock, comparison_id=found.pk, meanings=["id_number", *[""] * 10]
            )


def test_equal_lists_have_no_difference(county: County, people: dict[str, UUID], clock: FixedClock) -> None:
    found = compare(county, clock, EVERYBODY)
    assert (found.counts["same"], found.counts["by_number"]) == (3, 3)
    assert seen(county) == []
    assert not ExportRow.objects.exists()  # what the file held is forgotten


def test_only_here_only_there_and_what_differs_are_told_apart(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    rows = [
        row_of("安一", number_of(401), 病情分类="基本稳定", 危险性评估="3级"),
        EVERYBODY[2],
        row_of("新来", NEW_NUMBER, 性别="女"),
    ]
    compare(county, clock, rows)
    assert seen(county) == [
        ("安一", "危险性", "0 级", "3 级"),
        ("安一", "病情分类", "稳定", "基本稳定"),
        ("安二", "仅本系统有", "", ""),
        ("新来", "仅国网有", "", ""),
    ]


def test_without_a_number_people_are_matched_by_name_sex_and_birth(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    rows = [row_of("安一"), row_of("安二", number_of(499)), EVERYBODY[2]]
    found = compare(county, clock, rows)
    assert (found.counts["by_number"], found.counts["by_name"]) == (1, 2)
    [(name, what, here, there)] = seen(county)
    assert (name, what) == ("安二", "身份证号")
    assert here != there
    assert "*" in here


def test_somebody_who_stands_there_twice_is_said(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    compare(county, clock, [*EVERYBODY, row_of("安一", number_of(401))])
    assert seen(county) == [("安一", "国网有两条记录", "", "第 6 行")]


def test_a_visit_after_the_day_of_the_export_does_not_make_a_difference(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    import json

    actor = county.actors["county"]
    with acting(actor):
        record_visits(
            actor=actor,
            clock=clock,
            batch=[NewVisit(uuid7(), people["安一"], visit_record(TODAY, insight="2"))],
            entry_mode="full",
        )
        found = bring_export(
            actor=actor, clock=clock, data=export(EVERYBODY), as_of=TODAY - timedelta(days=1)
        )
        choose_columns(
            actor=actor,
            clock=clock,
            comparison_id=found.pk,
            meanings=json.loads(found.layout)["meanings"],
        )
        run_comparison(actor=actor, clock=clock, comparison_id=found.pk)
    assert seen(county) == []


def test_a_township_sees_and_settles_only_its_own_differences(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    stray = row_of("新来", NEW_NUMBER, 性别="女", 所属乡镇="", **{"村(居)委会": ""})
    compare(county, clock, [stray])
    assert [name for name, *_rest in seen(county, "township")] == ["安一", "安二"]
    assert [name for name, *_rest in seen(county, "other_township")] == ["安三"]
    assert len(seen(county)) == 4
    foreign = Difference.objects.get(person_id=people["安三"])
    with acting(county.actors["township"]), pytest.raises(NotFound):
        settle_differences(
            actor=county.actors["township"], clock=clock, difference_ids=[foreign.pk], reason="fixed_here"
        )


def test_what_was_said_to_be_put_right_is_opened_again_when_it_still_differs(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    rows = [row_of("安一", number_of(401), 病情分类="不稳定"), *EVERYBODY[1:]]
    compare(county, clock, rows)
    item = Difference.objects.get()
    actor = county.actors["township"]
    with acting(actor):
        settle_differences(actor=actor, clock=clock, difference_ids=[item.pk], reason="fixed_there")
        with pytest.raises(Conflict):
            settle_differences(actor=actor, clock=clock, difference_ids=[item.pk], reason="fixed_there")
    again = compare(county, clock, rows)
    item.refresh_from_db()
    assert (item.state, item.reopened, item.times, again.counts["reopened"]) == ("open", 1, 2, 1)
    compare(county, clock, EVERYBODY)
    item.refresh_from_db()
    assert item.state == "gone"
    kinds = DifferenceStep.objects.filter(difference=item).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["opened", "settled", "reopened", "gone"]


def test_what_was_accepted_stays_settled_until_a_value_changes(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    rows = [row_of("安一", number_of(401), 病情分类="不稳定"), *EVERYBODY[1:]]
    compare(county, clock, rows)
    item = Difference.objects.get()
    actor = county.actors["township"]
    with acting(actor):
        settle_differences(
            actor=actor, clock=clock, difference_ids=[item.pk], reason="accepted", note="口径不同"
        )
    again = compare(county, clock, rows)
    item.refresh_from_db()
    assert (item.state, item.note, again.counts["carried"]) == ("settled", "口径不同", 1)
    compare(county, clock, [row_of("安一", number_of(401), 病情分类="基本稳定"), *EVERYBODY[1:]])
    item.refresh_from_db()
    assert (item.state, item.there) == ("open", "2")


def test_other_as_a_reason_needs_words(county: County, people: dict[str, UUID], clock: FixedClock) -> None:
    compare(county, clock, EVERYBODY[1:])
    item = Difference.objects.get()
    actor = county.actors["township"]
    with acting(actor):
        for reason, note in (("", ""), ("other", " ")):
            with pytest.raises(Invalid):
                settle_differences(
                    actor=actor, clock=clock, difference_ids=[item.pk], reason=reason, note=note
                )


def test_somebody_only_there_can_be_given_to_a_township_with_a_deadline(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    stray = row_of("新来", NEW_NUMBER, 性别="女", 所属乡镇="", **{"村(居)委会": ""})
    compare(county, clock, [*EVERYBODY, stray])
    assert seen(county, "township") == []
    item = Difference.objects.get()
    actor = county.actors["county"]
    worker = county.users["township"]
    with acting(actor):
        with pytest.raises(Invalid, match="已过"):
            assign_differences(
                actor=actor,
                clock=clock,
                difference_ids=[item.pk],
                user_id=worker.pk,
                due_on=TODAY - timedelta(days=1),
            )
        assign_differences(
            actor=actor,
            clock=clock,
            difference_ids=[item.pk],
            user_id=worker.pk,
            due_on=TODAY + timedelta(days=7),
        )
    item.refresh_from_db()
    assert (item.managing_code, item.assigned_to) == (NORTH, worker.pk)
    assert [name for name, *_rest in seen(county, "township", mine=True)] == ["新来"]
    assert DifferenceStep.objects.filter(difference=item, managing_code=NORTH).count() == 2


def test_nobody_can_be_given_a_difference_of_another_place(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    compare(county, clock, EVERYBODY[1:])  # 安一 of the north is missing there
    item = Difference.objects.get()
    actor = county.actors["county"]
    for key in ("other_township", "other_county", "village"):
        with acting(actor), pytest.raises(Invalid):
            assign_differences(
                actor=actor, clock=clock, difference_ids=[item.pk], user_id=county.users[key].pk
            )


def test_differences_are_counted_by_township(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    compare(county, clock, [row_of("安一", number_of(401), 危险性评估="2级")])
    with acting(county.actors["county"]):
        by_place, whole = counts_by_place(actor=county.actors["county"], today=TODAY)
    assert [(one.name, one.here, one.differs) for one in by_place] == [("北桥镇", 1, 1), ("南桥镇", 1, 0)]
    assert whole.open == 3


def test_what_the_list_said_is_sealed_in_the_database(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    from django.db import connection

    compare(county, clock, [*EVERYBODY, row_of("新来者", NEW_NUMBER, 性别="女")])
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(string_agg(t::text, ' '), '') from national_difference t")
        text = cursor.fetchone()[0]
        cursor.execute("select coalesce(string_agg(t::text, ' '), '') from national_comparison t")
        text += cursor.fetchone()[0]
    raw = "新来者".encode().hex()
    assert "新来者" not in text
    assert raw not in text
    assert NEW_NUMBER not in text


def test_a_second_run_of_the_same_comparison_is_refused(
    county: County, people: dict[str, UUID], clock: FixedClock
) -> None:
    found = compare(county, clock, EVERYBODY)
    actor = county.actors["county"]
    with acting(actor), pytest.raises(Conflict):
        run_comparison(actor=actor, clock=clock, comparison_id=found.pk)


@pytest.mark.parametrize(
    ("key", "typed", "value"),
    [
        ("visit_class", "病情稳定", "3"),
        ("visit_class", "2 基本稳定", "2"),
        ("visit_class", "不稳定", "1"),
        ("risk", "３级", "3"),
        ("risk", "未评估", ""),
        ("state", "非在管", "registered"),
        ("state", "已死亡", "dead"),
        ("sex", "1 男", "1"),
        ("diagnosis", "分裂情感性障碍", "2"),
        ("diagnosis", "F20.900 精神分裂症", "1"),
        ("last_visit_on", "2026/3/5 10:20", "2026-03-05"),
        ("last_visit_on", "46000", "2025-12-09"),
        ("phone", "139-0000 0000", "13900000000"),
    ],
)
def test_values_are_read_as_a_person_would(key: str, typed: str, value: str) -> None:
    from xinqiao.interchange.actions.places import Villages

    row = read_row(2, {key: typed}, Villages(), "990101000000", TODAY)
    assert row.values.get(key, "") == value


def test_the_pages_lead_from_the_file_to_the_settled_difference(
    county: County, people: dict[str, UUID], signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("county")
    rows = [
        row_of("安一", number_of(401), 病情分类="不稳定"),
        EVERYBODY[2],
        row_of("新来", NEW_NUMBER, 性别="女"),
    ]
    file = io.BytesIO(export(rows))
    file.name = "export.xlsx"
    answer = client.post("/national/compare/upload/", {"file": file, "as_of": TODAY.isoformat()})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "确认每一列是什么" in page
    assert "柳树村" in page
    found = Comparison.objects.get()
    given = {f"column-{n}": meaning for n, meaning in enumerate(guess(HEADINGS, {}), start=1)}
    done = client.post(answer["Location"], given)
    assert done["Location"] == f"/national/compare/{found.pk}/"
    page = client.get(done["Location"]).content.decode()
    assert "完全一致 1 人" in page
    assert "北桥镇" in page
    listed = client.get("/national/differences/").content.decode()
    assert "新来" in listed
    assert "基本稳定" not in listed
    item = Difference.objects.get(kind="differs")
    assert "不稳定" in client.get(f"/national/differences/{item.pk}/").content.decode()
    refused = client.post("/national/differences/settle/", {"item": item.pk, "single": "1"})
    assert refused.status_code == 422
    client.post("/national/differences/settle/", {"item": item.pk, "single": "1", "reason": "fixed_there"})
    item.refresh_from_db()
    assert item.state == "settled"
    book = openpyxl.load_workbook(io.BytesIO(client.get("/national/differences.xlsx").content))
    cells = [cell.value for row in book.worksheets[0] for cell in row]
    assert "新来" in cells
    assert "仅国网有" in cells
    assert client.get("/national/compare/").status_code == 200


def test_a_file_that_is_no_list_is_refused_in_a_sentence(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("county")
    for data, words in ((b"hello", "不是 Excel 工作簿"), (export([], ["甲", "乙", "丙"]), "没有找到标题行")):
        file = io.BytesIO(data)
        file.name = "export.xlsx"
        answer = client.post("/national/compare/upload/", {"file": file, "as_of": "2026-11-20"})
        assert answer.status_code == 422
        assert words in answer.content.decode()
