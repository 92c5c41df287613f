"""The three database roles and what each may do. Repeatable: run again, it only puts things right.

owner   makes and migrates tables; not a superuser; member of the two others so that a test can step down into them
app     serves people: reads and writes rows, row-level security always holds
report  counts and backs up: reads every row, writes none
"""

from __future__ import annotations

import secrets
from typing import Any

from config.setup.folders import SetupProblem
from config.setup.state import NAMES, Login, Server


def make_in_private_cluster(server: Server, *, create_databases: bool) -> None:
    """Make the roles (with new passwords, written into `server.roles`) and the database, as the cluster's superuser."""
    import psycopg

    for role, name in NAMES.items():
        server.roles[role] = Login(name, secrets.token_urlsafe(24))
    with psycopg.connect(server.conninfo("super", "postgres"), autocommit=True) as connection:
        more = {
            "owner": "CREATEDB" if create_databases else "NOCREATEDB",
            "app": "NOINHERIT",
            "report": "NOINHERIT BYPASSRLS",
        }
        for role, name in NAMES.items():
            _make_or_alter(
                connection, name, f"LOGIN NOSUPERUSER NOCREATEROLE {more[role]}", server.roles[role].password
            )
        _run(connection, "GRANT {app}, {report} TO {owner}", server)
        exists = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [server.database]
        ).fetchone()
        if not exists:
            _run(
                connection,
                "CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'"
                " LC_COLLATE 'C' LC_CTYPE '" + _ctype(connection) + "'",
                server,
            )
    _limit(server)


def make_in_given_database(server: Server) -> None:
    """Make the roles that were not given, with the owner's own rights; a SetupProblem says which right is missing."""
    import psycopg

    made = [role for role in ("app", "report") if role not in server.roles]
    with psycopg.connect(server.conninfo("owner"), autocommit=True) as connection:
        owner = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert owner is not None
        for role in made:
            server.roles[role] = Login(NAMES[role], secrets.token_urlsafe(24))
            right = "NOINHERIT" if role == "app" else "NOINHERIT BYPASSRLS"
            try:
                _make_or_alter(connection, NAMES[role], f"LOGIN {right}", server.roles[role].password)
                _run(connection, "GRANT {" + role + "} TO {owner}", server)
            except psycopg.errors.InsufficientPrivilege as problem:
                raise SetupProblem(
                    f"The role of DATABASE_URL may not create {NAMES[role]} ({right}); let an administrator create it"
                    f" and give {role.upper()}_DATABASE_URL."
                ) from problem
    _limit(server)


def _limit(server: Server) -> None:
    """Who may use what in the database, run as its owner (tables made later get the same by default privileges)."""
    import psycopg

    with psycopg.connect(server.conninfo("owner"), autocommit=True) as connection:
        for statement in (
            "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
            "GRANT CONNECT ON DATABASE {database} TO {app}, {report}",
        ):
            _run(connection, statement, server)
    grant_in_schema(server, server.database)


SCHEMA = (
    "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {app}, {report}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {app}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {app}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {report}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {app}",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {report}",
)


def grant_in_schema(server: Server, database: str) -> None:
    """Default privileges of one database: a new one (or a test's) needs them before its first migration.

    GRANT on all tables is for a first run on a database that has tables already; a migration that revokes something
    from a role (history, audit) holds, because a fresh database has no tables yet and this is not run again.
    """
    import psycopg

    with psycopg.connect(server.conninfo("owner", database), autocommit=True) as connection:
        fresh = connection.execute("SELECT to_regclass('public.django_migrations') IS NULL").fetchone()
        for statement in SCHEMA:
            if "ON ALL" in statement and fresh and not fresh[0]:
                continue
            _run(connection, statement, server)


def _make_or_alter(connection: Any, name: str, rights: str, password: str) -> None:
    from psycopg import sql

    exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    verb = "ALTER" if exists else "CREATE"
    statement = sql.SQL(verb + " ROLE {} " + rights + " PASSWORD {}")
    connection.execute(statement.format(sql.Identifier(name), sql.Literal(password)))
    if "BYPASSRLS" in rights.replace("NOBYPASSRLS", ""):
        readonly = sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on")
        connection.execute(readonly.format(sql.Identifier(name)))


def _run(connection: Any, statement: str, server: Server) -> None:
    from psycopg import sql

    names = {role: sql.Identifier(login.name) for role, login in server.roles.items()}
    connection.execute(sql.SQL(statement).format(**names, database=sql.Identifier(server.database)))


def _ctype(connection: Any) -> str:
    """C.UTF-8 where the system has it (letter case beyond ASCII), else C; order is by code point either way."""
    row = connection.execute(
        "SELECT 1 FROM pg_collation WHERE collname IN ('C.utf8', 'C.UTF-8') LIMIT 1"
    ).fetchone()
    return "C.UTF-8" if row else "C"
