"""One private PostgreSQL cluster: made, started, stopped, removed. It listens on a unix socket only.

Layout of its home: `data/` (0700, the server user's), `run/` (the socket), `log`. A socket path has at most 107 bytes,
so a deep checkout gets its socket in a private folder below /tmp.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import stat
import subprocess
import time
from pathlib import Path

from config.setup import privileges
from config.setup.binaries import Binaries
from config.setup.folders import SetupProblem, short_hash

SUPERUSER = "xinqiao_super"
PORT = 5432
LONGEST_SOCKET = 100
PATIENCE = 20.0

COMMON = """
# --- xinqiao ---
listen_addresses = ''
unix_socket_permissions = 0700
password_encryption = scram-sha-256
max_connections = 60
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
datestyle = 'iso, ymd'
# Logs hold no names and no clinical values: no statement text, no DETAIL line, no parameters.
log_statement = none
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
log_min_duration_statement = -1
# Many short statements on a disk that seeks for free.
jit = off
random_page_cost = 1.1
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
wal_level = replica
max_wal_size = 2GB
autovacuum_naptime = 20s
"""
THROW_AWAY = """
# A test's data may be lost with the machine; its time may not.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 100
"""


class Cluster:
    """A private cluster below `home`; `durable=False` for tests."""

    def __init__(self, home: Path, binaries: Binaries, run_as: str, *, durable: bool = True) -> None:
        self.home = home
        self.binaries = binaries
        self.run_as = run_as
        self.durable = durable
        self.data = home / "data"
        self.log = home / "log"

    @property
    def socket_folder(self) -> Path:
        inside = self.home / "run"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET:
            return inside
        return Path("/tmp") / f"xinqiao-{short_hash(self.home)}"  # noqa: S108 -- checked in _private_folder

    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def create(self) -> str:
        """initdb with scram and checksums; returns the superuser's password (kept by the caller, mode 0600)."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(mode=0o711, parents=True)
        privileges.give(self.home, self.run_as)
        password = secrets.token_urlsafe(24)
        pwfile = self.home / ".first"
        handle = os.open(pwfile, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(password + "\n")
        privileges.give(pwfile, self.run_as)
        command: list[str | Path] = [
            self.binaries.program("initdb"),
            "-D",
            self.data,
            "-U",
            SUPERUSER,
            f"--pwfile={pwfile}",
        ]
        command += [
            "--auth=scram-sha-256",
            "--data-checksums",
            "--encoding=UTF8",
            "--no-locale",
            "--no-instructions",
        ]
        if not self.durable:
            command.append("--no-sync")
        try:
            done = privileges.run(command, self.run_as, capture_output=True)
        finally:
            pwfile.unlink()
        if done.returncode != 0:
            raise SetupProblem(f"initdb could not make {self.data}: {_last_line(done.stderr)}")
        # Everything is written while the folder is still cold, by whoever we are; the owner stays the server's user.
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(COMMON if self.durable else COMMON + THROW_AWAY)
        return password

    def is_running(self) -> bool:
        status = privileges.run(
            [self.binaries.program("pg_ctl"), "status", "-D", self.data], self.run_as, capture_output=True
        )
        return status.returncode == 0

    def start(self) -> None:
        """Start and wait until it answers; after kill -9 the old server's children may hold on for some seconds."""
        folder = self._private_folder()
        until = time.monotonic() + PATIENCE
        while True:
            self._drop_stale_pid()
            done = privileges.run(
                [
                    self.binaries.program("pg_ctl"),
                    *("start", "-w", "-s", "-t", "60", "-D", self.data, "-l", self.log),
                    *("-o", f"-p {PORT} -k '{folder}'"),
                ],
                self.run_as,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            if done.returncode == 0 or self.is_running():
                return
            if time.monotonic() > until:
                raise SetupProblem(
                    f"PostgreSQL did not start; its last words in {self.log}: {self._last_log_line()}"
                )
            time.sleep(0.5)

    def stop(self) -> bool:
        """Stop fast (open transactions are rolled back). False when it was not running."""
        if not (self.exists() and self.is_running()):
            return False
        command: list[str | Path] = [
            self.binaries.program("pg_ctl"),
            "stop",
            "-s",
            "-w",
            "-t",
            "60",
            "-m",
            "fast",
            "-D",
            self.data,
        ]
        done = privileges.run(command, self.run_as, capture_output=True)
        if done.returncode != 0:
            raise SetupProblem(f"PostgreSQL did not stop: {_last_line(done.stderr)}")
        return True

    def remove(self) -> None:
        """Stop it and remove its folders with everything in them."""
        self.stop()
        if self.socket_folder.parent != self.home:
            shutil.rmtree(self.socket_folder, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)

    def _private_folder(self) -> Path:
        folder = self.socket_folder
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            privileges.give(folder, self.run_as)
        info = folder.lstat()
        if (
            not stat.S_ISDIR(info.st_mode)
            or info.st_uid != privileges.ids(self.run_as)[0]
            or info.st_mode & 0o077
        ):
            raise SetupProblem(
                f"{folder} belongs to somebody else or is open to others; remove it and start again."
            )
        return folder

    def _drop_stale_pid(self) -> None:
        """Remove a postmaster.pid whose process is gone or is some other program with the same number."""
        path = self.data / "postmaster.pid"
        try:
            pid = int(path.read_text(encoding="ascii").split("\n", 1)[0])
        except (OSError, ValueError):
            return
        try:
            stale = Path(f"/proc/{pid}/cwd").resolve(strict=True) != self.data.resolve()
        except FileNotFoundError:
            stale = True
        except OSError:
            stale = False
        if stale:
            path.unlink(missing_ok=True)

    def _last_log_line(self) -> str:
        try:
            return _last_line(self.log.read_text(encoding="utf-8", errors="replace"))
        except OSError:
            return "(no log)"


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "(nothing)"
