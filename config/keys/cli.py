"""`xinqiao keys`: new keys for what is sealed, beside normal work.

`new` makes a data key and hash keys; from then on everything is written with the new data key. `rotate` seals the rest anew,
fills the second hash columns and puts them in the place of the first. `retire` takes a key away that nothing uses any more.
`status` says how far it is. Each may be interrupted and called again.

Keys that are given in the environment are changed there by hand: `status` says what to do next.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import os
import secrets as random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config import env
from config.setup.folders import SetupProblem, read_json, var, write_private_json


def add(subparsers: Any) -> None:
    """Register `keys` with its verbs."""
    keys = subparsers.add_parser("keys", help="更换加密密钥：生成、换用、停用")
    verbs = keys.add_subparsers(dest="verb", required=True)
    verbs.add_parser("status", help="各密钥还有多少数据在用，更换到哪一步").set_defaults(run=status)
    verbs.add_parser("new", help="生成新密钥，此后写入的都用新密钥").set_defaults(run=new)
    rotate_ = verbs.add_parser("rotate", help="把已有数据换用新密钥；可中断，可重复执行")
    rotate_.add_argument("--rows", type=int, default=0, metavar="N", help="每批多少行（默认 500）")
    rotate_.add_argument("--fill-only", action="store_true", help="只准备，不切换索引用的散列")
    rotate_.set_defaults(run=rotate)
    retire_ = verbs.add_parser("retire", help="停用不再使用的旧密钥")
    retire_.add_argument("key", metavar="KEY", help="密钥编号，如 k1")
    retire_.set_defaults(run=retire)


def _start() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def status(options: argparse.Namespace) -> int:
    """What each key is used for and what comes next."""
    _start()
    from xinqiao.registry import rotation

    ring = env.LiveKeyring(env.secrets()).now()
    older = 0
    for key in ring.keys:
        used = rotation.uses(key)
        total = sum(used.values())
        older += total if key != ring.current else 0
        print(f"{key}{'（写入用）' if key == ring.current else ''}: {total}")
        for column, count in used.items():
            print(f"    {column}: {count}")
    pending = rotation.pending()
    if ring.next_hash_keys is not None:
        left = f"，还缺 {rotation.waiting()} 行" if pending else "，还没有开始"
        print(f"检索用散列：新密钥已生成{left}。接下来：xinqiao keys rotate")
    elif older:
        print("接下来：xinqiao keys rotate")
    elif len(ring.keys) > 1:
        spare = "、".join(key for key in ring.keys if key != ring.current)
        print(f"接下来：xinqiao keys retire {spare}（保留的旧备份仍要用它打开，请另存）")
    return 0


def new(options: argparse.Namespace) -> int:
    """Make the next keys in the secrets file; 1 when a change is under way already."""
    with _changing() as kept:
        if kept.get("next_hash_keys") or str(kept.get("field_keys", "")).count(",") > 0:
            print("上一次更换还没有完成：先运行 xinqiao keys rotate 和 retire。", file=sys.stderr)
            return 1
        known = [part.partition(":")[0] for part in str(kept["field_keys"]).split(",")]
        number = 1 + max([int(one[1:]) for one in known if one[:1] == "k" and one[1:].isdigit()] or [0])
        kept["field_keys"] = f"k{number}:{_random()},{kept['field_keys']}"
        kept["next_hash_keys"] = ",".join(f"{kind}:{_random()}" for kind in env.HASH_KINDS)
    print(f"已生成密钥 k{number}；正在运行的服务立即改用它写入。接下来：xinqiao keys rotate")
    print("请现在备份密钥文件：没有它，数据和备份都打不开。")
    return 0


def rotate(options: argparse.Namespace) -> int:
    """Bring everything under the new keys."""
    _start()
    from xinqiao.registry import rotation

    ring = env.LiveKeyring(env.secrets()).now()
    rows = rotation.reseal(ring, at_once=options.rows, say=_say)
    print(f"重新加密 {rows} 行。")
    if ring.next_hash_keys is not None:
        rotation.begin(ring)
        rows = rotation.fill(ring, at_once=options.rows or 500, say=_say)
        print(f"新的检索散列 {rows} 行。")
        if options.fill_only:
            print("已准备好。接下来：xinqiao keys rotate（切换时检索会等几秒）")
            return 0
        done = rotation.switch(ring, tell=_switch_file)
        print(f"已切换 {done.columns} 列（其中补算 {done.late} 行）。")
        rotation.reseal(ring, say=_say)
    _record("rotate", ring.current)
    older = [key for key in ring.keys if key != ring.current]
    if older:
        print(f"接下来：xinqiao keys status，然后 xinqiao keys retire {older[0]}")
    return 0


def retire(options: argparse.Namespace) -> int:
    """Take an old key out of the secrets file; 1 while anything uses it."""
    _start()
    from xinqiao.registry import rotation

    ring = env.LiveKeyring(env.secrets()).now()
    if options.key not in ring.keys:
        print(f"没有编号为 {options.key} 的密钥。", file=sys.stderr)
        return 1
    if options.key == ring.current:
        print(f"{options.key} 正在用于写入，不能停用；先运行 xinqiao keys new。", file=sys.stderr)
        return 1
    used = rotation.uses(options.key)
    if used or rotation.pending():
        print(
            f"{options.key} 还有 {sum(used.values())} 个值在用：先运行 xinqiao keys rotate。", file=sys.stderr
        )
        return 1
    with _changing() as kept:
        parts = [part for part in str(kept["field_keys"]).split(",") if part.partition(":")[0] != options.key]
        kept["field_keys"] = ",".join(parts)
    _record("retire", options.key)
    print(f"已停用 {options.key}。用它加密的旧备份，恢复时仍需要它。")
    return 0


def _switch_file() -> None:
    """The new hash keys take the place of the old ones."""
    with _changing() as kept:
        if not kept.get("next_hash_keys"):
            raise SetupProblem(
                "The next hash keys are not in the secrets file; set XINQIAO_HASH_KEYS by hand."
            )
        kept["hash_keys"] = kept.pop("next_hash_keys")


@contextlib.contextmanager
def _changing() -> Iterator[dict[str, Any]]:
    """The secrets file, written whole at the end if something was changed. Refused when the keys are not in it."""
    path = env.secrets_file()
    given = [name for name in ("XINQIAO_FIELD_KEYS", "XINQIAO_HASH_KEYS") if env.text(name)]
    if given:
        raise SetupProblem(
            f"{', '.join(given)} are given in the environment; change them there, then run this again."
        )
    with _locked(path):
        kept = read_json(path)
        if kept is None:
            raise SetupProblem(f"There are no keys in {path}.")
        before = dict(kept)
        yield kept
        if kept != before:
            write_private_json(path, kept)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    lock = os.open(var() / "secrets.lock", os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(lock, "w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _random() -> str:
    return base64.b64encode(random.token_bytes(32)).decode()


def _say(table: str, done: int) -> None:
    print(f"    {table}: {done}", flush=True)


def _record(what: str, key: str) -> None:
    from xinqiao.audit import actions as audit
    from xinqiao.kernel.clock import from_environment

    audit.record(
        actor=None, clock=from_environment(), action="rotate_keys", object_type="keys", object_id=None,
        place="000000000000", detail={"step": what, "key": key},
    )  # fmt: skip
