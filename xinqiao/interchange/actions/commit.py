"""Writing a checked batch: one transaction, all or nothing, through the two write paths that everybody uses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
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
from unnest(%s::uuid[], %s::uuid[], %s::text[]) v(id, person_id, outcome) where r.id = v.id
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
    wanted = Row.objects.filter(batch=batch, skipped=False)
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


def _visits(batch: Batch, people: _People, actor: Actor, clock: Clock, progress: Progress) -> None:
    """Visits in the order of their people, so that one person's history is folded in as few steps as can be."""
    for rows in _by_person(batch):
        payloads = {row.pk: json.loads(row.payload) for row in rows}
        missing = {bytes(row.key) for row in rows if row.key} - people.keys()
        people = people | _registered(missing) | _by_file_number(rows, payloads, missing)
        whose = [_person(row, payloads[row.pk]["aside"].get("name", ""), people) for row in rows]
        records = [payloads[row.pk]["record"] for row in rows]
        beside = beside_register(list(zip(whose, records, strict=True)))
        new = [
            # A differing visit is amended: the former version stays readable, and the summary said how many there are.
            NewVisit(row.pk, person_id, record, amends=visit_id)
            for row, person_id, record, (outcome, visit_id) in zip(rows, whose, records, beside, strict=True)
            if outcome != Outcome.UNCHANGED
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
                (row.pk, one, words[done.get(row.pk, "unchanged")].value)
                for row, one in zip(rows, whose, strict=True)
            ]
        )
        progress.step(len(rows))


def _person(row: Row, name: str, people: _People) -> UUID:
    candidates = people.get(bytes(row.key) if row.key else b"", [])
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


def _by_file_number(rows: Sequence[Row], payloads: Mapping[UUID, Any], missing: set[bytes]) -> _People:
    numbers = {
        str(payloads[row.pk]["aside"]["file_no"]): bytes(row.key)
        for row in rows
        if row.key and bytes(row.key) in missing and payloads[row.pk]["aside"].get("file_no")
    }
    people = (
        Person.objects.filter(file_no__in=numbers).values_list("file_no", "name", "id") if numbers else ()
    )
    return {numbers[file_no]: [(name, pk)] for file_no, name, pk in people}


def _write(done: Sequence[tuple[UUID, UUID, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DONE, [list(column) for column in zip(*done, strict=True)])


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


def _by_person(batch: Batch) -> Iterator[list[Row]]:
    """Chunks of about 2,000 visits that never part one person's visits (unless one person alone has more)."""
    order = (
        Row.objects.filter(batch=batch, kind=RowKind.VISIT, skipped=False)
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


def _load(ids: Sequence[UUID]) -> list[Row]:
    rows = Row.objects.in_bulk(ids)
    return [rows[pk] for pk in ids]
