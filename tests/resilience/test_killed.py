"""kill -9 of the server and of the database while visits are recorded and while a workbook is imported."""

from __future__ import annotations

import http.client
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import xlsxwriter

from benchmarks.acts import form_values
from benchmarks.client import Client, Form
from benchmarks.workbook import _forms, _until, upload
from config.setup.folders import ROOT
from tests.factories.county import PASSWORD
from tests.factories.ports import free_port
from tests.factories.records import unstable_visit, visit_record

pytestmark = pytest.mark.setup
TODAY = date(2026, 11, 21)


class Machine:
    """A whole installation in a folder of its own: database, web server, worker, each of which may be killed."""

    def __init__(self, folder: Path) -> None:
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("XINQIAO_", "DATABASE_", "PYTEST_"))
        }
        self.folder, self.port = folder, free_port()
        self.environment = kept | {
            "XINQIAO_VAR": str(folder / "var"),
            "XINQIAO_MODE": "demo",
            "XINQIAO_TODAY": TODAY.isoformat(),
            "XINQIAO_STATIC_FROM_SOURCE": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        self.web: subprocess.Popen[bytes] | None = None
        self.worker: subprocess.Popen[bytes] | None = None
        self.start_database()
        self.run("manage.py", "migrate", "--database", "owner", "-v0")
        self.people = json.loads(self.run("-m", "tests.resilience.rows", "fill"))

    def run(self, *command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def look(self) -> dict[str, list[str]]:
        return json.loads(self.run("-m", "tests.resilience.rows", "look"))  # type: ignore[no-any-return]

    def start_database(self) -> None:
        self.run("-m", "config.setup.postgres", "start")

    def kill_database(self) -> None:
        home = json.loads((self.folder / "var" / "postgres.json").read_text())["home"]
        os.kill(int((Path(home) / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def start_web(self) -> None:
        command = [
            "-m",
            "granian",
            "--interface",
            "wsgi",
            "--port",
            str(self.port),
            "config.wsgi:application",
        ]
        self.web = self._child(command, {"XINQIAO_SERVING": "1"})
        for _ in range(300):
            try:
                Client(self.address).get("/health/")
                return
            except (OSError, AssertionError, http.client.HTTPException):
                time.sleep(0.1)
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def start_worker(self) -> None:
        self.worker = self._child(["manage.py", "procrastinate", "worker"], {})

    def kill(self, child: subprocess.Popen[bytes] | None) -> None:
        assert child is not None
        os.killpg(child.pid, signal.SIGKILL)
        child.wait(10)

    def _child(self, command: list[str], more: dict[str, str]) -> subprocess.Popen[bytes]:
        log = (self.folder / "log").open("ab")
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment | more,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signed_in(self) -> Client:
        client = Client(self.address)
        client.sign_in("county", PASSWORD)
        return client

    def end(self) -> None:
        for child in (self.web, self.worker):
            if child is not None and child.poll() is None:
                self.kill(child)
        subprocess.run(
            [sys.executable, "-m", "config.setup.postgres", "reset"],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
        )


@pytest.fixture
def machine() -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="xq-", dir="/tmp"))
    folder.chmod(0o711)
    made = None
    try:
        made = Machine(folder)
        yield made
    finally:
        if made is not None:
            made.end()
        shutil.rmtree(folder, ignore_errors=True)


def test_no_acknowledged_visit_is_lost_and_none_is_half_when_server_and_database_are_killed(
    machine: Machine,
) -> None:
    machine.start_web()
    client = machine.signed_in()
    forms = [client.form(f"/followup/record/{one}/", having="op_id") for one in machine.people["people"]]
    acknowledged: list[str] = []
    refused = 0
    for number, form in enumerate(forms):
        if number in (30, 70):
            machine.kill(machine.web)
        if number in (50, 85):
            machine.kill_database()
        for _attempt in range(40):
            try:
                _save(client, form, unstable_visit if number % 7 == 0 else visit_record)
                acknowledged.append(form.values["op_id"][0])
                break
            except (OSError, AssertionError, http.client.HTTPException):
                refused += 1
                if machine.web is not None and machine.web.poll() is not None:
                    machine.start_web()
                machine.start_database()
                client = _again(machine, client)
        else:
            raise AssertionError((machine.folder / "log").read_text()[-3000:])

    there = machine.look()

    assert refused >= 4
    assert len(acknowledged) == len(forms)
    assert sorted(op for op in there["ops"] if op in set(acknowledged)) == sorted(acknowledged)
    assert len(there["ops"]) == 2 * len(forms)
    assert there["half"] == []
    assert there["silent"] == 0


def test_an_import_killed_in_the_middle_leaves_nothing_and_goes_on_when_asked(machine: Machine) -> None:
    rows = 40
    machine.start_web()
    client = machine.signed_in()
    machine.start_worker()
    where = upload(client, _workbook(machine.people["numbers"], rows))
    _until(client, where, "核对结果")
    before = len(machine.look()["ops"])
    client.post(next(form for form in _forms(client, where) if form.action.endswith("/commit/")), {})
    _under_way(client, where)
    machine.kill(machine.worker)
    machine.kill_database()
    machine.start_database()

    in_between = len(machine.look()["ops"])
    assert in_between == before
    client = _again(machine, client)
    machine.start_worker()
    for _attempt in range(180):
        go_on = [form for form in _forms(client, where) if form.action.endswith("/commit/")]
        if go_on:
            client.post(go_on[0], {})
        _status, _, text = client.send("GET", where)
        if "导入完成" in text:
            break
        time.sleep(1)
    else:
        raise AssertionError((text[-3000:], (machine.folder / "log").read_text()[-3000:]))
    there = machine.look()

    assert len(there["ops"]) == before + rows * len(machine.people["people"])
    assert there["half"] == []


def _save(client: Client, form: Form, make: object) -> None:
    values = {"ending": "1", **form_values(make(TODAY))}  # type: ignore[operator]
    client.post(form, values)


def _under_way(client: Client, where: str) -> None:
    """Wait until the import has written some rows, as its page says."""
    for _attempt in range(600):
        said = re.search(r"([\d,]+) / [\d,]+</b>", client.get(where + "progress/"))
        if said and said[1] != "0":
            return
        time.sleep(0.05)
    raise AssertionError("the import did not get under way")


def _again(machine: Machine, client: Client) -> Client:
    """The same browser on a new connection."""
    fresh = Client(machine.address)
    fresh.cookies = client.cookies
    return fresh


def _workbook(people: list[list[str]], rows: int) -> bytes:
    """`rows` visits of each person at days without one."""
    from xinqiao.synth.cells import VISITS_SHEET, row_of, visit_columns

    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet(VISITS_SHEET)
        columns = visit_columns()
        sheet.write_row(0, 0, [column.title for column in columns])
        line = 0
        for back in range(rows):
            for name, number in people:
                line += 1
                record = visit_record(TODAY - timedelta(days=110 + 7 * back), name=name, id_number=number)
                sheet.write_row(line, 0, row_of(columns, record))
    return out.getvalue()
