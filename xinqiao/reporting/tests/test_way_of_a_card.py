"""From the hospital to the file: sent, received, filed, seen by the hospital; and all that can come between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.factories.county import (
    COUNTY,
    EAST_1,
    NEXT_COUNTY,
    NORTH,
    NORTH_1,
    NORTH_2,
    SOUTH,
    SOUTH_1,
    County,
)
from tests.factories.records import person_record
from xinqiao.clocks.models import Clock as Deadline
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_person
from xinqiao.registry.models import Consent, Diagnosis, LifeEvent, OtherNumber, Person
from xinqiao.reporting import actions, queries
from xinqiao.reporting.actions import NewCard, NewDraft, NewFile
from xinqiao.reporting.models import AddressSearch, Card, CardDraft, CardEvent, CardVersion, SharedFacts

from .cards import MISSING, card_record, discharge_record

Acting = Callable[[str], AbstractContextManager[None]]
FRIDAY = FixedClock(date(2026, 11, 20))


class Desk:
    """Acts as one account after another."""

    def __init__(self, county: County, acting_as: Acting) -> None:
        self.county, self.acting_as, self.clock = county, acting_as, FRIDAY

    def act(self, who: str, action: Callable[..., Any], **given: Any) -> Any:
        with self.acting_as(who):
            return action(actor=self.county.actors[who], clock=self.clock, **given)

    def send(
        self, serial: int = 1, village: str = NORTH_1, form: str = "F03", name: str = "安心", **changes: Any
    ) -> Card:
        extra = {
            key: changes.pop(key)
            for key in ("card_id", "report_id", "draft_id", "different_because", "op_id")
            if key in changes
        }
        record = (
            card_record(name, village, serial=serial, **changes)
            if form == "F03"
            else discharge_record(**changes)
        )
        made: Card = self.act(
            "hospital",
            actions.send_card,
            new=NewCard(**({"op_id": uuid7()} | extra), form=form, record=record),
        )
        return made

    def receive(self, card: Card, who: str = "township") -> Card:
        found: Card = self.act(who, actions.receive_card, card_id=card.pk, op_id=uuid7())
        return found

    def file(self, card: Card, who: str = "township", **typed: Any) -> Person:
        new = NewFile(uuid7(), card.pk, MISSING | typed)
        made: Person = self.act(who, actions.file_card, new=new)
        return made

    def open_clocks(self, card: Card) -> set[str]:
        return set(Deadline.objects.filter(subject=card.pk, outcome="open").values_list("code", flat=True))


@pytest.fixture
def desk(county: County, acting_as: Acting) -> Desk:
    return Desk(county, acting_as)


def test_a_card_is_sent_received_and_filed_and_the_hospital_sees_it(desk: Desk) -> None:
    card = desk.send()
    assert len(card.card_no) == 14
    assert card.card_no.startswith("99010126")
    assert card.managing_code == NORTH_1
    assert card.state == "sent"
    assert desk.open_clocks(card) == {"D5"}
    desk.receive(card)
    assert desk.open_clocks(card) == {"D6"}
    person = desk.file(card)
    assert desk.open_clocks(card) == set()
    assert person.file_no.startswith(NORTH_1)
    assert len(person.file_no) == 17
    assert person.onset_precision == "year"
    assert person.contact_name == "李守望"
    assert Diagnosis.objects.get(person=person).hospital == "双桥县安康医院"
    assert OtherNumber.objects.get(person=person, kind="card").number == card.card_no
    assert Consent.objects.get(person=person).decision == "1"
    with desk.acting_as("hospital"):
        row = queries.own_cards(actor=desk.county.actors["hospital"], form="F03").rows[0]
        assert (row.card.state, row.last and row.last.kind) == ("filed", "filed")
        assert row.last is not None
        assert row.last.institution is not None
        assert not Person.objects.exists()


def test_the_hospital_sees_no_row_of_the_registry_after_filing(desk: Desk) -> None:
    card = desk.send()
    desk.receive(card)
    desk.file(card)
    with desk.acting_as("hospital"):
        assert Card.objects.count() == 1
        assert not Person.objects.exists()
        assert not Consent.objects.exists()
        assert not LifeEvent.objects.exists()


def test_the_same_operation_sends_one_card(desk: Desk) -> None:
    op_id = uuid7()
    assert desk.send(op_id=op_id).pk == desk.send(op_id=op_id).pk
    assert Card.objects.count() == 1
    assert CardEvent.objects.count() == 1


def test_a_second_card_about_the_same_person_is_refused_unless_it_is_somebody_else(desk: Desk) -> None:
    first = desk.send(serial=5)
    with pytest.raises(Invalid) as wrong:
        desk.send(serial=5)
    assert wrong.value.problems[0].code == "own_card"
    assert first.card_no in wrong.value.problems[0].message
    assert desk.send(serial=5, different_because="双胞胎").pk != first.pk


def test_whether_somebody_has_a_file_is_not_told_to_the_hospital(desk: Desk) -> None:
    """A number with a file anywhere is taken like any other: only the hospital's own cards are compared."""
    record = person_record("安宁", SOUTH_1, filed_on=date(2026, 1, 5), serial=40)
    desk.act("other_township", register_person, person=NewPerson(uuid7(), record))
    card = desk.send(serial=40)
    assert card.state == "sent"
    desk.receive(card)
    with pytest.raises(Invalid) as wrong:
        desk.file(card)
    assert [one.code for one in wrong.value.problems] == ["id_elsewhere"]
    assert Card.objects.get().state == "received"
    assert Person.objects.count() == 1


