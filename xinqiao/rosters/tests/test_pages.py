"""Pages of the lists, the printed register and the first pages."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from importlib import import_module
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Event, Read
from xinqiao.followup.actions import refold
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.models import Person
from xinqiao.rosters.columns import column
from xinqiao.rosters.models import Layout

TODAY = date(2026, 11, 21)
WECHAT = "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0.42"
SignedIn = Callable[[str], Client]


@pytest.fixture
def people(county: County, clock: FixedClock) -> dict[str, UUID]:
    """One each in two villages of the north and one of the south, folded."""
    made = {
        "north": make_person(NORTH_1, county.institutions[NORTH], name="安北望"),
        "north_2": make_person(NORTH_2, county.institutions[NORTH], name="安北邻"),
        "south": make_person(SOUTH_1, county.institutions[SOUTH], name="安南归"),
    }
    actor = county.actors["county"]
    with acting(actor):
        refold([one.pk for one in made.values()], clock=clock)
    return {key: one.pk for key, one in made.items()}


def _ledger(client: Client, key: str = "register", **typed: Any) -> Any:
    given = {"columns": ["name", "sex", "village", "id_number"], "act": "download", **typed}
    return client.post(reverse("rosters:ledger", args=[key]), given)


def _rows(answer: Any) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.worksheets[0].iter_rows()]


def test_the_board_counts_and_leads_to_each_list(people: dict[str, UUID], signed_in: SignedIn) -> None:
    client = signed_in("township")
    board = client.get(reverse("rosters:index")).content.decode()
    assert "未体检" in board
    assert reverse("rosters:list", args=["unexamined"]) in board
    shown = client.get(reverse("rosters:list", args=["unexamined"])).content.decode()
    assert "安北望" in shown
    assert "安南归" not in shown
    assert reverse("treatment:exam", args=[people["north"]]) in shown
    assert set(Read.objects.get(kind="list", purpose="unexamined").person_ids) == {
        people["north"],
        people["north_2"],
    }


def test_an_unknown_list_is_not_there(people: dict[str, UUID], signed_in: SignedIn) -> None:
    assert signed_in("township").get("/lists/secret/").status_code == 404
    assert signed_in("township").get("/lists/secret/ledger/").status_code == 404


def test_an_empty_list_says_so_and_where_to_go(people: dict[str, UUID], signed_in: SignedIn) -> None:
    shown = signed_in("village_2").get(reverse("rosters:list", args=["overdue"])).content.decode()
    empty = signed_in("other_county").get(reverse("rosters:list", args=["nobody"])).content.decode()
    assert "这份名单现在是空的" in empty
    assert "安北望" not in shown


def test_the_day_s_page_shows_the_lists_that_have_somebody(
    people: dict[str, UUID], signed_in: SignedIn
) -> None:
    shown = signed_in("village").get(reverse("followup:today")).content.decode()
    assert reverse("rosters:list", args=["unexamined"]) in shown
    assert reverse("rosters:list", args=["losses"]) not in shown


def test_the_county_begins_at_its_desk(people: dict[str, UUID], signed_in: SignedIn) -> None:
    shown = signed_in("county").get("/").content.decode()
    for words in ("今天要定的事", "责任未落实", "规范管理率", "未体检"):
        assert words in shown
    assert signed_in("township").get("/").status_code == 302


def test_the_day_s_list_prints_whole(
    people: dict[str, UUID], signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("xinqiao.followup.queries.worklist"), "PAGE", 1)
    client = signed_in("county")
    first = client.get(reverse("followup:today")).content.decode()
    assert "打印全部" in first
    assert sum(name in first for name in ("安北望", "安北邻", "安南归")) == 1
    whole = client.get(reverse("followup:today"), {"whole": "1"}).content.decode()
    assert all(name in whole for name in ("安北望", "安北邻", "安南归"))
    assert Read.objects.filter(kind="print", purpose="worklist").count() == 1


# ── the printed register ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_holds_everybody_masked_and_one_look_is_written(
    county: County, people: dict[str, UUID], signed_in: SignedIn
) -> None:
    answer = _ledger(signed_in("county"), title="习岗镇花名册", filler="何静")
    assert answer.status_code == 200
    assert "filename*=UTF-8''%E5%90%8D%E5%86%8C-20261121.xlsx" in answer["Content-Disposition"]
    rows = _rows(answer)
    assert rows[0][0] == "习岗镇花名册"
    assert rows[1][:5] == ["序号", "姓名", "性别", "村（社区）", "证件号码"]
    assert [row[1] for row in rows[2:5]] == ["安北望", "安北邻", "安南归"]
    assert all("*" in row[4] for row in rows[2:5])
    look = Read.objects.get(kind="download")
    assert set(look.person_ids) == set(people.values())
    event = Event.objects.get(action="download_ledger")
    assert event.detail["columns"] == ["name", "sex", "village", "id_number"]
    assert "安北望" not in str(event.detail)


def test_whole_numbers_need_a_purpose_and_say_it_in_the_read_log(
    people: dict[str, UUID], signed_in: SignedIn
) -> None:
    client = signed_in("township")
    refused = _ledger(client, whole="1")
    assert refused.status_code == 422
    assert "要选用途" in refused.content.decode()
    assert not Read.objects.filter(kind="download").exists()
    rows = _rows(_ledger(client, whole="1", purpose="inspection"))
    assert len(rows[2][4]) == 18
    assert rows[2][4].startswith("99")
    assert Read.objects.get(kind="download").purpose == "迎接检查"
    assert Event.objects.get(action="download_ledger").detail["whole"] is True


def test_other_purposes_are_written_in_words(people: dict[str, UUID], signed_in: SignedIn) -> None:
    client = signed_in("township")
    assert _ledger(client, whole="1", purpose="other").status_code == 422
    assert _ledger(client, whole="1", purpose="other", purpose_note="卫健局抽查").status_code == 200
    assert Read.objects.get(kind="download").purpose == "卫健局抽查"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"columns": []}, "至少选一列"),
        ({"columns": ["name", "shoe_size"]}, "没有“shoe_size”这一列"),
        ({"title": "册" * 61}, "最多 60 个字"),
        ({"columns": ["name"], "whole": "1", "purpose": "visit"}, "不用显示完整号码"),
    ],
)
def test_what_cannot_be_printed_is_said(
    people: dict[str, UUID], signed_in: SignedIn, typed: dict[str, Any], words: str
) -> None:
    answer = _ledger(signed_in("township"), **typed)
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_paper_repeats_the_head_and_has_lines_to_sign(people: dict[str, UUID], signed_in: SignedIn) -> None:
    answer = _ledger(
        signed_in("county"), act="print", by_village="1", title="花名册（试）", reviewer="马院长"
    )
    assert answer["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert len(pages) == 3  # a page for each village
    text = "".join(page.extract_text() for page in pages).replace(" ", "").replace("\n", "")
    for words in ("花名册（试）", "安北望", "马院长", "填表人", "盖章", "序号"):
        assert words in text
    width, height = pages[0].mediabox.width, pages[0].mediabox.height
    assert width > height


def test_a_township_s_register_holds_its_own_people_only(
    people: dict[str, UUID], signed_in: SignedIn
) -> None:
    rows = _rows(_ledger(signed_in("other_township")))
    names = [row[1] for row in rows[2:] if row[1]]
    assert names == ["安南归"]
    assert _ledger(signed_in("other_township"), place=NORTH).status_code == 404
    assert "安北望" in str(_rows(_ledger(signed_in("county"), place=NORTH)))
    assert "安南归" not in str(_rows(_ledger(signed_in("county"), place=NORTH)))


def test_a_village_doctor_has_no_export(people: dict[str, UUID], signed_in: SignedIn) -> None:
    assert _ledger(signed_in("village")).status_code == 403
    shown = signed_in("village").get(reverse("rosters:list", args=["unexamined"])).content.decode()
    assert "花名册与工作簿" not in shown


def test_chosen_columns_are_remembered_per_user_and_list(
    county: County, people: dict[str, UUID], signed_in: SignedIn
) -> None:
    _ledger(signed_in("county"), columns=["name", "worker"], filler="何静")
    kept = Layout.objects.get()
    assert (kept.user_id, kept.key, kept.columns) == (
        county.users["county"].pk,
        "register",
        ["name", "worker"],
    )
    again = signed_in("county").get(reverse("rosters:ledger", args=["register"])).content.decode()
    assert 'value="worker" checked' in again
    assert 'value="sex" checked' not in again
    other = signed_in("township").get(reverse("rosters:ledger", args=["register"])).content.decode()
    assert 'value="sex" checked' in other


def test_inside_a_messenger_a_page_says_what_to_do_and_nothing_is_logged(
    people: dict[str, UUID], signed_in: SignedIn
) -> None:
    client = signed_in("township")
    answer = client.post(
        reverse("rosters:ledger", args=["register"]),
        {"columns": ["name"], "act": "print"},
        HTTP_USER_AGENT=WECHAT,
    )
    assert "text/html" in answer["Content-Type"]
    assert not Read.objects.filter(kind__in=["print", "download"]).exists()


def test_a_list_that_does_not_fit_says_so(
    people: dict[str, UUID], signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xinqiao.rosters.queries.MOST_IN_BOOK", 2)
    text = str(_rows(_ledger(signed_in("county"))))
    assert "名单共 3 人，这里列出前 2 人" in text


def test_a_name_that_looks_like_a_formula_stays_text(people: dict[str, UUID], signed_in: SignedIn) -> None:
    Person.objects.filter(pk=people["north"]).update(name="=1+1")
    rows = _rows(_ledger(signed_in("county")))
    assert "=1+1" in [row[1] for row in rows]


def test_sensitive_columns_are_those_of_the_register_of_fields() -> None:
    for key in ("id_number", "phone", "guardian_phone", "address"):
        found = column(key)
        assert found is not None
        assert found.sensitive


def test_statements_do_not_grow_with_the_people(
    county: County, clock: FixedClock, people: dict[str, UUID], signed_in: SignedIn, count_sql: Any
) -> None:
    client = signed_in("county")

    def statements(path: str) -> int:
        client.get(path)
        with count_sql() as captured:
            assert client.get(path).status_code == 200
        return len(captured.captured_queries_after)

    paths = [
        reverse("rosters:index"),
        reverse("rosters:list", args=["unexamined"]),
        reverse("followup:today"),
    ]
    before = [statements(path) for path in paths]
    more = [make_person(NORTH_1, county.institutions[NORTH]) for _ in range(8)]
    with acting(county.actors["county"]):
        refold([one.pk for one in more], clock=clock)
    assert [statements(path) for path in paths] == before
    assert before[0] <= 5


ODD = [
    "\x00",
    "𠮷" * 300,
    "9" * 400,
    "-1",
    "NaN",
    "1e999999",
    "%(lo)s",
    "'; drop table",
    "２０２６",
    "\ud800",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_input_gets_a_sentence_and_no_server_error(
    people: dict[str, UUID], signed_in: SignedIn, odd: str
) -> None:
    client = signed_in("township")
    address = reverse("rosters:list", args=["unexamined"])
    typed = odd.encode("utf-8", "replace").decode()
    for query in ({"place": typed}, {"after": typed}, {"whole": typed}):
        assert client.get(address, query).status_code < 500, query
    fields = (
        "columns",
        "title",
        "filler",
        "reviewer",
        "place",
        "purpose",
        "purpose_note",
        "whole",
        "by_village",
    )
    for name in fields:
        assert _ledger(client, **{name: typed}).status_code < 500, name
    exam = reverse("treatment:exam", args=[people["north"]])
    whole = {"exam_date": "2026-05-08", "outcome": "1", "consent_by": "1", "org": "卫生院", "general": "1",
             "missing_reason": "只做查体"}  # fmt: skip
    for name in (
        "exam_date",
        "outcome",
        "org",
        "sbp",
        "weight",
        "glucose",
        "advice",
        "op_id",
        "doctor",
        "refused_note",
    ):
        assert client.post(exam, {**whole, name: typed}).status_code < 500, name
