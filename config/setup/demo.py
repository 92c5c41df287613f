"""`python -m config.setup.demo [run|reset]`: the demo on this machine, in the foreground, until Ctrl-C.

The first run makes the database, the secrets and a made-up county; later runs find them and are ready in seconds. The
demo's day is kept in `var/demo.json`, so that its lists look as they did; `reset` begins anew from today.

XINQIAO_PORT, XINQIAO_WORKERS and XINQIAO_THREADS change how it serves; XINQIAO_DEMO_EMPTY=1 leaves the county out.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import datetime
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any
from zoneinfo import ZoneInfo

from config import env
from config.setup import postgres, state
from config.setup.folders import ROOT, SetupProblem, ending, read_json, var, write_private_json

HOST = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TRIED = 50
READY_WITHIN = 60.0


class Stopped(Exception):
    """Somebody pressed Ctrl-C or ended the session."""


def run() -> int:
    began = time.monotonic()
    kept = _kept()
    was_running = _cluster_runs()
    children: list[subprocess.Popen[bytes]] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        server = postgres.ensure("main", say=True)
        print(postgres.describe(server), flush=True)
        accounts = _prepare(kept)
        port = free_port()
        children = _start(port)
        _wait_until_ready(port, children[0])
        print(f"\n{accounts}\n" if accounts else "")
        print(f"心桥 http://{HOST}:{port}/   {_day(kept)}   ({time.monotonic() - began:.1f} s)", flush=True)
        print("Ctrl-C 结束；数据保留，`make demo-reset` 重新生成。", flush=True)
        return _watch(children)
    except Stopped:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(children):
            _end(child)
        if not was_running:
            with contextlib.suppress(SetupProblem):
                postgres.stop("main")


def reset() -> int:
    """Remove the demo's database, secrets and day. Only what the demo made: never a database of DATABASE_URL."""
    if not env.demo_file().exists() or env.text("XINQIAO_MODE") not in {"", "demo"}:
        # A real deployment may live in such a checkout too; nothing of it is touched.
        print("There is no demo here; nothing was removed.")
        return 0
    postgres.reset("main")
    for name in ("demo.json", "secrets.json"):
        (var() / name).unlink(missing_ok=True)
    return 0


def _kept() -> dict[str, Any]:
    if env.text("XINQIAO_MODE") not in {"", "demo"}:
        raise SetupProblem("XINQIAO_MODE says this is not a demo; unset it first.")
    insisted = env.text("XINQIAO_MODE") == "demo"
    os.environ["XINQIAO_MODE"] = "demo"
    kept = read_json(env.demo_file()) or {}
    if not kept:
        today = (
            env.text("XINQIAO_TODAY") or datetime.datetime.now(ZoneInfo("Asia/Shanghai")).date().isoformat()
        )
        kept = {"today": today, "checked": insisted}
    os.environ.setdefault("XINQIAO_TODAY", kept["today"])
    return kept


def _day(kept: dict[str, Any]) -> str:
    return f"演示日期 {env.text('XINQIAO_TODAY', kept['today'])}"


def _check_it_is_ours(kept: dict[str, Any]) -> None:
    """Made-up people never go into a database that somebody already works with."""
    if kept.get("checked"):
        return
    from django.contrib.auth import get_user_model
    from django.db import connections

    connection = connections["owner"]
    table = get_user_model()._meta.db_table
    if table in connection.introspection.table_names() and get_user_model().objects.using("owner").exists():
        raise SetupProblem(
            "This database already has accounts and was not made by `make demo`; no made-up people were put into it"
            " (XINQIAO_MODE=demo insists)."
        )
    kept["checked"] = True
    write_private_json(env.demo_file(), kept)


def _cluster_runs() -> bool:
    known = state.read("main")
    return state.from_environment() is not None or bool(
        known and known.home and postgres.as_cluster(known).is_running()
    )


def _prepare(kept: dict[str, Any]) -> str:
    """Messages, tables, static files, made-up county; returns the table of demo accounts."""
    _compile_messages()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command, get_commands
    from django.db import connections

    django.setup()
    from config.safety import check_roles

    _check_it_is_ours(kept)
    commands = get_commands()
    _once(
        kept,
        "migrated",
        _migrations(),
        lambda: call_command("migrate", database="owner", interactive=False, verbosity=0),
    )
    _once(
        kept,
        "collected",
        _static_files(),
        lambda: call_command("collectstatic", interactive=False, verbosity=0),
    )
    check_roles(connections["default"])
    if "demo_seed" in commands and not env.flag("XINQIAO_DEMO_EMPTY"):
        _once(kept, "seeded", "once", lambda: call_command("demo_seed"))
    accounts = ""
    if "demo_accounts" in commands:
        import io

        written = io.StringIO()
        call_command("demo_accounts", stdout=written)
        accounts = written.getvalue().strip("\n")
    for connection in connections.all():
        connection.close()
    return accounts


