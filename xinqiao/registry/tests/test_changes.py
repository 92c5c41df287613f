"""Bringing a file up to date, steps typed on a page, and answers to the offer of service."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import County
from xinqiao.audit.models import Event
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import Answer, NewPerson, record_consent, register_people, update_person
from xinqiao.registry.models import Consent, Guardian, Identifier, LifeEvent, Person, PersonRevision

from .records import whole_record
from .test_views import words

Enter = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]


def changed(**changes: object) -> dict[str, object]:
    """The form of a known file: numbers left empty, as they are masked."""
    record = whole_record(id_number="990101198507081231")
    for key in ("id_number", "phone", "guardian_phone", "live_detail"):
        record.pop(key)
    return record | changes


def test_what_differs_is_added_and_what_was_stays_readable(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor, op = county.actors["township"], uuid7()
    with acting_as("township"):
        for _ in range(2):
            update_person(
                actor=actor, clock=clock, person_id=north, op_id=op, row_version=1,
                record=changed(name="沈新名", phone="13900000001", guardian_relation="7"),
            )  # fmt: skip
        person = Person.objects.get(pk=north)
        assert (person.name, person.phone, person.row_version) == ("沈新名", "13900000001", 2)
        former = PersonRevision.objects.get()
        assert former.keys == ["guardian_relation", "name", "phone"]
        assert "沈样例" in former.former
        assert Guardian.objects.get(valid_to=None).phone == "13800000002"
        assert Identifier.objects.get().number == "990101198507081231"
    assert Event.objects.filter(action="register_person", object_id=north).count() == 2


def test_two_who_change_at_once_are_told(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        update_person(
            actor=actor,
            clock=clock,
            person_id=north,
            op_id=uuid7(),
            row_version=1,
            record=changed(economy="1"),
        )
        with pytest.raises(Conflict):
            update_person(
                actor=actor,
                clock=clock,
                person_id=north,
                op_id=uuid7(),
                row_version=1,
                record=changed(economy="2"),
            )


def test_a_number_put_right_voids_the_wrong_one(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        update_person(
            actor=actor,
            clock=clock,
            person_id=north,
            op_id=uuid7(),
            row_version=1,
            record=changed(id_number="990101198507081258"),
        )
        assert Identifier.objects.get(voided_at=None).number == "990101198507081258"
        assert Identifier.objects.exclude(voided_at=None).get().number == "990101198507081231"


def test_the_number_of_somebody_else_is_refused(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID
) -> None:
    with acting_as("township"), pytest.raises(Invalid) as caught:
        update_person(
            actor=county.actors["township"], clock=clock, person_id=north, op_id=uuid7(), row_version=1,
            record=changed(id_number="990101198507081258"),
        )  # fmt: skip
    assert [one.code for one in caught.value.problems] == ["id_other"]


@pytest.mark.parametrize(
    ("key", "error"), [("village", NotAllowed), ("other_township", NotFound), ("city", NotAllowed)]
)
def test_who_may_not_is_refused(
    key: str, error: type[Exception], county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor, answer = county.actors[key], Answer("1", "1", date(2026, 1, 1))
    with acting_as(key):
        with pytest.raises(error):
            update_person(
                actor=actor, clock=clock, person_id=north, op_id=uuid7(), row_version=1, record=changed()
            )
        with pytest.raises(error):
            record_consent(actor=actor, clock=clock, person_id=north, answer=answer)


def test_a_new_answer_stands_beside_the_old_one(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor, answer = county.actors["township"], Answer("0", "1", date(2026, 1, 1))
    with acting_as("township"):
        for _ in range(2):
            record_consent(actor=actor, clock=clock, person_id=north, answer=answer)
        assert list(Consent.objects.order_by("happened_on").values_list("decision", flat=True)) == ["1", "0"]
        with pytest.raises(Invalid):
            record_consent(
                actor=actor, clock=clock, person_id=north, answer=Answer("1", "2", date(2026, 1, 2))
            )
    assert Event.objects.filter(action="record_consent").count() == 1


def test_a_different_person_brought_again_is_the_same_different_person(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    record = whole_record(id_number="990101198507081231", name="沈另一")
    with acting_as("county"):
        for _ in range(2):
            twin = NewPerson(op_id=uuid7(), record=record, different_because="双胞胎借用证件")
            register_people(actor=county.actors["county"], clock=clock, batch=[twin], source="import")
        assert Person.objects.count() == 2


def test_the_edit_page_shows_what_is_and_no_whole_number(signed_in: SignedIn, north: UUID) -> None:
    client, address = signed_in("township"), reverse("registry:edit", args=[north])
    page = client.get(address).content.decode()
    assert 'value="沈样例"' in page
    assert 'name="past_danger" value="1" checked' in page
    assert not any(whole in page for whole in ("990101198507081231", "13800000001", "13800000002", "3组8号"))
    assert (
        client.post(address, changed(row_version="1", op_id=str(uuid7()), icd10="看不懂")).status_code == 422
    )
    sent = changed(row_version="1", op_id=str(uuid7()), phone="13900000001", past_danger="7")
    answer = client.post(address, sent, follow=True)
    assert "已更新：本人电话、既往危险行为" in words(answer)
    assert client.post(address, sent).status_code == 302
    assert client.post(address, changed(row_version="1", op_id=str(uuid7()), economy="1")).status_code == 409


def test_a_step_is_typed_with_its_reason(signed_in: SignedIn, north: UUID) -> None:
    client, address = signed_in("township"), reverse("registry:event", args=[north])
    assert client.get(address).status_code == 200
    assert "失访原因没有选择" in words(client.post(address, {"kind": "lost", "happened_on": "2026-11-01"}))
    sent = {"kind": "lost", "happened_on": "2026-11-01", "lost_reason": "3", "note": "走失"}
    for _ in range(2):
        assert client.post(address, sent).status_code == 302
    event = LifeEvent.objects.get(kind="lost")
    assert (event.reason, event.note) == ("3", "走失")
    assert client.post(address, {"kind": "excluded", "happened_on": "2026-11-01"}).status_code == 422
    assert "失访" in words(client.get(reverse("registry:person", args=[north])))


def test_consent_is_recorded_on_a_page(signed_in: SignedIn, north: UUID) -> None:
    client, address = signed_in("township"), reverse("registry:consent", args=[north])
    assert client.get(address).status_code == 200
    assert client.post(address, {"consent": "0"}).status_code == 422
    answer = client.post(address, {"consent": "0", "signer": "1", "signed_on": "2026-11-01"}, follow=True)
    assert "不同意参加管理" in words(answer)


@pytest.mark.parametrize("name", ["edit", "event", "consent"])
def test_strangers_and_village_doctors_are_kept_out(name: str, signed_in: SignedIn, north: UUID) -> None:
    address = reverse(f"registry:{name}", args=[north])
    assert signed_in("other_township").get(address).status_code == 404
    assert signed_in("village").get(address).status_code == 403
