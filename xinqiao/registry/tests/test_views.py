"""The pages: they work, they refuse, they keep what was typed, and a stranger finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import County
from tests.factories.numbers import id_number
from xinqiao.audit.models import Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Person

from .records import whole_record

SignedIn = Callable[[str], Client]
NUMBER = "990101198507081231"


def typed(**changes: object) -> dict[str, object]:
    """A whole form as a browser sends it."""
    record = whole_record(**changes)
    sent: dict[str, object] = {"step": "save", "op_id": str(uuid7())}
    for key, value in record.items():
        if isinstance(value, dict):
            sent[key] = list(value)
            sent.update({f"{key}.{code}": count for code, count in value.items()})
        else:
            sent[key] = value
    return sent


def words(answer: object) -> str:
    """What a page says, without its tags."""
    return re.sub(r"<[^>]+>", " ", answer.content.decode())  # type: ignore[attr-defined]


@pytest.fixture
def pages(north: UUID) -> list[str]:
    return [
        reverse("registry:person", args=[north]),
        reverse("registry:person", args=[north]) + "?tab=basic",
        reverse("registry:person", args=[north]) + "?tab=reads",
        reverse("registry:responsible", args=[north]),
    ]


def test_the_list_shows_own_people_and_is_kept_by_nobody(
    signed_in: SignedIn, north: UUID, south: UUID
) -> None:
    answer = signed_in("township").get(reverse("registry:list"))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "沈样例" in words(answer)
    assert "沈南方" not in words(answer)
    assert Read.objects.get(kind="list").person_ids == [north]


@pytest.mark.parametrize("key", ["city", "province", "programme", "system", "auditor"])
def test_roles_without_records_are_refused(key: str, signed_in: SignedIn, north: UUID) -> None:
    client = signed_in(key)
    for name in ("list", "search", "new"):
        address = reverse(f"registry:{name}")
        assert client.post(address, {"q": "沈"}).status_code in {403, 405}
    assert client.get(reverse("registry:list")).status_code == 403
    assert client.get(reverse("registry:person", args=[north])).status_code == 403
    assert client.post(reverse("registry:unmask", args=[north])).status_code == 403


@pytest.mark.parametrize("key", ["other_township", "other_county", "village_2"])
def test_a_stranger_finds_nothing_anywhere(
    key: str, signed_in: SignedIn, north: UUID, pages: list[str]
) -> None:
    client = signed_in(key)
    for address in pages[:3]:
        assert client.get(address).status_code == 404
    assert client.get(pages[3]).status_code in {403, 404}
    assert client.post(reverse("registry:unmask", args=[north])).status_code == 404
    for text in ("沈样例", NUMBER, "13800000001", "1231"):
        assert "沈样例</a>" not in client.post(reverse("registry:search"), {"q": text}).content.decode()


def test_search_works_by_post_and_by_get_and_is_logged(signed_in: SignedIn, north: UUID) -> None:
    client = signed_in("village")
    assert "找到 1 人" in words(client.post(reverse("registry:search"), {"q": NUMBER}))
    assert "找到 1 人" in words(client.get(reverse("registry:search"), {"q": "沈"}))
    assert Read.objects.filter(kind="search").count() == 2
    assert "没有找到" in words(client.post(reverse("registry:search"), {"q": "赵"}))


def test_the_page_masks_numbers_until_asked_and_only_once(signed_in: SignedIn, north: UUID) -> None:
    client = signed_in("township")
    address = reverse("registry:person", args=[north])
    before = words(client.get(address))
    assert "990***********1231" in before
    assert not any(hidden in before for hidden in (NUMBER, "13800000001", "13800000002"))
    shown = words(client.post(reverse("registry:unmask", args=[north]), {"tab": "basic"}))
    assert all(whole in shown for whole in (NUMBER, "13800000001", "柳树村3组8号"))
    assert NUMBER not in words(client.get(address))
    assert [row.kind for row in Read.objects.order_by("at", "id")] == ["page", "unmask", "page"]


@pytest.mark.parametrize("tab", ["timeline", "basic", "family", "duties", "reads", "nonsense"])
def test_every_tab_opens(tab: str, signed_in: SignedIn, north: UUID) -> None:
    answer = signed_in("village").get(reverse("registry:person", args=[north]), {"tab": tab})
    assert answer.status_code == 200


def test_who_read_the_record_is_shown_to_whoever_holds_it(signed_in: SignedIn, north: UUID) -> None:
    signed_in("county").get(reverse("registry:person", args=[north]))
    answer = words(signed_in("village").get(reverse("registry:person", args=[north]), {"tab": "reads"}))
    assert "演示county" in answer
    assert "打开档案" in answer


def test_a_new_person_is_looked_up_first_then_filed(signed_in: SignedIn, county: County) -> None:
    client = signed_in("township")
    address = reverse("registry:new")
    assert "查一查" in words(client.get(address))
    form = client.post(address, {"step": "check", "id_number": NUMBER})
    assert f'value="{NUMBER}"' in form.content.decode()
    answer = client.post(address, typed(id_number=NUMBER), follow=True)
    assert answer.status_code == 200
    assert "已建档" in words(answer)
    assert Person.objects.get().file_no.endswith("00001")


def test_a_double_press_makes_one_person(signed_in: SignedIn, county: County) -> None:
    client, sent = signed_in("township"), typed(id_number=NUMBER)
    first = client.post(reverse("registry:new"), sent)
    again = client.post(reverse("registry:new"), sent)
    assert (first.status_code, first["Location"]) == (302, again["Location"])
    assert Person.objects.count() == 1


def test_an_error_keeps_everything_that_was_typed(signed_in: SignedIn, county: County) -> None:
    sent = typed(id_number="990101198507081230", past_danger={"2": "3"}, specialist_advice="继续服药")
    answer = signed_in("township").post(reverse("registry:new"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "身份证号第18位校验不符" in page
    assert 'href="#f-id_number"' in page
    for kept in ('value="990101198507081230"', 'value="沈样例"', "继续服药", f'value="{sent["op_id"]}"'):
        assert kept in page
    assert re.search(r'name="past_danger" value="2" checked', page)
    assert re.search(r'name="past_danger.2"[^>]*value="3"', page)
    assert not Person.objects.exists()


def test_a_number_with_a_file_leads_there_and_a_reason_goes_on(signed_in: SignedIn, north: UUID) -> None:
    client = signed_in("township")
    sent = typed(id_number=NUMBER, name="沈另一")
    answer = client.post(reverse("registry:new"), sent)
    assert answer.status_code == 409
    assert reverse("registry:person", args=[north]) in answer.content.decode()
    assert (
        client.post(reverse("registry:new"), sent | {"different_because": "双胞胎借用证件"}).status_code
        == 302
    )
    assert Person.objects.count() == 2


def test_looking_up_somebody_elsewhere_names_the_institution_and_no_person(
    signed_in: SignedIn, south: UUID
) -> None:
    answer = words(
        signed_in("township").post(
            reverse("registry:new"), {"step": "check", "id_number": "990101198507081258"}
        )
    )
    assert "南桥镇" in answer
    assert "沈南方" not in answer


def test_a_village_doctor_hands_in_and_cannot_file(signed_in: SignedIn, south: UUID) -> None:
    client = signed_in("village")
    answer = words(client.post(reverse("registry:new"), {"step": "check", "id_number": "990101198507081258"}))
    assert "已提交核对" in answer
    assert "南桥镇" not in answer
    assert client.post(reverse("registry:new"), typed()).status_code == 403
    assert client.post(reverse("registry:new"), {"step": "form"}).status_code == 403


def test_a_village_of_others_cannot_be_chosen(signed_in: SignedIn, county: County) -> None:
    assert (
        signed_in("township").post(reverse("registry:new"), typed(live_code="990101101201")).status_code
        == 404
    )


def test_the_responsible_worker_is_changed_on_a_page(
    signed_in: SignedIn, north: UUID, county: County, clock: FixedClock
) -> None:
    client, address = signed_in("township"), reverse("registry:responsible", args=[north])
    assert client.get(address).status_code == 200
    assert client.post(address, {"worker": "", "since": "2026-11-01"}).status_code == 422
    worker = str(county.users["township_2"].pk)
    answer = client.post(address, {"worker": worker, "since": "2026-11-01", "row_version": "1"}, follow=True)
    assert "演示township_2" in words(answer)
    assert (
        client.post(
            address, {"worker": str(county.users["village"].pk), "since": "2026-11-21", "row_version": "1"}
        ).status_code
        == 409
    )


def test_the_browser_tab_says_nothing_about_health_or_names(signed_in: SignedIn, pages: list[str]) -> None:
    for address in pages:
        title = re.search(r"<title>(.*?)</title>", signed_in("township").get(address).content.decode(), re.S)
        assert title is not None
        assert not re.search("沈|患者|精神|病", title.group(1))


def _like(**changes: object) -> dict[str, object]:
    """Somebody whose name sounds like 沈样例 and who was born on the same day, with another number."""
    return typed(name="沈洋例", id_number=id_number(date(1985, 7, 8), "1"), **changes)


def test_a_new_file_like_one_that_is_there_is_asked_about_once(signed_in: SignedIn, north: UUID) -> None:
    client = signed_in("township")
    sent = _like()
    answer = client.post(reverse("registry:new"), sent)
    assert answer.status_code == 409
    assert "可能是同一个人" in words(answer)
    assert reverse("registry:person", args=[north]) in answer.content.decode()
    assert Person.objects.count() == 1
    read = Read.objects.get(purpose="already_registered")
    assert read.person_ids == [north]
    mark = re.search(r'name="alike_asked" value="(\w+)"', answer.content.decode())
    assert mark is not None
    answer = client.post(reverse("registry:new"), {**sent, "alike_asked": mark[1]})
    assert answer.status_code == 302
    assert Person.objects.count() == 2


def test_another_name_after_the_warning_is_asked_about_again(signed_in: SignedIn, north: UUID) -> None:
    client = signed_in("township")
    part = client.post(reverse("registry:new-alike"), {"name": "别人", "birth_on": "1950-01-02"})
    assert "可能是同一个人" not in words(part)
    mark = re.search(r'name="alike_asked" value="(\w+)"', part.content.decode())
    assert mark is not None
    assert client.post(reverse("registry:new"), _like(alike_asked=mark[1])).status_code == 409


def test_the_warning_while_typing_shows_nobody_of_another_area(
    signed_in: SignedIn, north: UUID, south: UUID
) -> None:
    asked = {"name": "沈样例", "birth_on": "1985-07-08"}
    own = signed_in("township").post(reverse("registry:new-alike"), asked)
    assert "沈样例" in words(own)
    assert "沈样例" not in words(signed_in("other_county").post(reverse("registry:new-alike"), asked))
    assert signed_in("village").post(reverse("registry:new-alike"), asked).status_code == 403


def test_a_file_that_is_edited_is_not_like_itself(signed_in: SignedIn, north: UUID) -> None:
    asked = {"name": "沈样例", "birth_on": "1985-07-08", "person_id": str(north)}
    assert "沈样例" not in words(signed_in("township").post(reverse("registry:new-alike"), asked))


def test_making_a_file_costs_one_statement_more_where_nobody_was_asked_about_before(
    signed_in: SignedIn, count_sql: Callable[[], Any]
) -> None:
    client = signed_in("township")
    sent = typed()
    part = client.post(reverse("registry:new-alike"), sent)
    mark = re.search(r'name="alike_asked" value="(\w+)"', part.content.decode())
    assert mark is not None
    counts = []
    for more in (
        {"alike_asked": mark[1]},
        {
            "id_number": id_number(date(1950, 2, 3), "1"),
            "birth_on": "1950-02-03",
            "name": "别一人",
            "guardian_phone": "13700002222",
        },
    ):
        with count_sql() as sql:
            assert (
                client.post(reverse("registry:new"), {**sent, **more, "op_id": str(uuid7())}).status_code
                == 302
            )
        counts.append(len(sql.captured_queries_after))
    assert counts[1] == counts[0] + 1
