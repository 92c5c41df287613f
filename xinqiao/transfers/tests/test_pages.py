"""The pages: what stands in their body before acceptance, the acts, and that lists do not grow in statements."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NEXT_COUNTY, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from tests.factories.records import person_record
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Event, Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people
from xinqiao.registry.models import Person
from xinqiao.transfers.actions import NewTransfer, list_twice, send_transfer
from xinqiao.transfers.models import Listing, Transfer
from xinqiao.transfers.queries import by_month, preview_of

TODAY = date(2026, 11, 21)
SignedIn = Callable[[str], Client]


def address(name: str, *keys: Any) -> str:
    return reverse(f"transfers:{name}", args=keys)


def test_the_body_before_acceptance_holds_the_preview_and_nothing_else_of_the_file(
    person: UUID, send: Callable[..., Transfer], signed_in: SignedIn
) -> None:
    row = send(SOUTH)
    body = signed_in("other_township").get(address("transfer", row.pk)).content.decode()
    seen = preview_of(row)
    for word in (seen["name"], seen["id_number"], seen["address"], seen["guardian_phone"]):
        assert word in body
    there = Person.objects.get(pk=person)
    # Of the file: number, guardian's name, disorder, hospital, committee, onset.
    for word in (
        there.file_no,
        "安某",
        "F20",
        "精神分裂",
        "精神卫生中心",
        "王主任",
        "2010",
        "2011",
        reverse("registry:person", args=[person]),
    ):
        assert word not in body, word


def test_looking_at_a_preview_is_a_look_at_the_person(
    person: UUID, send: Callable[..., Transfer], signed_in: SignedIn, county: County
) -> None:
    row = send(SOUTH)
    signed_in("other_township").get(address("transfer", row.pk))
    look = Read.objects.filter(
        person_ids__contains=[person], actor_id=county.users["other_township"].pk
    ).latest("at")
    assert (look.kind, look.purpose) == ("page", "transfer")


def test_the_origin_and_the_closed_one_show_numbers_masked(
    send: Callable[..., Transfer], signed_in: SignedIn
) -> None:
    row = send(SOUTH)
    number = preview_of(row)["id_number"]
    assert number not in signed_in("township").get(address("transfer", row.pk)).content.decode()
    client = signed_in("other_township")
    client.post(address("return", row.pk), {"reason": "1"})
    assert number not in client.get(address("transfer", row.pk)).content.decode()


def test_sent_and_accepted_by_the_pages(county: County, person: UUID, signed_in: SignedIn) -> None:
    client = signed_in("township")
    assert (
        "发起流转"
        in client.get(f"{reverse('registry:person', args=[person])}?tab=transfers").content.decode()
    )
    page = client.get(address("new", person)).content.decode()
    assert "南桥镇" in page
    assert NEXT_COUNTY in page
    sent = client.post(
        address("new", person),
        {"reason": "2", "to_code": SOUTH, "address": "渡口村后街", "op_id": str(uuid7())},
    )
    row = Transfer.objects.get(person_id=person)
    assert sent["Location"] == address("transfer", row.pk)
    there = signed_in("other_township")
    assert "安北一" in there.get(address("transfers")).content.decode()
    refused = there.post(address("accept", row.pk), {"village": ""})
    assert refused.status_code == 422
    done = there.post(address("accept", row.pk), {"village": SOUTH_1, "worker": "", "address": "渡口村后街"})
    assert done["Location"] == reverse("registry:person", args=[person])
    assert there.get(done["Location"]).status_code == 200
    back = client.get(address("transfer", row.pk)).content.decode()
    assert "已接收" in back
    assert client.get(reverse("registry:person", args=[person])).status_code == 404


def test_a_village_of_the_same_township_is_changed_at_once(person: UUID, signed_in: SignedIn) -> None:
    client = signed_in("township")
    client.post(address("new", person), {"reason": "3", "to_code": NORTH_2, "address": "石磨村1组"})
    assert Person.objects.get(pk=person).managing_code == NORTH_2
    assert not Transfer.objects.exists()


def test_words_typed_as_a_reason_do_not_go_into_the_trail(person: UUID, signed_in: SignedIn) -> None:
    answer = signed_in("township").post(address("new", person), {"to_code": NORTH_2, "reason": "安某说的"})
    assert answer.status_code == 302
    moved = Event.objects.filter(action="move_person")
    assert [one.detail["reason"] for one in moved] == ["inside:"]


@pytest.mark.parametrize(
    "data", [{}, {"reason": "1"}, {"to_code": SOUTH}, {"reason": "1", "to_code": "outside"}]
)
def test_an_incomplete_form_says_what_is_missing(
    person: UUID, signed_in: SignedIn, data: dict[str, str]
) -> None:
    answer = signed_in("township").post(address("new", person), data)
    assert answer.status_code == 422
    assert "没有" in answer.content.decode()


def test_the_village_doctor_of_the_origin_sees_the_hand_over_and_phones(
    person: UUID, send: Callable[..., Transfer], signed_in: SignedIn
) -> None:
    row, client = send(SOUTH, on=TODAY - timedelta(days=3)), signed_in("village")
    body = client.get(address("transfer", row.pk)).content.decode()
    assert "流转期间电话联系" in body
    assert address("withdraw", row.pk) not in body
    assert client.post(address("call", row.pk), {"on": TODAY.isoformat(), "reached": "1"}).status_code == 302
    assert row.hops.filter(kind="called", reached=True).count() == 1
    assert client.post(address("call", row.pk), {"on": TODAY.isoformat()}).status_code == 422


def test_an_office_that_passed_it_on_keeps_the_way_and_not_the_preview(
    send: Callable[..., Transfer], signed_in: SignedIn
) -> None:
    row, client = send(SOUTH), signed_in("other_township")
    client.post(address("pass-on", row.pk), {"to_code": NEXT_COUNTY})
    body = client.get(address("transfer", row.pk)).content.decode()
    assert "转送" in body
    assert preview_of(row)["id_number"] not in body
    assert "安北一" not in body


def test_a_month_is_counted_on_both_sides(
    county: County, send: Callable[..., Transfer], accept: Callable[..., Any]
) -> None:
    accept(send(SOUTH, on=TODAY - timedelta(days=2)), SOUTH_1)
    first, after = date(2026, 11, 1), date(2026, 12, 1)
    counted = {}
    for key in ("township", "other_township", "county"):
        with acting(county.actors[key]):
            counted[key] = {
                k: n for k, n in by_month(actor=county.actors[key], first=first, after=after).items() if n
            }
    assert counted == {
        "township": {"sent": 1, "accepted_away": 1},
        "other_township": {"accepted_here": 1},
        "county": {"sent": 1, "accepted_away": 1, "accepted_here": 1},
    }


def _several(county: County, clock: FixedClock, number: int, start: int) -> None:
    actor = county.actors["township"]
    with acting(actor):
        batch = [
            NewPerson(
                uuid7(),
                person_record(
                    "安多" + "甲乙丙丁戊己庚"[n], NORTH_1, filed_on=date(2024, 3, 1), serial=start + n
                ),
            )
            for n in range(number)
        ]
        for one in register_people(actor=actor, clock=clock, batch=batch, source="form"):
            send_transfer(actor=actor, clock=clock, new=NewTransfer(uuid7(), one.person_id, "1", SOUTH))
            list_twice(actor=actor, clock=clock, person_id=one.person_id, hukou_code=SOUTH_1, op_id=uuid7())


def test_lists_do_not_grow_in_statements_with_their_rows(
    county: County, clock: FixedClock, signed_in: SignedIn, count_sql: Any
) -> None:
    client = signed_in("other_township")
    pages = [address("transfers"), address("transfers") + "?box=closed", address("listings") + "?side=away"]
    _several(county, clock, 1, 430)
    few, many = [], []
    for page in pages:
        client.get(page)
        with count_sql() as sql:
            client.get(page)
        few.append(len(sql.captured_queries_after))
    _several(county, clock, 6, 440)
    for page in pages:
        with count_sql() as sql:
            assert client.get(page).status_code == 200
        many.append(len(sql.captured_queries_after))
    assert many == few


# ── listed twice ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_listed_twice_both_sides_see_it_and_it_counts_nobody(
    county: County, person: UUID, signed_in: SignedIn
) -> None:
    client = signed_in("township")
    assert (
        client.post(address("new-listing", person), {"hukou": SOUTH_1, "op_id": str(uuid7())}).status_code
        == 302
    )
    assert "安北一" in client.get(address("listings") + "?side=here").content.decode()
    there = signed_in("other_township")
    body = there.get(address("listings") + "?side=away").content.decode()
    assert "安北一" in body
    assert "柳树村" in body
    assert there.get(reverse("registry:person", args=[person])).status_code == 404
    assert Person.objects.filter(managing_code__startswith=SOUTH[:9]).count() == 0
    row = Listing.objects.get(person_id=person)
    assert there.post(address("end-listing", row.pk), {"ended": "ended"}).status_code == 404
    assert client.post(address("end-listing", row.pk), {"ended": "home"}).status_code == 302
    assert "安北一" not in there.get(address("listings") + "?side=away").content.decode()


def test_a_listing_ends_with_the_stay_and_the_register_hears_of_the_new_one(
    county: County, person: UUID, clock: FixedClock, send: Callable[..., Transfer], accept: Callable[..., Any]
) -> None:
    from xinqiao.registry.models import Address, Person

    there = Person.objects.get(pk=person)
    Address.objects.create(
        person=there, managing_code=NORTH_1, kind="hukou", division_code=NORTH_2, valid_from=TODAY,
        recorded_at=clock.now(),
    )  # fmt: skip
    accept(send(SOUTH, reason="4"), SOUTH_1)
    row = Listing.objects.get(person_id=person)
    assert (row.managing_code, row.residence_code, row.until) == (NORTH_2, SOUTH_1, None)
    with acting(county.actors["village_2"]):
        assert Listing.objects.filter(pk=row.pk).exists()
    with acting(county.actors["other_county"]):
        assert not Listing.objects.filter(pk=row.pk).exists()
