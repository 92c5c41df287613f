"""Filling the keys of names that are there already: after this column came, and whenever the table of surnames changes."""

from __future__ import annotations

from typing import Any

from .keys import keys_of

TABLES = ("registry_person", "registry_personname")
AT_ONCE = 2000


def refill(cursor: Any, table: str, *, at_once: int = AT_ONCE) -> int:
    """Set the keys of every row of `table` whose keys are not what its name gives; returns how many were set.

    Reads in the order of the key and writes in portions. The cursor belongs to the owner, who sees all rows.
    """
    if table not in TABLES:
        raise ValueError(table)
    changed, last = 0, "00000000-0000-0000-0000-000000000000"
    while True:
        cursor.execute(
            f"select id, name, name_key, pinyin, initials from {table} where id > %s order by id limit %s",  # noqa: S608 -- named above
            [last, at_once],
        )
        rows = cursor.fetchall()
        if not rows:
            return changed
        last = rows[-1][0]
        wanted = [
            (pk, keys.name, keys.pinyin, keys.initials)
            for pk, name, *kept in rows
            for keys in [keys_of(name)]
            if kept != [keys.name, keys.pinyin, keys.initials]
        ]
        if wanted:
            cursor.execute(
                f"update {table} set name_key = k.name_key, pinyin = k.pinyin, initials = k.initials"  # noqa: S608
                " from unnest(%s::uuid[], %s::text[], %s::text[], %s::text[]) as k(id, name_key, pinyin, initials)"
                f" where {table}.id = k.id",
                [list(column) for column in zip(*wanted, strict=True)],
            )
            changed += len(wanted)
