"""A file is made of a received card, or the file that is there is supplemented; a discharge is taken over into the file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
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
    Notice,
    record_consent,
    record_life_events,
    record_notice,
    register_person,
    update_person,
)
from xinqiao.registry.choices import AddressKind, LifeEventKind
from xinqiao.registry.choices.printed import NO_DANGER
from xinqiao.registry.models import Address, Diagnosis, LifeEvent, Person
from xinqiao.registry.rules import state_on
from xinqiao.registry.rules.cycle import DEAD, EXCLUDED, MOVED_OUT, STATES, fits, state_before
from xinqiao.registry.rules.values import read_date

from ..choices import EventKind, Form
from ..models import Card, CardEvent
from ..queries.filing import TOGETHER, danger_of_both, record_of
from ..rules import from_json
from .common import NewStep, by_place, check_step, end_searches, lie_with, locked, take


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
        end_searches(card, actor=actor, clock=clock)
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

    Somebody who had moved away is on the register again; of a report by law the basis, the notice and who gave it go into the
    file whatever is taken. NotFound for a person out of scope, Conflict when somebody changed the file meanwhile, or when it says
    that the person is dead or not ill (that takes a correction first).
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
        _still_runs(person, actor, clock)
        whole = record_of(card)
        record = _core(person) | _taken(whole, keys, person) | {"report_card_no": card.card_no}
        if "consent" in keys:
            _answer(whole, actor=actor, clock=clock, person=person)
        if card.report_type == "1":
            _notice(whole, actor=actor, clock=clock, person=person, card=card)
        update_person(
            actor=actor, clock=clock, person_id=person.pk, op_id=op_id, record=record, row_version=row_version
        )
        _into(card, person)
        end_searches(card, actor=actor, clock=clock)
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


def _still_runs(person: Person, actor: Actor, clock: Clock) -> None:
    """A card put to a file that has ended would lie there unseen."""
    events = list(LifeEvent.objects.filter(person=person, voided_at=None))
    state = state_on(events, clock.today()).state
    if state in (DEAD, EXCLUDED):
        raise Conflict(
            _(
                "这份档案的状态是“%(state)s”，归入后没有人随访：确有错误的，先在档案的“状态”页提出更正，核准后再归入；没有错的退回医院。"
            )
            % {"state": _(STATES[state])},
            code="conflict.file_ended",
        )
    if state == MOVED_OUT:
        event = NewLifeEvent(person.pk, LifeEventKind.MOVED_IN, clock.today())
        record_life_events(actor=actor, clock=clock, events=[event])


def _taken(whole: Mapping[str, Any], keys: Collection[str], person: Person) -> dict[str, Any]:
    """The answers of the card that were chosen; what is one answer in several boxes comes whole."""
    wanted = set(keys)
    for head, rest in TOGETHER.items():
        if head in wanted:
            wanted |= set(rest)
        elif head == "guardian_name" and wanted & set(rest):
            wanted.add(head)  # the same guardian, of whom something was added
    taken = {key: whole[key] for key in wanted if key in whole}
    if "past_danger" in taken:
        taken["past_danger"] = danger_of_both(person.past_danger, whole["past_danger"])
    return taken


def take_over_discharge(*, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID) -> Person:
    """A received discharge form goes into the file: admission and discharge are recorded, and with it the visit within 14 days is due.

    Conflict while the report card has no file; Invalid when the file says that the person was dead, excluded or away by then.
    """
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(card_id, Form.DISCHARGE))
        if (there := _made_before(op_id)) is not None:
            return there
        check_step(card, EventKind.TAKEN)
        report = Card.objects.filter(discharges=card).first()
        person = (
            Person.objects.select_for_update().filter(pk=report.person_id).first()
            if report is not None and report.person_id
            else None
        )
        if person is None or card.discharged_on is None:
            raise Conflict(
                _("这位患者的报告卡还没有建档：请先据报告卡建档，再归入出院信息。"), code="conflict.not_filed"
            )
        events = _stay(card, card.discharged_on, person)
        _told_by_form(card, person, op_id, actor=actor, clock=clock)
        record_life_events(actor=actor, clock=clock, events=events)
        _into(card, person)
        take(card, NewStep(EventKind.TAKEN, op_id), actor=actor, clock=clock, action="take_over_discharge")
        lie_with(card)
    return person


def _stay(card: Card, discharged_on: date, person: Person) -> list[NewLifeEvent]:
    """The discharge, and the admission before it unless the file knows of the stay already."""
    note = _("出院信息单 %(no)s") % {"no": card.card_no}
    events = list(LifeEvent.objects.filter(person=person, voided_at=None))
    stay = [NewLifeEvent(person.pk, LifeEventKind.DISCHARGED, discharged_on, note=note)]
    admitted_on: date = from_json(card.form, card.content)["admitted_on"]
    known = state_before(events, LifeEventKind.DISCHARGED, discharged_on).in_hospital
    if not known and fits(events, LifeEventKind.ADMITTED, admitted_on):
        stay.insert(0, NewLifeEvent(person.pk, LifeEventKind.ADMITTED, admitted_on, note=note))
    return stay


def _told_by_form(card: Card, person: Person, op_id: UUID, *, actor: Actor, clock: Clock) -> None:
    """What the form knows better than the file: dangerous acts and stays are only added; the effect is that of the newest stay."""
    content = from_json(card.form, card.content)
    danger = {code: 1 for code in content["past_danger"] if code != NO_DANGER}
    known: dict[str, Any] = {
        "past_danger": danger_of_both(person.past_danger, danger),
        "admissions": max(content["times_admitted"], person.admissions or 0),
    }
    newer = LifeEvent.objects.filter(
        person=person, kind=LifeEventKind.DISCHARGED, happened_on__gt=card.discharged_on, voided_at=None
    )
    if not newer.exists():
        known["last_effect"] = content["effect"]
    if any(getattr(person, key) != value for key, value in known.items()):
        update_person(
            actor=actor, clock=clock, person_id=person.pk, op_id=op_id, record=_core(person) | known, row_version=person.row_version,
        )  # fmt: skip


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
        "diagnosed_on": diagnosis.happened_on.isoformat() if diagnosis else "",
        "dx_hospital": diagnosis.hospital if diagnosis else "",
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


def _notice(record: dict[str, Any], *, actor: Actor, clock: Clock, person: Person, card: Card) -> None:
    """The law reported without asking: the basis, when and by whom the person was told. Never an "agreed"."""
    told_on = read_date(record.get("notified_on"))
    if told_on is not None:
        note = _("报告卡 %(no)s") % {"no": card.card_no}
        notice = Notice(told_on, record.get("notifier", ""), note=note)
        record_notice(actor=actor, clock=clock, person_id=person.pk, notice=notice)
