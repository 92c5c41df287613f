"""Writing a batch of people: one person typed or twenty thousand imported obey the same rules and the same statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors, bounds
from xinqiao.kernel.errors import Conflict, Invalid, NotFound
from xinqiao.kernel.words import sentence

from .. import bulk
from ..listeners import facts_changed, files_opened
from ..models import (
    Address,
    Consent,
    Diagnosis,
    Guardian,
    Identifier,
    LifeEvent,
    Person,
    PersonRevision,
    Responsibility,
)
from ..models.named import KEYS as NAME_KEYS
from .batch import COLUMNS, NewPerson, Outcome, Row, Source
from .besides import TABLES
from .plan import Plan, plan_people
from .rows import changed_facts, common_columns, new_facts, new_person

#: Advisory locks are taken on this many buckets at most, since each lock of a transaction takes room in shared memory.
BUCKETS = 1024
LOCK_SPACE = 0x5851
WRITTEN: tuple[type[Model], ...] = (
    Person, Identifier, Address, Guardian, Diagnosis, Consent, LifeEvent, Responsibility, PersonRevision,
    *TABLES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of one row. `changed` are record keys, `flags` what goes along (see `rules.FLAG_LABELS`)."""

    op_id: UUID
    person_id: UUID
    outcome: Outcome
    file_no: str
    flags: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class AlreadyRegistered(Conflict):
    """The document number has a file in the actor's own area; `person_id` is that file."""

    def __init__(self, message: str, person_id: UUID) -> None:
        super().__init__(message, code="conflict.already_registered")
        self.person_id = person_id


def register_person(*, actor: Actor, clock: Clock, person: NewPerson, source: Source = "form") -> Registered:
    """A batch of one. AlreadyRegistered when the number has a file here and no reason says it is somebody else."""
    return register_people(actor=actor, clock=clock, batch=[person], source=source)[0]


def register_people(
    *, actor: Actor, clock: Clock, batch: Sequence[NewPerson], source: Source
) -> list[Registered]:
    """Put people on the register, in order. All or nothing; repeated operations and re-imports answer the same.

    Writes the person, document number, addresses, guardian, diagnosis, consent, the event of filing, the counting
    institution and the responsible worker (the person in charge of the institution serving the village unless another is
    named), and one line of the trail. A person found again (same operation, or same document number in an import)
    is compared: what differs is added as dated facts, and the former values of the person's own columns are kept.
    Raises Invalid with all problems, NotFound for a village that is not there or not the actor's, AlreadyRegistered.
    """
    require(actor, Permission.IMPORT_REGISTER if source == "import" else Permission.REGISTER_PERSON)
    if not batch:
        return []
    with transaction.atomic():
        plan = plan_people(actor=actor, clock=clock, batch=batch, source=source, lock=_lock)
        _refuse(plan, source)
        return write_plan(plan, actor=actor, clock=clock, source=source)


def write_plan(plan: Plan, *, actor: Actor, clock: Clock, source: Source) -> list[Registered]:
    """Write a plan without problems, leave its line in the trail and tell the listeners. Inside the caller's transaction."""
    ids = _write(plan, actor=actor, clock=clock, source=source)
    result = [
        Registered(
            row.given.op_id, one, row.outcome, row.person.file_no if row.person else "", tuple(row.flags),
            tuple(row.changed),
        )
        for row, one in zip(plan.rows, ids, strict=True)
    ]  # fmt: skip
    written = [one.person_id for one in result if one.outcome != "unchanged"]
    if written:
        _audit(result, plan, actor=actor, clock=clock, source=source)
        ordinary = {row.person.pk for row in plan.rows if row.person and _is_ordinary(row)}
        facts_changed(actor, clock, written, ordinary=ordinary)
        if source == "form":
            files_opened(actor, clock, [one.person_id for one in result if one.outcome == "new"])
    return result


def _is_ordinary(row: Row) -> bool:
    """A new file of somebody who did not say no."""
    return row.outcome == "new" and row.clean.get("consent") != "0"


def _refuse(plan: Plan, source: Source) -> None:
    if any(one.code == "not_found" for row in plan.rows for one in row.problems):
        raise NotFound(code="not_found.place")
    if len(plan.rows) == 1 and (person := plan.rows[0].person) is not None:
        row = plan.rows[0]
        only = row.problems[0] if len(row.problems) == 1 else None
        if only is not None and only.code == "id_registered":
            raise AlreadyRegistered(only.message, person.pk)
        if row.by_op_id and source == "form" and row.changed and not row.problems:
            raise Conflict(
                sentence("这份表已经保存过；后来的改动没有保存，请打开档案核对。"),
                code="conflict.repeated_differs",
            )
    if plan.problems:
        raise Invalid(plan.problems)


