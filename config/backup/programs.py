"""pg_dump and pg_restore that fit the server: beside its own programs, else the newest on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from config.setup.binaries import INSTALLED
from config.setup.folders import SetupProblem
from config.setup.state import Server


def program(name: str, server: Server, version: int) -> str:
    """The path of `pg_dump` or `pg_restore` of at least the server's major version. SetupProblem when there is none."""
    folders = [Path(server.binaries)] if server.binaries else []
    folders += sorted(INSTALLED.glob("*/bin"), reverse=True)
    candidates = [folder / name for folder in folders]
    if on_path := shutil.which(name):
        candidates.append(Path(on_path))
    for path in candidates:
        if path.is_file() and _major(path) >= version:
            return str(path)
    raise SetupProblem(
        f"没有找到 {version} 版以上的 {name}：请安装 PostgreSQL 客户端（Debian：apt-get install postgresql-client）。"
    )


def environment(server: Server, role: str, database: str = "") -> dict[str, str]:
    """How libpq's programs reach the database; the password stays out of their arguments."""
    login = server.roles[role]
    known = {
        "PGHOST": login.host or server.host,
        "PGPORT": str(login.port or server.port),
        "PGDATABASE": database or server.database,
        "PGUSER": login.name,
        "PGPASSWORD": login.password,
        **{f"PG{key.upper()}": value for key, value in server.options.items() if key.startswith("ssl")},
    }
    keep = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")}
    return keep | {key: value for key, value in known.items() if value}


def _major(path: Path) -> int:
    try:
        said = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"(\d+)(?:\.\d+)?", said)
    return int(found.group(1)) if found else 0
