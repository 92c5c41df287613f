"""Look-ups do not end in the air: the township answers the village doctor, the county reviews what led to no file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.county import County
from xinqiao.audit.models import Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound
from xinqiao.registry.actions import (
    answer_inquiry,
    check_inquiry,
    look_up_registered,
    read_answer,
    register_person,
    review_look_ups,
)
from xinqiao.registry.models import Identifier, Inquiry, LookUp
from xinqiao.registry.queries import find_inquiry, inquiries, look_ups_to_review, own_inquiries

from .records import new_person

Enter = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]
SOUTH_ID, NEW_ID = "990101198507081258", "990101199001011230"


@pytest.fixture
def handed_in(county: County, acting_as: Enter, clock: FixedClock, south: UUID) -> UUID:
    """The doctor of the north asks about somebody who has a file in the south."""
    with acting_as("village"):
        for _ in range(2):
            look_up_registered(actor=county.actors["village"], clock=clock, id_number=SOUTH_ID)
        return Inquiry.objects.get().pk


def test_what_a_village_doctor_asks_reaches_the_township_sealed_and_once(
    county: County, acting_as: Enter, handed_in: UUID
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select asked from registry_inquiry")
        assert SOUTH_ID.encode() not in bytes(cursor.fetchone()[0])
    with acting_as("township"):
        [asked] = inquiries(actor=county.actors["township"])
    assert (asked.id, asked.by, asked.who) == (handed_in, "id", county.users["village"].display_name)
    assert SOUTH_ID not in asked.about
    assert asked.about.endswith("1258")


def test_a_township_asking_for_itself_hands_nothing_in(
    county: County, acting_as: Enter, clock: FixedClock, south: UUID
) -> None:
    with acting_as("township"):
        look_up_registered(actor=county.actors["township"], clock=clock, id_number=SOUTH_ID)
    assert not Inquiry.objects.exists()


def test_the_township_finds_out_and_the_doctor_reads_the_answer(
    county: County, acting_as: Enter, clock: FixedClock, handed_in: UUID, south: UUID
) -> None:
    township, village = county.actors["township"], county.actors["village"]
    with acting_as("township"):
        found = check_inquiry(actor=township, clock=clock, inquiry_id=handed_in)
        assert (found.answer, found.institution[:3]) == ("elsewhere", "南桥镇")
        for _ in range(2):
            answer_inquiry(
                actor=township, clock=clock, inquiry_id=handed_in, answer="elsewhere", note="已联系"
            )
        with pytest.raises(Conflict):
            answer_inquiry(actor=township, clock=clock, inquiry_id=handed_in, answer="none")
    assert Read.objects.filter(actor_id=township.user_id, person_ids=[south], kind="lookup").count() == 1
    with acting_as("village"):
        [own] = own_inquiries(actor=village)
        assert (own.answer, own.note) == ("elsewhere", "已联系")
        read_answer(actor=village, clock=clock, inquiry_id=handed_in)
        assert own_inquiries(actor=village) == []
    assert Inquiry.objects.get().asked == ""


def test_an_answer_has_to_be_one_of_four(
    county: County, acting_as: Enter, clock: FixedClock, handed_in: UUID
) -> None:
    with acting_as("township"), pytest.raises(Invalid):
        answer_inquiry(actor=county.actors["township"], clock=clock, inquiry_id=handed_in, answer="")


@pytest.mark.parametrize("key", ["other_township", "other_county"])
def test_a_neighbour_sees_and_answers_nothing(
    key: str, county: County, acting_as: Enter, clock: FixedClock, handed_in: UUID
) -> None:
    actor = county.actors[key]
    with acting_as(key):
        assert inquiries(actor=actor) == []
        for act in (
            lambda: find_inquiry(actor=actor, inquiry_id=handed_in),
            lambda: check_inquiry(actor=actor, clock=clock, inquiry_id=handed_in),
            lambda: answer_inquiry(actor=actor, clock=clock, inquiry_id=handed_in, answer="none"),
        ):
            with pytest.raises(NotFound):
                act()


def test_another_village_doctor_cannot_put_the_answer_away(
    county: County, acting_as: Enter, clock: FixedClock, handed_in: UUID
) -> None:
    with acting_as("township"):
        answer_inquiry(actor=county.actors["township"], clock=clock, inquiry_id=handed_in, answer="none")
    for key in ("village_2", "township"):
        with acting_as(key), pytest.raises(NotFound):
            read_answer(actor=county.actors[key], clock=clock, inquiry_id=handed_in)


def test_the_county_reviews_look_ups_that_no_file_followed(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID
) -> None:
    early = FixedClock(date(2026, 11, 1))
    Identifier.objects.filter(person_id=south).update(recorded_at=FixedClock(date(2020, 3, 1)).now())
    with acting_as("township"):
        township = county.actors["township"]
        look_up_registered(actor=township, clock=early, id_number="990101198507081231")  # here: needs no file
        look_up_registered(actor=township, clock=early, id_number=NEW_ID)  # a file follows
        register_person(
            actor=township, clock=clock, person=new_person(id_number=NEW_ID, birth_on="1990-01-01")
        )
        look_up_registered(actor=township, clock=early, id_number=SOUTH_ID)  # elsewhere: nothing followed
        look_up_registered(actor=township, clock=clock, id_number=SOUTH_ID)  # of today: too early to say
    office = county.actors["county"]
    with acting_as("county"):
        waiting = look_ups_to_review(actor=office, today=clock.today())
        assert [(one.outcome, one.asked_at.date()) for one in waiting.rows] == [
            ("elsewhere", date(2026, 11, 1))
        ]
        assert waiting.by_account == [(county.users["township"].display_name, 1)]
        ids = [one.id for one in waiting.rows]
        with pytest.raises(Invalid):
            review_look_ups(actor=office, clock=clock, look_up_ids=ids, note="")
        assert review_look_ups(actor=office, clock=clock, look_up_ids=ids, note="迁居前来问") == 1
        assert review_look_ups(actor=office, clock=clock, look_up_ids=ids, note="迁居前来问") == 0
        assert not look_ups_to_review(actor=office, today=clock.today()).rows
    with acting_as("other_county"):
        other = county.actors["other_county"]
        later = clock.today() + timedelta(days=30)
        assert not look_ups_to_review(actor=other, today=later).rows
        with pytest.raises(NotFound):
            review_look_ups(actor=other, clock=clock, look_up_ids=ids, note="x")


def test_the_pages_lead_from_the_doctor_to_the_township_and_back(
    signed_in: SignedIn, county: County, south: UUID
) -> None:
    doctor, township = signed_in("village"), signed_in("township")
    assert (
        "已提交核对"
        in doctor.post(reverse("registry:new"), {"step": "check", "id_number": SOUTH_ID}).content.decode()
    )
    assert "等乡镇核对" in doctor.get(reverse("registry:new")).content.decode()
    key = Inquiry.objects.get().pk
    assert str(key) in township.get(reverse("registry:inquiries")).content.decode()
    page = reverse("registry:inquiry", args=[key])
    assert "南桥镇" in township.post(page, {"step": "check"}).content.decode()
    assert township.post(page, {"step": "answer", "answer": ""}).status_code == 422
    assert township.post(page, {"step": "answer", "answer": "elsewhere", "note": "已联系"}).status_code == 302
    told = doctor.get(reverse("registry:new")).content.decode()
    assert "已在其他机构建档" in told
    assert "南桥镇" not in told
    doctor.post(reverse("registry:new"), {"step": "seen", "inquiry": str(key)})
    assert "我提交的核对" not in doctor.get(reverse("registry:new")).content.decode()


def test_the_county_ticks_and_settles_on_one_page(signed_in: SignedIn, county: County) -> None:
    row = LookUp.objects.create(
        user_id=county.users["township"].pk, place=county.actors["township"].place, asked_on=date(2026, 11, 1),
        asked_at=FixedClock(date(2026, 11, 1)).now(), by="id", found=False, outcome="none", about_hash=b"x" * 16,
    )  # fmt: skip
    office = signed_in("county")
    page = reverse("registry:look-ups")
    assert str(row.pk) in office.get(page).content.decode()
    assert office.post(page, {"note": "x"}).status_code == 422
    assert office.post(page, {"look_up": str(row.pk), "note": "已问过"}).status_code == 302
    assert "没有要复核的查询" in office.get(page).content.decode()