def _lock(hashes: Sequence[bytes]) -> None:
    """Two who register the same number, or press twice, come one after the other; always in one order, so never a
    deadlock."""
    # The last bytes: the first ones of an operation's key are the time, the same for everybody who saves now.
    buckets = sorted({int.from_bytes(one[-4:], "big") % BUCKETS for one in hashes})
    if buckets:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(pg_advisory_xact_lock(%s, b)) from (select unnest(%s::int[]) as b) as wanted",
                [LOCK_SPACE, buckets],
            )


def _serials(rows: Iterable[Row]) -> dict[str, int]:
    """Take the next serials of each village in one statement; returns the last one given before."""
    wanted = Counter(row.managing_code for row in rows)
    codes = sorted(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_fileserial (code, last) select * from unnest(%s::text[], %s::int[])"
            " on conflict (code) do update set last = registry_fileserial.last + excluded.last returning code, last",
            [codes, [wanted[code] for code in codes]],
        )
        return {code: last - wanted[code] for code, last in cursor.fetchall()}


def _write(plan: Plan, *, actor: Actor, clock: Clock, source: Source) -> list[UUID]:
    """Returns the person of each row, in order."""
    now, today = clock.now(), clock.today()
    new = [row for row in plan.rows if row.outcome == "new"]
    serials = _serials(new) if new else {}
    made: dict[type[Model], list[Any]] = {model: [] for model in WRITTEN}
    ended: dict[type[Model], list[UUID]] = {}
    for row in new:
        serials[row.managing_code] += 1
        row.person = new_person(row, serials[row.managing_code], actor, now, source)
        made[Person].append(row.person)
        common = common_columns(row.person, actor, now)
        new_facts(row, made, common)
    touched = []
    for row in plan.rows:
        if row.outcome == "changed" and row.person is not None:
            touched.append(row.person)
            common = common_columns(row.person, actor, now)
            changed_facts(row, row.person, plan.known, made, ended, common, today, source)
    if touched:
        columns = {*COLUMNS, "name", *NAME_KEYS, "phone_hash", "onset_on", "onset_precision", "row_version"}
        Person.objects.bulk_update(touched, sorted(columns))
    # A number put right was never this person's: it is voided. Everything else that is replaced was true until today.
    if wrong := ended.pop(Identifier, []):
        Identifier.objects.filter(pk__in=wrong).update(
            voided_at=now, voided_by=actor.user_id, voided_reason="证件号码更正"
        )
    for model, ids in ended.items():
        model._default_manager.filter(pk__in=ids).update(valid_to=today)
    bulk.insert_together(made.values())
    return [row.person.pk for row in plan.rows if row.person is not None]


def _audit(result: Sequence[Registered], plan: Plan, *, actor: Actor, clock: Clock, source: Source) -> None:
    if len(result) == 1:
        one, row = result[0], plan.rows[0]
        audit.record(
            actor=actor, clock=clock, action="register_person", object_type="person", object_id=one.person_id,
            place=row.managing_code, op_id=one.op_id,
            detail={
                "source": source, "outcome": one.outcome, "changed": list(one.changed),
                "different_person": bool(row.given.different_because),
            },
        )  # fmt: skip
        return
    detail = {
        "source": source,
        "new": [str(one.person_id) for one in result if one.outcome == "new"],
        "changed": {str(one.person_id): list(one.changed) for one in result if one.outcome == "changed"},
        "unchanged": sum(1 for one in result if one.outcome == "unchanged"),
    }
    audit.record(
        actor=actor, clock=clock, action="register_people", object_type="batch", object_id=None,
        place=_common_place([row.managing_code for row in plan.rows]), detail=detail,
    )  # fmt: skip


def _common_place(codes: Sequence[str]) -> str:
    """The lowest division that holds all of them."""
    for place in ancestors(codes[0]):
        lo, hi = bounds(place)
        if all(lo <= code < hi for code in codes):
            return place
    return ancestors(codes[0])[-1]


__all__ = ["AlreadyRegistered", "NewPerson", "Registered", "register_people", "register_person"]
