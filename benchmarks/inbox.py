"""`python -m benchmarks.inbox [--open 50000] [--counties 20] [--keep]`: the inbox of a county with so many open clocks.

Fills a database of its own (`XINQIAO_VAR`, default `var/bench-inbox`) with made-up people and clocks by SQL, serves it (granian, one
worker) and asks for the page again and again over one connection. Prints p50, p95, CPU and the number of statements.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TODAY = os.environ.get("XINQIAO_TODAY", "2026-11-21")
HERE = Path(os.environ.get("XINQIAO_VAR") or ROOT / "var" / "bench-inbox")
os.environ.update(
    XINQIAO_VAR=str(HERE),
    XINQIAO_TODAY=TODAY,
    XINQIAO_MODE="demo",
    XINQIAO_STATIC_FROM_SOURCE="1",
    DJANGO_SETTINGS_MODULE="config.settings",
)

PAGES = {
    "inbox (county, own and come up)": ("county", "/inbox/"),
    "inbox (county, everything)": ("county", "/inbox/?whose=all"),
    "inbox (county, everything later)": ("county", "/inbox/?whose=all&section=later"),
    "inbox (township)": ("township", "/inbox/"),
    "inbox (village)": ("village", "/inbox/"),
    "timeliness (county)": ("county", "/inbox/timeliness/?from=2026-06-01"),
    "timeliness (city)": ("city", "/inbox/timeliness/?from=2026-06-01"),
}
#: Villages: 20 townships of 10. One in nine clocks is overdue, as many have come up to the county; half name a person.
_CLOCKS = """
insert into clocks_clock (id, managing_code, shared_codes, code, kind, subject, period, person_id, started_on, due_on, warn_on,
  outcome, unit, took, ended_on, holder, chain, county_on, clause, policy_version)
select gen_random_uuid(), place, case when n %% 50 = 0 then array['at:' || left(place, 9) || '000'] else '{{}}' end,
  code, 'bench', gen_random_uuid(), '', person, due - 7, due, due - 2,
  case when ended then (case when n %% 11 = 0 then 'late' else 'done' end) else 'open' end, 'workdays',
  case when ended then n %% 9 end, case when ended then (case when n %% 11 = 0 then due + 2 else due - 1 end) end,
  case when right(place, 3) = '000' then 'township' else 'village' end,
  jsonb_build_array(jsonb_build_array('county', (due + 1)::text), jsonb_build_array('city', (due + 14)::text)),
  due + 1, 'QYS24/receive', 'bench'
