"""The institution of residence receives a card, sends it back with a reason, or passes it on to where the person lives."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.places.models import Institution

from ..choices import OTHER, RETURN_REASON, EventKind, State
from ..models import Card
from ..queries.places import destinations, receiver_of
from ..rules import from_json
from .common import NewStep, by_place, check_step, end_searches, key_of_place, locked, refuse, repeated, take
from .sharing import share

LONGEST_NOTE = 200


def receive_card(*, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID) -> Card:
    """Take a card on. One whose address is not known starts the search for it at once (D7)."""
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(card_id))
        if repeated(op_id):
            return card
        check_step(card, EventKind.RECEIVED)
        take(card, NewStep(EventKind.RECEIVED, op_id), actor=actor, clock=clock, action="receive_card")
        if card.address_unknown:
            note = _("报告卡上住址不详")
            take(
                card,
                NewStep(EventKind.FAULT, _second(op_id), note=note),
                actor=actor,
                clock=clock,
                action="find_address_fault",
            )
    return card


def return_card(
    *, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID, reason: str, note: str = ""
) -> Card:
    """Send a card back to the hospital, which corrects it and sends it again. `reason` is a code of RETURN_REASON. A paper card is
    returned by the county, which writes to whoever sent it, and enters the corrected paper as a new card."""
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        card = by_place(actor, locked(card_id))
        if repeated(op_id):
            return card
        check_step(card, EventKind.RETURNED)
        words = note.strip()
        problems = []
        if card.hospital_id is None and not may(actor, Permission.IMPORT_REGISTER):
            problems.append(
                Problem(
                    "reason",
                    "paper",
                    _("这是县里录入的纸质卡，没有可退回的医院账号：请转交县精防办，写明原因，由县里退回。"),
                )
            )
        if reason not in {one.code for one in RETURN_REASON}:
            problems.append(Problem("reason", "missing", _("请选择退回的原因。"), reason))
        elif reason in (OTHER, "5") and not words:
            problems.append(Problem("note", "missing", _("请写明要改哪里，医院才能更正。")))
        problems += too_long("note", words)
        if problems:
            raise Invalid(problems)
        end_searches(card, actor=actor, clock=clock)
        take(
            card,
            NewStep(EventKind.RETURNED, op_id, reason, words),
            actor=actor,
            clock=clock,
            action="return_card",
            detail={"reason": reason},
        )
    return card


def pass_card(
    *, actor: Actor, clock: Clock, card_id: UUID, op_id: UUID, to_code: str, note: str = ""
) -> Card:
    """Pass a card on to another township of the county, to the county's office, or (from the office) to another county; discharge
    forms that wait for it go along. The card leaves the actor's sight; the step stays readable."""
    require(actor, Permission.RECEIVE_CARD)
    with transaction.atomic():
        if repeated(op_id):
            # It is somebody else's by now.
            return Card(pk=card_id)
        card = by_place(actor, locked(card_id))
        check_step(card, EventKind.PASSED)
        allowed = {code for code, _words in destinations(actor.place, clock.today())}
        if to_code not in allowed:
            refuse("to_code", "missing", _("请选择转交到哪里。"), to_code)
        receiver = receiver_of(to_code, clock.today())
        if receiver is None:
            refuse("to_code", "unserved", _("那里还没有接收报告卡的机构，请转交县精防办。"), to_code)
        words = note.strip()
        if problems := too_long("note", words):
            raise Invalid(problems)
        for one in [card, *_waiting_forms(card)]:
            same = one.pk == card.pk
            step = NewStep(
                EventKind.PASSED, op_id if same else uuid5(op_id, str(one.pk)), note=words, to_code=to_code
            )
            _pass(one, step, receiver, actor=actor, clock=clock)
    return card


def _waiting_forms(card: Card) -> list[Card]:
    """Discharge forms of the same person that nobody took over yet: without their report card they would wait for ever."""
    forms = Card.objects.select_for_update().filter(report=card, managing_code=card.managing_code)
    return list(forms.filter(state__in=[State.SENT, State.RECEIVED]).order_by("pk"))


def _pass(card: Card, step: NewStep, receiver: Institution, *, actor: Actor, clock: Clock) -> None:
    content = from_json(card.form, card.content)
    share(
        card, kind="pass", basis="QYS24/receive", fields=sorted(content), receiver=receiver, receiver_code=step.to_code, actor=actor,
        clock=clock,
    )  # fmt: skip
    end_searches(card, actor=actor, clock=clock)
    made = take(
        card, step, actor=actor, clock=clock, action="pass_card", keys=(key_of_place(actor),), detail={"to": step.to_code},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("select reporting_pass_on(%s, %s)", [card.pk, step.to_code])
        if not cursor.fetchone()[0]:
            raise NotFound(code="not_found.card")
    card.managing_code = made.managing_code = step.to_code


def too_long(field: str, text: str) -> list[Problem]:
    """A note that cannot be kept."""
    if "\x00" in text:
        return [Problem(field, "text", _("说明含有不能保存的字符。"), "")]
    if len(text) > LONGEST_NOTE:
        words = _("说明有 %(n)s 个字，最多 %(most)s 个字。") % {"n": len(text), "most": LONGEST_NOTE}
        return [Problem(field, "long", words, text[:LONGEST_NOTE])]
    return []


def _second(op_id: UUID) -> UUID:
    """The key of the step that goes along with another."""
    return UUID(int=op_id.int ^ 1)


__all__ = ["pass_card", "receive_card", "return_card", "too_long"]
