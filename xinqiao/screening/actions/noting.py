"""Noting a clue: the checklist read, known people looked for, one row kept, or a check without a finding counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, TooMany
from xinqiao.places.queries import existing
from xinqiao.registry.actions import LookedUp, look_up_registered
from xinqiao.registry.bulk import once_only
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.naming import fold

from ..choices import Source
from ..clocks import CLUE
from ..models import Clue, SweepCheck
from ..queries import Matches, find_clue, matches, open_village
from ..rules import check_clue
from .common import told

LOCK_SPACE = 0x5C1E
_SERIAL = (
    "insert into screening_clueserial (code, last) values (%s, 1)"
    " on conflict (code) do update set last = screening_clueserial.last + 1 returning last"
)


@dataclass(frozen=True, slots=True)
class NewClue:
    """A typed clue. `different_because`: why it is nobody of those shown as perhaps the same."""

    op_id: UUID
    record: Mapping[str, Any]
    different_because: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """`outcome`: new, unchanged (the operation was there), or negative (no item was answered 有: counted, nothing kept).
    `asked` is what the question "registered already?" led to, for the writer alone."""

    outcome: str
    clue_id: UUID | None = None
    clue_no: str = ""
    urgent: bool = False
    asked: LookedUp | None = None


class MaybeKnown(Conflict):
    """People or clues that may be the same; the writer looks at them and says why not, or goes on with one of them."""

    def __init__(self, found: Matches) -> None:
        super().__init__(_("可能是已经登记过的人，请先核对。"), code="conflict.maybe_known")
        self.found = found


def record_clue(*, actor: Actor, clock: Clock, new: NewClue) -> Recorded:
    """Keep a clue, or count a check without one. Repeated by `op_id` without harm.

    Invalid with all problems; NotFound for a place that is not the actor's; MaybeKnown when somebody in scope may be the
    same and no reason says otherwise. Asks once whether the person is registered elsewhere, as far as that may be asked.
    """
    require(actor, Permission.RECORD_CLUE)
    read = check_clue(new.record, sources=dict(Source.choices), today=clock.today())
    if read.problems:
        raise Invalid(read.problems)
    clean = dict(read.clean)
    place = clean.pop("place")
    if not actor.scope.covers(place) or not existing([place], clock.today()):
        raise NotFound(code="not_found.place")
    with transaction.atomic():
        _lock(new.op_id)
        if not read.checked.is_clue and not clean["danger_told"]:
            return _negative(actor, clock, new.op_id, place, clean["found_on"])
        if known := Clue.objects.filter(op_id=new.op_id).first():
            return Recorded("unchanged", known.pk, known.clue_no, known.urgent)
        found = matches(
            name=clean["name"], sex=clean["sex"], birth_on=clean["birth_on"], age=clean["age"],
            on=clean["found_on"], id_number=clean["id_number"],
        )  # fmt: skip
        if found and not new.different_because:
            raise MaybeKnown(found)
        sweep = open_village(place, clean["found_on"])
        with once_only():
            clue = Clue.objects.create(
                op_id=new.op_id, managing_code=place, clue_no=_number(place, clean["found_on"].year),
                name_key=fold(clean["name"]), id_hash=keyed_hash("id", clean["id_number"]),
                phone_hash=keyed_hash("phone", clean["phone"]), different_because=new.different_because[:200],
                sweep=sweep.sweep if sweep else None, state_on=clock.today(), recorded_at=clock.now(),
                recorded_by=actor.user_id, **clean,
            )  # fmt: skip
        asked = None if found.people else _asked(actor, clock, clue)
        if asked:
            clue.asked = asked.answer
            clue.save(update_fields=["asked"])
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        told(actor, clock, "record_clue", clue, op_id=new.op_id, urgent=clue.urgent, source=clue.source)
    return Recorded("new", clue.pk, clue.clue_no, clue.urgent, asked)


def _lock(op_id: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, op_id.int % 2**31])


def _number(place: str, year: int) -> str:
    """XS, county, year, running number: 线索编号."""
    key = f"{county_of(place)[:6]}{year}"
    with connection.cursor() as cursor:
        cursor.execute(_SERIAL, [key])
        last = cursor.fetchone()[0]
    return f"XS{key[:6]}-{year}-{last:04d}"


def _negative(actor: Actor, clock: Clock, op_id: UUID, place: str, on: date) -> Recorded:
    """All nine answered 没有: counted for the sweep of the village, and nothing about whom is kept."""
    row = open_village(place, on)
    if row is not None and not SweepCheck.objects.filter(op_id=op_id).exists():
        SweepCheck.objects.create(
            op_id=op_id, village=row, managing_code=place, checked_on=on, recorded_by=actor.user_id
        )
        audit.record(
            actor=actor, clock=clock, action="check_nobody", object_type="sweep_village", object_id=row.pk,
            place=place, op_id=op_id,
        )  # fmt: skip
    return Recorded("negative", row.pk if row else None)


def _asked(actor: Actor, clock: Clock, clue: Clue) -> LookedUp | None:
    """Whether there is a file elsewhere: only with what decision 10 asks for, and never in the way of keeping the clue."""
    whole = clue.sex in ("1", "2") and clue.name and clue.birth_on and clue.guardian_phone
    if not may(actor, Permission.LOOK_UP_REGISTERED) or not (clue.id_number or whole):
        return None
    try:
        if clue.id_number:
            return look_up_registered(actor=actor, clock=clock, id_number=clue.id_number)
        return look_up_registered(
            actor=actor, clock=clock, name=clue.name, sex=clue.sex, birth_on=clue.birth_on or "",
            guardian_phone=clue.guardian_phone,
        )  # fmt: skip
    except (TooMany, Invalid):
        return None


def ask_registered(*, actor: Actor, clock: Clock, clue_id: UUID) -> LookedUp:
    """Ask again, as the township: what a village doctor handed in, or what was not asked for the day's limit."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        answer = _asked(actor, clock, clue)
        if answer is None:
            raise Conflict(
                _(
                    "要有完整的身份证号，或姓名、性别、出生日期、监护人电话四项，才能核对；也可能今天的次数已满。"
                ),
                code="conflict.cannot_ask",
            )
        clue.asked = answer.answer
        clue.save(update_fields=["asked"])
    return answer
