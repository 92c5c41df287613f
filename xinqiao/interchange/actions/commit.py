"""Writing a checked batch: one transaction, all or nothing, through the two write paths that everybody uses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict
from xinqiao.registry.actions import register_people
from xinqiao.registry.models import Identifier, Person

from ..choices import BatchState, Outcome, RowKind
from ..models import Batch, Row
from ..progress import Progress
from .check import held, recount
from .judge import beside_register, keys_of, new_person

PEOPLE, VISITS = 1_000, 2_000

_DONE = """
update interchange_row r set person_id = v.person_id, outcome = v.outcome
from jsonb_to_recordset(%s::jsonb) v(id uuid, person_id uuid, outcome text) where r.id = v.id
"""


@transaction.atomic
def commit_batch(*, actor: Actor, clock: Clock, batch_id: UUID) -> Batch:
    """Write everything that is not skipped. A second call, or one at the same time, is a Conflict and writes nothing.

    Rows that were equal to what is there write nothing either, so that the same file again changes nothing.
    """
    require(actor, Permission.IMPORT_REGISTER)
    batch = held(batch_id, BatchState.COMMITTING)
    if batch.problem_rows:
        raise Conflict(
            _("还有 %(count)s 行有问题，请先改正或跳过") % {"count": batch.problem_rows},
            code="conflict.import_problems",
        )
    wanted = Row.objects.filter(batch=batch, skipped=False).exclude(outcome=Outcome.REPEATED)
    with Progress(batch.pk, "commit", wanted.count()) as progress:
        people = _people(batch, actor, clock, progress)
        _visits(batch, people, actor, clock, progress)
    batch.state, batch.state_at, batch.committed_at, batch.failure = (
        BatchState.DONE,
        clock.now(),
        clock.now(),
        "",
    )
    recount(batch)
    # What the workbook held is on the register now; the staged copy has served.
    Row.objects.filter(batch=batch).update(payload="")
    audit.record(
        actor=actor,
        clock=clock,
        action="import_commit",
        object_type="import",
        object_id=batch.pk,
        place=actor.place,
        detail={"counts": batch.counts},
    )
    return batch


#: Key → (name, person) of everybody the visits of the file may belong to.
_People = dict[bytes, list[tuple[str, UUID]]]


def _people(batch: Batch, actor: Actor, clock: Clock, progress: Progress) -> _People:
    found: _People = {}
    for rows in _chunks(batch, RowKind.PERSON, PEOPLE):
        payloads = [json.loads(row.payload) for row in rows]
        done = register_people(
            actor=actor,
            clock=clock,
            batch=[
                new_person(row.pk, p["record"], p["aside"]) for row, p in zip(rows, payloads, strict=True)
            ],
            source="import",
        )
        for row, payload, registered in zip(rows, payloads, done, strict=True):
            number = bytes(row.key) if row.key else None
            for key in keys_of(number, payload["aside"]):
                found.setdefault(key, []).append((payload["record"].get("name", ""), registered.person_id))
        _write([(row.pk, one.person_id, str(one.outcome)) for row, one in zip(rows, done, strict=True)])
        progress.step(len(rows))
    return found


@dataclass(slots=True)
class _Visit:
    """What the commit needs of a staged visit. `staged`: what the check expected of it."""

    id: UUID
    number: int
    key: bytes
    staged: str
    record: dict[str, Any]
    aside: dict[str, Any]


def _visits(batch: Batch, people: _People, actor: Actor, clock: Clock, progress: Progress) -> None:
    """Visits in the order of their people, so that one person's history is folded in as few steps as can be."""
    for rows in _by_person(batch):
        missing = {row.key for row in rows} - people.keys()
        if missing:
            people = people | _registered(missing) | _by_file_number(rows, missing)
        whose = [_person(row, people) for row in rows]
        # Only where the check found a visit of that day need it be looked for; what came in since, `record_visits` says.
        there = [
            (row, person_id)
            for row, person_id in zip(rows, whose, strict=True)
            if row.staged != Outcome.NEW.value
        ]
        beside = dict(
            zip(
                (row.id for row, _person_id in there),
                beside_register([(person_id, row.record) for row, person_id in there]),
                strict=True,
            )
        )
        nothing: tuple[str, UUID | None] = (Outcome.NEW, None)
        new = [
            # A differing visit is amended: the former version stays readable, and the summary said how many there are.
            NewVisit(row.id, person_id, row.record, amends=beside.get(row.id, nothing)[1])
            for row, person_id in zip(rows, whose, strict=True)
            if beside.get(row.id, nothing)[0] != Outcome.UNCHANGED
        ]
        done = {
            one.op_id: one.outcome
            for one in record_visits(
                actor=actor, clock=clock, batch=new, entry_mode="import", report_differences=True
            )
        }
        if "differs" in done.values():
            raise Conflict(_("核对之后有人记录了同一天的随访，请重新核对"), code="conflict.import_visit")
        words = {"new": Outcome.NEW, "amended": Outcome.CHANGED, "unchanged": Outcome.UNCHANGED}
        _write(
            [
                (row.id, one, words[done.get(row.id, "unchanged")].value)
                for row, one in zip(rows, whose, strict=True)
            ]
        )
        progress.step(len(rows))


