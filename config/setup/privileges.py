"""Runs the database server as a user with few rights: PostgreSQL refuses root, and rightly."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def server_user() -> str:
    """Whom the server runs as: "" for an ordinary user (itself), else postgres, else nobody."""
    if os.geteuid() != 0:
        return ""
    for name in ("postgres", "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            continue
        return name
    return "65534"


def ids(run_as: str) -> tuple[int, int]:
    """User and group number of the server's user."""
    if not run_as:
        return os.geteuid(), os.getegid()
    try:
        entry = pwd.getpwnam(run_as)
    except KeyError:
        return int(run_as), int(run_as)
    return entry.pw_uid, entry.pw_gid


def run(command: Sequence[str | Path], run_as: str, **more: Any) -> subprocess.CompletedProcess[str]:
    """subprocess.run as the server's user, in `/`, with none of the caller's secrets in its environment."""
    if run_as:
        user, group = ids(run_as)
        more |= {"user": user, "group": group, "extra_groups": []}
    environment = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return subprocess.run(
        [str(part) for part in command],
        text=True,
        cwd="/",
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
        **more,
    )


def may_run(program: Path, run_as: str) -> bool:
    """Whether the server's user can reach and execute a program (every folder above it counts)."""
    return run(["test", "-x", program], run_as).returncode == 0


def may_enter(folder: Path, run_as: str) -> bool:
    """Whether the server's user can pass through a folder."""
    return run(["test", "-x", folder], run_as).returncode == 0


def give(path: Path, run_as: str) -> None:
    """Make a file or folder the server user's own."""
    if run_as:
        os.chown(path, *ids(run_as))