def test_bad_input_saves_nothing(desk: Desk) -> None:
    with pytest.raises(Invalid):
        desk.send(diagnosed_on="2027-01-01")
    assert not Card.objects.exists()
    assert not CardVersion.objects.exists()
    assert not Deadline.objects.exists()


def test_a_returned_card_is_corrected_as_a_new_version_and_the_former_stays(desk: Desk) -> None:
    card = desk.send()
    desk.receive(card)
    desk.act("township", actions.return_card, card_id=card.pk, op_id=uuid7(), reason="5", note="户籍地址不全")
    assert desk.open_clocks(card) == set()
    again = desk.send(card_id=card.pk, village=NORTH_2, live_detail="5组1号")
    assert (again.pk, again.version, again.state, again.managing_code) == (card.pk, 2, "sent", NORTH_2)
    with desk.acting_as("township"):
        page = queries.received_card(actor=desk.county.actors["township"], card_id=card.pk)
        assert [one.number for one in page.versions] == [2, 1]
        assert "3组12号" in page.versions[1].content
        assert "5组1号" in page.versions[0].content
        assert [one.kind for one in page.events] == ["sent", "received", "returned", "sent"]
    assert desk.open_clocks(card) == {"D5"}


def test_a_return_wants_a_reason(desk: Desk) -> None:
    card = desk.send()
    for reason, note, field in (("", "", "reason"), ("5", "", "note"), ("9", "", "note")):
        with pytest.raises(Invalid) as wrong:
            desk.act(
                "township", actions.return_card, card_id=card.pk, op_id=uuid7(), reason=reason, note=note
            )
        assert wrong.value.problems[0].field == field
    assert Card.objects.get().state == "sent"


def test_a_card_nobody_received_can_be_taken_back_and_is_gone_from_the_township(desk: Desk) -> None:
    card = desk.send()
    desk.act("hospital", actions.withdraw_card, card_id=card.pk, op_id=uuid7())
    with desk.acting_as("township"):
        assert not Card.objects.exists()
        assert not CardVersion.objects.exists()
    assert set(Deadline.objects.filter(code="D5").values_list("outcome", flat=True)) == {"cancelled"}
    again = desk.send(card_id=card.pk)
    desk.receive(again)
    with pytest.raises(Conflict):
        desk.act("hospital", actions.withdraw_card, card_id=card.pk, op_id=uuid7())