def _person(row: _Visit, people: _People) -> UUID:
    name = row.aside.get("name", "")
    candidates = people.get(row.key, [])
    ids = {person_id for known, person_id in candidates if not name or known == name}
    if len(ids) != 1:
        raise Conflict(
            _("核对之后名册有变化，第 %(row)s 行的随访已不能对应到人，请重新核对") % {"row": row.number},
            code="conflict.import_person",
        )
    return next(iter(ids))


def _registered(keys: set[bytes]) -> _People:
    found: _People = {}
    if keys:
        rows = Identifier.objects.filter(number_hash__in=keys, voided_at=None)
        for number, name, person_id in rows.values_list("number_hash", "person__name", "person_id"):
            found.setdefault(bytes(number), []).append((name, person_id))
    return found


def _by_file_number(rows: Sequence[_Visit], missing: set[bytes]) -> _People:
    numbers = {
        str(row.aside["file_no"]): row.key for row in rows if row.key in missing and row.aside.get("file_no")
    }
    people = (
        Person.objects.filter(file_no__in=numbers).values_list("file_no", "name", "id") if numbers else ()
    )
    return {numbers[file_no]: [(name, pk)] for file_no, name, pk in people}


def _write(done: Sequence[tuple[UUID, UUID, str]]) -> None:
    rows = [{"id": str(pk), "person_id": str(person), "outcome": outcome} for pk, person, outcome in done]
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [json.dumps(rows)])


def _chunks(batch: Batch, kind: RowKind, size: int) -> Iterator[list[Row]]:
    last = 0
    while True:
        rows = Row.objects.filter(batch=batch, kind=kind, skipped=False, position__gt=last).order_by(
            "position"
        )[:size]
        found = list(rows)
        if not found:
            return
        yield found
        last = found[-1].position


def _by_person(batch: Batch) -> Iterator[list[_Visit]]:
    """Chunks of about 2,000 visits that never part one person's visits (unless one person alone has more)."""
    order = (
        Row.objects.filter(batch=batch, kind=RowKind.VISIT, skipped=False)
        .exclude(outcome=Outcome.REPEATED)
        .order_by("key", "position")
        .values_list("id", "key")
    )
    ids: list[UUID] = []
    for _key, group in groupby(order, key=lambda pair: bytes(pair[1]) if pair[1] else b""):
        more = [pk for pk, _ in group]
        if ids and len(ids) + len(more) > VISITS:
            yield _load(ids)
            ids = []
        ids += more
    if ids:
        yield _load(ids)


def _load(ids: Sequence[UUID]) -> list[_Visit]:
    found: dict[UUID, _Visit] = {}
    for pk, number, key, outcome, payload in Row.objects.filter(pk__in=ids).values_list(
        "id", "number", "key", "outcome", "payload"
    ):
        said = json.loads(payload)
        found[pk] = _Visit(
            pk, number, bytes(key) if key else b"", outcome, said["record"], said.get("aside", {})
        )
    return [found[pk] for pk in ids]
