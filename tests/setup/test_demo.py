"""`make demo`'s runner: starts, tells its address, keeps its data and day, and leaves nothing running behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.setup import demo
from config.setup.folders import ROOT, SetupProblem

pytestmark = pytest.mark.setup


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="xq-", dir="/tmp"))
    made.chmod(0o711)
    yield made
    subprocess.run(
        [sys.executable, "-m", "config.setup.postgres", "reset"], cwd=ROOT, env=environment(made), check=False
    )
    shutil.rmtree(made, ignore_errors=True)


def environment(folder: Path) -> dict[str, str]:
    base = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("XINQIAO_", "DATABASE_", "PYTEST_"))
    }
    base.pop("DJANGO_SETTINGS_MODULE", None)
    return base | {"XINQIAO_VAR": str(folder / "var"), "XINQIAO_DEMO_EMPTY": "1"}


def run_until_address(folder: Path, **more: str) -> tuple[subprocess.Popen[str], str, str]:
    """Start the runner; returns it with its address and what it said so far."""
    runner = subprocess.Popen(
        [sys.executable, "-m", "config.setup.demo"],
        cwd=ROOT,
        env=environment(folder) | more,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert runner.stdout is not None
    said = ""
    for line in runner.stdout:
        said += line
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        if found:
            return runner, found.group(0), said
    runner.wait(10)
    pytest.fail(f"The demo ended without an address:\n{said}")


def end(runner: subprocess.Popen[str], number: signal.Signals = signal.SIGINT) -> int:
    runner.send_signal(number)
    runner.communicate(timeout=60)
    return runner.returncode


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code


def running_below(folder: Path) -> list[str]:
    """Command lines of processes that still work with this demo's `var/`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if f"XINQIAO_VAR={folder}/var".encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


def test_the_demo_serves_on_the_loopback_stops_on_ctrl_c_and_keeps_its_day(folder: Path) -> None:
    runner, address, said = run_until_address(folder, XINQIAO_TODAY="2026-11-21")
    try:
        assert "2026-11-21" in said
        assert status(address) < 400
    finally:
        assert end(runner) == 0
    assert running_below(folder) == []
    kept = json.loads((folder / "var" / "postgres.json").read_text())
    assert not (Path(kept["home"]) / "data" / "postmaster.pid").exists()

    runner, address, said = run_until_address(folder)
    try:
        assert "2026-11-21" in said
        assert json.loads((folder / "var" / "postgres.json").read_text())["roles"] == kept["roles"]
    finally:
        assert end(runner, signal.SIGTERM) == 0


def test_a_runner_that_is_killed_takes_its_server_with_it(folder: Path) -> None:
    runner, address, _ = run_until_address(folder)
    runner.kill()
    runner.wait(10)
    until = time.monotonic() + 20
    while running_below(folder) and time.monotonic() < until:
        time.sleep(0.2)
    assert running_below(folder) == []
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(address, timeout=5)


def test_a_taken_port_is_stepped_over_and_a_wished_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(demo, "FIRST_PORT", port)
        monkeypatch.delenv("XINQIAO_PORT", raising=False)
        assert demo.free_port() > port
        monkeypatch.setenv("XINQIAO_PORT", str(port))
        with pytest.raises(SetupProblem, match=f"Port {port} is taken"):
            demo.free_port()


def test_reset_touches_nothing_that_is_no_demo(folder: Path) -> None:
    base = environment(folder)
    start = [sys.executable, "-m", "config.setup.postgres", "start"]
    assert subprocess.run(start, cwd=ROOT, env=base, capture_output=True, check=False).returncode == 0
    reset = [sys.executable, "-m", "config.setup.demo", "reset"]
    said = subprocess.run(reset, cwd=ROOT, env=base, capture_output=True, text=True, check=True).stdout
    assert "nothing was removed" in said
    assert (folder / "var" / "postgres.json").exists()
