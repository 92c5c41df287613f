"""Addresses searched for, files supplemented, discharges taken over, drafts, papers, and the clocks of all."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from tests.factories.county import (
    COUNTY,
    NORTH,
    NORTH_1,
    NORTH_2,
    SOUTH,
    SOUTH_1,
    County,
)
from xinqiao.clocks.models import Clock as Deadline
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewLifeEvent, record_life_events
from xinqiao.registry.models import Consent, Diagnosis, Guardian, LifeEvent, OtherNumber, Person
from xinqiao.registry.rules import state_on
from xinqiao.reporting import actions, queries
from xinqiao.reporting.actions import NewDraft
from xinqiao.reporting.models import AddressSearch, Card, CardDraft, CardEvent, SharedFacts

from .cards import card_record
from .desk import FRIDAY, Acting, Desk


@pytest.fixture
def desk(county: County, acting_as: Acting) -> Desk:
    return Desk(county, acting_as)


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


def _lost(desk: Desk, **changes: Any) -> Card:
    card = desk.send(
        village=NORTH, address_unknown="1", live_detail=None, hukou_same=None, hukou_code=NORTH_1, hukou_detail="1组", **changes
    )  # fmt: skip
    return desk.receive(card)


def _ask(desk: Desk, card: Card) -> AddressSearch:
    station = desk.county.institutions["police"]
    asked: AddressSearch = desk.act(
        "township", actions.ask_station, card_id=card.pk, op_id=uuid7(), station_id=station.pk
    )
    return asked


def test_a_find_that_turned_out_wrong_does_not_keep_the_card_from_the_county(desk: Desk) -> None:
    card = _lost(desk)
    first = _ask(desk, card)
    desk.act(
        "police", actions.answer_search, search_id=first.pk, outcome="found", place=NORTH_2, detail="2组"
    )
    second = _ask(desk, card)
    desk.act("police", actions.answer_search, search_id=second.pk, outcome="not_found")
    with desk.acting_as("county"):
        found = queries.received_cards(
            actor=desk.county.actors["county"], today=FRIDAY.today(), part="unresolved"
        )
        assert [one.card.pk for one in found.rows] == [card.pk]
        assert found.counts["unresolved"] == 1
        page = queries.received_card(actor=desk.county.actors["county"], card_id=card.pk)
        assert page.unresolved


@pytest.mark.parametrize("step", ["locate", "return", "pass"])
def test_a_request_that_nobody_needs_any_more_leaves_the_stations_queue(desk: Desk, step: str) -> None:
    card = _lost(desk)
    search = _ask(desk, card)
    if step == "locate":
        desk.act(
            "township", actions.locate_person, card_id=card.pk, op_id=uuid7(), place=NORTH_2, detail="2组"
        )
    elif step == "return":
        desk.act("township", actions.return_card, card_id=card.pk, op_id=uuid7(), reason="2")
    else:
        desk.act("township", actions.pass_card, card_id=card.pk, op_id=uuid7(), to_code=COUNTY)
    with desk.acting_as("police"):
        police = desk.county.actors["police"]
        assert queries.searches_for(actor=police) == ([], 0, 0)
        assert queries.searches_for(actor=police, answered=True) == ([], 0, 0)
        with pytest.raises(Conflict):
            queries.search_for(actor=police, search_id=search.pk)
    with pytest.raises(Conflict):
        desk.act("police", actions.answer_search, search_id=search.pk, outcome="not_found")
    with pytest.raises(Invalid):
        desk.act(
            "police",
            actions.answer_search,
            search_id=_ask(desk, _lost(desk, serial=77)).pk,
            outcome="needless",
        )


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


def _join(desk: Desk, card: Card, person: Person, keys: list[str]) -> Person:
    person.refresh_from_db()
    desk.act(
        "township", actions.join_card, card_id=card.pk, op_id=uuid7(), person_id=person.pk, row_version=person.row_version, keys=keys
    )  # fmt: skip
    person.refresh_from_db()
    return person


def test_what_is_one_answer_in_several_boxes_is_taken_whole(desk: Desk) -> None:
    """A diagnosis comes with its day and hospital, a guardian's telephone with the guardian."""
    person = desk.file(desk.receive(desk.send(serial=9)))
    second = desk.receive(
        desk.send(serial=9, different_because="复诊另报", icd10="F25.9", diagnosed_on="2026-11-17", contact_phone="13700000007")
    )  # fmt: skip
    _join(desk, second, person, ["icd10", "guardian_phone"])
    newest = Diagnosis.objects.filter(person=person).order_by("-happened_on")[0]
    assert (newest.icd10, newest.happened_on, newest.hospital) == (
        "F25.9",
        date(2026, 11, 17),
        "双桥县安康医院",
    )
    now = Guardian.objects.get(person=person, valid_to=None)
    assert (now.name, now.phone) == ("李守望", "13700000007")


