"""Asking to see and to correct, deciding, handing over: outcome, refusal, trail, repetition; what the paper says."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Event
from xinqiao.clocks.models import Clock
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.ownview.actions import (
    NewCorrection,
    NewView,
    answer_correction,
    ask_correction,
    ask_view,
    decide_view,
    hand_over_view,
    withdraw_view,
)
from xinqiao.ownview.models import CorrectionRequest, ViewRequest
from xinqiao.registry.actions import NewPerson, register_people

TODAY = date(2026, 11, 21)
NOTE = "邻居说他夜里大声"


@pytest.fixture
def person(county: County, clock: FixedClock) -> UUID:
    """Somebody of the north with a visit on which a neighbour spoke."""
    actor = county.actors["township"]
    with acting(actor):
        record = person_record("陈安宁", NORTH_1, filed_on=date(2024, 3, 1), serial=7)
        made = register_people(actor=actor, clock=clock, batch=[NewPerson(uuid7(), record)], source="form")[0]
        visit = visit_record(date(2026, 11, 1), note=NOTE, co_visitors=["王某"])
        record_visits(
            actor=actor, clock=clock, batch=[NewVisit(uuid7(), made.person_id, visit)], entry_mode="full"
        )
    return made.person_id


def _asked(county: County, clock: FixedClock, person: UUID) -> ViewRequest:
    return ask_view(
        actor=county.actors["township"], clock=clock, new=NewView(uuid7(), person, "patient", TODAY)
    )


def test_a_request_runs_from_asking_to_handing_over_and_its_clock_with_it(
    county: County, clock: FixedClock, person: UUID
) -> None:
    actor = county.actors["township"]
    with acting(actor):
        asked = _asked(county, clock, person)
        with pytest.raises(Conflict):
            _asked(county, clock, person)  # one is under way
        with pytest.raises(Conflict):
            hand_over_view(actor=actor, clock=clock, request_id=asked.pk)  # nobody looked first
        decide_view(actor=actor, clock=clock, request_id=asked.pk, verdict="whole")
        assert Clock.objects.get(subject=asked.pk).ended_on is None
        hand_over_view(actor=actor, clock=clock, request_id=asked.pk)
        assert Clock.objects.get(subject=asked.pk).ended_on == TODAY
        with pytest.raises(Conflict):
            withdraw_view(actor=actor, clock=clock, request_id=asked.pk)
    wrote = set(Event.objects.filter(object_id=asked.pk).values_list("action", flat=True))
    assert wrote == {"ask_view", "decide_view", "hand_over_view"}


def test_the_same_operation_answers_the_same_and_strangers_find_nothing(
    county: County, clock: FixedClock, person: UUID
) -> None:
    actor, new = county.actors["township"], NewView(uuid7(), person, "patient", TODAY)
    with acting(actor):
        assert (
            ask_view(actor=actor, clock=clock, new=new).pk == ask_view(actor=actor, clock=clock, new=new).pk
        )
    with acting(county.actors["village"]), pytest.raises(NotAllowed):
        ask_view(actor=county.actors["village"], clock=clock, new=new)
    other = county.actors["other_township"]
    with acting(other), pytest.raises(NotFound):
        ask_view(actor=other, clock=clock, new=NewView(uuid7(), person, "patient", TODAY))
    with acting(other):
        assert ViewRequest.objects.count() == 0


def test_a_correction_is_answered_once_in_words(county: County, clock: FixedClock, person: UUID) -> None:
    actor = county.actors["township"]
    new = NewCorrection(uuid7(), person, "patient", "visits", "那天我在家", TODAY)
    with acting(actor):
        asked = ask_correction(actor=actor, clock=clock, new=new)
        assert ask_correction(actor=actor, clock=clock, new=new).pk == asked.pk
        with pytest.raises(Invalid):
            answer_correction(actor=actor, clock=clock, request_id=asked.pk, answer="kept", reason=" ")
        answer_correction(actor=actor, clock=clock, request_id=asked.pk, answer="kept", reason="当时有签字")
        with pytest.raises(Conflict):
            answer_correction(actor=actor, clock=clock, request_id=asked.pk, answer="corrected", reason="x")
        assert CorrectionRequest.objects.get().answer == "kept"
        with pytest.raises(Invalid):
            ask_correction(
                actor=actor,
                clock=clock,
                new=NewCorrection(uuid7(), person, "patient", "visits", "字" * 501, TODAY),
            )


def _text(body: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).replace("\n", "")


def test_the_paper_says_what_is_known_of_the_person_and_nothing_of_others(
    county: County, clock: FixedClock, person: UUID, signed_in: Callable[[str], Client]
) -> None:
    actor = county.actors["township"]
    with acting(actor):
        asked = _asked(county, clock, person)
        wish = NewCorrection(uuid7(), person, "patient", "visits", "那天我在家", TODAY)
        kept = ask_correction(actor=actor, clock=clock, new=wish)
        answer_correction(actor=actor, clock=clock, request_id=kept.pk, answer="kept", reason="当时有签字")
        told = NewCorrection(uuid7(), person, "guardian", "visits", "他常不吃药", TODAY, "陈守安")
        of_kin = ask_correction(actor=actor, clock=clock, new=told)
        answer_correction(actor=actor, clock=clock, request_id=of_kin.pk, answer="kept", reason="以记录为准")
    client = signed_in("township")
    address = reverse("ownview:summary", args=[asked.pk])
    assert client.get(address).status_code == 409  # not before somebody looked
    with acting(actor):
        decide_view(actor=actor, clock=clock, request_id=asked.pk, verdict="whole")
    answer = client.get(address)
    assert answer["Content-Type"] == "application/pdf"
    text = _text(answer.content)
    for word in ("陈安宁", "2026-11-01", "谁看过我的档案", "乡镇精防人员", "那天我在家"):
        assert word in text, word
    for word in (NOTE, "王某", "演示 township", "危险", "他常不吃药", "陈守安"):
        assert word not in text, word
    assert "打印：北桥镇" in text
    assert "乡镇精防人员" in text.partition("打印：")[2]


def test_what_the_psychiatrist_holds_back_is_not_on_the_paper(
    county: County, clock: FixedClock, person: UUID, signed_in: Callable[[str], Client]
) -> None:
    actor = county.actors["township"]
    with acting(actor):
        asked = _asked(county, clock, person)
        decide_view(
            actor=actor, clock=clock, request_id=asked.pk, verdict="part", held_back=["visits", "drugs"],
            reason="近期波动，三个月后再议", psychiatrist="沈文",
        )  # fmt: skip
    text = _text(signed_in("township").get(reverse("ownview:summary", args=[asked.pk])).content)
    assert "2026-11-01" not in text.partition("谁看过我的档案")[0]
    assert "以下部分现在不给：随访、用药" in text


def test_forms_keep_what_was_typed_and_name_what_is_wrong(
    county: County, person: UUID, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township")
    address = reverse("ownview:person", args=[person])
    wrong = client.post(
        address, {"what": "correction", "asker": "guardian", "says": "电话换了", "asked_on": "昨天"}
    )
    assert wrong.status_code == 422
    assert "昨天" in wrong.content.decode()
    assert "电话换了" in wrong.content.decode()
    good = client.post(address, {"what": "view", "asker": "patient", "asked_on": "2026-11-20"})
    assert good.status_code == 302
    page = client.get(good["Location"]).content.decode()
    assert "查阅前评估" in page
    assert client.post(good["Location"], {"step": "decide"}).status_code == 422
    assert client.post(good["Location"], {"step": "fly"}).status_code == 404


def _worse(county: County, clock: FixedClock, person: UUID) -> None:
    actor = county.actors["township"]
    visit = visit_record(TODAY, risk=3, symptoms=["1"], symptom_severity="3", insight="3", visit_class="1")
    with acting(actor):
        record_visits(actor=actor, clock=clock, batch=[NewVisit(uuid7(), person, visit)], entry_mode="full")


def test_a_decision_does_not_outlive_the_state_it_was_made_in(
    county: County, clock: FixedClock, person: UUID, signed_in: Callable[[str], Client]
) -> None:
    actor = county.actors["township"]
    with acting(actor):
        asked = _asked(county, clock, person)
        decide_view(actor=actor, clock=clock, request_id=asked.pk, verdict="whole")
    _worse(county, clock, person)
    client, page = signed_in("township"), reverse("ownview:request", args=[asked.pk])
    assert client.get(reverse("ownview:summary", args=[asked.pk])).status_code == 409
    assert reverse("ownview:summary", args=[asked.pk]) not in client.get(page).content.decode()
    with acting(actor):
        with pytest.raises(Conflict) as wrong:
            hand_over_view(actor=actor, clock=clock, request_id=asked.pk)
        assert wrong.value.code == "conflict.view_worse"
        decide_view(actor=actor, clock=clock, request_id=asked.pk, verdict="whole", psychiatrist="沈文")
    assert client.get(reverse("ownview:summary", args=[asked.pk])).status_code == 200


def test_what_was_handed_over_is_printed_again_that_day_and_asked_for_anew_later(
    county: County, clock: FixedClock, person: UUID, signed_in: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    actor = county.actors["township"]
    with acting(actor):
        asked = _asked(county, clock, person)
        decide_view(actor=actor, clock=clock, request_id=asked.pk, verdict="whole")
        hand_over_view(actor=actor, clock=clock, request_id=asked.pk)
    client, paper = signed_in("township"), reverse("ownview:summary", args=[asked.pk])
    assert client.get(paper).status_code == 200
    monkeypatch.setenv("XINQIAO_TODAY", "2026-11-22")
    assert client.get(paper).status_code == 409
    page = client.get(reverse("ownview:request", args=[asked.pk])).content.decode()
    assert "重新登记申请" in page
    assert paper not in page
