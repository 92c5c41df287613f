"""Sealed values under an older key → under the one that writes now. What is done is seen in each value: the key's id stands
in it, so whoever is interrupted goes on where it stopped, and a second run finds nothing to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connections, transaction

from xinqiao.kernel.secrets import FORMAT, Keyring

from .columns import OWNER, Sealed, sealed_tables


def reseal(
    ring: Keyring, *, at_once: int = 0, say: Callable[[str, int], None] = lambda table, done: None
) -> int:
    """Seal everything anew that is under another key than `ring.current`; returns the number of rows.

    Each portion is a transaction of its own; `say(table, rows so far)` is called after each. Everything stays readable.
    """
    return sum(_reseal(ring, one, at_once or one.at_once, say) for one in sealed_tables())


def _reseal(ring: Keyring, table: Sealed, at_once: int, say: Callable[[str, int], None]) -> int:
    head = _head(ring.current)
    names = ", ".join(f'"{column}"' for column in table.columns)
    older = " or ".join(f"({_under_another(column)})" for column in table.columns)
    sets = ", ".join(f'"{column}" = v."{column}"' for column in table.columns)
    types = ", ".join([f"%s::{table.key_type}[]", *["%s::bytea[]"] * len(table.columns)])
    read = (
        f'select "{table.key}", {names} from {table.table} where ({older}) and ("{table.key}" > %s or %s)'  # noqa: S608
        f' order by "{table.key}" limit %s for update'
    )
    write = (
        f'update {table.table} as t set {sets} from unnest({types}) as v("{table.key}", {names})'  # noqa: S608
        f' where t."{table.key}" = v."{table.key}"'
    )
    done, last = 0, None
    while True:
        with transaction.atomic(using=OWNER), connections[OWNER].cursor() as cursor:
            heads = [value for _ in table.columns for value in (len(head), head)]
            cursor.execute(read, [*heads, last, last is None, at_once])
            rows = cursor.fetchall()
            if rows:
                fresh = [[row[0], *(_again(ring, value) for value in row[1:])] for row in rows]
                cursor.execute(write, [list(column) for column in zip(*fresh, strict=True)])
        if not rows:
            return done
        done, last = done + len(rows), rows[-1][0]
        say(table.table, done)


def _again(ring: Keyring, value: Any) -> bytes | None:
    if value is None:
        return None
    raw = bytes(value)
    return ring.seal_bytes(ring.open_bytes(raw)) if raw else b""


def uses(key_id: str) -> dict[str, int]:
    """How many values are sealed with a key, by `table.column`; columns without any are left out."""
    head, found = _head(key_id), {}
    with connections[OWNER].cursor() as cursor:
        for table in sealed_tables():
            for column in table.columns:
                cursor.execute(
                    f'select count(*) from {table.table} where substring("{column}" from 1 for %s) = %s',  # noqa: S608
                    [len(head), head],
                )
                if count := cursor.fetchone()[0]:
                    found[f"{table.table}.{column}"] = count
    return found


def _head(key_id: str) -> bytes:
    return bytes((FORMAT, len(key_id.encode()))) + key_id.encode()


def _under_another(column: str) -> str:
    return f'"{column}" <> \'\'::bytea and substring("{column}" from 1 for %s) <> %s'