def test_a_card_never_lowers_how_often_somebody_was_dangerous(desk: Desk) -> None:
    first = desk.receive(desk.send(serial=9, past_danger=["1"], past_risk="2"))
    person = desk.file(first, past_danger={"1": 4})
    second = desk.receive(
        desk.send(serial=9, different_because="复诊另报", past_danger=["1", "2"], past_risk="3")
    )
    assert _join(desk, second, person, ["past_danger"]).past_danger == {"1": 4, "2": 1}


def test_a_report_by_law_about_somebody_with_a_file_leaves_basis_notice_and_notifier(desk: Desk) -> None:
    person = desk.file(desk.receive(desk.send(serial=9, consent="0")))
    by_law = desk.send(
        serial=9, different_because="另报", report_type="1", past_danger=["2"], past_risk="3", notified_on="2026-11-18",
        notifier="沈文",
    )  # fmt: skip
    _join(desk, desk.receive(by_law), person, [])
    kept = Consent.objects.get(person=person, basis="statutory")
    assert (kept.decision, kept.notifier, kept.happened_on) == ("", "沈文", date(2026, 11, 18))
    assert Consent.objects.get(person=person, basis="consent").decision == "0"


def test_a_card_is_not_put_to_a_file_that_has_ended(desk: Desk) -> None:
    person = desk.file(desk.receive(desk.send(serial=9)))
    second = desk.receive(desk.send(serial=9, different_because="另报"))
    died = [NewLifeEvent(person.pk, "died", date(2026, 11, 20), reason="1")]
    desk.act("township", record_life_events, events=died)
    with pytest.raises(Conflict) as wrong:
        _join(desk, second, person, [])
    assert "死亡" in wrong.value.message
    assert Card.objects.get(pk=second.pk).state == "received"
    desk.act("township", actions.return_card, card_id=second.pk, op_id=uuid7(), reason="3")


def test_a_card_about_somebody_who_had_left_brings_the_file_back(desk: Desk) -> None:
    person = desk.file(desk.receive(desk.send(serial=9)))
    second = desk.receive(desk.send(serial=9, different_because="另报"))
    left = [NewLifeEvent(person.pk, "moved_out", date(2026, 11, 20))]
    desk.act("township", record_life_events, events=left)
    _join(desk, second, person, [])
    events = LifeEvent.objects.filter(person=person)
    assert state_on(events, FRIDAY.today()).state == "registered"


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


def test_the_stay_itself_goes_into_the_file_once(desk: Desk) -> None:
    """The file of that time says "in hospital" from the admission to the discharge."""
    long_ago = {"diagnosed_on": "2026-09-10", "filled_on": "2026-09-11", "signed_on": "2026-09-10"}
    report = desk.receive(desk.send(**long_ago))
    person = desk.file(report, filed_on="2026-09-20")
    for out in ({}, {"discharged_on": "2026-11-19", "admitted_on": "2026-11-16", "filled_on": "2026-11-20"}):
        form = desk.receive(desk.send(form="F04", report_id=report.pk, **out))
        if out:
            known = [NewLifeEvent(person.pk, "admitted", date(2026, 11, 17))]
            desk.act("township", record_life_events, events=known)
        desk.act("township", actions.take_over_discharge, card_id=form.pk, op_id=uuid7())
    events = LifeEvent.objects.filter(person=person)
    stays = [
        (one.kind, one.happened_on.isoformat())
        for one in events.order_by("happened_on")
        if one.kind != "filed"
    ]
    assert stays == [
        ("admitted", "2026-10-12"), ("discharged", "2026-11-13"), ("admitted", "2026-11-17"), ("discharged", "2026-11-19"),
    ]  # fmt: skip
    inside = {day: state_on(events, date(2026, 11, day)).in_hospital for day in (1, 14, 18, 20)}
    assert inside == {1: True, 14: False, 18: True, 20: False}


