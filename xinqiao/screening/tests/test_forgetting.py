"""What a clue that came to nothing leaves behind, in every table; and what a hospital no longer sees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, County
from tests.factories.numbers import id_number
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Read
from xinqiao.clocks.actions import settle_all
from xinqiao.clocks.models import Clock
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import forget_inquiries
from xinqiao.registry.models import Inquiry
from xinqiao.screening import actions
from xinqiao.screening.models import Clue, Rediagnosis

from .conftest import CLOCK, answer_record, clue_record

EARLY = date(2025, 11, 3)
NUMBER = id_number(date(1990, 3, 4), "1", 88)
#: Whatever of the clue says who it was.
SAYS_WHO = (
    "安寻之",
    NUMBER,
    "13900000009",
    "安守成",
    "13900000003",
    "李邻居",
    "13900000004",
    "左眉有痣",
    "自言自语",
    "3组12号",
)


def _rows_that_say_who() -> set[str]:
    """Tables in which a row still holds one of these words, sealed or not."""
    found = set()
    for model in apps.get_models():
        for row in model._default_manager.all():
            text = " ".join(str(getattr(row, field.attname)) for field in model._meta.concrete_fields)
            if any(word in text for word in SAYS_WHO):
                found.add(model._meta.db_table)
    return found


@pytest.fixture
def closed(county: County, noted: Callable[..., Clue]) -> Clue:
    """Noted by a village doctor a year ago, asked about at the hospital and on a round, at last known to be somebody else."""
    record = clue_record(
        NORTH_1,
        "5",
        found_on=EARLY.isoformat(),
        id_number=NUMBER,
        phone="13900000009",
        age="",
        description="左眉有痣",
    )
    clue = noted("village", record, EARLY)
    actor, clock = county.actors["township"], FixedClock(EARLY)
    known = make_person(NORTH_1, county.institutions[NORTH_1], name="某人")
    with acting(actor):
        actions.add_act(
            actor=actor,
            clock=clock,
            clue_id=clue.pk,
            op_id=uuid7(),
            kind="kin",
            on=EARLY,
            note="家属安守成说",
        )
        one = actions.plan_round(
            actor=actor, clock=clock, new=actions.NewRound(uuid7(), NORTH, EARLY, "某院", "沈医师")
        )
        actions.add_to_round(
            actor=actor, clock=clock, round_id=one.pk, purpose="review", people=[], clues=[clue.pk]
        )
        asked = actions.NewReview(
            uuid7(), county.institutions["hospital"].pk, asked_on=EARLY, question="安寻之近来自言自语"
        )
        review = actions.ask_about_clue(actor=actor, clock=clock, clue_id=clue.pk, new=asked)
    doctor = county.actors["hospital"]
    with acting(doctor):
        answer = answer_record(
            "watch", "watch", diagnosed_on=EARLY.isoformat(), look_on="2025-12-03", advice="安寻之须复看"
        )
        actions.answer_review(actor=doctor, clock=clock, review_id=review.pk, record=answer)
    with acting(actor):
        actions.close_clue(
            actor=actor,
            clock=clock,
            clue_id=clue.pk,
            reason="known",
            on=EARLY,
            note="就是安寻之",
            person_id=known.pk,
        )
    clue.refresh_from_db()
    return clue


def test_a_forgotten_clue_is_forgotten_in_every_table_that_copied_it(county: County, closed: Clue) -> None:
    assert _rows_that_say_who() >= {
        "screening_clue", "screening_clueact", "screening_review", "registry_inquiry",
    }  # fmt: skip
    person = closed.person_id
    assert Clock.objects.filter(subject=closed.pk, person_id=person).exists()
    assert actions.forget_closed(clock=CLOCK) == 1
    assert forget_inquiries(clock=CLOCK) == 1
    assert _rows_that_say_who() == set()
    assert not Clock.objects.filter(subject=closed.pk).exclude(person=None).exists()
    with acting(county.actors["hospital"]):
        assert not Rediagnosis.objects.exists()
        assert not Clock.objects.filter(kind="rediagnosis").exists()
    assert list(settle_all(NATION, write_down=False)) == []


def test_a_question_nobody_answered_is_kept_no_longer_than_a_clue(
    county: County, closed: Clue, signed_in: Callable[[str], Client]
) -> None:
    assert forget_inquiries(clock=FixedClock(date(2026, 11, 2))) == 0
    assert forget_inquiries(clock=CLOCK) == 1
    assert forget_inquiries(clock=CLOCK) == 0
    row = Inquiry.objects.get()
    assert (row.asked, row.answer, row.answered_by) == ("", "unclear", None)
    assert signed_in("township").get(reverse("registry:inquiries")).status_code == 200


def _asked(county: County, clue: Clue) -> UUID:
    actor = county.actors["township"]
    with acting(actor):
        new = actions.NewReview(uuid7(), county.institutions["hospital"].pk, asked_on=CLOCK.today())
        return actions.ask_about_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, new=new).pk


@pytest.mark.parametrize("how", ["withdrawn", "closed"])
def test_a_question_taken_back_is_out_of_the_hospitals_sight_by_row_and_by_clock(
    county: County, noted: Callable[..., Clue], signed_in: Callable[[str], Client], how: str
) -> None:
    clue = noted("township", clue_record(NORTH_1, "5"))
    review = _asked(county, clue)
    clock_page = reverse("clocks:clock", args=[Clock.objects.get(code="D36", subject=review).pk])
    assert "安寻之" in signed_in("hospital").get(clock_page).content.decode()
    actor = county.actors["township"]
    with acting(actor):
        if how == "withdrawn":
            actions.withdraw_review(actor=actor, clock=CLOCK, review_id=review)
        else:
            actions.close_clue(
                actor=actor, clock=CLOCK, clue_id=clue.pk, reason="mistake", on=CLOCK.today(), note="记错了"
            )
    with acting(county.actors["hospital"]):
        assert not Rediagnosis.objects.exists()
        assert not Clock.objects.exists()
    answer = signed_in("hospital").get(clock_page)
    assert answer.status_code == 404
    assert "安寻之" not in answer.content.decode()


def test_a_look_at_a_clue_is_kept_also_when_only_its_name_was_shown(
    county: County, noted: Callable[..., Clue], signed_in: Callable[[str], Client]
) -> None:
    clue = noted("township", clue_record(NORTH_1, "5"))
    signed_in("township").get(reverse("screening:send", args=[clue.pk]))
    assert Read.objects.latest("at").person_ids == [clue.pk]
    typed = clue_record(NORTH_1, "6") | {"op_id": str(uuid7())}
    answer = signed_in("township").post(reverse("screening:new"), typed)
    assert answer.status_code == 409
    assert "安寻之" in answer.content.decode()
    look = Read.objects.latest("at")
    assert (look.kind, look.person_ids) == ("search", [clue.pk])
    review = _asked(county, clue)
    signed_in("hospital").get(reverse("screening:queue"))
    assert Read.objects.latest("at").person_ids == [clue.pk]
    signed_in("hospital").get(reverse("screening:review", args=[review]))
    assert Read.objects.latest("at").person_ids == [clue.pk]


def test_a_look_at_a_clue_that_became_a_file_stands_in_the_persons_read_log(
    county: County, closed: Clue, signed_in: Callable[[str], Client]
) -> None:
    for name in ("clue", "unmask"):
        client = signed_in("township")
        address = reverse(f"screening:{name}", args=[closed.pk])
        client.post(address) if name == "unmask" else client.get(address)
        assert Read.objects.latest("at").person_ids == [closed.person_id], name
    signed_in("township").get(reverse("screening:list") + "?state=all")
    assert Read.objects.latest("at").person_ids == [closed.person_id]
    signed_in("township").get(reverse("papers:clue", args=[closed.pk]))
    assert Read.objects.latest("at").person_ids == [closed.person_id]
