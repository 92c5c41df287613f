"""Danger that becomes known later, closing a clue, and taking it up again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH_1, County
from xinqiao.accounts.scope import acting
from xinqiao.clocks.models import Clock
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Person
from xinqiao.screening import actions, queries
from xinqiao.screening.models import Clue, ClueAct, Rediagnosis

from .conftest import CLOCK, TODAY, Noted, answer_record, clue_record

Asked = Callable[..., Rediagnosis]
Enter = Callable[[str], Client]


def _clocks(clue: Clue, code: str) -> list[tuple[date, str]]:
    rows = Clock.objects.filter(subject=clue.pk, code=code).order_by("started_on")
    return list(rows.values_list("started_on", "outcome"))


def _act(county: County, clue: Clue, kind: str, on: date = TODAY, note: str = "邻居说他拿刀追人") -> ClueAct:
    actor = county.actors["village"]
    with acting(actor):
        return actions.add_act(
            actor=actor, clock=CLOCK, clue_id=clue.pk, op_id=uuid7(), kind=kind, on=on, note=note
        )


def _close(county: County, clue: Clue, reason: str, note: str = "", **more: Any) -> Clue:
    actor = county.actors["township"]
    with acting(actor):
        return actions.close_clue(
            actor=actor, clock=CLOCK, clue_id=clue.pk, reason=reason, on=TODAY, note=note, **more
        )


def _again(county: County, clue: Clue, why: str = "结错了") -> Clue:
    actor = county.actors["township"]
    with acting(actor):
        return actions.take_up_again(actor=actor, clock=CLOCK, clue_id=clue.pk, op_id=uuid7(), why=why)


def test_danger_that_becomes_known_later_presses_from_that_day(county: County, noted: Noted) -> None:
    early = TODAY - timedelta(days=9)
    clue = noted("village", clue_record(NORTH_1, "5", found_on=early.isoformat()))
    with pytest.raises(Invalid):
        _act(county, clue, "danger", note=" ")
    _act(county, clue, "danger", TODAY - timedelta(days=2))
    clue.refresh_from_db()
    assert clue.urgent
    assert _clocks(clue, "D30") == [(TODAY - timedelta(days=2), "open")]
    actor = county.actors["township"]
    with acting(actor):
        assert queries.clues(actor=actor, asked=queries.ClueFilters()).pressing == 1


def test_danger_told_while_a_hospital_is_asked_goes_to_the_top_of_its_list(
    county: County, noted: Noted, asked: Asked
) -> None:
    asked(noted("township", clue_record(NORTH_1, "5", name="安先到")))
    later = asked(noted("township", clue_record(NORTH_1, "5", name="安后到")))
    hospital = county.actors["hospital"]
    _act(county, Clue.objects.get(pk=later.clue_id), "danger")
    with acting(hospital):
        assert queries.queue(actor=hospital).rows[0].pk == later.pk


def test_danger_after_a_diagnosis_has_a_clock_of_its_own(county: County, noted: Noted, asked: Asked) -> None:
    early = TODAY - timedelta(days=9)
    clue = noted("township", clue_record(NORTH_1, "3", found_on=early.isoformat()), on=early)
    one = asked(clue, asked_on=early, sent_by="kin", sent_on=early)
    hospital = county.actors["hospital"]
    with acting(hospital):
        actions.answer_review(
            actor=hospital, clock=CLOCK, review_id=one.pk,
            record=answer_record("watch", "watch", diagnosed_on=early.isoformat()),
        )  # fmt: skip
    assert _clocks(clue, "D30") == [(early, "done")]
    _act(county, clue, "danger")
    clue.refresh_from_db()
    assert clue.brought_on is None
    assert _clocks(clue, "D30") == [(early, "done"), (TODAY, "open")]


def test_danger_about_a_closed_clue_is_not_written_where_nobody_looks(county: County, noted: Noted) -> None:
    clue = _close(county, noted(), "twice")
    with pytest.raises(Conflict):
        _act(county, clue, "danger")


def test_judging_again_does_not_make_the_first_judgement_late(county: County, noted: Noted) -> None:
    early = TODAY - timedelta(days=40)
    clue = noted("township", clue_record(NORTH_1, "5", found_on=early.isoformat()), on=early)
    actor = county.actors["township"]
    with acting(actor):
        for day, judgement in ((early + timedelta(days=1), "check"), (TODAY, "six")):
            actions.judge_clue(
                actor=actor, clock=FixedClock(day), clue_id=clue.pk, judgement=judgement, on=day
            )
    clue.refresh_from_db()
    assert clue.judged_on == TODAY
    assert _clocks(clue, "D31") == [(early, "done")]


def test_asking_a_psychiatrist_is_a_judgement(noted: Noted, asked: Asked) -> None:
    clue = noted()
    asked(clue)
    assert _clocks(clue, "D31") == [(TODAY, "done")]


def test_a_question_that_comes_back_unanswered_is_no_second_look(county: County, asked: Asked) -> None:
    one = asked()
    hospital = county.actors["hospital"]
    with acting(hospital):
        actions.answer_review(
            actor=hospital, clock=CLOCK, review_id=one.pk, record=answer_record("watch", "watch")
        )
    clue = Clue.objects.get(pk=one.clue_id)
    again = asked(clue)
    assert _clocks(clue, "D32")[0][1] == "done"
    with acting(hospital):
        actions.return_review(actor=hospital, clock=CLOCK, review_id=again.pk, reason="本人未到")
    assert _clocks(clue, "D32")[0][1] == "open"


@pytest.mark.parametrize("reason", ["away", "twice", "mistake", "known"])
def test_whoever_is_in_danger_is_not_closed_without_a_word(
    county: County, noted: Noted, person: Person, reason: str
) -> None:
    clue = noted("township", clue_record(NORTH_1, "9"))
    more = {"person_id": person.pk} if reason == "known" else {}
    with pytest.raises(Invalid) as wrong:
        _close(county, clue, reason, **more)
    assert set(wrong.value.by_field()) == {"note"}
    assert _close(county, clue, reason, "已告知家属和派出所", **more).state == "closed"


def test_whoever_is_in_danger_is_not_screened_out_without_a_word(county: County, noted: Noted) -> None:
    clue, actor = noted("township", clue_record(NORTH_1, "3")), county.actors["township"]
    more = {"actor": actor, "clock": CLOCK, "clue_id": clue.pk, "judgement": "exclude", "on": TODAY}
    with acting(actor):
        with pytest.raises(Invalid):
            actions.judge_clue(**more)
        assert actions.judge_clue(**more, note="醉酒，民警在场处理").state == "closed"


def test_only_who_was_asked_can_have_declined(county: County, noted: Noted) -> None:
    clue = noted()
    with pytest.raises(Invalid):
        _close(county, clue, "declined")
    _act(county, clue, "persuade", note="不愿去")
    assert _close(county, clue, "declined").close_reason == "declined"


def test_a_refusal_of_the_file_follows_a_diagnosis(county: County, noted: Noted, asked: Asked) -> None:
    with pytest.raises(Invalid):
        _close(county, noted("township", clue_record(NORTH_1, "5", name="安别的")), "refused")
    one = asked(hospital=False)
    actor = county.actors["township"]
    with acting(actor):
        actions.answer_review(
            actor=actor, clock=CLOCK, review_id=one.pk, record=answer_record("six", "close", consent="2")
        )
    assert _close(county, Clue.objects.get(pk=one.clue_id), "refused").state == "closed"


def test_a_clue_closed_by_mistake_is_taken_up_again_with_its_clocks(county: County, noted: Noted) -> None:
    clue = _close(county, noted("township", clue_record(NORTH_1, "3")), "mistake", "填错")
    assert _clocks(clue, "D30") == [(TODAY, "cancelled")]
    with pytest.raises(Invalid):
        _again(county, clue, " ")
    clue = _again(county, clue)
    assert (clue.state, clue.closed_on, clue.close_reason) == ("checking", None, "")
    assert _clocks(clue, "D30") == [(TODAY, "open")]
    act = ClueAct.objects.get(clue=clue)
    assert (act.kind, act.note) == ("again", "结错了（原结案：登记有误 填错）")
    with pytest.raises(Conflict):
        _again(county, clue)


def test_taking_up_again_leads_back_to_what_the_psychiatrist_said(
    county: County, noted: Noted, asked: Asked
) -> None:
    one, actor = asked(hospital=False), county.actors["township"]
    with acting(actor):
        actions.answer_review(
            actor=actor, clock=CLOCK, review_id=one.pk, record=answer_record("six", "close", consent="2")
        )
    clue = _close(county, Clue.objects.get(pk=one.clue_id), "refused")
    assert _again(county, clue, "现在愿意建档").state == "concluded"
    assert _clocks(clue, "D8")[0][1] == "open"


def test_a_doubted_conclusion_is_asked_about_again_before_there_is_a_file(
    county: County, asked: Asked
) -> None:
    actor, one = county.actors["township"], asked(hospital=False)
    with acting(actor):
        actions.answer_review(actor=actor, clock=CLOCK, review_id=one.pk, record=answer_record())
    clue = Clue.objects.get(pk=one.clue_id)
    again = asked(clue, hospital=False)
    with acting(actor):
        actions.withdraw_review(actor=actor, clock=CLOCK, review_id=again.pk)
    clue.refresh_from_db()
    assert clue.state == "concluded"
    again = asked(clue, hospital=False)
    with acting(actor):
        actions.answer_review(
            actor=actor, clock=CLOCK, review_id=again.pk, record=answer_record("watch", "watch")
        )
    clue.refresh_from_db()
    assert (clue.state, clue.confirmed_on) == ("watch", None)
    assert _clocks(clue, "D8")[0][1] == "cancelled"


def test_a_diagnosis_from_before_danger_was_told_does_not_ease_it(
    county: County, noted: Noted, asked: Asked
) -> None:
    early = TODAY - timedelta(days=9)
    clue = noted("township", clue_record(NORTH_1, "5", found_on=early.isoformat()), on=early)
    one = asked(clue, asked_on=early, hospital=False)
    _act(county, clue, "danger", TODAY - timedelta(days=1))
    actor = county.actors["township"]
    record = answer_record("watch", "watch", diagnosed_on=(early + timedelta(days=1)).isoformat())
    with acting(actor):
        actions.answer_review(actor=actor, clock=CLOCK, review_id=one.pk, record=record)
    clue.refresh_from_db()
    assert clue.brought_on is None
    assert _clocks(clue, "D30") == [(TODAY - timedelta(days=1), "open")]


def test_every_judgement_and_its_word_stay(county: County, noted: Noted) -> None:
    clue, actor = noted(), county.actors["township"]
    with acting(actor):
        for judgement, note in (("check", "家属不在家"), ("six", "")):
            actions.judge_clue(
                actor=actor, clock=CLOCK, clue_id=clue.pk, judgement=judgement, on=TODAY, note=note
            )
        acts = [one.note for one in queries.acts_of(clue)]
    assert sorted(acts) == ["六类疾病可能，须复核诊断", "情况不清，待核查 家属不在家"]


def test_a_clue_without_a_name_any_more_is_not_taken_up_again(county: County, noted: Noted) -> None:
    clue = _close(county, noted(), "twice")
    later = FixedClock(TODAY + timedelta(days=800))
    actions.forget_closed(clock=later)
    with pytest.raises(Conflict):
        _again(county, clue)


def test_the_page_offers_to_take_up_a_closed_clue_and_says_what_is_missing(
    county: County, noted: Noted, signed_in: Enter
) -> None:
    clue, client = _close(county, noted(), "twice"), signed_in("township")
    assert "重新办理" in client.get(reverse("screening:clue", args=[clue.pk])).content.decode()
    page = reverse("screening:again", args=[clue.pk])
    assert client.post(page, {"why": "", "op_id": str(uuid7())}).status_code == 422
    assert client.post(page, {"why": "又有新情况", "op_id": str(uuid7())}).status_code == 302
    assert "又有新情况" in client.get(reverse("screening:clue", args=[clue.pk])).content.decode()
    assert "重新办理" not in signed_in("village").get(reverse("screening:list")).content.decode()
