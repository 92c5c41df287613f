"""The other side: accept, return, pass on."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.registry.actions import settle_move
from xinqiao.registry.models import LifeEvent, Person
from xinqiao.registry.rules import state_on

from ..choices import Reason, ReturnReason, State, Step
from ..models import Hop, Transfer
from ..queries.rows import at_destination
from ..rules import keys_of, office
from .listings import list_again
from .steps import close, held, name_receiving, office_at, set_clocks, step, trail


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The village that takes the person, who answers there (None: whoever is in charge), and the address if it is known."""

    transfer_id: UUID
    village: str
    worker_id: UUID | None = None
    address: str = ""


def accept_transfer(*, actor: Actor, clock: Clock, new: Acceptance) -> Person:
    """Take the person over today: the whole file, counting and responsibility come here, the origin keeps the light trace.

    Repeated by the office that accepted = the person. NotFound when it does not lie with the actor or the village is not
    the actor's; Conflict when it is closed, or the person has died meanwhile; Invalid for a village without anybody in charge.
    """
    require(actor, Permission.TRANSFER_PERSON)
    with transaction.atomic():
        row = _mine(actor, new.transfer_id, accepted=new.village)
        if row.state == State.ACCEPTED:
            return Person.objects.get(pk=row.person_id)
        if not new.village:
            raise Invalid([Problem("village", "missing", sentence("由哪个村接收没有选择。"))])
        if not actor.scope.covers(new.village) or new.village not in places.existing(
            [new.village], clock.today()
        ):
            raise NotFound(code="not_found.place")
        before = _take_over(row, new.village, clock)
        events = LifeEvent.objects.filter(person_id=row.person_id, voided_at=None).order_by("id")
        if not state_on(events, clock.today()).on_register:
            raise Conflict(sentence("这份档案已经结束，请退回并写明原因。"), code="conflict.file_ended")
        person = settle_move(
            actor=actor, clock=clock, person_id=row.person_id, before=before, since=clock.today(),
            reason=f"transfer:{row.reason}", worker_id=new.worker_id, detail=new.address.strip()[:100],
        )  # fmt: skip
        row.refresh_from_db()
        step(row, Step.ACCEPTED, actor=actor, clock=clock, from_code=row.at_code, to_code=new.village)
        trail(row, "accept_transfer", actor=actor, clock=clock, village=new.village)
        list_again(person, actor=actor, clock=clock, split=row.reason == Reason.SPLIT)
        audit.read(actor=actor, clock=clock, kind="page", person_ids=[person.pk], purpose="transfer")
        set_clocks(row, clock)
    return person


def return_transfer(*, actor: Actor, clock: Clock, transfer_id: UUID, reason: str, note: str = "") -> None:
    """Send it back to the origin, which stays responsible alone. Invalid without a reason (and words for 其他)."""
    require(actor, Permission.TRANSFER_PERSON)
    with transaction.atomic():
        row = _mine(actor, transfer_id)
        if reason not in ReturnReason.values:
            raise Invalid([Problem("reason", "missing", sentence("退回原因没有选择。"), reason)])
        if reason == ReturnReason.OTHER and not note.strip():
            raise Invalid([Problem("note", "missing", sentence("退回原因是其他时，请写明。"))])
        close(row, State.RETURNED, actor=actor, clock=clock, return_reason=reason)
        step(row, Step.RETURNED, actor=actor, clock=clock, from_code=row.at_code, reason=reason, note=note)
        trail(row, "return_transfer", actor=actor, clock=clock, reason=reason)
        set_clocks(row, clock)


def pass_on_transfer(*, actor: Actor, clock: Clock, transfer_id: UUID, to_code: str, note: str = "") -> None:
    """Send it on to another office: a township of the own county directly, another county by its office. Every hop is kept,
    and each office has its own time to receive."""
    require(actor, Permission.TRANSFER_PERSON)
    with transaction.atomic():
        row = _mine(actor, transfer_id)
        here = row.at_code
        known = len(to_code) == 12 and to_code in places.existing([to_code], clock.today())
        there = office(here, to_code) if known else ""
        if there in ("", here):
            raise Invalid(
                [Problem("to_code", "place", sentence("转送的地方没有选择，或就是本机构。"), to_code)]
            )
        if there == row.managing_code[:9] + "000":
            raise Invalid(
                [
                    Problem(
                        "to_code",
                        "origin",
                        sentence("这是原来的机构；人不在这里，请退回并写明原因。"),
                        to_code,
                    )
                ]
            )
        receiving = office_at(there)
        row.at_code = there
        row.shared_codes = sorted({*row.shared_codes, *keys_of(there)})
        row.save(update_fields=["at_code", "shared_codes"])
        Hop.objects.filter(transfer=row).update(shared_codes=row.shared_codes)
        step(row, Step.PASSED_ON, actor=actor, clock=clock, from_code=here, to_code=there, note=note)
        name_receiving(row, receiving, actor=actor, clock=clock)
        trail(row, "pass_on_transfer", actor=actor, clock=clock, left=here, to=there)
        set_clocks(row, clock)


def _mine(actor: Actor, transfer_id: UUID, accepted: str = "") -> Transfer:
    """The open hand-over, which lies with the actor; or the one that the actor accepted into this village before."""
    states = (State.SENT, State.ACCEPTED) if accepted else (State.SENT,)
    row = held(transfer_id, at_destination, actor, states=states)
    if row.state == State.ACCEPTED and row.accepted_code != accepted:
        raise Conflict(sentence("这张流转单已经接收到别的村。"), code="conflict.transfer_closed")
    return row


def _take_over(row: Transfer, village: str, clock: Clock) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select transfers_take_over(%s, %s, %s)", [row.pk, village, clock.today()])
        before: str | None = cursor.fetchone()[0]
    if before is None:
        raise NotFound(code="not_found.transfer")
    return before
