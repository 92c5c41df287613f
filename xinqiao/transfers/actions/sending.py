"""Sending a person on: inside the system to another institution, or out of it on paper; taking it back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.actions import mark_handed
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import township_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.registry.actions import NewLifeEvent, record_life_events
from xinqiao.registry.choices import LifeEventKind, ResponsibilityKind
from xinqiao.registry.models import Address, Guardian, Identifier, LifeEvent, Person, Responsibility
from xinqiao.registry.rules import state_on

from ..choices import OPEN, Reason, State, Step
from ..models import Transfer
from ..rules import keys_of, route, stays_inside
from .steps import (
    at_origin,
    close,
    held,
    name_receiving,
    office_at,
    set_call_clock,
    set_clocks,
    step,
    trail,
)


@dataclass(frozen=True, slots=True)
class NewTransfer:
    """`to_code`: a village, a township or a county; "" for a place outside the system, then `outside` names it in words.
    `address`: what is known of the new address."""

    op_id: UUID
    person_id: UUID
    reason: str
    to_code: str = ""
    address: str = ""
    outside: str = ""


def send_transfer(*, actor: Actor, clock: Clock, new: NewTransfer) -> Transfer:
    """Hand a person over. Repeated = the same transfer.

    Until the other side accepts, the person stays with the origin and counts there; the other side is named as responsible
    too and sees the preview only. Invalid for a place that is no other institution's; Conflict when a hand-over is open
    already or the file has ended; NotFound for a person out of reach.
    """
    require(actor, Permission.TRANSFER_PERSON)
    with transaction.atomic():
        if (there := Transfer.objects.filter(op_id=new.op_id).first()) is not None:
            return there
        person = Person.objects.select_for_update().filter(pk=new.person_id).first()
        if person is None or not actor.scope.covers(person.managing_code):
            raise NotFound(code="not_found.person")
        # Pressed twice: the second waited for the person.
        if (there := Transfer.objects.filter(op_id=new.op_id).first()) is not None:
            return there
        _check_person(person, clock)
        at_code = _where(person, new, clock)
        office = office_at(at_code) if at_code else None
        counting = Responsibility.objects.get(
            person=person, kind=ResponsibilityKind.COUNTING, valid_to=None, voided_at=None
        )
        row = Transfer.objects.create(
            op_id=new.op_id, person=person, managing_code=person.managing_code,
            shared_codes=keys_of(at_code) if at_code else [], from_institution_id=counting.institution_id,
            to_code=new.to_code, at_code=at_code, reason=new.reason,
            state=State.SENT if at_code else State.LEAVING, preview=_preview(person),
            to_address=(new.address or new.outside).strip()[:100], sent_on=clock.today(), sent_at=clock.now(),
            sent_by=actor.user_id,
        )  # fmt: skip
        step(row, Step.SENT, actor=actor, clock=clock, from_code=person.managing_code, to_code=at_code)
        mark_handed({person.pk: clock.today()})
        if office is not None:
            name_receiving(row, office, actor=actor, clock=clock)
        trail(row, "send_transfer", actor=actor, clock=clock, op_id=new.op_id, to=at_code, reason=new.reason)
        set_clocks(row, clock)
    return row


def withdraw_transfer(*, actor: Actor, clock: Clock, transfer_id: UUID) -> None:
    """The sender takes it back; nothing has changed."""
    require(actor, Permission.TRANSFER_PERSON)
    with transaction.atomic():
        row = held(transfer_id, at_origin, actor)
        close(row, State.WITHDRAWN, actor=actor, clock=clock)
        step(row, Step.WITHDRAWN, actor=actor, clock=clock)
        trail(row, "withdraw_transfer", actor=actor, clock=clock)
        set_clocks(row, clock)


def record_call(
    *, actor: Actor, clock: Clock, transfer_id: UUID, on: date, reached: bool, note: str = ""
) -> None:
    """The origin has phoned while the hand-over is open. A call that reached somebody ends the clock and begins the next."""
    require(actor, Permission.RECORD_ATTEMPT)
    with transaction.atomic():
        row = held(transfer_id, at_origin, actor)
        _check_day("on", on, row.sent_on, clock)
        step(row, Step.CALLED, actor=actor, clock=clock, on=on, reached=reached, note=note)
        trail(
            row,
            "record_transfer_call",
            actor=actor,
            clock=clock,
            on=on.isoformat(),
            reached=str(int(reached)),
        )
        set_call_clock(row, clock)


def confirm_left(*, actor: Actor, clock: Clock, transfer_id: UUID, on: date, receiver: str) -> None:
    """The receipt of a paper hand-over outside the system has come: from its date on the person has moved out.

    Until then the origin goes on counting; without date and receiver nobody has left."""
    require(actor, Permission.TRANSFER_PERSON)
    with transaction.atomic():
        row = held(transfer_id, at_origin, actor, states=(State.LEAVING,))
        if not receiver.strip():
            raise Invalid([Problem("receiver", "missing", sentence("回执上的接收人没有填写。"))])
        _check_day("on", on, row.sent_on, clock)
        close(row, State.LEFT, actor=actor, clock=clock, receipt_on=on, receiver=receiver.strip()[:60])
        step(row, Step.CONFIRMED, actor=actor, clock=clock, on=on)
        trail(row, "confirm_left", actor=actor, clock=clock, on=on.isoformat())
        record_life_events(
            actor=actor, clock=clock, events=[NewLifeEvent(row.person_id, LifeEventKind.MOVED_OUT, on)]
        )
        set_clocks(row, clock)


def _check_person(person: Person, clock: Clock) -> None:
    events = LifeEvent.objects.filter(person=person, voided_at=None).order_by("id")
    if not state_on(events, clock.today()).on_register:
        raise Conflict(sentence("档案已经结束，不能流转。"), code="conflict.file_ended")
    if Transfer.objects.filter(person=person, state__in=OPEN).exists():
        raise Conflict(sentence("这位患者已有一张未办结的流转单。"), code="conflict.transfer_open")


def _where(person: Person, new: NewTransfer, clock: Clock) -> str:
    problems = []
    if new.reason not in Reason.values:
        problems.append(Problem("reason", "missing", sentence("流转原因没有选择。"), new.reason))
    at_code = ""
    if new.to_code:
        at_code = route(person.managing_code, new.to_code)
        known = places.existing([new.to_code], clock.today())
        if not at_code or new.to_code not in known:
            problems.append(
                Problem(
                    "to_code", "place", sentence("没有“%(code)s”这个地方。", code=new.to_code), new.to_code
                )
            )
        elif stays_inside(person.managing_code, new.to_code):
            problems.append(
                Problem(
                    "to_code",
                    "same_township",
                    sentence("迁往的村属于同一个乡镇，不用流转，直接变更所在村。"),
                    new.to_code,
                )
            )
        elif at_code == township_of(person.managing_code):
            problems.append(Problem("to_code", "here", sentence("这位患者已经由该机构管理。"), new.to_code))
    elif not new.outside.strip():
        problems.append(Problem("to_code", "missing", sentence("迁往的地方没有选择，也没有写明。")))
    if problems:
        raise Invalid(problems)
    return at_code


def _check_day(field: str, on: date, first: date, clock: Clock) -> None:
    if on > clock.today():
        raise Invalid(
            [Problem(field, "future", sentence("日期 %(on)s 晚于今天。", on=on.isoformat()), on.isoformat())]
        )
    if on < first:
        raise Invalid(
            [
                Problem(
                    field,
                    "order",
                    sentence(
                        "日期 %(on)s 早于发出日期 %(first)s。", on=on.isoformat(), first=first.isoformat()
                    ),
                    on.isoformat(),
                )
            ]
        )


def _preview(person: Person) -> str:
    """What the other side may see before it accepts, and nothing else (the sharing matrix)."""
    now = {"person": person, "voided_at": None, "valid_to": None}
    number = Identifier.objects.filter(**now).order_by("-valid_from", "-id").first()
    address = Address.objects.filter(**now, kind="live").order_by("-valid_from", "-id").first()
    guardian = Guardian.objects.filter(**now).order_by("-valid_from", "-id").first()
    standing = Standing.objects.filter(person=person).first()
    home = places.short_name(address.division_code) if address else ""
    return json.dumps(
        {
            "name": person.name,
            "sex": person.sex,
            "id_number": number.number if number else "",
            "address": f"{home} {address.detail}".strip() if address else "",
            "guardian_phone": guardian.phone if guardian else "",
            "visit_class": standing.visit_class if standing else "",
            "risk": standing.risk if standing else None,
        },
        ensure_ascii=False,
    )
