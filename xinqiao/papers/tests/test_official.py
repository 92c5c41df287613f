"""The other official forms: each opens as a PDF for who may read it, says what was recorded, and hides what it must."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, SOUTH, County
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.reporting.actions import NewCard, send_card
from xinqiao.reporting.tests.cards import card_record
from xinqiao.screening.actions import NewClue, NewReview, answer_review, ask_about_clue, record_clue
from xinqiao.screening.tests.conftest import answer_record, clue_record
from xinqiao.transfers.actions import NewTransfer, send_transfer

from .conftest import AddPerson
from .test_prints import text_of

Acting = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]


def _paper(client: Client, name: str, *key: Any, **query: str) -> str:
    answer = client.get(reverse(f"papers:{name}", args=key), query)
    assert answer.status_code == 200, answer.content.decode()[:300]
    assert answer["Content-Type"] == "application/pdf"
    return text_of(answer.content)


@pytest.fixture
def clue(county: County, clock: FixedClock, acting_as: Acting) -> UUID:
    with acting_as("village"):
        made = record_clue(
            actor=county.actors["village"], clock=clock, new=NewClue(uuid7(), clue_record(NORTH_1, "5"))
        )
    assert made.clue_id is not None
    return made.clue_id


@pytest.fixture
def card(county: County, clock: FixedClock, acting_as: Acting) -> UUID:
    actor = county.actors["hospital"]
    record = card_record("安心", NORTH_1, serial=7)
    with acting_as("hospital"):
        return UUID(str(send_card(actor=actor, clock=clock, new=NewCard(uuid7(), "F03", record)).pk))


def test_the_blank_list_has_nine_items_and_names_no_illness(signed_in: SignedIn) -> None:
    text = _paper(signed_in("village"), "checklist")
    assert "精神行为异常识别清单" in text
    assert "有过自杀的行为或企图" in text
    assert "对提供情况的人保密" in text


def test_a_clue_prints_as_list_and_as_register_without_whoever_told_of_it(
    clue: UUID, signed_in: SignedIn
) -> None:
    client = signed_in("township")
    for part, title in (("list", "精神行为异常识别清单"), ("register", "线索调查复核登记表")):
        text = _paper(client, "clue", clue, part=part)
        assert title in text
        assert "安寻之" in text
        assert "李邻居" not in text
        assert "13900000004" not in text
    assert signed_in("other_township").get(reverse("papers:clue", args=[clue])).status_code == 404


def test_the_clues_of_a_township_and_a_period_print_as_a_register(
    county: County, clock: FixedClock, clue: UUID, acting_as: Acting, signed_in: SignedIn
) -> None:
    actor = county.actors["township"]
    old = clue_record(NORTH_1, "3", name="安去年", found_on="2025-06-01")
    with acting_as("township"):
        record_clue(actor=actor, clock=clock, new=NewClue(uuid7(), old))
        new = NewReview(uuid7(), None, "某市第四人民医院", asked_on=clock.today())
        asked = ask_about_clue(actor=actor, clock=clock, clue_id=clue, new=new)
        answer = answer_record(diagnosed_on=clock.today().isoformat())
        answer_review(actor=actor, clock=clock, review_id=asked.pk, record=answer)
    client = signed_in("township")
    text = _paper(client, "clues")
    for words in ("线索调查复核登记表", "共1条", "安寻之", "沈医师", "某市第四人民医院", "F20.9"):
        assert words in text, words
    for hidden in ("安去年", "李邻居", "13900000003", "13900000004"):
        assert hidden not in text, hidden
    both = _paper(client, "clues", place=NORTH, since="2025-01-01", until="2026-12-31", whole="1")
    assert "共2条" in both
    assert "13900000003" in both
    assert "13900000004" not in both
    page = reverse("papers:clues")
    assert client.get(page, {"place": SOUTH}).status_code == 404
    assert client.get(page, {"since": "2026-12-01", "until": "2026-01-01"}).status_code == 422
    assert signed_in("village").get(page).status_code == 403
    assert "线索调查复核登记表" in client.get(reverse("papers:prints")).content.decode()
    assert (
        reverse("papers:clue", args=[clue])
        in client.get(reverse("screening:clue", args=[clue])).content.decode()
    )


def test_a_card_is_whole_for_its_hospital_and_masked_for_who_receives_it(
    card: UUID, signed_in: SignedIn
) -> None:
    number = card_record("安心", NORTH_1, serial=7)["id_number"]
    own = _paper(signed_in("hospital"), "card", card)
    assert "严重精神障碍患者报告卡" in own
    assert number in own
    received = _paper(signed_in("township"), "card", card)
    assert number not in received
    assert number[-4:] in received
    assert number in _paper(signed_in("township"), "card", card, whole="1")
    for account in ("other_township", "police", "village"):
        assert signed_in(account).get(reverse("papers:card", args=[card])).status_code in (403, 404)


def test_a_referral_carries_what_is_known_and_leaves_the_rest_to_write(
    add_person: AddPerson, signed_in: SignedIn
) -> None:
    person = add_person("陈转诊").pk
    text = _paper(signed_in("township"), "referral", person)
    for words in ("双向转诊单", "陈转诊", "转出", "回转", "住院病案号"):
        assert words in text
    assert signed_in("other_township").get(reverse("papers:referral", args=[person])).status_code == 404


def test_a_hand_over_slip_shows_each_side_what_it_may_know(
    county: County, clock: FixedClock, acting_as: Acting, add_person: AddPerson, signed_in: SignedIn
) -> None:
    person = add_person("陈流转").pk
    with acting_as("township"):
        sent = send_transfer(
            actor=county.actors["township"], clock=clock, new=NewTransfer(uuid7(), person, "1", to_code=SOUTH)
        )
    for account in ("township", "other_township", "county"):
        text = _paper(signed_in(account), "transfer", sent.pk)
        assert "信息流转单" in text
        assert "陈流转" in text
    assert signed_in("other_county").get(reverse("papers:transfer", args=[sent.pk])).status_code == 404
