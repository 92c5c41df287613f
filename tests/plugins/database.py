"""A migrated database per test process, copied from a template that is migrated once and kept.

The template's name is a hash of every migration and of the code they call, so a changed migration makes a new one.
`default`, `report` and `owner` are one connection: what a test writes is seen by all three inside its transaction, and
entering a scope really steps down into the app role.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from config.setup import roles, state
from config.setup.folders import ROOT, var

KEPT_TEMPLATES = 6
#: The database this process points at, once it does.
_pointed: list[str] = []
OURS = re.compile(r"test_xinqiao_(?:\w+_)?(?:main|gw\d+)p(?P<pid>\d+)")


def server() -> state.Server:
    """The server that tests run on: DATABASE_URL's, or the private test cluster."""
    from config.setup import postgres

    return postgres.ensure("test")


def fingerprint() -> str:
    """Twelve digits that change with any migration, with Django, and with the code migrations call."""
    import django

    digest = hashlib.sha256(django.get_version().encode())
    files = [
        *ROOT.glob("xinqiao/**/migrations/**/*"),
        ROOT / "xinqiao/accounts/rls.py",
        ROOT / "xinqiao/audit/grants.py",
        ROOT / "config/setup/roles.py",
    ]
    files += [ROOT / "requirements/base.lock"]
    for path in sorted(path for path in files if path.is_file() and path.suffix in {".py", ".sql"}):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:12]


@contextlib.contextmanager
def owner() -> Iterator[psycopg.Connection[Any]]:
    known = server()
    with psycopg.connect(known.conninfo("owner"), autocommit=True) as connection:
        yield connection


def make(name: str, template: str) -> None:
    """CREATE DATABASE from a template nobody is connected to."""
    with owner() as connection:
        drop(connection, name)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        _allow(connection, name)


def drop(connection: psycopg.Connection[Any], name: str) -> None:
    """Remove a database with whoever is connected. A vacuum of the server's own may not be ended by us: it is waited for."""
    command = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    for _ in range(50):
        try:
            connection.execute(command)
            return
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            time.sleep(0.2)
    connection.execute(command)


def _allow(connection: psycopg.Connection[Any], name: str) -> None:
    known = server()
    for role in ("app", "report"):
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(name), sql.Identifier(known.roles[role].name)
            )
        )


def _sweep(connection: psycopg.Connection[Any], names: list[str]) -> None:
    """Drop what a killed run left behind; on a given server the process may be another machine's."""
    if server().way == "url":
        return
    for name in names:
        ours = OURS.fullmatch(name)
        if ours and not Path(f"/proc/{ours['pid']}").exists():
            drop(connection, name)


def _migrated_template(blocker: Any) -> str:
    """The name of the template, made under a lock by whichever test process comes first."""
    from django.core.management import call_command
    from django.db import connections

    name = f"test_xinqiao_template_{fingerprint()}"
    with (var() / "test-template.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with owner() as connection:
            known = [row[0] for row in connection.execute("SELECT datname FROM pg_database ORDER BY oid")]
            _sweep(connection, known)
            if name in known:
                return name
            # Oldest first; a few are kept for branches and for runs under way.
            old = [one for one in known if one.startswith("test_xinqiao_template_")]
            for one in old[: max(0, len(old) - KEPT_TEMPLATES + 1)]:
                drop(connection, one)
            part = f"{name}_part"
            drop(connection, part)
            connection.execute(
                sql.SQL(
                    "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
                ).format(sql.Identifier(part))
            )
        roles.grant_in_schema(server(), part)
        with blocker.unblock():
            _point_at(part)
            call_command("migrate", database="default", verbosity=0, interactive=False)
            connections["default"].close()
        with owner() as connection:
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(part), sql.Identifier(name))
            )
    return name


def _point_at(name: str) -> None:
    """Every alias of this process to one database; in this thread also to one connection."""
    from django.conf import settings
    from django.db import connections

    for alias in ("default", "report", "owner"):
        connections[alias].close()
        connections.settings[alias]["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name
    connections["default"].settings_dict["NAME"] = name
    _pointed[:] = [name]
    _one_connection()


def _one_connection() -> None:
    """`report` and `owner` are `default`. Connections are kept per context: a browser's loop, begun in this thread, gives
    later tests a context of their own."""
    from django.db import connections

    for alias in ("report", "owner"):
        if connections[alias] is not connections["default"]:
            connections[alias].close()
            connections[alias] = connections["default"]


def worker() -> str:
    """`gw0p123` under xdist, else `mainp123` (the process), so that two runs at once have a database each."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main") + f"p{os.getpid()}"


@pytest.fixture(scope="session")
def database_template(django_test_environment: None, django_db_blocker: Any) -> str:
    """Name of the migrated, empty template database."""
    return _migrated_template(django_db_blocker)


@pytest.fixture(scope="session")
def django_db_setup(database_template: str, django_db_blocker: Any) -> Iterator[None]:
    """pytest-django's hook: give this process its database, drop it at the end."""
    from django.db import connections

    name = f"test_xinqiao_{worker()}"
    make(name, database_template)
    with django_db_blocker.unblock():
        _point_at(name)
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
    with owner() as connection:
        drop(connection, name)


@pytest.fixture(autouse=True)
def _aliases() -> None:
    """Before each test, whatever ran before in this process."""
    if _pointed:
        _one_connection()


@pytest.fixture
def new_database(database_template: str) -> Iterator[Callable[[str], str]]:
    """`new_database("journey")` makes another migrated database and drops it after the test; returns its name."""
    made: list[str] = []

    def build(word: str, template: str = "") -> str:
        name = f"test_xinqiao_{word}_{worker()}"
        make(name, template or database_template)
        made.append(name)
        return name

    yield build
    with owner() as connection:
        for name in made:
            drop(connection, name)


@pytest.fixture
def app_connection(db: None) -> Callable[[], psycopg.Connection[Any]]:
    """Signs in as the real app role to this process's database (sees committed rows only)."""
    from django.db import connections

    def connect() -> psycopg.Connection[Any]:
        return psycopg.connect(server().conninfo("app", str(connections["default"].settings_dict["NAME"])))

    return connect


def served_environment(database: str) -> dict[str, str]:
    """Environment of a real server process (its own roles, its own pool) on a test database."""
    from config import env

    keep = {key: value for key, value in os.environ.items() if not key.startswith(("XINQIAO_", "PYTEST_"))}
    return (
        keep
        | env.test_environment()
        | {
            "XINQIAO_TEST": "0",
            "XINQIAO_MODE": "demo",
            "XINQIAO_CLUSTER": "test",
            "XINQIAO_DATABASE_NAME": database,
            "XINQIAO_SERVING": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
    )
