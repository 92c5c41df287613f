"""From the hospital to the file: sent, received, filed, seen by the hospital; and all that can come between."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.county import (
    COUNTY,
    EAST_1,
    NEXT_COUNTY,
    NORTH_1,
    NORTH_2,
    SOUTH,
    SOUTH_1,
    County,
)
from tests.factories.records import person_record
from xinqiao.clocks.models import Clock as Deadline
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_person
from xinqiao.registry.models import Consent, Diagnosis, LifeEvent, OtherNumber, Person
from xinqiao.reporting import actions, queries
from xinqiao.reporting.models import Card, CardEvent, CardVersion, SharedFacts

from .desk import Acting, Desk


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


def test_a_card_taken_back_is_still_owed_until_it_is_sent_again_or_was_a_mistake(desk: Desk) -> None:
    card = desk.send()
    assert Deadline.objects.get(code="D1", subject=card.pk).outcome == "done"
    desk.act("hospital", actions.withdraw_card, card_id=card.pk, op_id=uuid7())
    assert desk.open_clocks(card) == {"D1"}
    desk.send(card_id=card.pk)
    assert Deadline.objects.get(code="D1", subject=card.pk).outcome == "done"
    desk.act("hospital", actions.withdraw_card, card_id=card.pk, op_id=uuid7(), mistaken=True)
    assert desk.open_clocks(card) == set()
    assert Deadline.objects.get(code="D1", subject=card.pk).outcome == "cancelled"


def test_a_card_that_came_back_was_reported_all_the_same(desk: Desk) -> None:
    card = desk.receive(desk.send())
    desk.act("township", actions.return_card, card_id=card.pk, op_id=uuid7(), reason="2")
    assert Deadline.objects.get(code="D1", subject=card.pk).outcome == "done"
    desk.send(card_id=card.pk)
    desk.act("hospital", actions.withdraw_card, card_id=card.pk, op_id=uuid7())
    assert Deadline.objects.get(code="D1", subject=card.pk).outcome == "done"


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
