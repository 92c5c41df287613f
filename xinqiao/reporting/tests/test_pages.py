"""The pages: the hospital's form, the township's list and steps, the filing screen, the police's answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH_1, County
from tests.factories.records import person_record
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_person
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import LookUp, Person
from xinqiao.reporting.models import AddressSearch, Card, CardDraft
from xinqiao.reporting.rules.drugs import KEYS

from .cards import MISSING, card_record, discharge_record
from .desk import Acting, Desk

SignedIn = Callable[[str], Client]


@pytest.fixture
def desk(county: County, acting_as: Acting, clock: FixedClock) -> Desk:
    made = Desk(county, acting_as)
    made.clock = clock
    return made


def posted(record: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A record as the page sends it."""
    sent: dict[str, Any] = {"op_id": str(uuid7()), "draft_id": str(uuid7()), "act": "send"} | more
    for key, value in record.items():
        if key in ("drugs", "drugs_after"):
            for number, row in enumerate(value, 1):
                sent |= {f"{key}.{number}.{part}": row[part] for part in KEYS if part in row}
        else:
            sent[key] = value
    return sent


def test_the_hospital_fills_in_and_sends(signed_in: SignedIn, desk: Desk) -> None:
    client = signed_in("hospital")
    page = client.get(reverse("reporting:new-card")).content.decode()
    assert "双桥县安康医院" in page
    assert "柳树村" in page
    done = client.post(reverse("reporting:new-card"), posted(card_record("安心", NORTH_1, serial=1)))
    card = Card.objects.get()
    assert done.status_code == 302
    assert done["Location"] == reverse("reporting:own-card", args=[card.pk])
    body = client.get(done["Location"]).content.decode()
    assert card.card_no in body
    assert "13900000000" not in body
    assert "3组12号" not in body
    whole = client.post(done["Location"]).content.decode()
    assert "13900000000" in whole
    assert "3组12号" in whole


def test_nothing_typed_is_lost_and_nothing_is_half_saved(signed_in: SignedIn, desk: Desk) -> None:
    client = signed_in("hospital")
    wrong = posted(
        card_record("安心", NORTH_1, serial=1, diagnosed_on="2020-01-01", past_danger=["2"], dept_phone="12")
    )
    answer = client.post(reverse("reporting:new-card"), wrong)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert not Card.objects.exists()
    for typed in ("利培酮片", "M20261101", "3组12号", "李守望", 'value="12"', wrong["op_id"]):
        assert typed in body
    assert "确诊日期 2020-01-01 早于初次发病时间 2024" in body
    assert "有危险行为时至少为 1 级" in body
    assert "科室电话“12”不像电话号码" in body


def test_a_draft_is_kept_and_gone_on_with(signed_in: SignedIn, desk: Desk) -> None:
    client = signed_in("hospital")
    sent = posted(
        {"name": "安心", "diagnosed_on": "2026-11-10", "drugs": [{"drug": "利培酮片"}]}, act="draft"
    )
    assert client.post(reverse("reporting:new-card"), sent).status_code == 302
    draft = CardDraft.objects.get()
    assert "2026-11-24" in client.get(reverse("reporting:own")).content.decode()
    address = reverse("reporting:draft", args=[draft.pk])
    body = client.get(address).content.decode()
    assert "利培酮片" in body
    whole = posted(card_record("安心", NORTH_1, serial=1, diagnosed_on="2026-11-10"), draft_id=str(draft.pk))
    assert client.post(address, whole).status_code == 302
    assert Card.objects.get().pk == draft.pk
    assert client.get(address).status_code == 404


def test_the_township_receives_and_files_on_one_screen(signed_in: SignedIn, desk: Desk) -> None:
    card = desk.send()
    client = signed_in("township")
    assert card.name in client.get(reverse("reporting:list")).content.decode()
    page = client.get(reverse("reporting:card", args=[card.pk])).content.decode()
    assert "13900000000" not in page
    assert (
        client.post(reverse("reporting:receive", args=[card.pk]), {"op_id": str(uuid7())}).status_code == 302
    )
    address = reverse("reporting:file", args=[card.pk])
    form = client.get(address).content.decode()
    assert "村（居）委会联系人" in form
    assert card.number not in form
    assert "13900000000" not in form
    refused = client.post(address, {"op_id": str(uuid7()), "act": "file", "committee_contact": "王主任"})
    assert refused.status_code == 422
    assert "王主任" in refused.content.decode()
    assert not Person.objects.exists()
    done = client.post(address, {"op_id": str(uuid7()), "act": "file", **MISSING})
    person = Person.objects.get()
    assert done["Location"] == reverse("registry:person", args=[person.pk])
    assert (person.name, person.phone, person.committee_contact) == ("安心", "", "王主任")
    assert client.get(done["Location"]).status_code == 200


