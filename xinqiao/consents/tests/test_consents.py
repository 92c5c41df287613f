"""From a no to the limited path and back: clocks, the group, the rehearsal, what stays readable."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import COUNTY, County
from xinqiao.audit.models import Event, Read
from xinqiao.clocks.models import Clock
from xinqiao.consents.actions import NewReport, tell_care_group
from xinqiao.consents.models import CareReport
from xinqiao.consents.queries import rehearse_withdrawal
from xinqiao.consents.views.paper import note_of
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound
from xinqiao.policy import deployment
from xinqiao.policy.models import LocalValue
from xinqiao.registry.actions import (
    Answer,
    NewLifeEvent,
    Notice,
    Withdrawal,
    record_consent,
    record_life_events,
    record_notice,
    void_fact,
    withdraw_consent,
)
from xinqiao.registry.models import Consent, Person
from xinqiao.registry.rules.service import Sharing

Enter = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]
DAY = date(2026, 11, 2)


def words(answer: Any) -> str:
    return re.sub(r"<[^>]+>", " ", answer.content.decode())


class Desk:
    """The township at work."""

    def __init__(self, county: County, clock: FixedClock, enter: Enter) -> None:
        self.county, self.clock, self.enter = county, clock, enter
        self.actor = county.actors["township"]

    def answer(self, person: UUID, decision: str, on: date = DAY) -> Consent:
        with self.enter("township"):
            given = Answer(decision, "1", on, "沈样例")
            return record_consent(actor=self.actor, clock=self.clock, person_id=person, answer=given)

    def tell(self, person: UUID, on: date = date(2026, 11, 10), by: str = "township") -> CareReport:
        with self.enter(by):
            new = NewReport(person, on, "柳树村帮扶小组")
            return tell_care_group(actor=self.county.actors[by], clock=self.clock, new=new)

    def clocks(self, person: UUID) -> list[tuple[str, str, date]]:
        rows = Clock.objects.filter(kind="consents", subject=person).order_by("code", "due_on")
        return [(one.code, one.outcome, one.due_on) for one in rows]


@pytest.fixture
def desk(county: County, clock: FixedClock, acting_as: Enter) -> Desk:
    return Desk(county, clock, acting_as)


def test_a_no_starts_both_clocks_and_a_yes_ends_them(desk: Desk, north: UUID) -> None:
    desk.answer(north, "0")
    assert desk.clocks(north) == [
        ("D24", "open", date(2026, 11, 16)),
        ("D25", "open", date(2027, 11, 2)),
    ]
    desk.answer(north, "1", date(2026, 11, 12))
    ended = [("D24", "cancelled"), ("D25", "done")]
    assert [(code, outcome) for code, outcome, _ in desk.clocks(north)] == ended, (
        "there is nobody to persuade"
    )


def test_telling_the_group_is_recorded_once_and_ends_its_clock(desk: Desk, north: UUID) -> None:
    desk.answer(north, "0")
    first, again = desk.tell(north), desk.tell(north)
    assert first.pk == again.pk
    assert [(code, outcome) for code, outcome, _ in desk.clocks(north)] == [("D24", "done"), ("D25", "open")]
    assert Event.objects.get(action="tell_care_group").object_id == north


def test_a_no_taken_back_as_a_mistake_cancels_its_clocks(desk: Desk, north: UUID) -> None:
    made = desk.answer(north, "0")
    with desk.enter("county"):
        void_fact(
            actor=desk.county.actors["county"],
            clock=desk.clock,
            kind="consent",
            fact_id=made.pk,
            reason="录错人",
        )
    assert {outcome for _, outcome, _ in desk.clocks(north)} == {"cancelled"}


def test_a_death_ends_the_clocks_of_a_no(desk: Desk, north: UUID) -> None:
    desk.answer(north, "0")
    with desk.enter("township"):
        died = NewLifeEvent(north, "died", date(2026, 11, 15))
        record_life_events(actor=desk.actor, clock=desk.clock, events=[died])
    assert {outcome for _, outcome, _ in desk.clocks(north)} == {"cancelled"}, "nobody told or asked again"


def test_there_is_nothing_to_tell_after_a_yes_or_before_the_answer(desk: Desk, north: UUID) -> None:
    with pytest.raises(Invalid):
        desk.tell(north)
    desk.answer(north, "0")
    with pytest.raises(Invalid) as caught:
        desk.tell(north, date(2026, 11, 1))
    assert [one.field for one in caught.value.problems] == ["told_on"]


def test_a_village_doctor_tells_nobody_and_a_stranger_finds_nobody(desk: Desk, north: UUID) -> None:
    desk.answer(north, "0")
    with pytest.raises(NotAllowed):
        desk.tell(north, by="village")
    with pytest.raises(NotFound):
        desk.tell(north, by="other_township")
    assert not CareReport.objects.exists()


def test_the_rehearsal_says_what_will_happen_and_leaves_no_trace(desk: Desk, north: UUID) -> None:
    before = (Consent.objects.count(), Event.objects.count(), Clock.objects.count())
    with desk.enter("township"):
        person = Person.objects.get(pk=north)
        given = Withdrawal(DAY, "1")
        said = rehearse_withdrawal(actor=desk.actor, clock=desk.clock, person=person, withdrawal=given)
    assert (Consent.objects.count(), Event.objects.count(), Clock.objects.count()) == before
    assert set(said.ends) == {Sharing.HELP, Sharing.AID, Sharing.REHAB}
    assert said.due_before is not None
    assert said.due_after is None
    assert [one.code for one in said.clocks] == ["D24", "D25"]
    with desk.enter("township"):
        withdraw_consent(actor=desk.actor, clock=desk.clock, person_id=north, withdrawal=given)
        standing: Any = Person.objects.select_related("standing").get(pk=north)
        assert (standing.standing.due_on, standing.standing.refused) == (None, True)
    assert [(code, due) for code, _, due in desk.clocks(north)] == [
        (one.code, one.due_on) for one in said.clocks
    ]


def test_after_a_notice_by_law_a_no_keeps_the_visits_unless_the_place_rules_otherwise(
    desk: Desk, north: UUID, clock: FixedClock
) -> None:
    with desk.enter("township"):
        record_notice(
            actor=desk.actor, clock=clock, person_id=north, notice=Notice(date(2026, 11, 1), "王医生")
        )
    desk.answer(north, "0")
    assert _standing(north).due_on is not None
    assert [code for code, _, _ in desk.clocks(north)] == ["D25"]
    LocalValue.objects.create(
        thing="registry/service_without_consent", division_code=COUNTY, valid_from=date(2026, 1, 1), value="waits",
        source="made up", author="made up",
    )  # fmt: skip
    deployment.forget()
    desk.answer(north, "0", date(2026, 11, 3))
    assert _standing(north).due_on is None
    assert "D24" in [code for code, _, _ in desk.clocks(north)]
    deployment.forget()


def _standing(person: UUID) -> Any:
    found: Any = Person.objects.select_related("standing").get(pk=person)
    return found.standing


def test_what_the_group_is_told_holds_no_health_word(
    desk: Desk, north: UUID, signed_in: SignedIn, rf: Any
) -> None:
    desk.answer(north, "0")
    client = signed_in("township")
    answer = client.get(reverse("consents:note", args=[north]))
    assert answer["Content-Type"] == "application/pdf"
    assert Read.objects.filter(person_ids__contains=[north], kind="print", purpose="care_group").count() == 1
    with desk.enter("township"):
        asked = rf.get("/")
        asked.actor, asked.clock = desk.actor, desk.clock
        told = note_of(asked, Person.objects.get(pk=north))
    assert set(told) == {"foot", "name", "village", "day", "responsible"}
    assert not re.search(r"精神|诊断|F20|危险|用药|分裂", str(told))


def test_there_is_no_note_while_somebody_agrees(signed_in: SignedIn, north: UUID) -> None:
    assert signed_in("township").get(reverse("consents:note", args=[north])).status_code == 409


def test_the_path_on_pages_from_no_to_yes(signed_in: SignedIn, desk: Desk, north: UUID) -> None:
    client = signed_in("township")
    person = reverse("registry:person", args=[north])
    said = words(client.get(reverse("registry:consent", args=[north])))
    assert "通用-1" in said
    assert "由您自己决定" in said
    sent = {"consent": "0", "signer": "1", "signed_on": "2026-11-02", "reason": "3"}
    answer = client.post(reverse("registry:consent", args=[north]), sent, follow=True)
    assert "有限服务" in words(answer)
    assert "不强行上门" in words(answer)
    assert "随时可以再同意" in words(answer)
    assert "担心被人知道" in words(answer)
    report = reverse("consents:report", args=[north])
    assert client.get(report).status_code == 200
    assert client.post(report, {"told_on": "2026-11-10"}).status_code == 422
    answer = client.post(report, {"told_on": "2026-11-10", "receiver": "村委会"}, follow=True)
    assert "告知村委会，请协助劝说" in words(answer)
    sent = {"consent": "1", "signer": "1", "signed_on": "2026-11-20"}
    assert "已同意，提供全部服务" in words(
        client.post(reverse("registry:consent", args=[north]), sent, follow=True)
    )
    assert "不同意参加管理" not in words(client.get(person + "?tab=duties"))


def test_a_withdrawal_shows_what_follows_before_it_is_confirmed(
    signed_in: SignedIn, desk: Desk, north: UUID
) -> None:
    client, address = signed_in("township"), reverse("consents:withdraw", args=[north])
    assert client.get(address).status_code == 200
    assert client.post(address, {"signer": "1"}).status_code == 422
    sent = {"from_on": "2026-11-02", "signer": "1", "signer_name": "沈样例"}
    seen = words(client.post(address, sent))
    assert "确认撤回" in seen
    assert "随访不再安排" in seen
    assert "不再计入在管" in seen
    assert "告知帮扶小组" in seen
    assert Consent.objects.filter(withdrawn=True).count() == 0
    done = client.post(address, {**sent, "step": "confirm"}, follow=True)
    assert "撤回已登记" in words(done)
    assert "起撤回同意" in words(done)
    assert Consent.objects.filter(withdrawn=True).count() == 1
    assert client.post(address, {**sent, "from_on": "2026-11-05", "step": "confirm"}).status_code == 422


def test_what_was_typed_can_be_changed_after_seeing_what_follows(
    signed_in: SignedIn, desk: Desk, north: UUID
) -> None:
    client, address = signed_in("township"), reverse("consents:withdraw", args=[north])
    sent = {
        "from_on": "2026-11-02",
        "signer": "1",
        "signer_name": "沈样例",
        "note": "想先停一停",
        "step": "edit",
    }
    body = client.post(address, sent).content.decode()
    assert "想先停一停" in body
    assert "看会有什么变化" in body
    assert not Consent.objects.filter(withdrawn=True).exists()


def test_where_the_law_reported_a_withdrawal_says_that_the_service_goes_on(
    signed_in: SignedIn, desk: Desk, north: UUID
) -> None:
    with desk.enter("township"):
        record_notice(actor=desk.actor, clock=desk.clock, person_id=north, notice=Notice(DAY, "王医生"))
    sent = {"from_on": "2026-11-03", "signer": "1"}
    seen = words(signed_in("township").post(reverse("consents:withdraw", args=[north]), sent))
    assert "依法报告的，服务照常" in seen
    assert "为了安全，随访照常" not in seen


def test_a_refusal_hides_nothing_from_who_answers_for_the_person(
    signed_in: SignedIn, desk: Desk, north: UUID
) -> None:
    client = signed_in("village")
    before = {
        tab: words(client.get(reverse("registry:person", args=[north]) + f"?tab={tab}")) for tab in TABS
    }
    with desk.enter("township"):
        record_notice(actor=desk.actor, clock=desk.clock, person_id=north, notice=Notice(DAY, "王医生"))
    desk.answer(north, "0", date(2026, 11, 3))
    for tab in TABS:
        after = words(client.get(reverse("registry:person", args=[north]) + f"?tab={tab}"))
        kept = set(re.findall(r"[\w*.-]{3,}", before[tab])) - set(re.findall(r"[\w*.-]{3,}", after))
        assert not [one for one in kept if re.search(r"沈|139|F20|\*\*\*", one)]
    head = words(client.get(reverse("registry:person", args=[north])))
    assert "危险性" in head
    assert "依法报告，已告知" in head
    assert client.get(reverse("followup:record", args=[north])).status_code == 200


TABS = ("timeline", "basic", "family", "support", "duties")


def test_a_notice_is_recorded_and_still_asks_for_an_answer(signed_in: SignedIn, north: UUID) -> None:
    client, address = signed_in("township"), reverse("consents:notice", args=[north])
    assert client.get(address).status_code == 200
    assert client.post(address, {"told_on": "2026-11-02", "notifier": ""}).status_code == 422
    answer = client.post(address, {"told_on": "2026-11-02", "notifier": "王医生"}, follow=True)
    assert "依法告知已登记" in words(answer)
    assert "告知人 王医生" in words(answer)


@pytest.mark.parametrize("name", ["withdraw", "notice", "report", "note"])
def test_strangers_and_village_doctors_are_kept_out(name: str, signed_in: SignedIn, north: UUID) -> None:
    address = reverse(f"consents:{name}", args=[north])
    assert signed_in("other_township").get(address).status_code == 404
    assert signed_in("village").get(address).status_code == 403


def test_the_tab_costs_the_same_however_many_answers(
    signed_in: SignedIn, desk: Desk, north: UUID, count_sql: Callable[[], AbstractContextManager[Any]]
) -> None:
    client = signed_in("township")
    address = reverse("registry:person", args=[north]) + "?tab=consent"
    desk.answer(north, "0")
    client.get(address)
    with count_sql() as few:
        client.get(address)
    for day in (3, 4, 5):
        desk.answer(north, "0" if day % 2 else "1", date(2026, 11, day))
    with count_sql() as more:
        client.get(address)
    assert len(more.captured_queries_after) == len(few.captured_queries_after)
