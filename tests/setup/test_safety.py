"""The server refuses to start under a role that could look past row-level security."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from config.safety import UnsafeRole, check_roles, faults, scoped_tables
from config.setup import state
from tests.plugins.database import server


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
