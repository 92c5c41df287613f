"""What a back-up holds besides the rows, and what is compared after restoring: counts by table, migrations, the keys."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from config.setup.state import Server

_TABLES = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition order by 1
"""


@dataclass(frozen=True)
class Manifest:
    """Stands before the dump, sealed with it."""

    made_at: str
    server_version: str
    roles: dict[str, str]
    migrations: list[str]
    rows: dict[str, int]
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    return [row[0] for row in connection.execute(_TABLES)]


def rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Table → rows, as this transaction sees them."""
    found = {}
    for name in tables(connection):
        row = connection.execute(sql.SQL("select count(*) from {}").format(sql.Identifier(name))).fetchone()
        found[name] = int(row[0]) if row else 0
    return found


def migrations(connection: psycopg.Connection[Any]) -> list[str]:
    """`app.name` of every migration that ran."""
    found = connection.execute("select app || '.' || name from django_migrations order by 1")
    return [row[0] for row in found]


def role_names(server: Server) -> dict[str, str]:
    return {key: login.name for key, login in server.roles.items() if key != "super"}


def one_sealed_value(connection: psycopg.Connection[Any], columns: list[tuple[str, str]]) -> bytes | None:
    """Any sealed value of the database; None when nothing is sealed yet."""
    for table, column in columns:
        query = sql.SQL("select {0} from {1} where {0} is not null limit 1")
        row = connection.execute(query.format(sql.Identifier(column), sql.Identifier(table))).fetchone()
        if row is not None:
            return bytes(row[0])
    return None