def test_what_the_form_knows_better_goes_into_the_file_and_lowers_nothing(desk: Desk) -> None:
    report = desk.receive(desk.send(past_danger=["1"], past_risk="2"))
    person = desk.file(report, past_danger={"1": 3}, last_effect="3")
    form = desk.send(
        form="F04", report_id=report.pk, past_danger=["1", "5"], past_risk="4", times_admitted="2", effect="2"
    )
    desk.act("township", actions.take_over_discharge, card_id=desk.receive(form).pk, op_id=uuid7())
    person.refresh_from_db()
    assert (person.past_danger, person.admissions, person.last_effect) == ({"1": 3, "5": 1}, 2, "2")
    late = desk.send(
        form="F04", report_id=report.pk, admitted_on="2026-09-01", discharged_on="2026-09-20", diagnosed_on="2026-09-10",
        times_admitted="1", effect="4",
    )  # fmt: skip
    desk.act("township", actions.take_over_discharge, card_id=desk.receive(late).pk, op_id=uuid7())
    person.refresh_from_db()
    assert (person.past_danger, person.admissions, person.last_effect) == ({"1": 3, "5": 1}, 2, "2")


def test_a_discharge_after_the_death_is_refused_and_the_form_can_go_back(desk: Desk) -> None:
    report = desk.receive(desk.send())
    person = desk.file(report)
    form = desk.receive(desk.send(form="F04", report_id=report.pk))
    late = desk.receive(
        desk.send(form="F04", report_id=report.pk, admitted_on="2026-11-16", discharged_on="2026-11-19", filled_on="2026-11-20")
    )  # fmt: skip
    died = [NewLifeEvent(person.pk, "died", date(2026, 11, 15), reason="1")]
    desk.act("township", record_life_events, events=died)
    desk.act("township", actions.take_over_discharge, card_id=form.pk, op_id=uuid7())
    with pytest.raises(Invalid) as wrong:
        desk.act("township", actions.take_over_discharge, card_id=late.pk, op_id=uuid7())
    assert "死亡" in wrong.value.problems[0].message
    desk.act("township", actions.return_card, card_id=late.pk, op_id=uuid7(), reason="3")


def test_discharge_forms_go_where_their_report_card_goes(desk: Desk) -> None:
    report = desk.send()
    form = desk.receive(desk.send(form="F04", report_id=report.pk))
    desk.act("township", actions.pass_card, card_id=report.pk, op_id=uuid7(), to_code=SOUTH)
    with desk.acting_as("township"):
        assert not Card.objects.exists()
    assert {one.managing_code for one in Card.objects.all()} == {SOUTH}
    desk.act("other_township", actions.return_card, card_id=report.pk, op_id=uuid7(), reason="2")
    desk.send(card_id=report.pk, village=NORTH_2)
    form.refresh_from_db()
    assert (form.state, form.managing_code) == ("sent", NORTH_2)
    desk.receive(form)
    desk.file(desk.receive(report))
    desk.act("township", actions.take_over_discharge, card_id=form.pk, op_id=uuid7())


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


def test_a_paper_card_goes_back_through_the_county(desk: Desk) -> None:
    """Nobody of that name lives there: the county writes to whoever sent the paper."""
    record = card_record("安宁", SOUTH_1, serial=30, dx_hospital="邻省某医院")
    new = actions.PaperCard(uuid7(), record, "邻省某医院", date(2026, 11, 18))
    card: Card = desk.act("county", actions.enter_paper_card, new=new)
    desk.receive(card, "other_township")
    with pytest.raises(Invalid) as wrong:
        desk.act("other_township", actions.return_card, card_id=card.pk, op_id=uuid7(), reason="1")
    assert "转交县精防办" in wrong.value.problems[0].message
    desk.act("other_township", actions.pass_card, card_id=card.pk, op_id=uuid7(), to_code=COUNTY)
    desk.act("county", actions.return_card, card_id=card.pk, op_id=uuid7(), reason="1")
    assert Card.objects.get().state == "returned"
    assert desk.open_clocks(card) == set()


def test_clocks_recomputed_from_events_equal_what_was_stored(desk: Desk) -> None:
    from xinqiao.clocks.actions.settle import changes
    from xinqiao.reporting.clocks import spans

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


def _number_of(card_id: UUID, kind: str) -> int:
    return CardEvent.objects.get(card_id=card_id, kind=kind).step - 1
