"""What every step of a hand-over does: find and lock the row, add its line to the history, name who is responsible beside the
origin, set the clocks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from xinqiao.accounts.scope import as_system
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.followup.actions import mark_handed
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, level_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.terms import Level
from xinqiao.kernel.words import sentence
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution

from ..choices import KIND, KIND_CALL, OPEN, State
from ..models import Hop, Transfer


def held(
    transfer_id: UUID, side: Callable[[Actor, Transfer], bool], actor: Actor, *, states: Sequence[str] = OPEN
) -> Transfer:
    """The row, locked after its person (everybody who writes about a person takes that lock first, and the hand-over is changed by
    what happens to the person). NotFound out of scope or on the other side, Conflict when it is no longer open."""
    with connection.cursor() as cursor:
        cursor.execute("select transfers_hold(%s)", [transfer_id])
    found = Transfer.objects.select_for_update().filter(pk=transfer_id).first()
    if found is None or not side(actor, found):
        raise NotFound(code="not_found.transfer")
    if found.state not in states:
        raise Conflict(
            sentence("这张流转单已经办结，请刷新后再看。"),
            code="conflict.transfer_closed",
        )
    return found


def at_origin(actor: Actor, row: Transfer) -> bool:
    """Whether the person's village, as it was left, is the actor's."""
    return actor.scope.covers(row.managing_code)


def office_at(code: str) -> Institution:
    """The institution that answers at a township or a county. Invalid where none works with this system."""
    county = level_of(code) is Level.COUNTY
    kind = InstitutionKind.COUNTY_OFFICE if county else InstitutionKind.TOWNSHIP_HOSPITAL
    found = (
        Institution.objects.filter(place=code, kind=kind, valid_to=None).order_by("valid_from", "id").first()
    )
    if found is None:
        raise Invalid(
            [
                Problem(
                    "to_code",
                    "no_office",
                    sentence(
                        "迁往的地方 %(code)s 没有使用本系统的机构；请选县（区），或改为迁出到系统外。",
                        code=code,
                    ),
                    code,
                )
            ]
        )
    return found


def step(
    row: Transfer, kind: str, *, actor: Actor | None, clock: Clock, on: date | None = None, from_code: str = "",
    to_code: str = "", reached: bool | None = None, reason: str = "", note: str = "",
) -> Hop:  # fmt: skip
    """One more line of the history; without an actor it is the system's."""
    return Hop.objects.create(
        transfer=row, managing_code=row.managing_code, shared_codes=row.shared_codes, kind=kind,
        happened_on=on or clock.today(), recorded_at=clock.now(), recorded_by=actor.user_id if actor else None,
        by_name=actor.display_name[:60] if actor else "", from_code=from_code, to_code=to_code, reached=reached, reason=reason,
        note=note.strip()[:100],
    )  # fmt: skip


def name_receiving(row: Transfer, office: Institution | None, *, actor: Actor | None, clock: Clock) -> None:
    """The other side is responsible too, from today; None: no longer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select transfers_receiving(%s, %s, %s, %s, %s, %s)",
            [
                row.pk,
                office.pk if office else None,
                office.in_charge_id if office else None,
                clock.today(),
                clock.now(),
                actor.user_id if actor else None,
            ],
        )
        if not cursor.fetchone()[0]:
            raise NotFound(code="not_found.transfer")


def close(row: Transfer, state: State, *, actor: Actor | None, clock: Clock, **more: object) -> None:
    """The hand-over ends without the person moving inside the system; contacts are told to it no longer."""
    row.state, row.closed_on = state, clock.today()
    for name, value in more.items():
        setattr(row, name, value)
    row.save(update_fields=["state", "closed_on", *more])
    name_receiving(row, None, actor=actor, clock=clock)
    # Who returns it does not see how the person stands.
    with as_system(NATION):
        mark_handed({row.person_id: None})


def trail(
    row: Transfer, action: str, *, actor: Actor | None, clock: Clock, op_id: UUID | None = None, **detail: str
) -> None:
    """The audit line, on both sides: where the person came from and where the hand-over lies."""
    told = [row.managing_code] + ([row.at_code] if row.at_code else [])
    for place in told:
        audit.record(
            actor=actor, clock=clock, action=action, object_type="transfer", object_id=row.pk, place=place,
            op_id=op_id if place == row.managing_code else None, detail={"person": str(row.person_id), **detail},
        )  # fmt: skip


def set_clocks(row: Transfer, clock: Clock) -> None:
    """Receiving and calling, both from the history. An office that passes it on sets the clock of the next, which it does not see."""
    with as_system(NATION):
        settle(clock=clock, kind=KIND, subjects=[row.pk])
        settle(clock=clock, kind=KIND_CALL, subjects=[row.pk])


def set_call_clock(row: Transfer, clock: Clock) -> None:
    with as_system(NATION):
        settle(clock=clock, kind=KIND_CALL, subjects=[row.pk])
