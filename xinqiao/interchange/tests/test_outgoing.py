"""Visits leave under the headings of the template, for those who may, and come back without changing anything."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.factories.county import NORTH_1, SOUTH_1, County
from tests.factories.records import person_record, unstable_visit, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Read
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.followup.models import Visit
from xinqiao.interchange.models import Batch
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people

URL = "/import/visits/"
ASKED = {"first": "2026-01-01", "last": "2026-11-21", "purpose": "check"}
Enter = Callable[[str], Client]


@pytest.fixture
def visits(county: County, clock: FixedClock) -> list[Any]:
    """One person in each township; the northern one's second visit has a great deal in it."""
    actor = county.actors["county"]
    with acting(actor):
        batch = [
            NewPerson(uuid7(), person_record(name, place, filed_on=date(2024, 3, 1), serial=n))
            for n, (name, place) in enumerate((("安北", NORTH_1), ("安南", SOUTH_1)), start=30)
        ]
        north, south = register_people(actor=actor, clock=clock, batch=batch, source="form")
        drugs = [
            {"drug": "奥氮平", "long_acting": False, "morning": 0, "noon": 0, "night": 10, "unit": "mg"},
            {
                "drug": "帕利哌酮",
                "long_acting": True,
                "every": 1,
                "every_unit": "month",
                "dose": 100,
                "unit": "mg",
            },
        ]
        many = [
            NewVisit(uuid7(), north.person_id, visit_record(date(2026, 3, 5))),
            NewVisit(uuid7(), north.person_id, unstable_visit(date(2026, 6, 5), adherence="1", drugs=drugs)),
            NewVisit(uuid7(), south.person_id, visit_record(date(2026, 5, 5))),
        ]
        record_visits(actor=actor, clock=clock, batch=many, entry_mode="full")
    return [north, south]


def rows_of(body: bytes) -> list[dict[str, Any]]:
    page = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    head, *rows = page.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[1] and len(str(row[0])) == 18]


def test_the_county_gets_its_visits_with_codes_and_words(visits: list[Any], signed_in: Enter) -> None:
    rows = rows_of(signed_in("county").post(URL, ASKED).content)

    assert [row["姓名"] for row in rows] == ["安北", "安北", "安南"]
    assert rows[0]["本次随访形式"] == "2 家庭访视"
    assert rows[0]["危险行为"] == "无"
    assert rows[1]["用药1"] == "奥氮平 早0 中0 晚10mg"
    assert rows[1]["用药2"] == "帕利哌酮 长效 每1月 100mg"


def test_what_is_exported_can_be_brought_back_and_changes_nothing(
    visits: list[Any], signed_in: Enter
) -> None:
    client = signed_in("county")
    body = client.post(URL, ASKED).content
    before = list(Visit.objects.order_by("id").values_list("id", "superseded"))

    sent = client.post("/import/upload/", {"file": SimpleUploadedFile("back.xlsx", body)})
    text = client.get(sent.headers["Location"]).content.decode()
    client.post(sent.headers["Location"] + "commit/")

    assert "需要改正" not in text
    assert Batch.objects.get().problem_rows == 0
    assert list(Visit.objects.order_by("id").values_list("id", "superseded")) == before


def test_a_township_gets_only_its_own(visits: list[Any], signed_in: Enter) -> None:
    assert {row["姓名"] for row in rows_of(signed_in("township").post(URL, ASKED).content)} == {"安北"}


@pytest.mark.parametrize("role", ["village", "city", "programme", "system", "auditor"])
def test_whoever_may_not_export_gets_no_page_and_no_file(
    visits: list[Any], signed_in: Enter, role: str
) -> None:
    client = signed_in(role)

    assert client.get(URL).status_code == 403
    assert client.post(URL, ASKED).status_code == 403


def test_a_download_stands_in_the_read_log_of_everybody_in_it(visits: list[Any], signed_in: Enter) -> None:
    signed_in("county").post(URL, ASKED)

    noted = Read.objects.get(kind="download")
    assert (set(noted.person_ids), noted.purpose) == ({one.person_id for one in visits}, "visits_check")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"first": "2026-13-01"}, "不是日期"),
        ({"first": "2026-12-01"}, "早于"),
        ({"first": "2020-01-01", "last": "2020-12-31"}, "没有随访记录"),
        ({"purpose": ""}, "请选择“用途”"),
        ({"place": "990102100000"}, "请从列表中选择"),
    ],
)
def test_a_wrong_request_gets_a_sentence_and_no_file(
    visits: list[Any], signed_in: Enter, changes: dict[str, str], said: str
) -> None:
    answer = signed_in("county").post(URL, ASKED | changes)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Read.objects.filter(kind="download").exists()


def test_a_messenger_gets_a_sentence_and_nothing_is_logged(visits: list[Any], signed_in: Enter) -> None:
    answer = signed_in("county").post(URL, ASKED, headers={"user-agent": "MicroMessenger/8.0"})

    assert "在浏览器打开" in answer.content.decode()
    assert not Read.objects.filter(kind="download").exists()