from (
  select n, ended, person,
    {county} || lpad((100 + n %% 20)::text, 3, '0')
      || case when n %% 3 = 0 then '000' else (201 + n / 20 %% 10)::text end as place,
    (array['D5', 'D6', 'D7', 'D17', 'D18', 'D8'])[1 + n %% 6] as code,
    case when ended then date '{today}' - (n * 7919 %% 300)::int
         when n %% 9 = 0 then date '{today}' - (n * 31 %% 60)::int
         else date '{today}' + (n * 7919 %% 90)::int end as due
  from (select n, n > {open} as ended, case when n %% 2 = 0 and n <= {open} then people[1 + n %% array_length(people, 1)] end as person
        from generate_series(1, {total}) n) numbered
) made
"""


def fill(number: int, counties: int) -> None:
    """The county of the tests, its townships and villages, 2,000 people, the clocks of it and of its neighbours."""
    import django

    django.setup()
    from django.db import connections

    from tests.factories.county import COUNTY, NORTH, NORTH_1, make_county
    from tests.factories.people import make_person
    from xinqiao.accounts.scope import as_system
    from xinqiao.kernel.codes import ancestors, level_of
    from xinqiao.places.models import Division

    today = date.fromisoformat(TODAY)
    made = make_county(today)
    have = set(Division.objects.values_list("code", flat=True))
    codes = [f"{COUNTY[:6]}{100 + t}000" for t in range(20)]
    codes += [f"{one[:9]}{201 + v}" for one in codes for v in range(10)]
    Division.objects.bulk_create(
        Division(
            code=one, name=f"地{one[6:]}", level=level_of(one), parent_code=ancestors(one)[1], valid_from=date(2004, 1, 1),
            source="made up",
        )
        for one in codes
        if one not in have
    )  # fmt: skip
    with as_system(COUNTY):
        person = make_person(NORTH_1, made.institutions[NORTH], filed_on=date(2020, 3, 1))
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select column_name from information_schema.columns where table_schema = 'public'"
            " and table_name = 'registry_person' and is_generated = 'NEVER' order by ordinal_position"
        )
        columns = [row[0] for row in cursor.fetchall()]
        new = {"id": "gen_random_uuid()", "op_id": "gen_random_uuid()", "name": "'测' || k", "file_no": "''"}
        chosen = ", ".join(new.get(name, f"p.{name}") for name in columns)
        cursor.execute(
            f"insert into registry_person ({', '.join(columns)}) select {chosen} from registry_person p,"
            " generate_series(1, 2000) k where p.id = %s",
            [person.pk],
        )
        cursor.execute("select array_agg(id) from registry_person")
        people = cursor.fetchone()[0]
        for place in range(counties):
            county = int(COUNTY[:6]) + place * (1 if place < 1 else 7)
            sql = _CLOCKS.format(county=f"'{county}'", today=TODAY, open=number, total=number * 2)
            whose = people if place == 0 else [None]
            cursor.execute(
                sql.replace("people[", "(%(people)s::uuid[])[").replace(
                    "array_length(people,", "array_length(%(people)s::uuid[],"
                ),
                {"people": whose},
            )
        cursor.execute("vacuum (analyze)")


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.inbox", description=__doc__)
    parser.add_argument(
        "--open", type=int, default=50_000, help="open clocks of each county; as many ended ones"
    )
    parser.add_argument("--counties", type=int, default=20)
    parser.add_argument("--runs", type=int, default=100)
    parser.add_argument("--keep", action="store_true", help="use the database that is there")
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.fill:
        fill(chosen.open, chosen.counties)
        return 0
    from config.setup import postgres

    HERE.mkdir(parents=True, exist_ok=True)
    if not (HERE / "assets").exists():
        (HERE / "assets").symlink_to(ROOT / "var" / "assets")
    if not chosen.keep:
        postgres.reset("main")
    server = postgres.ensure("main", say=True)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--database", "owner", "-v0"], cwd=ROOT, check=True
    )
    if not chosen.keep:
        size = ["--open", str(chosen.open), "--counties", str(chosen.counties)]
        subprocess.run([sys.executable, "-m", "benchmarks.inbox", "--fill", *size], cwd=ROOT, check=True)
    from benchmarks import machine

    postmaster = int(Path(server.home, "data", "postmaster.pid").read_text().split()[0]) if server.home else 0
    rows = list(_measure(chosen.runs, postmaster))
    counts = _statements()
    print(
        f"\n{chosen.open:,} open clocks in each of {chosen.counties} counties, as many ended. {machine.describe()}."
    )
    print(f"PostgreSQL {server.version}, Python {sys.version.split()[0]}.\n")
    print("| page | runs | p50 ms | p95 ms | CPU-ms server | CPU-ms PostgreSQL | statements |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for row in rows:
        print(
            f"| {row['act']} | {row['runs']} | {row['p50']:.1f} | {row['p95']:.1f} | {row['web']:.1f} |"
            f" {row['database']:.1f} | {counts[row['act']]} |"
        )
    postgres.stop("main")
    return 0


def _measure(runs: int, postmaster: int) -> Iterator[dict[str, Any]]:
    import django

    from benchmarks.__main__ import _time, _wait
    from benchmarks.client import Client

    os.environ["XINQIAO_VAR"] = str(HERE)  # which that module has changed
    django.setup()
    from tests.factories.county import PASSWORD
    from tests.factories.ports import free_port

    port = free_port()
    command = [
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
    with (HERE / "server.log").open("wb") as log:
        web = subprocess.Popen(
            [*command, "--port", str(port), "config.wsgi:application"],
            cwd=ROOT, env=os.environ | {"XINQIAO_SERVING": "1"}, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}")
            for name, (account, address) in PAGES.items():
                # Each with a connection of its own: one that waited for the others would have been closed.
                client = Client(f"http://127.0.0.1:{port}")
                client.sign_in(account, PASSWORD)
                many = iter(lambda client=client, address=address: lambda: client.get(address) and None, None)
                yield {"act": name, **_time(many, runs, [web.pid, postmaster])}
        finally:
            web.send_signal(signal.SIGTERM)
            web.wait(20)


def _statements() -> dict[str, int]:
    """Statements of each page, counted in a process of its own."""
    code = (
        "import django, json; django.setup()\n"
        "from django.conf import settings; settings.ALLOWED_HOSTS = ['*']\n"
        "from django.test import Client; from benchmarks.statements import _count; from benchmarks.inbox import PAGES\n"
        "from xinqiao.accounts.models import User\n"
        "def one(account, address):\n"
        "    client = Client(); client.force_login(User.objects.get(username=account),"
        " backend='django.contrib.auth.backends.ModelBackend')\n"
        "    client.get(address)\n"
        "    return _count(lambda: client.get(address))\n"
        "print(json.dumps({name: one(*page) for name, page in PAGES.items()}))\n"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return dict(json.loads(out.splitlines()[-1]))


if __name__ == "__main__":
    raise SystemExit(main())
