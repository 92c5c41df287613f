"""Adding, ending and correcting rows that hold from a day to a day: names, numbers, addresses, family, supports, people who
stand by. Nothing is overwritten: what is replaced is ended, what was wrong is voided and stays readable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from .. import bulk
from ..listeners import facts_changed
from ..models import CareGroup, Guardian, Person, PersonRevision
from ..rules.dated import DATED, DatedKind, check_dated, check_order
from ..scoped import Fact
from ..tables import TABLES, answers_of, columns_of


@dataclass(frozen=True, slots=True)
class NewRow:
    """One row to add. `op_id` becomes its key, so that a repeated operation finds it; `record` has the keys of the kind."""

    op_id: UUID
    person_id: UUID
    kind: str
    record: Mapping[str, Any]


def add_rows(*, actor: Actor, clock: Clock, batch: Sequence[NewRow]) -> list[Fact]:
    """Add rows, in order; an open row that only one may be of ends where its successor begins. All or nothing.

    A repeated operation answers with the row that is there. NotFound for a person out of scope, Invalid with what the rules
    say (`rows.N.key` in a batch of several). Statements: two, and three for each table.
    """
    require(actor, Permission.REGISTER_PERSON)
    if not batch:
        return []
    with transaction.atomic():
        ids = sorted({one.person_id for one in batch})
        people = {one.pk: one for one in Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
        if people.keys() != set(ids):
            raise NotFound(code="not_found.person")
        result: dict[UUID, Fact] = {}
        problems: list[Problem] = []
        made: dict[type[Fact], list[Fact]] = {}
        ended: dict[type[Fact], list[tuple[UUID, date]]] = {}
        for key in sorted({one.kind for one in batch}):
            kind, table = _kind(key)
            mine = [(n, one) for n, one in enumerate(batch) if one.kind == key]
            there = _there(table, [one for _n, one in mine])
            for number, one in mine:
                if (known := there.get(one.op_id)) is not None:
                    result[one.op_id] = _same(known, one)
                    continue
                person = people[one.person_id]
                clean, wrong = check_dated(kind, one.record, today=clock.today(), born=person.birth_on)
                wrong += [] if wrong else _refers(key, clean, person)
                open_rows = [] if wrong else _succeeded(kind, clean, there.values(), person)
                wrong += [] if wrong else check_order(kind, clean, [row.valid_from for row in open_rows])
                if any(old._state.adding for old in open_rows):
                    wrong.append(
                        Problem("valid_from", "twice", sentence("同一批中另有一条同类的情况，请分开登记。"))
                    )
                if wrong:
                    at = f"rows.{number}." if len(batch) > 1 else ""
                    problems += [Problem(at + p.field, p.code, p.message, p.value) for p in wrong]
                    continue
                row = table(id=one.op_id, **_common(person, actor, clock), **columns_of(key, clean))
                made.setdefault(table, []).append(row)
                there[row.pk] = row
                if "valid_to" not in clean:
                    ended.setdefault(table, []).extend((old.pk, clean["valid_from"]) for old in open_rows)
                result[one.op_id] = row
        if problems:
            raise Invalid(problems)
        _write(made, ended)
        if made:
            touched = [row for rows in made.values() for row in rows]
            _guarded(touched, people, actor, clock)
            _tell(touched, "add_rows", actor, clock)
    return [result[one.op_id] for one in batch]


def end_row(*, actor: Actor, clock: Clock, kind: str, fact_id: UUID, on: date) -> Fact:
    """The row holds until `on` (not included). Repeating the same day changes nothing; a row ended on another day is a
    Conflict: it is corrected instead."""
    require(actor, Permission.REGISTER_PERSON)
    _described, table = _kind(kind)
    with transaction.atomic():
        row: Any = _find(table, fact_id)
        if row.valid_to == on:
            return row  # type: ignore[no-any-return]
        if row.valid_to is not None:
            raise Conflict(sentence("这一条已经结束；日期不对请更正。"), code="conflict.ended")
        day = on.isoformat()
        if on > clock.today():
            raise Invalid(
                [Problem("on", "future", sentence("结束日期 %(day)s 晚于今天，请核对。", day=day), day)]
            )
        if on < row.valid_from:
            raise Invalid(
                [
                    Problem(
                        "on",
                        "order",
                        sentence(
                            "结束日期 %(day)s 早于开始日期 %(valid_from)s，请核对。",
                            day=day,
                            valid_from=row.valid_from,
                        ),
                        day,
                    )
                ]
            )
        _dated(table).filter(pk=row.pk).update(valid_to=on)
        row.valid_to = on
        _tell([row], "end_row", actor, clock)
    return row  # type: ignore[no-any-return]


def correct_row(
    *,
    actor: Actor,
    clock: Clock,
    op_id: UUID,
    kind: str,
    fact_id: UUID,
    record: Mapping[str, Any],
    reason: str,
) -> Fact:
    """Put a row right: the wrong one is voided with the reason, the right one stands in its place. Both stay readable.

    Sealed answers left out stay as they were. A repeated operation answers with the row that is there.
    """
    require(actor, Permission.REGISTER_PERSON)
    described, table = _kind(kind)
    if not reason.strip() or len(reason) > 180:
        raise Invalid([Problem("reason", "missing", sentence("更正要写明原因，最多 180 个字。"))])
    with transaction.atomic():
        done = table._default_manager.filter(pk=op_id).first()
        if done is not None:
            return done
        row: Any = _find(table, fact_id)
        person = Person.objects.select_for_update().get(pk=row.person_id)
        private = tuple(one.key for one in described.fields if one.private)
        kept = {key: value for key, value in answers_of(kind, row, private).items() if value}
        clean, wrong = check_dated(described, kept | dict(record), today=clock.today(), born=person.birth_on)
        wrong += [] if wrong else _refers(kind, clean, person)
        if wrong:
            raise Invalid(wrong)
        table._default_manager.filter(pk=row.pk).update(
            voided_at=clock.now(), voided_by=actor.user_id, voided_reason=f"更正：{reason.strip()}"
        )
        if kind == "household":
            clean["household"] = row.household
            clean.pop("other", None)
        right = table(id=op_id, **_common(person, actor, clock), **columns_of(kind, clean))
        _write({table: [right]}, {})
        _tell([right], "correct_row", actor, clock, was=row.pk)
    return right


def _kind(key: str) -> tuple[DatedKind, type[Fact]]:
    if key not in DATED:
        raise NotFound(code="not_found.fact")
    return DATED[key], TABLES[key]


def _dated(table: type[Fact]) -> Any:
    """The rows of a table with the two days, which its base does not name."""
    return table._default_manager


def _find(table: type[Fact], fact_id: UUID) -> Fact:
    row = table._default_manager.select_for_update().filter(pk=fact_id, voided_at=None).first()
    if row is None:
        raise NotFound(code="not_found.fact")
    return row


def _common(person: Person, actor: Actor, clock: Clock) -> dict[str, Any]:
    return {
        "person": person, "managing_code": person.managing_code, "shared_codes": person.shared_codes,
        "recorded_at": clock.now(), "recorded_by": actor.user_id,
    }  # fmt: skip


def _there(table: type[Fact], wanted: Sequence[NewRow]) -> dict[UUID, Fact]:
    """Rows of the operations, and the open rows of the people, in one statement."""
    rows = table._default_manager.filter(person_id__in={one.person_id for one in wanted}).order_by("id")
    operations = {one.op_id for one in wanted}
    return {
        row.pk: row
        for row in rows
        if row.pk in operations or (row.voided_at is None and getattr(row, "valid_to", None) is None)
    }


def _same(known: Fact, one: NewRow) -> Fact:
    if known.person_id != one.person_id:
        raise Conflict(sentence("同一次操作已经保存过另外的内容，请重新打开表单"), code="conflict.op_reused")
    return known


def _succeeded(kind: DatedKind, clean: Mapping[str, Any], there: Any, person: Person) -> list[Any]:
    """The open rows that this one takes the place of."""
    if kind.alone is None:
        return []
    return [
        row
        for row in there
        if row.person_id == person.pk
        and row.voided_at is None
        and row.valid_to is None
        and all(getattr(row, key) == clean.get(key) for key in kind.alone)
    ]


def _refers(kind: str, clean: Mapping[str, Any], person: Person) -> list[Problem]:
    """A care group must be one of the person's own village or township, and open."""
    if kind != "placement":
        return []
    try:
        wanted = UUID(str(clean["group"]))
    except ValueError:
        wanted = UUID(int=0)
    group = CareGroup.objects.filter(pk=wanted, until=None).first()
    if group is None or group.managing_code[:9] != person.managing_code[:9]:
        return [Problem("group", "not_found", sentence("没有这个小组，或不是本乡镇的小组。"))]
    return []