def test_the_form_sent_back_whole_makes_the_same_file(signed_in: SignedIn, desk: Desk) -> None:
    """A browser sends every field of the page, also those the card brought."""
    card = desk.send(past_danger=["1", "5"], past_risk="3")
    desk.receive(card)
    client = signed_in("township")
    sent = {
        "op_id": str(uuid7()), "act": "file", "name": "安心", "sex": "1", "birth_on": "1985-07-08", "ethnic": "01", "id_kind": "01",
        "id_number": "", "past_danger": ["1", "5"], "past_danger.1": "1", "past_danger.5": "2", "live_code": NORTH_1,
        "live_detail": "", "guardian_name": "李守望", "guardian_phone": "", "consent": "1", "signer": "1", "signed_on": "2026-11-16",
        "report_type": "2", **MISSING,
    }  # fmt: skip
    assert client.post(reverse("reporting:file", args=[card.pk]), sent).status_code == 302
    person = Person.objects.get()
    assert person.past_danger == {"1": 1, "5": 2}
    guardian = person.guardian_set.get()
    assert (guardian.name, guardian.phone, guardian.relation) == ("李守望", "13900000000", "1")


def test_somebody_with_a_file_is_compared_and_joined(signed_in: SignedIn, desk: Desk) -> None:
    first = desk.send(serial=9)
    desk.receive(first)
    person = desk.file(first)
    second = desk.send(serial=9, different_because="复诊另报", marital="4", education="8")
    desk.receive(second)
    client = signed_in("township")
    address = reverse("reporting:file", args=[second.pk])
    body = client.get(address).content.decode()
    assert "离婚" in body
    assert "已婚" in body
    sent = {
        "act": "join",
        "op_id": str(uuid7()),
        "person": str(person.pk),
        "row_version": "1",
        "take": ["marital"],
    }
    assert client.post(address, sent).status_code == 302
    changed = Person.objects.get()
    assert (changed.marital, changed.education) == ("4", "7")


def test_after_a_no_the_page_leads_to_the_limited_path(signed_in: SignedIn, desk: Desk) -> None:
    card = desk.receive(desk.send(consent="0"))
    sent = {"op_id": str(uuid7()), "act": "file", **MISSING}
    done = signed_in("township").post(reverse("reporting:file", args=[card.pk]), sent, follow=True)
    body = done.content.decode()
    assert "接下来告知帮扶小组" in body
    assert "接下来做首次随访" not in body


def test_a_number_typed_over_the_cards_is_the_one_that_is_looked_up(signed_in: SignedIn, desk: Desk) -> None:
    there = person_record("安宁", SOUTH_1, filed_on=date(2026, 1, 5), serial=41)
    desk.act("other_township", register_person, person=NewPerson(uuid7(), there))
    card = desk.receive(desk.send(serial=40))
    sent = {"op_id": str(uuid7()), "act": "file", "id_number": there["id_number"], **MISSING}
    answer = signed_in("township").post(reverse("reporting:file", args=[card.pk]), sent)
    assert answer.status_code == 422
    look = LookUp.objects.get()
    assert (look.outcome, bytes(look.about_hash)) == ("elsewhere", keyed_hash("id", there["id_number"]))


def test_who_may_be_the_same_person_is_shown_before_a_file_is_made(signed_in: SignedIn, desk: Desk) -> None:
    """The register has the name in other characters and the number with two digits turned."""
    first = desk.file(desk.receive(desk.send(name="张建国", serial=12)))
    card = desk.receive(desk.send(name="章建国", serial=21))
    client = signed_in("township")
    address = reverse("reporting:file", args=[card.pk])
    beside = f"{address}?person={first.pk}"
    assert beside in client.get(address).content.decode()
    sent = {"op_id": str(uuid7()), "act": "file", **MISSING}
    warned = client.post(address, sent)
    body = warned.content.decode()
    assert warned.status_code == 409
    assert beside in body
    assert "王主任" in body
    assert Person.objects.count() == 1
    compared = client.get(beside).content.decode()
    assert "证件号码不同或没有" in compared
    assert 'value="id_number"' in compared
    mark = re.search(r'name="alike_asked" value="(\w+)"', body)
    assert mark is not None
    assert client.post(address, sent | {"alike_asked": mark[1]}).status_code == 302
    assert Person.objects.count() == 2


