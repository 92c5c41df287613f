"""Counts the statements of each act in this process, signed in as the real application role, without a server between.

Prints a JSON object: act → statements, without BEGIN, COMMIT, savepoints and set_config.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from typing import Any


def main() -> None:
    """Arguments: a JSON list of a person of the township, a person of the county, a village."""
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    person, other, village = json.loads(sys.argv[1])
    today = date.fromisoformat(os.environ["XINQIAO_TODAY"])
    clients = {}
    from xinqiao.accounts.models import User

    for name in ("township", "county", "village"):
        clients[name] = Client()
        clients[name].force_login(
            User.objects.get(username=f"bench-{name}"), backend="django.contrib.auth.backends.ModelBackend"
        )
    from benchmarks.acts import form_values
    from tests.factories.records import person_record, visit_record
    from xinqiao.kernel.ids import uuid7

    record = person_record(
        "测试员", village, filed_on=today, serial=int(time.time()) % 499, birth_on=date(1949, 2, 3)
    )
    new = {k: v for k, v in record.items() if k != "past_danger"} | {
        "past_danger": "7",
        "step": "save",
        "op_id": str(uuid7()),
    }
    visit = {"ending": "1", "op_id": str(uuid7()), **form_values(visit_record(today))}
    counts = {
        "today's list (village)": _count(lambda: clients["village"].get("/followup/today/")),
        "today's list (township)": _count(lambda: clients["township"].get("/followup/today/")),
        "today's list (county)": _count(lambda: clients["county"].get("/followup/today/")),
        "search by name": _count(lambda: clients["township"].post("/people/search/", {"q": "王"})),
        "open a record": _count(lambda: clients["township"].get(f"/people/{person}/")),
        "create a person": _count(lambda: clients["county"].post("/people/new/", new), 302),
        "record a visit": _count(lambda: clients["county"].post(f"/followup/record/{other}/", visit), 302),
        "county figures": _count(lambda: clients["county"].get("/figures/")),
    }
    print(json.dumps(counts))


def _count(act: Any, expect: int = 200) -> int:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    with (
        CaptureQueriesContext(connections["default"]) as one,
        CaptureQueriesContext(connections["report"]) as two,
    ):
        response = act()
    assert response.status_code == expect, (response.status_code, response.content.decode()[-2000:])
    silent = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
    queries = [q["sql"] for q in [*one.captured_queries, *two.captured_queries]]
    return sum(1 for sql in queries if not sql.startswith(silent) and "set_config" not in sql)


if __name__ == "__main__":
    main()
