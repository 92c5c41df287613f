"""A back-up is one sealed file that restores to the same rows, or says in a sentence why not."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from config.backup import sealed
from config.setup.folders import ROOT, SetupProblem
from tests.plugins.database import _allow, drop, owner, served_environment, server, worker

PASSPHRASE = "six-quiet-herons-at-dusk"


def _sealed(plain: bytes) -> bytes:
    out = io.BytesIO()
    sealed.seal(out, iter([plain[:7], plain[7:]]), PASSPHRASE)
    return out.getvalue()


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealed, "COST", 2**14)
    monkeypatch.setattr(sealed, "FRAME", 1000)


@pytest.mark.parametrize("size", [0, 1, 1000, 1001, 2000, 5500])
def test_what_is_sealed_opens_again_whole(size: int) -> None:
    plain = os.urandom(size)
    assert b"".join(sealed.opened(io.BytesIO(_sealed(plain)), PASSPHRASE)) == plain


def test_a_wrong_passphrase_is_told_from_a_damaged_file() -> None:
    whole = _sealed(b"x" * 3000)
    with pytest.raises(SetupProblem, match="口令不对"):
        list(sealed.opened(io.BytesIO(whole), "another"))
    broken = bytearray(whole)
    broken[-5] ^= 1
    with pytest.raises(SetupProblem, match="已损坏"):
        list(sealed.opened(io.BytesIO(bytes(broken)), PASSPHRASE))
    with pytest.raises(SetupProblem, match="不是心桥的备份文件"):
        list(sealed.opened(io.BytesIO(b"PGDMP" + bytes(50)), PASSPHRASE))


def test_a_file_that_ends_early_is_refused_wherever_it_ends() -> None:
    whole = _sealed(b"x" * 3000)
    start = whole.index(b"\n") + 1
    frame = 4 + 1000 + 16
    for end in (start, start + 3, start + 100, start + frame, start + 2 * frame, len(whole) - 1):
        with pytest.raises(SetupProblem, match=r"不完整|已损坏"):
            list(sealed.opened(io.BytesIO(whole[:end]), PASSPHRASE))


def _run(database: str, *words: str | Path, passphrase: str = PASSPHRASE) -> subprocess.CompletedProcess[str]:
    environment = served_environment(database) | {
        "XINQIAO_BACKUP_PASSPHRASE": passphrase,
        "XINQIAO_SERVING": "0",
    }
    command = [sys.executable, "-m", "config.cli", *(str(word) for word in words)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def seeded(new_database: Callable[[str], str]) -> str:
    """A database with the journeys' county in it."""
    name = new_database("backup")
    environment = served_environment(name) | {
        "XINQIAO_TEST": "1",
        "XINQIAO_MODE": "test",
        "XINQIAO_SERVING": "0",
    }
    subprocess.run([sys.executable, "-m", "tests.journeys.seed"], cwd=ROOT, env=environment, check=True)
    return name


@pytest.fixture
def empty(database_template: str) -> Iterator[str]:
    """A database with nothing in it, as a new server has one."""
    name = f"test_xinqiao_restored_{worker()}"
    with owner() as connection:
        drop(connection, name)
        connection.execute(sql.SQL("create database {} template template0").format(sql.Identifier(name)))
        _allow(connection, name)
    yield name
    with owner() as connection:
        drop(connection, name)


@pytest.mark.setup
def test_a_county_comes_back_from_its_back_up_and_only_into_an_empty_database(
    seeded: str, empty: str, tmp_path: Path
) -> None:
    path = tmp_path / "county.backup"
    made = _run(seeded, "backup", path)
    assert made.returncode == 0, made.stderr
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"PGDMP" not in path.read_bytes()

    again = _run(seeded, "backup", path)
    assert (again.returncode, "不覆盖" in again.stderr) == (1, True)
    wrong = _run(empty, "restore", path, passphrase="something else here")
    assert (wrong.returncode, "口令不对" in wrong.stderr) == (1, True)
    half = tmp_path / "half.backup"
    half.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    broken = _run(empty, "restore", half)
    assert (broken.returncode, "不完整" in broken.stderr) == (1, True)
    full = _run(seeded, "restore", path)
    assert (full.returncode, "不是空的" in full.stderr) == (1, True)

    done = _run(empty, "restore", path)
    assert done.returncode == 0, done.stderr
    assert "行数一致，迁移一致，密钥能打开加密字段" in done.stdout
    with psycopg.connect(server().conninfo("app", empty)) as connection:
        # Row-level security came back with the rows: the app role without a scope sees nobody.
        assert connection.execute("select count(*) from registry_person").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("delete from audit_event")


@pytest.mark.setup
def test_a_back_up_wants_a_passphrase_that_is_long_enough(
    new_database: Callable[[str], str], tmp_path: Path
) -> None:
    done = _run(new_database("short"), "backup", tmp_path / "x.backup", passphrase="short")
    assert (done.returncode, "口令太短" in done.stderr) == (1, True)
    assert list(tmp_path.iterdir()) == []
