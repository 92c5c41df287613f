"""What every step of a card needs: the card locked, the event written, state and clocks brought up to date."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn
from uuid import UUID

from django.utils.translation import gettext as _

from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor, at_place, of_institution
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem

from ..choices import EventKind, Form, Found, State
from ..models import AddressSearch, Card, CardEvent, CardVersion, SharedFacts
from ..rules import Step, may_follow, state_of

KIND = "card"


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step somebody takes. `to_code`: where the card goes with it."""

    kind: str
    op_id: UUID
    reason: str = ""
    note: str = ""
    to_code: str = ""


def locked(card_id: UUID, form: str = "") -> Card:
    """The card, held until the transaction ends. NotFound when it is not there or not visible."""
    found = Card.objects.select_for_update().filter(pk=card_id)
    card = (found.filter(form=form) if form else found).first()
    if card is None:
        raise NotFound(code="not_found.card")
    return card


def by_place(actor: Actor, card: Card) -> Card:
    """The card, if the actor holds it by its place and not by a share."""
    if not actor.scope.covers(card.managing_code):
        raise NotFound(code="not_found.card")
    return card


def repeated(op_id: UUID) -> bool:
    """Whether a step was taken before under this operation."""
    return CardEvent.objects.filter(op_id=op_id).exists()


def check_step(card: Card, kind: str) -> None:
    """Conflict when the step does not follow where the card is."""
    if not may_follow(kind, card.state):
        words = _("这份%(form)s现在是“%(state)s”，不能%(step)s，请刷新后再看。") % {
            "form": Form(card.form).label,
            "state": State(card.state).label,
            "step": EventKind(kind).label,
        }
        raise Conflict(words, code="conflict.card_state")


def take(
    card: Card,
    step: NewStep,
    *,
    actor: Actor,
    clock: Clock,
    action: str,
    keys: tuple[str, ...] = (),
    detail: dict[str, Any] | None = None,
) -> CardEvent:
    """Write the event and the state that follows, settle the clocks, leave the line in the trail. Inside a transaction. `keys`:
    who may read this one step besides."""
    events = list(CardEvent.objects.filter(card=card).order_by("step"))
    made = CardEvent.objects.create(
        card=card, managing_code=card.managing_code, shared_codes=[*card.shared_codes, *keys], card_no=card.card_no,
        step=(events[-1].step if events else 0) + 1, kind=step.kind, happened_on=clock.today(), version=card.version,
        institution_id=actor.institution_id, from_code=actor.place, to_code=step.to_code, reason=step.reason,
        note=step.note, op_id=step.op_id, recorded_at=clock.now(), recorded_by=actor.user_id,
    )  # fmt: skip
    state, since = state_of(steps_of([*events, made]))
    card.state, card.state_on = state, since or clock.today()
    card.save()
    settle(clock=clock, kind=KIND, subjects=[card.pk])
    audit.record(
        actor=actor, clock=clock, action=action, object_type="card", object_id=card.pk, place=card.managing_code,
        op_id=step.op_id, detail={"form": card.form, "step": step.kind, **(detail or {})},
    )  # fmt: skip
    return made


def steps_of(events: list[CardEvent]) -> list[Step]:
    """Events as the way reads them."""
    return [Step(one.kind, one.happened_on, one.to_code) for one in events]


def lie_with(card: Card) -> None:
    """What belongs to a card lies where the card lies, as far as the actor holds it, and names the file when there is one."""
    CardVersion.objects.filter(card=card).update(managing_code=card.managing_code)
    CardEvent.objects.filter(card=card).update(managing_code=card.managing_code)
    for rows in (AddressSearch.objects.filter(card_id=card.pk), SharedFacts.objects.filter(card_id=card.pk)):
        rows.update(managing_code=card.managing_code, person=card.person_id)


def end_searches(card: Card, *, actor: Actor, clock: Clock) -> None:
    """Nobody needs the answer any more: the stations that have not answered yet see the request no longer."""
    AddressSearch.objects.filter(card_id=card.pk, answered_on=None).update(
        outcome=Found.NEEDLESS, answered_on=clock.today(), answered_at=clock.now(), answered_by=actor.user_id
    )


def key_of_hospital(card: Card) -> list[str]:
    """With whom a card's own rows are shared."""
    return [of_institution(card.hospital_id)] if card.hospital_id else []


def key_of_place(actor: Actor) -> str:
    """The key of the actor's own township or county."""
    return at_place(actor.place)


def refuse(field: str, code: str, message: str, value: str = "") -> NoReturn:
    """One problem."""
    raise Invalid([Problem(field, code, message, value)])