def test_the_police_see_the_four_facts_and_nothing_else(signed_in: SignedIn, desk: Desk) -> None:
    card = desk.send(
        village=NORTH, address_unknown="1", live_detail="集市附近", hukou_same=None, hukou_code=NORTH_1, hukou_detail="1组",
        past_danger=["3"], past_risk="4", report_type="2",
    )  # fmt: skip
    desk.receive(card)
    township = signed_in("township")
    station = desk.county.institutions["police"]
    asked = township.post(
        reverse("reporting:ask", args=[card.pk]), {"op_id": str(uuid7()), "station": str(station.pk)}
    )
    assert asked.status_code == 302
    search = AddressSearch.objects.get()
    client = signed_in("police")
    bodies = [
        client.get(reverse("reporting:searches")).content.decode(),
        client.get(reverse("reporting:search", args=[search.pk])).content.decode(),
    ]
    assert card.number in bodies[1]
    assert "集市附近" in bodies[1]
    for body in bodies:
        assert card.name in body
        for secret in (
            "F20", "分裂", "肇祸", "利培酮", "李守望", "13900000000", "沈文", "安康医院", card.card_no, "1985-07-08", "诊断", "危险",
            str(card.pk), "M20261101", "精神",
        ):  # fmt: skip
            assert secret not in body.replace("精神卫生防治办公室", "").replace("县级精防机构", ""), secret
    address = reverse("reporting:search", args=[search.pk])
    refused = client.post(address, {"outcome": "found", "detail": "2组5号"})
    assert refused.status_code == 422
    assert "2组5号" in refused.content.decode()
    assert client.post(address, {"outcome": "found", "place": NORTH_2, "detail": "2组5号"}).status_code == 302
    page = township.get(reverse("reporting:card", args=[card.pk])).content.decode()
    assert "查到现住址" in page


def test_a_step_refused_shows_the_page_with_what_was_typed(signed_in: SignedIn, desk: Desk) -> None:
    card = desk.send()
    client = signed_in("township")
    answer = client.post(
        reverse("reporting:return", args=[card.pk]),
        {"op_id": str(uuid7()), "reason": "", "note": "地址写错了"},
    )
    assert answer.status_code == 422
    assert "请选择退回的原因" in answer.content.decode()
    assert "地址写错了" in answer.content.decode()


def test_the_hospital_is_told_of_what_came_back_and_may_say_that_it_was_a_mistake(
    signed_in: SignedIn, desk: Desk
) -> None:
    client = signed_in("hospital")
    card, other = desk.send(serial=1), desk.send(serial=2)
    assert "份被退回" not in client.get(reverse("reporting:own")).content.decode()
    signed_in("township").post(reverse("reporting:return", args=[card.pk]), {"reason": "2"})
    assert "有 1 份被退回" in client.get(reverse("reporting:own")).content.decode()
    sent = {"op_id": str(uuid7()), "mistaken": "1"}
    body = client.post(reverse("reporting:withdraw", args=[other.pk]), sent, follow=True).content.decode()
    assert "已记为错报" in body
    assert "错报，不再报出" in body


def test_a_discharge_form_is_filled_in_from_the_report_card(signed_in: SignedIn, desk: Desk) -> None:
    card = desk.send()
    client = signed_in("hospital")
    address = reverse("reporting:new-discharge", args=[card.pk])
    assert "F20.9" in client.get(address).content.decode()
    assert client.post(address, posted(discharge_record())).status_code == 302
    form = Card.objects.get(form="F04")
    assert form.report_id == card.pk
    assert form.card_no in client.get(reverse("reporting:own-discharges")).content.decode()


def test_a_paper_card_is_entered_on_the_county_page(signed_in: SignedIn, desk: Desk) -> None:
    client = signed_in("county")
    assert client.get(reverse("reporting:paper")).status_code == 200
    record = card_record("安宁", NORTH_1, serial=3, dx_hospital="邻省某医院")
    refused = client.post(reverse("reporting:paper"), posted(record))
    assert refused.status_code == 422
    done = client.post(
        reverse("reporting:paper"), posted(record, hospital_name="邻省某医院", paper_on="2026-11-19")
    )
    assert done.status_code == 302
    assert Card.objects.get().entry == "paper"


def test_lists_do_not_grow_with_their_rows(signed_in: SignedIn, desk: Desk, count_sql: Any) -> None:
    def statements(who: str, name: str) -> int:
        client = signed_in(who)
        client.get(reverse(name))
        with count_sql() as sql:
            assert client.get(reverse(name)).status_code == 200
        return len(sql.captured_queries_after)

    desk.send(serial=1)
    before = {
        one: statements(*one) for one in (("hospital", "reporting:own"), ("township", "reporting:list"))
    }
    for serial in range(2, 8):
        desk.send(serial=serial)
    assert {one: statements(*one) for one in before} == before


def test_a_clock_leads_to_the_card(signed_in: SignedIn, desk: Desk) -> None:
    card = desk.send()
    for who, name in (("township", "reporting:card"), ("hospital", "reporting:own-card")):
        answer = signed_in(who).get(reverse("reporting:open", args=[card.pk]))
        assert answer["Location"] == reverse(name, args=[card.pk])
