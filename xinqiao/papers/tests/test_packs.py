"""The bundle for an inspection, from the pasted sample to the day it is gone."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.factories.county import NORTH_1, NORTH_2, SOUTH_1, County
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict
from xinqiao.papers.actions import download_pack, expire_packs
from xinqiao.papers.models import Pack, PackMember
from xinqiao.registry.models import Identifier

from .conftest import AddPerson
from .test_prints import text_of

PARTS = ["consent", "personal", "supplement", "visits", "exam", "ending", "scans"]


def _begin(client: Client, sample: str, **changes: Any) -> UUID:
    given = {
        "sample": sample,
        "purpose": "市级年度督导",
        "period_from": "2026-01-01",
        "period_to": "2026-11-21",
        "parts": PARTS,
    } | changes
    answer = client.post(reverse("papers:packs"), given)
    assert answer.status_code == 302, answer.content.decode()
    return UUID(answer["Location"].strip("/").split("/")[-1])


def _states(pack: UUID) -> list[str]:
    return list(PackMember.objects.filter(pack_id=pack).order_by("position").values_list("state", flat=True))


@pytest.fixture
def made(county: County, signed_in: Callable[[str], Client], add_person: AddPerson) -> UUID:
    """A finished bundle of two people, made by the township."""
    add_person("陈安宁", visits=[date(2025, 6, 1), date(2026, 5, 10), date(2026, 8, 10)])
    add_person("黄静波")
    client = signed_in("township")
    pack = _begin(client, "陈安宁\n黄静波")
    client.post(reverse("papers:pack-start", args=[pack]))
    assert Pack.objects.get(pk=pack).state == "ready", Pack.objects.get(pk=pack).failure
    return pack


def test_a_pasted_sample_is_matched_by_number_file_number_and_name(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    people = [add_person(name) for name in ("陈安宁", "黄静波", "吴念恩")]
    number = Identifier.objects.get(person=people[0]).number
    sample = f"1\t陈安宁\t{number}\n{people[1].file_no}\n\n3 吴念恩 柳树村"
    assert _states(_begin(signed_in("township"), sample)) == ["found", "found", "found"]


def test_somebody_elses_person_and_nobody_are_told_alike(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    add_person("陈安宁")
    foreign = add_person("钱守信", SOUTH_1)
    number = Identifier.objects.get(person=foreign).number
    client = signed_in("township")
    pack = _begin(client, f"钱守信\n查无此人\n{number}\n陈安宁")
    assert _states(pack) == ["missing", "missing", "missing", "found"]
    page = client.get(reverse("papers:pack", args=[pack])).content.decode()
    assert str(foreign.pk) not in page
    assert page.count("未找到或不在本机构管理范围") == 3


def test_equal_names_wait_for_a_choice_and_a_village_in_the_line_settles_it(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    first, second = add_person("陈安宁", NORTH_1), add_person("陈安宁", NORTH_2)
    client = signed_in("township")
    assert _states(_begin(client, "陈安宁\t石磨村")) == ["found"]
    pack = _begin(client, "陈安宁")
    assert _states(pack) == ["ambiguous"]
    client.post(reverse("papers:pack-start", args=[pack]))
    assert Pack.objects.get(pk=pack).state == "choosing"
    client.post(reverse("papers:pack-settle", args=[pack]), {"line-1": str(second.pk)})
    assert PackMember.objects.get(pack_id=pack).person_id == second.pk != first.pk


def test_a_bundle_holds_every_file_with_contents_page_numbers_and_purpose(
    made: UUID, signed_in: Callable[[str], Client]
) -> None:
    answer = signed_in("township").post(reverse("papers:pack-download", args=[made]))
    assert answer["Content-Type"] == "application/pdf"
    assert "陈安宁" not in answer["Content-Disposition"]
    reader = PdfReader(io.BytesIO(answer.content))
    pages = ["".join(page.extract_text().split()) for page in reader.pages]
    # cover, contents, and for each F05, F06, F07; two visits of the period for the first
    assert len(pages) == 2 + 3 + 2 + 3
    assert "目录" in pages[1]
    for number, words in enumerate(pages, 1):
        assert f"第{number}页，共{len(pages)}页" in words
        assert "市级年度督导" in words
    assert "2026年5月10日" in pages[5]
    assert not any("2025年6月1日" in words for words in pages)
    assert "知情同意书" in pages[7]
    assert "黄静波" in pages[7]


def test_making_and_each_download_stand_in_the_read_log_with_the_purpose(
    made: UUID, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township")
    for _ in range(2):
        client.post(reverse("papers:pack-download", args=[made]))
    purposes = list(Read.objects.filter(purpose="迎检包：市级年度督导").values_list("kind", flat=True))
    assert sorted(purposes) == ["download", "download", "print"]
    assert Pack.objects.get(pk=made).downloads == 2


def test_only_its_maker_opens_a_bundle(made: UUID, signed_in: Callable[[str], Client]) -> None:
    for account in ("township_2", "county", "village", "other_township", "system"):
        client = signed_in(account)
        for name, method in (
            ("pack", "get"),
            ("pack-progress", "get"),
            ("pack-download", "post"),
            ("pack-start", "post"),
        ):
            answer = getattr(client, method)(reverse(f"papers:{name}", args=[made]))
            assert answer.status_code in (403, 404), (account, name)


def test_the_bytes_lie_sealed_and_are_gone_when_the_days_are_over(
    made: UUID, county: County, clock: FixedClock
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select body from papers_pack where id = %s", [made])
        raw = bytes(cursor.fetchone()[0])
    assert len(raw) > 1000
    assert b"%PDF" not in raw
    assert b"JVBER" not in raw  # %PDF in base64
    actor = county.actors["township"]
    later = FixedClock(clock.today() + timedelta(days=8))
    with acting(actor):
        assert expire_packs(actor=actor, clock=later) == 1
        with pytest.raises(Conflict):
            download_pack(actor=actor, clock=later, pack_id=made)
    with connection.cursor() as cursor:
        cursor.execute("select length(body) from papers_pack where id = %s", [made])
        assert cursor.fetchone()[0] == 0
        cursor.execute(
            "select sum(length(body) + length(line)) from papers_packmember where pack_id = %s", [made]
        )
        assert cursor.fetchone()[0] == 0


def test_numbers_in_a_bundle_are_masked_unless_asked_for(
    made: UUID, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township")
    assert "13900000000" not in text_of(client.post(reverse("papers:pack-download", args=[made])).content)
    pack = _begin(client, "黄静波", whole="1")
    client.post(reverse("papers:pack-start", args=[pack]))
    assert "13900000000" in text_of(client.post(reverse("papers:pack-download", args=[pack])).content)


def test_an_empty_sample_and_a_missing_purpose_are_said_and_what_was_typed_stays(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    answer = signed_in("township").post(
        reverse("papers:packs"),
        {"sample": "", "purpose": "", "period_from": "2026-12-01", "period_to": "2026-01-01", "parts": PARTS},
    )
    assert answer.status_code == 422
    words = answer.content.decode()
    for said in ("检查单位和事由”未填写", "抽查名单”是空的", "应不晚于"):
        assert said in words
