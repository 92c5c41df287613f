"""`python -m benchmarks [--people 200000] [--counties 100] [--keep]`: fill, serve, measure, print and keep the table.

Each act is sent one after another over one connection to the real server (granian, one worker process). Times are of the
whole answer at the client; CPU is what the server's and PostgreSQL's processes used, by the operating system's account;
statements are counted in a process of its own, without BEGIN, COMMIT, savepoints and set_config.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TODAY = os.environ.get("XINQIAO_TODAY", "2026-11-21")
EIGHT = "today's list, 8 people at once"
HERE = Path(os.environ.get("XINQIAO_VAR") or ROOT / "var") / "bench"
os.environ.update(
    XINQIAO_VAR=str(HERE),
    XINQIAO_TODAY=TODAY,
    XINQIAO_MODE="demo",
    XINQIAO_STATIC_FROM_SOURCE="1",
    DJANGO_SETTINGS_MODULE="config.settings",
)

from benchmarks import acts, machine  # noqa: E402
from benchmarks.client import Client  # noqa: E402
from tests.factories.ports import free_port  # noqa: E402


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--people", type=int, default=200_000)
    parser.add_argument("--counties", type=int, default=100)
    parser.add_argument("--runs", type=int, default=200, help="requests of each act that are counted")
    parser.add_argument("--import-rows", type=int, default=20_000)
    parser.add_argument("--only", default="", help="only acts whose name has this in it; nothing is kept")
    parser.add_argument("--keep", action="store_true", help="use the database that is there")
    chosen = parser.parse_args()
    from config.setup import postgres

    HERE.mkdir(parents=True, exist_ok=True)
    if not (HERE / "assets").exists():
        (HERE / "assets").symlink_to("../assets")
    if not chosen.keep:
        postgres.reset("main")
    server = postgres.ensure("main", say=True)
    if not chosen.keep:
        _run("manage.py", "migrate", "--database", "owner", "-v0")
        _run("-m", "benchmarks.fill", str(chosen.people // chosen.counties), str(chosen.counties - 1))
    import django

    django.setup()
    ids, totals = _look()
    postmaster = int(Path(server.home, "data", "postmaster.pid").read_text().split()[0]) if server.home else 0
    rows = list(_measure(chosen, ids, postmaster))
    if chosen.only:
        return 0
    statements = json.loads(
        _output("-m", "benchmarks.statements", json.dumps([ids.township[0], ids.county[-1], ids.village]))
    )
    _write(rows, statements, totals, server.version)
    postgres.stop("main")
    return 0


def _run(*command: str) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True)


def _output(*command: str) -> str:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout


def _look() -> tuple[acts.Ids, tuple[int, int]]:
    from django.db import connections

    from xinqiao.accounts.models import User

    township = User.objects.get(username="bench-township").place
    village = User.objects.get(username="bench-village").place
    with connections["report"].cursor() as cursor:

        def column(sql: str, *given: Any) -> list[Any]:
            cursor.execute(sql, given)
            return [row[0] for row in cursor.fetchall()]

        living = "select person_id::text from followup_standing where state = 'registered' and managing_code like %s"
        # Not seen these days, and at no level that may only be lowered by two: a visit of today is the usual one.
        usual = living + " and coalesce(last_visit_on, '2000-01-01') < %s::date - 7 and coalesce(risk, 0) < 3"
        county = column(usual, "990201%", TODAY)
        random.Random(1).shuffle(county)
        found = acts.Ids(
            column(living, township[:9] + "%"),
            county,
            village,
            column(
                "select distinct name from registry_person where managing_code like %s limit 200",
                township[:9] + "%",
            ),
        )
        totals = (
            column("select count(*) from registry_person")[0],
            column("select count(*) from followup_visit")[0],
        )
    connections.close_all()
    return found, totals


def _measure(chosen: argparse.Namespace, ids: acts.Ids, postmaster: int) -> Iterator[dict[str, Any]]:
    port = free_port()
    serving = os.environ | {"XINQIAO_SERVING": "1", "XINQIAO_STATIC_FROM_SOURCE": "1"}
    granian = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--workers",
        "1",
        "--blocking-threads",
        "4",
    ]
    log = (HERE / "server.log").open("wb")
    web = subprocess.Popen(
        [*granian, "--port", str(port), "config.wsgi:application"],
        cwd=ROOT,
        env=serving,
        stdout=log,
        stderr=log,
    )
    # Imports only: counting ahead for the figures would work beside the acts and be taken for theirs.
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "procrastinate", "worker", "--queues", "import"],
        cwd=ROOT,
        stdout=log,
        stderr=log,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address)
        today = date.fromisoformat(TODAY)
        clients = {}
        for name in ("township", "county", "village"):
            clients[name] = Client(address)
            clients[name].sign_in(f"bench-{name}", "benchmark-only")
        pids = [web.pid, postmaster]
        plan = [
            ("today's list (village)", acts.lists(clients["village"]), chosen.runs),
            ("today's list (township)", acts.lists(clients["township"]), chosen.runs),
            ("today's list (county)", acts.lists(clients["county"]), chosen.runs),
            ("search by name", acts.searches(clients["township"], ids), chosen.runs),
            ("open a record", acts.records(clients["township"], ids), chosen.runs),
            ("create a person", acts.people(clients["county"], ids, today), chosen.runs),
            ("record a visit", acts.visits(clients["county"], ids, today, chosen.runs + 20), chosen.runs),
            ("county figures", acts.figures(clients["county"]), max(10, chosen.runs // 10)),
            ("a county's visits to a workbook", acts.workbooks(clients["county"], today), 3),
        ]
        for name, many, runs in plan:
            if chosen.only not in name:
                continue
            yield {"act": name, **_time(many, runs, pids)}
        if chosen.only in EIGHT:  # "" is in everything
            several = [Client(address) for _ in range(8)]
            for number, client in enumerate(several):
                client.sign_in(f"bench-{('village', 'township')[number % 2]}", "benchmark-only")
            yield {"act": EIGHT, **_together(several, chosen.runs, pids)}
        if chosen.only:
            return
        yield {
            "act": f"import {chosen.import_rows:,} visits",
            **_import(clients["county"], chosen.import_rows, [*pids, worker.pid]),
        }
        print(f"server memory {machine.memory_mb(web.pid):.0f} MB")
    finally:
        for child in (web, worker):
            child.send_signal(signal.SIGTERM)
            child.wait(20)


def _wait(address: str) -> None:
    for _ in range(1200):
        try:
            Client(address).get("/health/")
            return
        except (OSError, AssertionError):
            time.sleep(0.1)
    raise SystemExit("the server did not start: " + str(HERE / "server.log"))


def _time(many: Iterator[acts.Act], runs: int, pids: list[int]) -> dict[str, Any]:
    for act in islice(many, min(10, runs)):  # warm
        act()
    took = []
    before = [machine.cpu_seconds(pid) for pid in pids]
    for act in islice(many, runs):
        began = time.perf_counter()
        act()
        took.append((time.perf_counter() - began) * 1000)
    spent = [
        (machine.cpu_seconds(pid) - was) * 1000 / len(took) for pid, was in zip(pids, before, strict=True)
    ]
    return _result(took, spent)


def _together(clients: list[Client], runs: int, pids: list[int]) -> dict[str, Any]:
    """Today's list by several people at once, each asking again as soon as the answer is there."""
    took: list[float] = []

    def ask(client: Client) -> None:
        for act in islice(acts.lists(client), runs // len(clients)):
            began = time.perf_counter()
            act()
            took.append((time.perf_counter() - began) * 1000)

    before = [machine.cpu_seconds(pid) for pid in pids]
    threads = [threading.Thread(target=ask, args=(client,)) for client in clients]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    spent = [
        (machine.cpu_seconds(pid) - was) * 1000 / len(took) for pid, was in zip(pids, before, strict=True)
    ]
    return _result(took, spent)


def _result(took: list[float], spent: list[float]) -> dict[str, Any]:
    took.sort()
    result = {
        "runs": len(took),
        "p50": statistics.median(took),
        "p95": took[min(len(took) - 1, int(len(took) * 0.95))],
        "cpu": sum(spent),
        "web": spent[0],
        "database": spent[1],
    }
    print({k: round(v, 1) for k, v in result.items()}, flush=True)
    return result


def _import(client: Client, rows: int, pids: list[int]) -> dict[str, Any]:
    """Upload a workbook of visits, wait for the check, commit, wait for the end."""
    from benchmarks.workbook import post_workbook, visits_workbook

    data = visits_workbook(rows, date.fromisoformat(TODAY))
    client.connection.close()  # idle for so long that the server has closed it; the next request opens another
    before, began = [machine.cpu_seconds(pid) for pid in pids], time.perf_counter()
    outcome = post_workbook(client, data)
    took = (time.perf_counter() - began) * 1000
    web, database, worker = [
        (machine.cpu_seconds(pid) - was) * 1000 for pid, was in zip(pids, before, strict=True)
    ]
    print(outcome, round(took / 1000, 1), "s", flush=True)
    spent = {"cpu": web + database + worker, "web": web + worker, "database": database}
    return {"runs": 1, "p50": took, "p95": took, **spent, "note": outcome}


def _write(
    rows: list[dict[str, Any]], statements: dict[str, int], totals: tuple[int, int], version: str
) -> None:
    lines = [
        f"## {date.today().isoformat()}",
        "",
        f"{totals[0]:,} people, {totals[1]:,} visits. {machine.describe()}. PostgreSQL {version}, Python {sys.version.split()[0]}.",
        "",
        "| act | runs | p50 ms | p95 ms | CPU-ms server | CPU-ms PostgreSQL | statements |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        count = statements.get(row["act"], "")
        lines.append(
            f"| {row['act']} | {row['runs']} | {row['p50']:,.1f} | {row['p95']:,.1f} |"
            f" {row['web']:,.1f} | {row['database']:,.1f} | {count} |"
        )
    text = "\n".join(lines) + "\n"
    print("\n" + text)
    out = HERE / "results.md"
    out.write_text(text, encoding="utf-8")
    print(f"kept in {out}; put it into benchmarks/RESULTS.md when it should stay")


if __name__ == "__main__":
    raise SystemExit(main())
