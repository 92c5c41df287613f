"""The pages of changes of borders: from the decision to the receipt, and whom the county assigns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH, County
from tests.factories.people import make_person
from xinqiao.audit.models import Read
from xinqiao.boundaries.models import Assignment
from xinqiao.places.models import DivisionChange
from xinqiao.places.queries import forget
from xinqiao.registry.models import Person

SignedIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _fresh_names() -> None:
    forget()


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_split_goes_from_the_decision_over_the_rehearsal_to_the_receipt(
    county: County, signed_in: SignedIn
) -> None:
    person = make_person(NORTH_2, county.institutions[NORTH], name="李石头")
    client, worker = signed_in("system"), county.users["township_2"].pk
    assert "乡镇拆分" in text(client.get("/boundaries/new/"))
    assert "北桥镇" in text(client.get("/boundaries/new/", {"kind": "split"}))
    page = text(client.get("/boundaries/new/", {"kind": "split", "subject": NORTH}))
    assert "石磨村" in page
    given = {
        "effective_on": "2026-11-01", "document": "民发1号", "name": "石磨镇", "villages": [NORTH_2],
        "institution_name": "石磨镇卫生院", f"account-{worker}": "go",
    }  # fmt: skip
    address = f"/boundaries/new/?kind=split&subject={NORTH}"
    wrong = client.post(address, given | {"villages": []})
    assert wrong.status_code == 422
    assert "请选择划出的村" in text(wrong)
    response = client.post(address, given, follow=True)
    change = DivisionChange.objects.get()
    page = text(response)
    assert "涉及 1 个村（社区）、1 人" in page
    assert "李石头" not in page
    page = text(client.post(f"/boundaries/{change.pk}/carry-out/", follow=True))
    assert "已有 1 人随村转到新区划" in page
    assert "改回来" in page
    person.refresh_from_db()
    assert person.managing_code != NORTH_2
    assert "设立石磨镇" in text(client.get("/boundaries/"))
    back = client.post(
        f"/boundaries/{change.pk}/undo/", {"effective_on": "2026-11-20", "document": "撤销"}, follow=True
    )
    assert "待施行" in text(back)


def test_the_page_of_a_plan_says_what_stands_in_its_way_and_offers_no_act(
    county: County, signed_in: SignedIn
) -> None:
    client = signed_in("system")
    client.post(
        f"/boundaries/new/?kind=split&subject={SOUTH}",
        {"effective_on": "2026-11-01", "document": "民发1号", "name": "新镇", "villages": ["990101101201"],
         "institution_name": "新镇卫生院"},
    )  # fmt: skip
    change = DivisionChange.objects.get()
    page = text(client.get(f"/boundaries/{change.pk}/"))
    assert "没有负责人" in page
    assert "carry-out" not in page
    assert client.post(f"/boundaries/{change.pk}/carry-out/").status_code == 422
    assert client.post(f"/boundaries/{change.pk}/withdraw/", follow=True).status_code == 200
    change.refresh_from_db()
    assert change.state == "withdrawn"


def test_the_county_assigns_the_people_of_a_split_village_one_by_one(
    county: County, signed_in: SignedIn
) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH], name="李石头")
    client = signed_in("system")
    address = f"/boundaries/new/?kind=village_split&subject={NORTH_1}"
    client.post(address, {"effective_on": "2026-11-01", "document": "民发1号", "name": "新柳村"})
    change = DivisionChange.objects.get()
    client.post(f"/boundaries/{change.pk}/carry-out/")
    new = change.rows.get(old_code="").new_code
    office = signed_in("county")
    assert "待分配到新村" in text(office.get("/"))
    page = text(office.get("/boundaries/waiting/"))
    assert "李石头" in page
    assert Read.objects.filter(purpose="borders", person_ids=[person.pk]).count() == 1
    waiting = Assignment.objects.get()
    assert "新柳村" in page
    assert "没有待定村的人" in text(
        office.post(f"/boundaries/waiting/{waiting.pk}/", {"village": new}, follow=True)
    )
    assert Person.objects.get().managing_code == new
    assert client.get("/boundaries/waiting/").status_code == 403


def test_only_who_changes_borders_gets_there(county: County, signed_in: SignedIn) -> None:
    for key in ("county", "township", "village", "programme", "auditor", "city"):
        assert signed_in(key).get("/boundaries/").status_code == 403
    client = signed_in("system")
    assert client.get("/boundaries/new/", {"kind": "nothing"}).status_code == 404
    assert client.get("/boundaries/new/", {"kind": "split", "subject": "990102100000"}).status_code == 404