def _once(kept: dict[str, Any], name: str, mark: str, act: Any) -> None:
    """Act unless it was done for the same mark; the database that it was done on is part of the mark."""
    known = state.from_environment() or state.read("main")
    # Every new cluster has new passwords, so work done on a removed one does not count.
    mark = hashlib.sha256(f"{mark} {known.conninfo('app') if known else ''}".encode()).hexdigest()[:16]
    if kept.get(name) == mark and (name != "collected" or (var() / "static").is_dir()):
        return
    act()
    kept[name] = mark
    write_private_json(env.demo_file(), kept)


def _fingerprint(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.is_file():
            info = path.stat()
            digest.update(f"{path}\0{info.st_mtime_ns}\0{info.st_size}\0".encode())
    return digest.hexdigest()[:16]


def _migrations() -> str:
    lock = ROOT / "requirements" / "base.lock"
    return _fingerprint([lock, ROOT / "config" / "settings.py", *ROOT.glob("xinqiao/*/migrations/**/*.py")])


def _static_files() -> str:
    lock = ROOT / "requirements" / "base.lock"
    return _fingerprint([lock, *ROOT.glob("xinqiao/*/static/**/*"), *(var() / "assets").glob("**/*")])


def _compile_messages() -> None:
    """The English catalogue, when its source is newer."""
    from xinqiao.web.messages import PO, compile_catalogue

    target = PO.with_suffix(".mo")
    if PO.exists() and not (target.exists() and target.stat().st_mtime >= PO.stat().st_mtime):
        compile_catalogue()


def free_port() -> int:
    """8000 or the next free one; XINQIAO_PORT says another."""
    given = env.text("XINQIAO_PORT")
    first = int(given) if given.isdigit() else FIRST_PORT
    for port in range(first, first + (1 if given else PORTS_TRIED)):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As the server itself binds: a port in TIME_WAIT counts as free, a served one does not.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise SetupProblem(f"Port {first} is taken; give another one in XINQIAO_PORT.")


def _start(port: int) -> list[subprocess.Popen[bytes]]:
    from django.apps import apps

    folder = Path(sys.executable).parent
    serving = os.environ | {"XINQIAO_SERVING": "1", "XINQIAO_MODE": "demo"}
    web: list[str | Path] = [folder / "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)]
    web += [
        "--workers",
        env.text("XINQIAO_WORKERS", "1"),
        "--blocking-threads",
        env.text("XINQIAO_THREADS", "4"),
    ]
    web += ["--log-level", "error", "--no-ws", "--working-dir", str(ROOT), "config.wsgi:application"]
    children = [_child(web, serving)]
    if apps.is_installed("procrastinate.contrib.django"):
        worker: list[str | Path] = [
            sys.executable,
            ROOT / "manage.py",
            "procrastinate",
            "worker",
            "--concurrency",
            "1",
        ]
        children.append(_child(worker, os.environ | {"XINQIAO_MODE": "demo"}, stdout=subprocess.DEVNULL))
    return children


def _child(
    command: list[str | Path], environment: dict[str, str], stdout: int | None = None
) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches this runner only, which then stops them in order.
    return subprocess.Popen(
        [str(part) for part in command],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        start_new_session=True,
        preexec_fn=_end_with_parent,
    )


def _end_with_parent() -> None:
    """Linux: a runner that is killed outright takes its server and worker with it."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _wait_until_ready(port: int, web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        if web.poll() is not None:
            raise SetupProblem("The web server ended at once; the lines above say why.")
        try:
            urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=5).close()
            return
        except urllib.error.HTTPError as answered:
            if answered.code < 500:
                return
            raise SetupProblem(
                f"The web server answers with an error ({answered.code}); the lines above say why."
            ) from None
        except OSError:
            time.sleep(0.1)
    raise SetupProblem(f"The web server did not answer within {READY_WITHIN:.0f} seconds.")


def _watch(children: list[subprocess.Popen[bytes]]) -> int:
    told = False
    while children[0].poll() is None:
        if len(children) > 1 and children[1].poll() is not None and not told:
            print(
                "后台任务进程已结束，导入等后台工作暂停；重新运行 make demo 可恢复。",
                file=sys.stderr,
                flush=True,
            )
            told = True
        time.sleep(0.3)
    print("The web server ended by itself.", file=sys.stderr)
    return 1


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(8)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait(5)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m config.setup.demo", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("what", nargs="?", choices=["run", "reset"], default="run")
    chosen = parser.parse_args(arguments)
    return ending(reset if chosen.what == "reset" else run)


if __name__ == "__main__":
    sys.exit(main())
