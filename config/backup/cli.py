"""`xinqiao backup TARGET` and `xinqiao restore SOURCE`.

One file: the database as pg_dump's custom format (attachments lie in the database), the keys, what there was to count; all of it
sealed with a passphrase, asked for or given in XINQIAO_BACKUP_PASSPHRASE. Without the passphrase the file opens for nobody.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import datetime
import getpass
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config import database, env
from config.setup import state
from config.setup.folders import SetupProblem, ending, read_json, write_private_json

from . import contents, programs, sealed

SHORTEST = 12
SECRETS = ("secret_key", "field_keys", "hash_keys", "next_hash_keys")


def add(subparsers: Any) -> None:
    """Register the two words."""
    backup_ = subparsers.add_parser("backup", help="备份数据库和密钥到一个加密文件")
    backup_.add_argument("target", metavar="TARGET", type=Path, help="文件，或已有的文件夹（文件名按时间）")
    backup_.set_defaults(run=lambda options: ending(lambda: backup(options)))
    restore_ = subparsers.add_parser("restore", help="从备份文件恢复到空数据库，并核对")
    restore_.add_argument("source", metavar="SOURCE", type=Path, help="备份文件")
    restore_.add_argument("--check", action="store_true", help="只核对文件完整、口令正确，不恢复")
    restore_.set_defaults(run=lambda options: ending(lambda: restore(options)))


def backup(options: argparse.Namespace) -> int:
    """Write the file beside its final name first; it takes the name only when it is whole and opens again."""
    server = database.require()
    name = _database(server)
    target = _target(options.target)
    passphrase = _passphrase(new=True)
    import psycopg

    with _connected(server, "owner", name) as owner:
        _allow_sequences(owner, server)
        version = int(owner.info.server_version // 10000)
    dump = programs.program("pg_dump", server, version)
    part = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with _connected(server, "report", name) as connection:
            connection.autocommit = False
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            # One snapshot for the counts and the dump: nothing written meanwhile makes them differ.
            snapshot = connection.execute("select pg_export_snapshot()").fetchone()
            manifest = contents.Manifest(
                made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
                server_version=str(version),
                roles=contents.role_names(server),
                migrations=contents.migrations(connection),
                rows=contents.rows(connection),
                secrets=_own_secrets(),
            )
            command = [dump, "--format=custom", "--no-owner", "--no-password", f"--snapshot={snapshot[0]}"]
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                sealed.seal(out, _parts(manifest, command, server, name), passphrase)
                out.flush()
                os.fsync(out.fileno())
        with part.open("rb") as again:
            _read_through(again, passphrase)
        os.link(part, target)  # unlike a rename this never replaces a file that came up meanwhile
    except FileExistsError:
        raise SetupProblem(f"{target} 已经存在，不覆盖；请换一个文件名。") from None
    finally:
        part.unlink(missing_ok=True)
    total = sum(manifest.rows.values())
    print(
        f"已备份 {target}：{len(manifest.rows)} 张表，{total} 行，{target.stat().st_size / 1e6:.1f} MB，已读回核对。"
    )
    print("密钥在文件里，由口令保护：请把口令与文件分开保存，没有口令谁也打不开。")
    return 0


def restore(options: argparse.Namespace) -> int:
    """Read the whole file first; then into an empty database only; then compare."""
    passphrase = _passphrase(new=False)
    try:
        with options.source.open("rb") as source:
            manifest = _read_through(source, passphrase)
    except (FileNotFoundError, IsADirectoryError):
        raise SetupProblem(f"没有这个备份文件：{options.source}。") from None
    print(
        f"备份文件完整：{manifest.made_at} 制作，{len(manifest.rows)} 张表，{sum(manifest.rows.values())} 行。"
    )
    _refuse_newer(manifest)
    if options.check:
        return 0
    server = database.require()
    name = _database(server)
    with _connected(server, "owner", name) as owner:
        if there := contents.tables(owner):
            raise SetupProblem(
                f"数据库 {name} 不是空的（已有 {len(there)} 张表），不覆盖；请恢复到一个空数据库。"
            )
        version = int(owner.info.server_version // 10000)
    names = contents.role_names(server)
    if names != manifest.roles:
        raise SetupProblem(
            f"数据库角色的名称与备份不同（备份 {manifest.roles}，现在 {names}）；请按备份的名称建立角色再恢复。"
        )
    kept = _keep_secrets(manifest.secrets)
    command = [
        programs.program("pg_restore", server, version),
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
    ]
    _feed([*command, f"--dbname={name}"], options.source, passphrase, server, name)
    return _compare(manifest, server, name, kept)


def _compare(manifest: contents.Manifest, server: state.Server, name: str, kept: str) -> int:
    wrong = []
    with _connected(server, "report", name) as connection:
        now = contents.rows(connection)
        for table in sorted(set(now) | set(manifest.rows)):
            if now.get(table) != manifest.rows.get(table):
                wrong.append(f"{table}：备份 {manifest.rows.get(table)} 行，恢复后 {now.get(table)} 行")
        if contents.migrations(connection) != manifest.migrations:
            wrong.append("迁移记录与备份不同")
        value = contents.one_sealed_value(connection, _sealed_columns())
    if value is not None and not _opens(value, manifest.secrets):
        wrong.append("密钥打不开加密字段")
    if wrong:
        print("已恢复，但核对不符：" + "；".join(wrong), file=sys.stderr)
        return 1
    print(
        f"已恢复并核对：{len(now)} 张表行数一致，迁移一致，"
        + ("密钥能打开加密字段。" if value else "还没有加密字段。")
    )
    print(kept)
    if missing := _code_migrations() - set(manifest.migrations):
        print(f"程序比备份新 {len(missing)} 个迁移：接下来运行 make upgrade。")
    return 0


# ── the parts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _parts(
    manifest: contents.Manifest, command: list[str], server: state.Server, name: str
) -> Iterator[bytes]:
    head = json.dumps(manifest.as_dict(), ensure_ascii=False).encode()
    yield struct.pack(">I", len(head)) + head
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(
            command, env=programs.environment(server, "report", name), stdout=subprocess.PIPE, stderr=said,
            stdin=subprocess.DEVNULL,
        ) as running:  # fmt: skip
            assert running.stdout is not None  # noqa: S101 -- asked for above
            while part := running.stdout.read(sealed.FRAME):
                yield part
        if running.returncode != 0:
            raise SetupProblem(f"pg_dump 没有完成：{_last(said)}")


def _read_through(source: Any, passphrase: str) -> contents.Manifest:
    """Every frame to the last; returns what stands before the dump."""
    begun, length = b"", -1
    for part in sealed.opened(source, passphrase):
        if length < 0 or len(begun) < length + 4:
            begun += part
            length = struct.unpack(">I", begun[:4])[0]
    try:
        return contents.Manifest(**json.loads(begun[4 : 4 + length]))
    except (ValueError, TypeError):
        raise SetupProblem("备份文件的目录读不懂：它可能由更新的程序制作。") from None


def _feed(command: list[str], path: Path, passphrase: str, server: state.Server, name: str) -> None:
    with tempfile.TemporaryFile() as said, path.open("rb") as source:
        running = subprocess.Popen(
            command, env=programs.environment(server, "owner", name), stdin=subprocess.PIPE, stderr=said,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        assert running.stdin is not None  # noqa: S101 -- asked for above
        waiting, skip = b"", -1
        with contextlib.suppress(BrokenPipeError):
            for part in sealed.opened(source, passphrase):
                if skip >= 0:
                    running.stdin.write(part)
                    continue
                waiting += part
                length = 4 + struct.unpack(">I", waiting[:4])[0]
                if len(waiting) >= length:
                    skip = length
                    running.stdin.write(waiting[length:])
            running.stdin.close()
        if running.wait() != 0:
            raise SetupProblem(f"恢复没有完成，数据库没有改变：{_last(said)}")


def _last(said: Any) -> str:
    said.seek(0)
    lines = said.read().decode("utf-8", "replace").strip().splitlines()
    # The first line names the fault; row values may follow, which belong on no screen.
    return next((line for line in lines if "error" in line.lower()), lines[0] if lines else "没有说明")[:300]


def _allow_sequences(owner: Any, server: state.Server) -> None:
    """The role that reads everything reads the counters too; a dump needs them."""
    from psycopg import sql

    report = sql.Identifier(server.roles["report"].name)
    owner.execute(sql.SQL("grant select on all sequences in schema public to {}").format(report))


def _sealed_columns() -> list[tuple[str, str]]:
    _django()
    from xinqiao.registry.rotation.columns import sealed_tables

    return [(one.table, column) for one in sealed_tables() for column in one.columns]


def _opens(value: bytes, secrets: dict[str, str]) -> bool:
    """Whether the keys of the back-up open a value of the restored database."""
    from xinqiao.kernel.secrets import Keyring

    known = env._parse(secrets)
    ring = Keyring(known.field_keys, known.current_field_key, known.hash_keys, known.next_hash_keys)
    try:
        ring.open_bytes(value)
    except Exception:  # whatever it is, the key does not open it
        return False
    return True


def _code_migrations() -> set[str]:
    _django()
    from django.db.migrations.loader import MigrationLoader

    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def _refuse_newer(manifest: contents.Manifest) -> None:
    from config.setup.folders import ROOT

    folders = {path.parent.parent.name for path in ROOT.glob("xinqiao/*/migrations/0*.py")}
    ours = {f"{path.parent.parent.name}.{path.stem}" for path in ROOT.glob("xinqiao/*/migrations/0*.py")}
    newer = [one for one in manifest.migrations if one.split(".")[0] in folders and one not in ours]
    if newer:
        raise SetupProblem(f"备份由更新的程序制作（本程序没有迁移 {newer[0]}）；请先升级程序再恢复。")


def _django() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


# ── what it needs ───────────────────────────────────────────────────────────────────────────────────────────────────


def _database(server: state.Server) -> str:
    return env.text("XINQIAO_DATABASE_NAME") or server.database


@contextlib.contextmanager
def _connected(server: state.Server, role: str, name: str) -> Iterator[Any]:
    import psycopg

    try:
        connection = psycopg.connect(server.conninfo(role, name), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        raise SetupProblem("数据库没有应答：请先启动它（python -m config.setup.postgres start）。") from None
    with connection:
        yield connection


def _target(given: Path) -> Path:
    if given.is_dir():
        now = datetime.datetime.now(datetime.UTC).astimezone()
        given = given / f"xinqiao-{now:%Y%m%d-%H%M%S}.backup"
    if given.exists():
        raise SetupProblem(f"{given} 已经存在，不覆盖；请换一个文件名。")
    if not given.parent.is_dir():
        raise SetupProblem(f"没有文件夹 {given.parent}；请先建立。")
    free = shutil.disk_usage(given.parent).free
    if free < 50 * 1024 * 1024:
        raise SetupProblem(f"{given.parent} 所在磁盘只剩 {free // 2**20} MB，不够备份。")
    return given


def _passphrase(*, new: bool) -> str:
    given = os.environ.get("XINQIAO_BACKUP_PASSPHRASE", "")
    if not given:
        if not sys.stdin.isatty():
            raise SetupProblem("没有口令：请在终端运行，或用环境变量 XINQIAO_BACKUP_PASSPHRASE 给出。")
        given = getpass.getpass("备份口令：")
        if new and getpass.getpass("再输入一次：") != given:
            raise SetupProblem("两次输入的口令不一致。")
    if new and len(given) < SHORTEST:
        raise SetupProblem(f"口令太短，至少 {SHORTEST} 个字符；它保护全部数据和密钥。")
    return given


def _own_secrets() -> dict[str, str]:
    """The keys as the secrets file writes them, whether they came from there or from the environment."""
    known = env.secrets()

    def listed(keys: dict[str, bytes]) -> str:
        return ",".join(f"{key}:{base64.b64encode(value).decode()}" for key, value in keys.items())

    return {
        "secret_key": known.secret_key,
        "field_keys": listed(known.field_keys),
        "hash_keys": listed(known.hash_keys),
        "next_hash_keys": listed(known.next_hash_keys) if known.next_hash_keys else "",
    }


def _keep_secrets(given: dict[str, str]) -> str:
    """Put the keys where this deployment reads them. Refused when it has others; says what was done."""
    values = {key: value for key, value in given.items() if key in SECRETS and value}
    path = env.secrets_file()
    if env.is_test() or env.text("XINQIAO_FIELD_KEYS"):
        if _own_secrets()["field_keys"] != values["field_keys"]:
            raise SetupProblem("环境变量里的密钥与备份的不同；请去掉它们，或换成备份的密钥，再恢复。")
        return "密钥与环境变量里的一致。"
    kept = read_json(path)
    if kept is None:
        if path.exists():
            raise SetupProblem(f"读不了密钥文件 {path}；请用它的主人运行，或把它移开。")
        write_private_json(path, values)
        return f"密钥已写入 {path}。"
    if {key: value for key, value in kept.items() if key in SECRETS and value} != values:
        raise SetupProblem(f"{path} 里是另外的密钥，不覆盖；请先把它移开，再恢复。")
    return f"密钥与 {path} 一致。"