def test_a_card_passed_to_another_township_leaves_the_first(desk: Desk) -> None:
    card = desk.send()
    desk.act(
        "township", actions.pass_card, card_id=card.pk, op_id=uuid7(), to_code=SOUTH, note="已迁居南桥镇"
    )
    with desk.acting_as("township"):
        assert not Card.objects.exists()
        assert not CardVersion.objects.exists()
        passed = queries.passed_by(actor=desk.county.actors["township"], since=date(2026, 1, 1))
        assert [(one.card_no, one.to_code) for one in passed] == [(card.card_no, SOUTH)]
    desk.receive(card, "other_township")
    assert Deadline.objects.filter(code="D5").count() == 2
    assert SharedFacts.objects.filter(kind="pass", receiver_code=SOUTH).exists()
    with desk.acting_as("hospital"):
        assert Card.objects.get().managing_code == SOUTH


def test_a_card_crosses_counties_through_the_office(desk: Desk) -> None:
    card = desk.send()
    with pytest.raises(Invalid):
        desk.act("township", actions.pass_card, card_id=card.pk, op_id=uuid7(), to_code=NEXT_COUNTY)
    desk.act("township", actions.pass_card, card_id=card.pk, op_id=uuid7(), to_code=COUNTY)
    desk.act("county", actions.pass_card, card_id=card.pk, op_id=uuid7(), to_code=NEXT_COUNTY)
    with desk.acting_as("county"):
        assert not Card.objects.exists()
    desk.receive(card, "other_county")
    assert desk.open_clocks(card) == {"D6"}
    place = {"live_place": EAST_1}
    person = desk.file(card, "other_county", live_code=place["live_place"])
    assert person.managing_code == EAST_1


def test_neighbours_and_strangers_find_nothing(desk: Desk) -> None:
    card = desk.send()
    for who in ("other_township", "other_county"):
        with pytest.raises(NotFound):
            desk.receive(card, who)
    for who in ("village", "police", "city", "hospital"):
        with pytest.raises(NotAllowed):
            desk.receive(card, who)
    with desk.acting_as("police"):
        assert not Card.objects.exists()


def test_an_unknown_address_goes_to_the_police_and_back(desk: Desk) -> None:
    card = desk.send(
        village=NORTH,
        address_unknown="1",
        live_detail=None,
        hukou_same=None,
        hukou_code=NORTH_1,
        hukou_detail="1组",
    )
    assert card.managing_code == NORTH
    desk.receive(card)
    assert desk.open_clocks(card) == {"D6", "D7"}
    station = desk.county.institutions["police"]
    search: AddressSearch = desk.act(
        "township", actions.ask_station, card_id=card.pk, op_id=uuid7(), station_id=station.pk
    )
    assert desk.open_clocks(card) == {"D6"}
    receipt = SharedFacts.objects.get(kind="search")
    assert receipt.fields == ["name", "sex", "id_number", "last_address"]
    assert receipt.receiver_id == station.pk
    with desk.acting_as("police"):
        assert AddressSearch.objects.count() == 1
        assert not Card.objects.exists()
        assert not CardEvent.objects.exists()
        assert not SharedFacts.objects.exists()
    desk.act(
        "police", actions.answer_search, search_id=search.pk, outcome="found", place=NORTH_2, detail="2组5号"
    )
    with pytest.raises(Conflict):
        desk.act("police", actions.answer_search, search_id=search.pk, outcome="not_found")
    located = desk.act(
        "township", actions.locate_person, card_id=card.pk, op_id=uuid7(), place=NORTH_2, detail="2组5号"
    )
    assert (located.state, located.managing_code) == ("received", NORTH_2)
    assert desk.file(card).managing_code == NORTH_2


