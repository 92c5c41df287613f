"""Checking a staged batch: every row judged, every relation between rows said, nothing of the register touched."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, NotFound, Problem
from xinqiao.kernel.words import Sentence
from xinqiao.registry.fields import keyring

from ..choices import BatchState, Outcome, RowKind
from ..excel.headings import by_key
from ..layout import Layout
from ..models import Batch, Row
from ..progress import Progress
from .judge import Candidate, Judged, judge_people, judge_visits
from .places import Villages
from .relate import RELATIONS, Place, relate

CHUNK = 2_000

_PUT = """
update interchange_row r
set payload = v.payload, problems = v.problems, outcome = v.outcome, key = v.key, again = v.again,
    content = v.content
from jsonb_to_recordset(%s::jsonb) v(id uuid, payload bytea, problems jsonb, outcome text, key bytea, again bytea, content bytea)
where r.id = v.id
"""
_RELATE = """
update interchange_row r set problems = v.problems::jsonb, outcome = v.outcome
from unnest(%s::uuid[], %s::text[], %s::text[]) v(id, problems, outcome) where r.id = v.id
"""


def held(batch_id: UUID, *states: str) -> Batch:
    """The actor's batch, locked against a second worker for this transaction; NotFound when it is not theirs, Conflict
    when somebody else works on it or it is in another state."""
    batch = Batch.objects.filter(pk=batch_id).first()
    if batch is None:
        raise NotFound()
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {batch_id}"])
        row = cursor.fetchone()
    if not row or not row[0]:
        raise Conflict(_("这批数据正在处理，请稍候刷新页面"), code="conflict.import_busy")
    batch.refresh_from_db()
    if batch.state not in states:
        raise Conflict(_("这批数据的状态已经改变，请刷新页面"), code="conflict.import_state")
    return batch


@transaction.atomic
def check_batch(*, actor: Actor, clock: Clock, batch_id: UUID) -> Batch:
    """Judge every row. Statements grow with the number of chunks of 2,000 rows, not with rows."""
    require(actor, Permission.IMPORT_REGISTER)
    batch = held(batch_id, BatchState.UPLOADED, BatchState.CHECKING, BatchState.FAILED, BatchState.CHECKED)
    total = Row.objects.filter(batch=batch).count()
    people: dict[bytes, list[Candidate]] = {}
    registered: set[bytes] = set()
    villages = Villages.below(actor.place)
    with Progress(batch.pk, "check", total) as progress:
        for rows in _chunks(batch.pk, RowKind.PERSON):
            put(judge_people(rows, actor=actor, clock=clock, villages=villages, people=people), batch)
            progress.step(len(rows))
        for rows in _chunks(batch.pk, RowKind.VISIT):
            put(judge_visits(rows, clock=clock, people=people, registered=registered), batch)
            progress.step(len(rows))
        put_relations(_places(Q(batch=batch)), registered)
    batch.state, batch.state_at, batch.failure = BatchState.CHECKED, clock.now(), ""
    recount(batch)
    return batch


def judge_again(batch: Batch, rows: Sequence[Row], *, actor: Actor, clock: Clock) -> None:
    """Judge some rows, and every row that shares a person with them before or after."""
    require(actor, Permission.IMPORT_REGISTER)
    keys = {bytes(row.key) for row in rows if row.key}
    chosen = {row.pk: row for row in rows}
    villages = Villages.below(actor.place)
    judged: list[Judged] = []
    registered: set[bytes] = set()
    for _round in range(2):
        related = Row.objects.filter(batch=batch, key__in=keys).exclude(pk__in=chosen)
        chosen |= {row.pk: row for row in related}
        people: dict[bytes, list[Candidate]] = {}
        registered = set()
        everyone = sorted(chosen.values(), key=lambda row: row.position)
        persons = [row for row in everyone if row.kind == RowKind.PERSON]
        visits = [row for row in everyone if row.kind == RowKind.VISIT]
        judged = (
            judge_people(persons, actor=actor, clock=clock, villages=villages, people=people)
            if persons
            else []
        )
        judged += judge_visits(visits, clock=clock, people=people, registered=registered) if visits else []
        found = {one.key for one in judged if one.key}
        if found <= keys:
            break
        keys |= found
    put(judged, batch)
    put_relations(_places(Q(batch=batch, pk__in=[one.row.pk for one in judged])), registered)
    recount(batch)


def put(judged: Sequence[Judged], batch: Batch) -> None:
    """Write judged rows in one statement."""
    if not judged:
        return
    seal = keyring().seal
    layout = Layout.load(batch.layout)
    rows = [(_in_words_of_the_file(one, layout) if one.problems else one).put() for one in judged]
    given = [
        {
            "id": str(row.pk),
            "payload": _hex(seal(row.payload)),
            "problems": row.problems,
            "outcome": str(row.outcome),
            "key": _hex(row.key),
            "again": _hex(row.again),
            "content": _hex(row.content),
        }
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [json.dumps(given)])


def _hex(value: bytes | memoryview | None) -> str | None:
    return None if value is None else "\\x" + bytes(value).hex()


def _in_words_of_the_file(one: Judged, layout: Layout) -> Judged:
    """Sentences name the column as the person who brought the file wrote it."""
    shape = layout.sheets[one.row.sheet]
    known = by_key(shape.sheet)
    said: list[Problem] = []
    for problem in one.problems:
        heading = known.get(problem.field)
        written = shape.columns.get(problem.field, ["", ""])[1]
        message = problem.message
        if heading is not None and written and written != heading.title:
            plain = message.replace(f"“{heading.title}”", f"“{written}”")
            renamed = message.with_value(heading.title, written) if isinstance(message, Sentence) else plain
            message = renamed if renamed == plain else plain
        said.append(Problem(problem.field, problem.code, message, problem.value))
    one.problems = said
    return one


def _chunks(batch_id: UUID, kind: RowKind) -> Iterator[list[Row]]:
    last = 0
    while True:
        rows = list(
            Row.objects.filter(batch=batch_id, kind=kind, position__gt=last).order_by("position")[:CHUNK]
        )
        if not rows:
            return
        yield rows
        last = rows[-1].position


def _places(wanted: Q) -> list[Place]:
    columns = ("id", "sheet", "number", "kind", "skipped", "key", "again", "problems", "outcome", "content")
    return [
        Place(pk, sheet, number, kind, skipped, _raw(key), _raw(again), problems, outcome, _raw(content))
        for pk, sheet, number, kind, skipped, key, again, problems, outcome, content in Row.objects.filter(
            wanted
        )
        .order_by("position")
        .values_list(*columns)
    ]


def _raw(value: Any) -> bytes | None:
    return bytes(value) if value is not None else None


def put_relations(places: Sequence[Place], registered: set[bytes]) -> None:
    """Say what is wrong between these rows, and write the rows for which that is so. The rows were judged just now."""
    found = relate(places, registered)
    changed = []
    for place in places:
        own = [problem for problem in place.problems if problem["code"] not in RELATIONS]
        problems = own + found.get(place.id, [])
        if problems != place.problems:
            refused = any(not problem["flag"] for problem in problems)
            repeated = any(problem["code"] == "same_row" for problem in problems)
            outcome = (
                Outcome.PROBLEM.value if refused else Outcome.REPEATED.value if repeated else place.outcome
            )
            changed.append((place.id, json.dumps(problems), outcome))
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(_RELATE, [list(column) for column in zip(*changed, strict=True)])


def recount(batch: Batch) -> None:
    """Fill in the batch's counts from its rows, and save it."""
    counts: dict[str, dict[str, int]] = {}
    rows = (
        Row.objects.filter(batch=batch).values("kind", "outcome", "skipped", "hidden").annotate(n=Count("id"))
    )
    for group in rows.order_by():
        each = counts.setdefault(group["kind"], {"total": 0, "hidden": 0})
        outcome = Outcome.SKIPPED.value if group["skipped"] else group["outcome"] or "unchecked"
        each[outcome] = each.get(outcome, 0) + group["n"]
        each["total"] += group["n"]
        each["hidden"] += group["n"] if group["hidden"] else 0
    batch.counts = counts
    batch.problem_rows = sum(each.get(Outcome.PROBLEM.value, 0) for each in counts.values())
    batch.save()
