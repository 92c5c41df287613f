"""A file is made of a received card, or the file that is there is supplemented; a discharge is taken over into the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, NotFound
from xinqiao.registry.actions import (
    Answer,
    NewLifeEvent,
    NewPerson,
    record_consent,
    record_life_events,
    register_person,
    update_person,
)
from xinqiao.registry.choices import AddressKind, LifeEventKind
from xinqiao.registry.models import Address, Diagnosis, Person
from xinqiao.registry.rules.values import read_date

from ..choices import EventKind, Form
from ..models import Card, CardEvent
from ..queries.filing import record_of
from .common import NewStep, by_place, check_step, lie_with, locked, take


@dataclass(frozen=True, slots=True)
class NewFile:
    """`record`: what was typed, under the registry's keys; everything else comes from the card. `different_because`, `partial`: as of
    the registry's NewPerson."""

    op_id: UUID
    card_id: UUID
    record: Mapping[str, Any]
    different_because: str = ""
    partial: bool = False


def file_card(*, actor: Actor, clock: Clock, new: NewFile) -> Person:
    """Make a file of a received card: one write through `register_person`, the card's number and answers with it.

    Raises what the registry raises: Invalid, AlreadyRegistered (then supplement that file), Conflict for a card that is elsewhere.
    """
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(new.card_id, Form.REPORT))
        if (there := _made_before(new.op_id)) is not None:
            return there
        check_step(card, EventKind.FILED)
        record = {"filed_on": clock.today().isoformat(), **record_of(card), **new.record}
        if record.get("no_guardian"):
            # Whom the card calls a contact is then no guardian.
            for key in ("guardian_name", "guardian_relation", "guardian_phone"):
                if key not in new.record or new.record[key] == record_of(card).get(key):
                    record.pop(key, None)
        given = NewPerson(new.op_id, record, different_because=new.different_because, partial=new.partial)
        done = register_person(actor=actor, clock=clock, person=given)
        person = Person.objects.get(pk=done.person_id)
        _into(card, person)
        take(card, NewStep(EventKind.FILED, new.op_id), actor=actor, clock=clock, action="file_card")
        lie_with(card)
    return person


def join_card(
    *,
    actor: Actor,
    clock: Clock,
    card_id: UUID,
    op_id: UUID,
    person_id: UUID,
    row_version: int,
    keys: Collection[str],
) -> Person:
    """Put a card to the file that is there: `keys` are the answers to take over from the card, everything else stays as the file says.

    NotFound for a person out of scope, Conflict when somebody changed the file meanwhile.
    """
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(card_id, Form.REPORT))
        if (there := _made_before(op_id)) is not None:
            return there
        check_step(card, EventKind.JOINED)
        person = Person.objects.filter(pk=person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        whole = record_of(card)
        record = _core(person) | {key: whole[key] for key in [*keys, "report_card_no"] if key in whole}
        if "consent" in keys:
            _answer(whole, actor=actor, clock=clock, person=person)
        update_person(
            actor=actor, clock=clock, person_id=person.pk, op_id=op_id, record=record, row_version=row_version
        )
        _into(card, person)
        take(
            card,
            NewStep(EventKind.JOINED, op_id),
            actor=actor,
            clock=clock,
            action="join_card",
            detail={"keys": sorted(keys)},
        )
        lie_with(card)
    return person


def take_over_discharge(*, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID) -> Person:
    """A received discharge form goes into the file: the discharge is recorded, and with it the visit within 14 days is due."""
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(card_id, Form.DISCHARGE))
        if (there := _made_before(op_id)) is not None:
            return there
        check_step(card, EventKind.TAKEN)
        report = Card.objects.filter(discharges=card).first()
        person = (
            Person.objects.filter(pk=report.person_id).first()
            if report is not None and report.person_id
            else None
        )
        if person is None or card.discharged_on is None:
            raise Conflict(
                _("这位患者的报告卡还没有建档：请先据报告卡建档，再归入出院信息。"), code="conflict.not_filed"
            )
        event = NewLifeEvent(
            person.pk,
            LifeEventKind.DISCHARGED,
            card.discharged_on,
            note=_("出院信息单 %(no)s") % {"no": card.card_no},
        )
        record_life_events(actor=actor, clock=clock, events=[event])
        _into(card, person)
        take(card, NewStep(EventKind.TAKEN, op_id), actor=actor, clock=clock, action="take_over_discharge")
        lie_with(card)
    return person


def _made_before(op_id: UUID) -> Person | None:
    step = CardEvent.objects.filter(op_id=op_id).select_related("card__person").first()
    return step.card.person if step is not None else None


def _core(person: Person) -> dict[str, Any]:
    """What every record must say, as the file says it."""
    live = Address.objects.filter(person=person, kind=AddressKind.LIVE, voided_at=None, valid_to=None).first()
    diagnosis = (
        Diagnosis.objects.filter(person=person, voided_at=None)
        .order_by("-happened_on", "-recorded_at")
        .first()
    )
    return {
        "name": person.name,
        "sex": person.sex,
        "birth_on": person.birth_on.isoformat(),
        "live_code": live.division_code if live else person.managing_code,
        "icd10": diagnosis.icd10 if diagnosis else "",
    }


def _into(card: Card, person: Person) -> None:
    """From now on the card belongs to the file and goes where the file goes."""
    card.person, card.managing_code = person, person.managing_code


def _answer(record: dict[str, Any], *, actor: Actor, clock: Clock, person: Person) -> None:
    """The answer on the card is an answer of its own: the update form does not take it."""
    signed_on = read_date(record.get("signed_on"))
    if signed_on is not None:
        given = Answer(
            record["consent"],
            record.get("signer", ""),
            signed_on,
            record.get("signer_name", ""),
            record.get("incapacity_note", ""),
        )
        record_consent(actor=actor, clock=clock, person_id=person.pk, answer=given)
