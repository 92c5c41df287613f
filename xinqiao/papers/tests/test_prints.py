"""What prints: every paper opens as a PDF, says who printed it, and is logged."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.factories.county import NORTH, NORTH_1, SOUTH_1, County
from tests.factories.records import visit_record
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Read
from xinqiao.followup.actions import amend_visit
from xinqiao.followup.models import Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewLifeEvent, record_life_events

from .conftest import AddPerson


def text_of(body: bytes) -> str:
    """Everything that can be read in a PDF, without blanks (typeset Chinese is cut anywhere)."""
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages)
    return "".join(words.split())


def _get(client: Client, name: str, **query: str) -> bytes:
    answer = client.get(reverse(f"papers:{name}"), {"place": NORTH_1, **query})
    assert answer.status_code == 200, answer.content.decode()[:500]
    assert answer["Content-Type"] == "application/pdf"
    return answer.content


def test_blank_forms_have_their_heads_and_a_line_for_the_family(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    person = add_person("陈安宁", visits=[date(2026, 8, 10)])
    add_person("黄静波")
    body = _get(signed_in("township"), "blank", reach="all")
    words = text_of(body)
    assert len(PdfReader(io.BytesIO(body)).pages) == 2
    assert "严重精神障碍患者随访服务记录表" in words
    assert "陈安宁" in words
    assert "2026-08-10稳定" in words
    assert "139****0000" in words
    assert "患者或家属签名" in words
    assert person.name in words
    assert Read.objects.filter(kind="print", purpose="blank_forms").get().person_ids


def test_whole_numbers_are_printed_only_when_asked_for_and_logged(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    add_person("陈安宁")
    client = signed_in("township")
    assert "13900000000" not in text_of(_get(client, "day", reach="all"))
    assert "13900000000" in text_of(_get(client, "day", reach="all", whole="1"))
    assert set(Read.objects.filter(kind="print").values_list("purpose", flat=True)) == {
        "day_list",
        "day_list_whole",
    }


def test_slips_say_nothing_about_the_illness(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    add_person("陈安宁", visits=[date(2026, 8, 10)])
    words = text_of(_get(signed_in("village"), "slips", reach="all", whole="1"))
    assert "陈安宁" in words
    for telling in ("精神", "障碍", "稳定", "危险", "F20", "13900000000"):
        assert telling not in words


def test_the_code_of_a_slip_opens_the_record_form_for_whoever_may_fill_it_in(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    person = add_person("陈安宁")
    address = reverse("papers:slip", args=[person.pk])
    assert signed_in("village").get(address)["Location"] == reverse("followup:record", args=[person.pk])
    assert signed_in("other_township").get(address).status_code == 404
    assert signed_in("system").get(address).status_code == 403


def test_an_amended_visit_prints_marked_with_what_was_first_written(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson, clock: FixedClock
) -> None:
    person = add_person("陈安宁", visits=[date(2026, 11, 10)])
    visit = Visit.objects.get(person_id=person.pk)
    actor = county.actors["township"]
    with acting(actor):
        done = amend_visit(
            actor=actor,
            clock=clock,
            visit_id=visit.pk,
            op_id=uuid7(),
            record=visit_record(date(2026, 11, 10), sleep="3"),
        )
    answer = signed_in("township").get(reverse("papers:visit", args=[done.visit_id]))
    words = text_of(answer.content)
    assert "睡眠情况※" in words
    assert "睡眠情况原为“良好”" in words
    assert "第2版" in words


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("personal", "个人基本信息表"),
        ("supplement", "个人信息补充表"),
        ("consent", "知情同意书"),
        ("visits", "随访服务记录表"),
    ],
)
def test_each_form_of_a_file_prints_with_masked_numbers(
    part: str, says: str, county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    person = add_person("陈安宁", visits=[date(2026, 5, 10), date(2026, 8, 10)])
    answer = signed_in("township").get(reverse("papers:person", args=[person.pk]), {"part": part})
    words = text_of(answer.content)
    assert says in words
    assert "13900000000" not in words
    assert "陈安宁" not in answer["Content-Disposition"]
    assert Read.objects.filter(kind="print", purpose=f"print_{part}").exists()


def test_losses_and_deaths_stand_in_the_register_and_on_a_form(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson, clock: FixedClock
) -> None:
    person = add_person("陈安宁")
    actor = county.actors["township"]
    with acting(actor):
        lost = NewLifeEvent(person.pk, "lost", date(2026, 10, 1), "3")
        record_life_events(actor=actor, clock=clock, events=[lost])
    client = signed_in("township")
    assert "走失" in text_of(_get(client, "endings", year="2026", place=NORTH))
    form = client.get(reverse("papers:person", args=[person.pk]), {"part": "ending"})
    assert "失访（死亡）登记表" in text_of(form.content)


def test_nobody_on_the_list_is_said_and_a_foreign_place_is_not_there(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township")
    empty = client.get(reverse("papers:day"), {"place": NORTH_1})
    assert empty.status_code == 200
    assert "没有可打印的人" in empty.content.decode()
    assert client.get(reverse("papers:day"), {"place": SOUTH_1}).status_code == 404


def test_inside_a_messenger_a_page_says_what_to_do_and_nothing_is_logged_as_printed(
    county: County, signed_in: Callable[[str], Client], add_person: AddPerson
) -> None:
    add_person("陈安宁")
    answer = signed_in("township").get(
        reverse("papers:day"), {"place": NORTH_1, "reach": "all"}, headers={"User-Agent": "MicroMessenger/8"}
    )
    assert answer["Content-Type"].startswith("text/html")
    assert not Read.objects.filter(kind="print").exists()
