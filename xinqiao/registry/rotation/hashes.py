"""Keyed hashes under new keys: a second column is filled beside normal work, then takes the place of the first.

The second column is there only while a rotation is under way. A trigger empties it when the first one changes, so that
what is written meanwhile is computed again. The change of place is one short transaction that nobody can read through: what
is still missing is computed, the columns are renamed, the deployment's keys are told, and it is over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from xinqiao.kernel.secrets import Keyring

from .columns import OWNER, ROWS_AT_ONCE, HashColumn, by_table, hash_columns

#: How long the change of place waits for a moment without readers before it gives up and says so.
LOCK_WAIT = "15s"


@dataclass(frozen=True, slots=True)
class Switched:
    """What the change of place did: columns renamed, hashes that were still missing."""

    columns: int
    late: int


def generation(keys: dict[str, bytes]) -> str:
    """A name for a set of hash keys that says nothing about them."""
    text = b"".join(kind.encode() + hashlib.sha256(key).digest() for kind, key in sorted(keys.items()))
    return hashlib.sha256(b"generation" + text).hexdigest()[:12]


def pending() -> dict[str, str]:
    """Second columns that are there, `table.column` → the generation they are filled for. Empty: no rotation under way."""
    found = {}
    with connections[OWNER].cursor() as cursor:
        for one in hash_columns():
            cursor.execute(
                "select col_description(a.attrelid, a.attnum) from pg_attribute a"
                " where a.attrelid = %s::regclass and a.attname = %s and not a.attisdropped",
                [one.table, one.next],
            )
            if (row := cursor.fetchone()) is not None:
                found[f"{one.table}.{one.column}"] = row[0] or ""
    return found


def begin(ring: Keyring) -> None:
    """Make the second columns, their indexes and the triggers. Those of another set of keys are made anew."""
    wanted = generation(_next(ring))
    there = pending()
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"set local lock_timeout = '{LOCK_WAIT}'")
        for table, columns in by_table(hash_columns()):
            for one in columns:
                known = there.get(f"{table}.{one.column}")
                if known == wanted:
                    continue
                if known is not None:
                    cursor.execute(f"alter table {table} drop column {one.next}")
                cursor.execute(f"alter table {table} add column {one.next} bytea")
                cursor.execute(f"comment on column {table}.{one.next} is '{wanted}'")
                for index in one.indexes:
                    cursor.execute(f"create index {index}_next on {table} ({one.next})")
            _trigger(cursor, table, columns)


def _trigger(cursor: CursorWrapper, table: str, columns: list[HashColumn]) -> None:
    forget_one = " ".join(
        f"if new.{one.column} is distinct from old.{one.column} then new.{one.next} := null; end if;"
        for one in columns
    )
    cursor.execute(
        f"create or replace function {table}_forget_next() returns trigger language plpgsql as"
        f" $$ begin {forget_one} return new; end $$"
    )
    cursor.execute(f"drop trigger if exists forget_next on {table}")
    cursor.execute(
        f"create trigger forget_next before update on {table} for each row execute function {table}_forget_next()"
    )


def fill(
    ring: Keyring, *, at_once: int = ROWS_AT_ONCE, say: Callable[[str, int], None] = lambda table, done: None
) -> int:
    """Compute what is missing in the second columns, portion by portion; returns how many rows."""
    done = 0
    for table, columns in by_table(hash_columns()):
        last = None
        of_table = 0
        while True:
            with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
                count, last = _portion(cursor, ring, table, columns, last, at_once)
            if not count:
                break
            of_table += count
            say(table, of_table)
        done += of_table
    return done


def _portion(
    cursor: CursorWrapper, ring: Keyring, table: str, columns: list[HashColumn], last: Any, at_once: int
) -> tuple[int, Any]:
    """One portion of one table in the order of its key; how many rows, and the last key."""
    missing = " or ".join(f"({one.column} is not null and {one.next} is null)" for one in columns)
    names = ", ".join(one.sealed for one in columns)
    cursor.execute(
        f"select id, {names} from {table} where ({missing}) and (id > %s or %s) order by id limit %s for update",  # noqa: S608
        [last, last is None, at_once],
    )
    rows = cursor.fetchall()
    if not rows:
        return 0, last
    made: list[list[object]] = []
    for pk, *sealed in rows:
        values: list[object] = [pk]
        for one, value in zip(columns, sealed, strict=True):
            text = ring.open(bytes(value)) if value else ""
            text = text[-one.rule.last :] if one.rule.last else text
            values.append(ring.next_hash(one.rule.kind, text) if text else None)
        made.append(values)
    sets = ", ".join(f"{one.next} = v.{one.next}" for one in columns)
    fresh = ", ".join(one.next for one in columns)
    types = ", ".join(["%s::uuid[]", *["%s::bytea[]"] * len(columns)])
    cursor.execute(
        f"update {table} as t set {sets} from unnest({types}) as v(id, {fresh}) where t.id = v.id",  # noqa: S608
        [list(column) for column in zip(*made, strict=True)],
    )
    return len(rows), rows[-1][0]


def waiting() -> int:
    """How many rows still lack a hash in the second column."""
    if not pending():
        return 0
    count = 0
    with connections[OWNER].cursor() as cursor:
        for table, columns in by_table(hash_columns()):
            missing = " or ".join(f"({one.column} is not null and {one.next} is null)" for one in columns)
            cursor.execute(f"select count(*) from {table} where {missing}")  # noqa: S608
            count += cursor.fetchone()[0]
    return count


def switch(ring: Keyring, *, tell: Callable[[], None]) -> Switched:
    """Put the second columns in the place of the first. `tell` makes the deployment write and ask with the new keys; it is
    called when everything else is done, and if it fails nothing has changed.

    Nobody reads the tables meanwhile: they wait a moment. Raises ValueError when the columns were filled for other keys.
    """
    wanted = generation(_next(ring))
    if set(pending().values()) != {wanted}:
        raise ValueError("the second columns are missing or were filled for other keys: begin and fill first")
    columns = hash_columns()
    late = 0
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(f"set local lock_timeout = '{LOCK_WAIT}'")
        tables = sorted({one.table for one in columns})
        cursor.execute(f"lock table {', '.join(tables)} in access exclusive mode")
        # Which number a look-up was about cannot be computed again: that a file followed is kept, the rest forgotten.
        cursor.execute(
            "update registry_lookup l set reviewed_at = l.asked_at, review_note = '已建档' where l.reviewed_at is null"
            " and exists (select 1 from registry_identifier i"
            "             where i.number_hash = l.about_hash and i.recorded_at >= l.asked_at)"
        )
        for table, of_table in by_table(columns):
            count, last = _portion(cursor, ring, table, of_table, None, ROWS_AT_ONCE)
            while count:
                late += count
                count, last = _portion(cursor, ring, table, of_table, last, ROWS_AT_ONCE)
            cursor.execute(f"drop trigger forget_next on {table}")
            cursor.execute(f"drop function {table}_forget_next()")
            for one in of_table:
                _rename(cursor, one)
        cursor.execute("update registry_lookup set about_hash = null where about_hash is not null")
        tell()
    return Switched(len(columns), late)


def _rename(cursor: CursorWrapper, one: HashColumn) -> None:
    if not one.null:
        cursor.execute(f"alter table {one.table} alter column {one.next} set not null")
    cursor.execute(f"comment on column {one.table}.{one.next} is null")
    cursor.execute(f"alter table {one.table} drop column {one.column}")
    cursor.execute(f"alter table {one.table} rename column {one.next} to {one.column}")
    for index in one.indexes:
        cursor.execute(f"alter index {index}_next rename to {index}")


def forget() -> None:
    """Give up: take the second columns and the triggers away."""
    there = pending()
    with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
        cursor.execute("set constraints all immediate")
        for table, columns in by_table(hash_columns()):
            cursor.execute(f"drop trigger if exists forget_next on {table}")
            cursor.execute(f"drop function if exists {table}_forget_next()")
            for one in columns:
                if f"{table}.{one.column}" in there:
                    cursor.execute(f"alter table {table} drop column {one.next}")


def _next(ring: Keyring) -> dict[str, bytes]:
    if ring.next_hash_keys is None:
        raise ValueError("there are no next hash keys: make new keys first")
    return ring.next_hash_keys
