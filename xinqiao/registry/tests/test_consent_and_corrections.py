"""Withdrawal, notice by law, and corrections that need two people: outcome, refusal, trail, repeat."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import County
from xinqiao.audit.models import Event
from xinqiao.kernel.clock import DayClock, FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.registry.actions import (
    Answer,
    NewCorrection,
    NewLifeEvent,
    Notice,
    Withdrawal,
    decide_correction,
    record_consent,
    record_life_events,
    record_notice,
    request_correction,
    take_back_correction,
    void_fact,
    withdraw_consent,
)
from xinqiao.registry.models import Consent, LifeCorrection, LifeEvent
from xinqiao.registry.rules import state_on
from xinqiao.registry.rules.service import Standing, service_on

from .test_views import words

Enter = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]
DAY = date(2026, 5, 1)
TODAY = date(2026, 11, 21)


class Desk:
    """One account at work, inside its scope."""

    def __init__(self, county: County, clock: FixedClock, enter: Enter) -> None:
        self.county, self.clock, self.enter = county, clock, enter

    def step(self, person: UUID, kind: str, on: date = DAY, by: str = "township", **how: object) -> LifeEvent:
        with self.enter(by):
            event = NewLifeEvent(person, kind, on)
            return record_life_events(actor=self.county.actors[by], clock=self.clock, events=[event], **how)[
                0
            ]  # type: ignore[arg-type]

    def ask(self, person: UUID, kind: str, by: str = "township", **more: object) -> LifeCorrection:
        with self.enter(by):
            new = NewCorrection(person, kind, "经核实本人在世", **more)  # type: ignore[arg-type]
            return request_correction(actor=self.county.actors[by], clock=self.clock, new=new)

    def decide(self, asked: LifeCorrection, approve: bool, by: str = "county", note: str = "") -> None:
        with self.enter(by):
            decide_correction(
                actor=self.county.actors[by],
                clock=self.clock,
                correction_id=asked.pk,
                approve=approve,
                note=note,
            )

    def state(self, person: UUID, on: date = TODAY) -> str:
        return state_on(LifeEvent.objects.filter(person_id=person, voided_at=None), on).state


@pytest.fixture
def desk(county: County, clock: FixedClock, acting_as: Enter) -> Desk:
    return Desk(county, clock, acting_as)


def test_a_withdrawal_is_an_answer_of_its_own_and_the_agreement_stays(desk: Desk, north: UUID) -> None:
    actor = desk.county.actors["township"]
    with desk.enter("township"):
        withdrawal = Withdrawal(DAY, "1", "沈样例", reason="3")
        first = withdraw_consent(actor=actor, clock=desk.clock, person_id=north, withdrawal=withdrawal)
        again = withdraw_consent(actor=actor, clock=desk.clock, person_id=north, withdrawal=withdrawal)
        assert first.pk == again.pk
        answers = list(Consent.objects.filter(person_id=north))
        assert [one.decision for one in answers if not one.withdrawn] == ["1"]
        assert service_on(answers, DAY).standing is Standing.LIMITED
        assert service_on(answers, date(2026, 4, 30)).standing is Standing.FULL
    assert Event.objects.get(action="withdraw_consent").object_id == north


def test_a_mind_changed_twice_on_one_day_is_an_answer_each_time(desk: Desk, north: UUID) -> None:
    """Taken back in the morning, agreed again at noon: the agreement must not be lost in the one of before."""
    how = {"actor": desk.county.actors["township"], "person_id": north, "clock": DayClock(TODAY)}
    agreed, taken_back = Answer("1", "1", TODAY), Withdrawal(TODAY, "1")

    def standing() -> Standing:
        return service_on(Consent.objects.filter(person_id=north), TODAY).standing

    with desk.enter("township"):
        record_consent(**how, answer=agreed)
        withdraw_consent(**how, withdrawal=taken_back)
        again = record_consent(**how, answer=agreed)
        assert record_consent(**how, answer=agreed).pk == again.pk
        assert standing() is Standing.FULL
        withdraw_consent(**how, withdrawal=taken_back)
        assert standing() is Standing.LIMITED
    assert Consent.objects.filter(person_id=north, happened_on=TODAY).count() == 4


def test_there_is_nothing_to_withdraw_without_an_agreement(desk: Desk, north: UUID) -> None:
    actor = desk.county.actors["township"]
    with desk.enter("township"):
        withdraw_consent(actor=actor, clock=desk.clock, person_id=north, withdrawal=Withdrawal(DAY, "1"))
        with pytest.raises(Invalid) as caught:
            withdraw_consent(
                actor=actor, clock=desk.clock, person_id=north, withdrawal=Withdrawal(date(2026, 6, 1), "1")
            )
    assert [(one.field, one.code) for one in caught.value.problems] == [("from_on", "nothing")]


def test_a_guardian_alone_signs_only_with_the_reason_why_the_person_cannot(desk: Desk, north: UUID) -> None:
    actor = desk.county.actors["township"]
    with desk.enter("township"), pytest.raises(Invalid) as caught:
        withdraw_consent(actor=actor, clock=desk.clock, person_id=north, withdrawal=Withdrawal(DAY, "2"))
    assert [one.field for one in caught.value.problems] == ["incapacity_note"]


def test_a_signature_names_the_text_in_force_on_its_day(desk: Desk, north: UUID) -> None:
    with desk.enter("township"):
        made = record_consent(
            actor=desk.county.actors["township"],
            clock=desk.clock,
            person_id=north,
            answer=Answer("1", "1", DAY),
        )
    assert made.text_version == "通用-1"


def test_a_notice_by_law_is_never_a_stored_agreement(desk: Desk, north: UUID) -> None:
    actor = desk.county.actors["township"]
    with desk.enter("township"):
        made = record_notice(actor=actor, clock=desk.clock, person_id=north, notice=Notice(DAY, "王医生"))
        assert (made.basis, made.decision, made.notifier) == ("statutory", "", "王医生")
        same = record_notice(actor=actor, clock=desk.clock, person_id=north, notice=Notice(DAY, "王医生"))
        assert same.pk == made.pk
        with pytest.raises(Invalid):
            record_notice(actor=actor, clock=desk.clock, person_id=north, notice=Notice(DAY, " "))
    assert Event.objects.filter(action="record_notice").count() == 1


@pytest.mark.parametrize("who", ["other_township", "other_county"])
def test_strangers_write_no_answers(who: str, desk: Desk, north: UUID) -> None:
    actor = desk.county.actors[who]
    with desk.enter(who), pytest.raises(NotFound):
        withdraw_consent(actor=actor, clock=desk.clock, person_id=north, withdrawal=Withdrawal(DAY, "1"))
    with desk.enter(who), pytest.raises(NotFound):
        record_notice(actor=actor, clock=desk.clock, person_id=north, notice=Notice(DAY, "王医生"))


# ── steps follow the table ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_typed_step_that_cannot_be_is_refused_with_the_state_it_met(desk: Desk, north: UUID) -> None:
    with pytest.raises(Invalid) as caught:
        desk.step(north, "found")
    (problem,) = caught.value.problems
    assert problem.code == "impossible"
    assert "在册" in problem.message
    assert "失访后找到" in problem.message


def test_what_is_imported_did_happen_and_is_kept_without_changing_the_state(desk: Desk, north: UUID) -> None:
    assert desk.step(north, "found", imported=True).kind == "found"
    assert desk.state(north) == "registered"


def test_a_late_entry_is_judged_by_its_own_day(desk: Desk, north: UUID) -> None:
    desk.step(north, "died", date(2026, 8, 1))
    assert desk.step(north, "lost", date(2026, 7, 1)).kind == "lost"
    with pytest.raises(Invalid):
        desk.step(north, "lost", date(2026, 8, 2))


def test_an_exclusion_is_not_typed_by_one_alone(desk: Desk, north: UUID) -> None:
    for who in ("township", "county"):
        with pytest.raises(Invalid) as caught:
            desk.step(north, "excluded", by=who)
        assert caught.value.problems[0].code == "second_person"


# ── corrections ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_death_stands_until_somebody_else_at_the_county_agrees(desk: Desk, north: UUID) -> None:
    death = desk.step(north, "died")
    asked = desk.ask(north, "undo_death")
    assert desk.ask(north, "undo_death").pk == asked.pk
    assert desk.state(north) == "dead"
    desk.decide(asked, True)
    assert desk.state(north) == "registered"
    desk.decide(asked, True)
    death.refresh_from_db()
    asked.refresh_from_db()
    assert death.voided_by == asked.decided_by == desk.county.actors["county"].user_id
    assert asked.recorded_by == desk.county.actors["township"].user_id
    assert Event.objects.filter(action__in=["request_correction", "approve_correction"]).count() == 2


def test_voiding_a_death_only_asks_for_it_even_at_the_county(desk: Desk, north: UUID) -> None:
    death = desk.step(north, "died")
    with desk.enter("county"):
        void = void_fact(
            actor=desk.county.actors["county"],
            clock=desk.clock,
            kind="life_event",
            fact_id=death.pk,
            reason="登记错人",
        )
    assert not void
    assert desk.state(north) == "dead"
    asked = LifeCorrection.objects.get(person_id=north)
    with pytest.raises(Invalid) as caught:
        desk.decide(asked, True)
    assert caught.value.problems[0].code == "own"
    assert desk.state(north) == "dead"


def test_a_township_does_not_decide_and_a_stranger_finds_nothing(desk: Desk, north: UUID) -> None:
    desk.step(north, "died")
    asked = desk.ask(north, "undo_death")
    with pytest.raises(NotAllowed):
        desk.decide(asked, True, by="township_2")
    with pytest.raises(NotFound):
        desk.decide(asked, True, by="other_county")
    with pytest.raises(NotFound):
        desk.ask(north, "undo_death", by="other_township")


def test_a_refusal_needs_its_reason_and_changes_nothing(desk: Desk, north: UUID) -> None:
    desk.step(north, "died")
    asked = desk.ask(north, "undo_death")
    with pytest.raises(Invalid):
        desk.decide(asked, False)
    desk.decide(asked, False, note="死亡证明属实")
    assert desk.state(north) == "dead"
    with pytest.raises(Conflict):
        desk.decide(asked, True)
    assert desk.ask(north, "undo_death").pk != asked.pk


def test_an_exclusion_takes_effect_on_its_day_once_approved_and_can_be_taken_back_the_same_way(
    desk: Desk, north: UUID
) -> None:
    asked = desk.ask(north, "exclude", happened_on=DAY)
    assert desk.state(north) == "registered"
    desk.decide(asked, True)
    assert (desk.state(north), desk.state(north, date(2026, 4, 30))) == ("excluded", "registered")
    back = desk.ask(north, "undo_exclude")
    desk.decide(back, True)
    assert desk.state(north) == "registered"


@pytest.mark.parametrize(
    ("kind", "more", "field"),
    [
        ("undo_death", {}, "kind"),
        ("exclude", {}, "happened_on"),
        ("exclude", {"happened_on": date(2026, 12, 1)}, "happened_on"),
        ("gone", {}, "kind"),
        ("exclude", {"happened_on": DAY, "scan_id": UUID(int=5)}, "scan"),
    ],
)
def test_what_cannot_be_corrected_is_said(
    kind: str, more: dict[str, object], field: str, desk: Desk, north: UUID
) -> None:
    with pytest.raises(Invalid) as caught:
        desk.ask(north, kind, **more)
    assert [one.field for one in caught.value.problems] == [field]
    assert not LifeCorrection.objects.exists()


def test_an_exclusion_that_no_longer_fits_is_not_carried_out(desk: Desk, north: UUID) -> None:
    asked = desk.ask(north, "exclude", happened_on=DAY)
    desk.step(north, "died", date(2026, 4, 1))
    with pytest.raises(Conflict):
        desk.decide(asked, True)
    assert desk.state(north) == "dead"


def test_whoever_asked_takes_it_back_and_nobody_else(desk: Desk, north: UUID) -> None:
    desk.step(north, "died")
    asked = desk.ask(north, "undo_death")
    for _ in range(2):
        with desk.enter("township_2"), pytest.raises(NotFound):
            take_back_correction(
                actor=desk.county.actors["township_2"], clock=desk.clock, correction_id=asked.pk
            )
    with desk.enter("township"):
        take_back_correction(actor=desk.county.actors["township"], clock=desk.clock, correction_id=asked.pk)
    with pytest.raises(NotFound):
        desk.decide(asked, True)
    assert desk.state(north) == "dead"


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_goes_from_the_persons_page_to_the_county_and_back(
    signed_in: SignedIn, desk: Desk, north: UUID
) -> None:
    desk.step(north, "died")
    client = signed_in("township")
    address = reverse("registry:request-correction", args=[north])
    assert client.get(address).status_code == 200
    assert client.post(address, {"kind": "undo_death"}).status_code == 422
    answer = client.post(address, {"kind": "undo_death", "reason": "经核实本人在世"}, follow=True)
    assert "待县级另一人核准" in words(answer)
    assert "更正待核准" in words(client.get(reverse("registry:person", args=[north])))
    assert client.get(reverse("registry:corrections")).status_code == 403

    county = signed_in("county")
    assert "1 件待核准" in words(county.get(reverse("registry:corrections")))
    one = reverse("registry:correction", args=[LifeCorrection.objects.get().pk])
    assert "经核实本人在世" in words(county.get(one))
    assert county.post(one, {"decision": "refuse"}).status_code == 422
    assert "已核准，档案已更正" in words(county.post(one, {"decision": "approve"}, follow=True))
    assert "没有待核准的更正" in words(county.get(reverse("registry:corrections")))
    assert county.post(one, {"decision": "refuse", "note": "再想想"}).status_code == 409


def test_the_state_of_a_past_day_is_read_on_the_page(signed_in: SignedIn, desk: Desk, north: UUID) -> None:
    desk.step(north, "lost", date(2026, 8, 1))
    client, address = signed_in("village"), reverse("registry:person", args=[north]) + "?tab=state"
    assert "在 2026-07-31：在册" in words(client.get(address + "&on=2026-07-31"))
    assert "在 2026-08-01：失访" in words(client.get(address + "&on=2026-08-01"))
    assert re.search(r"现在\s+失访", words(client.get(address)))
    assert "今天以后的状态还不知道" in words(client.get(address + "&on=2027-01-01"))
    assert "不是有效日期" in words(client.get(address + "&on=whenever"))


def test_the_queue_does_not_grow_in_statements(
    signed_in: SignedIn,
    desk: Desk,
    north: UUID,
    south: UUID,
    count_sql: Callable[[], AbstractContextManager[object]],
) -> None:
    desk.step(north, "died")
    desk.ask(north, "undo_death")
    client = signed_in("county")
    client.get(reverse("registry:corrections"))
    with count_sql() as few:
        client.get(reverse("registry:corrections"))
    desk.step(south, "died", by="county")
    desk.ask(south, "undo_death", by="other_township")
    client.get(reverse("registry:corrections"))  # the names of places are kept in memory
    with count_sql() as more:
        assert "2 件待核准" in words(client.get(reverse("registry:corrections")))
    assert len(more.captured_queries_after) == len(few.captured_queries_after)  # type: ignore[attr-defined]