def test_what_the_police_cannot_find_is_the_countys_business(desk: Desk) -> None:
    card = desk.send(
        village=NORTH,
        address_unknown="1",
        live_detail=None,
        hukou_same=None,
        hukou_code=NORTH_1,
        hukou_detail="1组",
    )
    desk.receive(card)
    station = desk.county.institutions["police"]
    search = desk.act("township", actions.ask_station, card_id=card.pk, op_id=uuid7(), station_id=station.pk)
    with desk.acting_as("county"):
        asked = {"actor": desk.county.actors["county"], "today": FRIDAY.today(), "part": "unresolved"}
        assert not queries.received_cards(**asked).rows
    desk.act("police", actions.answer_search, search_id=search.pk, outcome="not_found")
    with desk.acting_as("county"):
        found = queries.received_cards(**asked)
        assert [one.card.pk for one in found.rows] == [card.pk]
        assert found.counts["unresolved"] == 1


def test_a_card_about_somebody_with_a_file_supplements_the_file(desk: Desk) -> None:
    first = desk.send(serial=9)
    desk.receive(first)
    person = desk.file(first)
    second = desk.send(serial=9, different_because="复诊另报", marital="4", icd10="F25.9")
    desk.receive(second)
    with desk.acting_as("township"):
        assert [one.pk for one in queries.known_here(Card.objects.get(pk=second.pk))] == [person.pk]
    joined: Person = desk.act(
        "township", actions.join_card, card_id=second.pk, op_id=uuid7(), person_id=person.pk, row_version=person.row_version,
        keys=["marital"],
    )  # fmt: skip
    assert joined.pk == person.pk
    assert Person.objects.get().marital == "4"
    assert Diagnosis.objects.filter(person=person).count() == 1
    numbers = {one.number for one in OtherNumber.objects.filter(person=person, kind="card")}
    assert numbers == {first.card_no, second.card_no}


def test_a_discharge_form_opens_the_visit_within_14_days(desk: Desk) -> None:
    from xinqiao.followup.models import Obligation

    report = desk.send()
    form = desk.send(form="F04", report_id=report.pk)
    assert (form.name, form.managing_code, form.report_id) == (report.name, NORTH_1, report.pk)
    desk.receive(form)
    with pytest.raises(Conflict):
        desk.act("township", actions.take_over_discharge, card_id=form.pk, op_id=uuid7())
    desk.receive(report)
    person = desk.file(report)
    desk.act("township", actions.take_over_discharge, card_id=form.pk, op_id=uuid7())
    assert LifeEvent.objects.get(person=person, kind="discharged").happened_on == date(2026, 11, 13)
    assert date(2026, 11, 27) in set(
        Obligation.objects.filter(person=person).values_list("due_on", flat=True)
    )
    assert Card.objects.get(pk=form.pk).person_id == person.pk