def _write(
    made: Mapping[type[Fact], list[Fact]], ended: Mapping[type[Fact], list[tuple[UUID, date]]]
) -> None:
    for table, rows in ended.items():
        by_day: dict[date, list[UUID]] = {}
        for pk, day in rows:
            by_day.setdefault(day, []).append(pk)
        for day, keys in by_day.items():
            _dated(table).filter(pk__in=keys).update(valid_to=day)
    for new in made.values():
        try:
            with transaction.atomic():
                bulk.insert(new)
        except IntegrityError as error:
            known = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
            if not known.endswith("_pkey"):
                raise
            raise Conflict(
                sentence("同一次操作已经保存过另外的内容，请重新打开表单"), code="conflict.op_reused"
            ) from None


def _guarded(rows: Sequence[Fact], people: Mapping[UUID, Person], actor: Actor, clock: Clock) -> None:
    """Somebody who gets a guardian is no longer without one."""
    for pk in {row.person_id for row in rows if isinstance(row, Guardian) and row.valid_to is None}:
        person = people[pk]
        if person.no_guardian:
            Person.objects.filter(pk=pk).update(no_guardian=False)
            PersonRevision.objects.create(
                **_common(person, actor, clock), keys=["no_guardian"], former='{"no_guardian": true}', source="form",
                row_version=person.row_version + 1,
            )  # fmt: skip


def _tell(rows: Sequence[Fact], action: str, actor: Actor, clock: Clock, was: UUID | None = None) -> None:
    """One line of the trail; the files count up, so that a form opened before is not saved over this."""
    ids = sorted({row.person_id for row in rows})
    Person.objects.filter(pk__in=ids).update(row_version=F("row_version") + 1)
    one = rows[0] if len(rows) == 1 else None
    tables = {table: kind for kind, table in TABLES.items()}
    audit.record(
        actor=actor, clock=clock, action=action, object_type="person" if len(ids) == 1 else "batch",
        object_id=ids[0] if len(ids) == 1 else None, place=rows[0].managing_code if len(ids) == 1 else actor.place,
        op_id=one.pk if one else None,
        detail={"rows": {str(row.pk): tables[type(row)] for row in rows}} | ({"was": str(was)} if was else {}),
    )  # fmt: skip
    facts_changed(actor, clock, ids)
