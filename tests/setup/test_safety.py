"""The server refuses to start under a role that could look past row-level security."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

from config.safety import UnsafeRole, check_roles, faults, scoped_tables
from config.setup import state
from config.setup.folders import ROOT
from tests.plugins.database import served_environment, server


@pytest.fixture
def database(new_database: Callable[..., str]) -> str:
    return new_database("safety")


@pytest.fixture
def as_role(database: str) -> Iterator[Callable[[str], psycopg.Connection[Any]]]:
    known = server()
    opened: list[psycopg.Connection[Any]] = []

    def connect(role: str) -> psycopg.Connection[Any]:
        opened.append(psycopg.connect(known.conninfo(role, database), autocommit=True))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


def test_the_app_role_may_serve_and_every_table_with_personal_data_is_covered(as_role: Any) -> None:
    assert scoped_tables()
    check_roles(as_role("app"))


def test_the_owner_may_not_serve(as_role: Any) -> None:
    with pytest.raises(UnsafeRole, match=r"owns \d+ tables"):
        check_roles(as_role("owner"))


def test_a_role_that_bypasses_row_level_security_may_not_serve(as_role: Any) -> None:
    with pytest.raises(UnsafeRole, match="BYPASSRLS"):
        check_roles(as_role("report"))


def test_a_superuser_may_not_serve(as_role: Any) -> None:
    if "super" not in server().roles:
        pytest.skip("DATABASE_URL gives no superuser, so the refusal of one was not tried.")
    with pytest.raises(UnsafeRole, match="superuser"):
        check_roles(as_role("super"))


def test_nobody_may_serve_when_row_level_security_is_off_on_a_table(as_role: Any) -> None:
    table = scoped_tables()[0]
    as_role("owner").execute(
        sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(table))
    )
    with pytest.raises(UnsafeRole, match=f"off on {table}"):
        check_roles(as_role("app"))


def test_a_table_without_a_policy_or_missing_altogether_is_named(as_role: Any) -> None:
    owner = as_role("owner")
    owner.execute("CREATE TABLE bare (managing_code text)")
    owner.execute("ALTER TABLE bare ENABLE ROW LEVEL SECURITY")
    said = faults(as_role("app"), ["bare", "nowhere"])
    assert len(said) == 2
    assert "bare has no policy" in said[0]
    assert "nowhere is missing" in said[1]


def test_the_names_of_the_roles_are_those_of_the_server() -> None:
    from config.database import roles

    known: state.Server = server()
    assert roles() == {role: known.roles[role].name for role in ("owner", "app", "report")}


def test_a_served_process_signs_in_as_the_app_role_with_the_tests_keys(database: str) -> None:
    """What a browser journey starts: its own process, its own roles, able to open what the test has sealed."""
    code = (
        "import config.wsgi\n"
        "from django.conf import settings\n"
        "from django.db import connections\n"
        "with connections['default'].cursor() as cursor:\n"
        "    cursor.execute('select session_user, current_database()')\n"
        "    print(*cursor.fetchone(), settings.XINQIAO_KEYRING.current, settings.MODE)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=served_environment(database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [
        server().roles["app"].name,
        database,
        settings.XINQIAO_KEYRING.current,
        "demo",
    ]


def test_a_server_that_would_sign_in_as_the_owner_does_not_start(database: str) -> None:
    known = server()
    owner = known.roles["owner"]
    url = f"postgresql://{owner.name}:{owner.password}@/{database}?host={known.host}&port={known.port}"
    unsafe = served_environment(database) | {
        "DATABASE_URL": url,
        "APP_DATABASE_URL": url,
        "REPORT_DATABASE_URL": url,
    }
    done = subprocess.run(
        [sys.executable, "-c", "import config.wsgi"],
        cwd=ROOT,
        env=unsafe,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "Refusing to serve" in done.stderr
    assert owner.password not in done.stderr