def test_a_discharge_form_wants_its_report_card_first(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.send(form="F04", report_id=uuid7())
    report = desk.send()
    desk.send(form="F04", report_id=report.pk)
    with pytest.raises(Invalid) as wrong:
        desk.send(form="F04", report_id=report.pk)
    assert wrong.value.problems[0].field == "discharged_on"


def test_a_report_by_law_never_stores_an_agreement(desk: Desk) -> None:
    card = desk.send(
        report_type="1",
        past_danger=["2"],
        past_risk="3",
        consent="1",
        notified_on="2026-11-16",
        notifier="沈文",
    )
    assert '"consent"' not in card.content
    assert SharedFacts.objects.get().basis == "MHL/report-by-law"
    desk.receive(card)
    person = desk.file(card)
    kept = Consent.objects.get(person=person)
    assert (kept.basis, kept.decision, kept.notifier, kept.happened_on) == (
        "statutory",
        "",
        "沈文",
        date(2026, 11, 16),
    )


def test_a_draft_is_the_hospitals_own_and_its_clock_runs_from_the_diagnosis(desk: Desk) -> None:
    key = uuid7()
    typed = {"name": "安心", "diagnosed_on": "2026-11-10", "icd10": "半个"}
    desk.act("hospital", actions.save_draft, new=NewDraft(key, "F03", typed))
    clock = Deadline.objects.get(code="D1", subject=key)
    assert (clock.outcome, clock.started_on, clock.due_on) == ("open", date(2026, 11, 10), date(2026, 11, 24))
    for who in ("county", "township"):
        with desk.acting_as(who):
            assert not CardDraft.objects.exists()
    card = desk.send(draft_id=key)
    assert card.pk == key
    assert CardDraft.objects.get().body == ""
    clock.refresh_from_db()
    assert (clock.outcome, clock.ended_on) == ("done", FRIDAY.today())
    with pytest.raises(Conflict):
        desk.act("hospital", actions.save_draft, new=NewDraft(key, "F03", typed))


def test_a_draft_thrown_away_stops_its_clock(desk: Desk) -> None:
    key = uuid7()
    desk.act("hospital", actions.save_draft, new=NewDraft(key, "F03", {"diagnosed_on": "2026-11-10"}))
    desk.act("hospital", actions.discard_draft, draft_id=key)
    assert Deadline.objects.get(subject=key).outcome == "cancelled"
    assert CardDraft.objects.get().body == ""


def test_a_paper_card_is_entered_by_the_county_and_waits_at_the_township(desk: Desk) -> None:
    record = card_record("安宁", SOUTH_1, serial=30, dx_hospital="邻省某医院", diagnosed_on="2026-11-03", filled_on="2026-11-04",
                         signed_on="2026-11-03")  # fmt: skip
    new = actions.PaperCard(uuid7(), record, "邻省某医院", date(2026, 11, 12))
    card: Card = desk.act("county", actions.enter_paper_card, new=new)
    assert (card.entry, card.state, card.managing_code, card.hospital_id) == ("paper", "sent", SOUTH_1, None)
    clocks = {one.code: one.outcome for one in Deadline.objects.filter(subject=card.pk)}
    assert clocks == {"D2": "done", "D3": "late", "D5": "open"} or clocks["D3"] in ("done", "late")
    desk.receive(card, "other_township")
    with pytest.raises(NotAllowed):
        desk.act("township", actions.enter_paper_card, new=new)


def test_clocks_recomputed_from_events_equal_what_was_stored(desk: Desk) -> None:
    from xinqiao.clocks.actions.settle import changes
    from xinqiao.reporting.clocking import spans

    card = desk.send()
    desk.receive(card)
    desk.act("township", actions.pass_card, card_id=card.pk, op_id=uuid7(), to_code=SOUTH)
    desk.receive(card, "other_township")
    desk.act("other_township", actions.find_address_fault, card_id=card.pk, op_id=uuid7(), note="查无此门牌")
    stored = Deadline.objects.filter(kind="card")
    assert changes("card", spans(None), stored) == []
    assert {(one.code, one.period): one.outcome for one in stored} == {
        ("D1", ""): "done", ("D5", "1"): "done", ("D5", "2"): "done", ("D6", "1"): "cancelled", ("D6", "2"): "open",
        ("D7", str(_number_of(card.pk, "fault"))): "open",
    }  # fmt: skip


def _number_of(card_id: UUID, kind: str) -> int:
    return CardEvent.objects.get(card_id=card_id, kind=kind).step - 1


def test_state_follows_from_the_events(desk: Desk) -> None:
    from xinqiao.reporting.actions.common import steps_of
    from xinqiao.reporting.rules import state_of

    cards = [desk.send(serial=n) for n in (11, 12, 13)]
    desk.receive(cards[1])
    desk.receive(cards[2])
    desk.file(cards[2])
    for card in Card.objects.all():
        events = list(CardEvent.objects.filter(card=card).order_by("step"))
        assert state_of(steps_of(events)) == (card.state, card.state_on)
