"""`python -m tests.resilience.rows fill|look`: fills the database that is to be killed, and says what is in it afterwards."""

from __future__ import annotations

import json
import os
import sys
from datetime import date, timedelta

TODAY = date.fromisoformat(os.environ.get("XINQIAO_TODAY", "2026-11-21"))
PEOPLE = 100


def fill() -> None:
    """A small county and a hundred people who are due."""
    from tests.factories.county import make_county
    from tests.factories.records import person_record, visit_record
    from xinqiao.accounts.scope import acting
    from xinqiao.followup.actions import NewVisit, record_visits
    from xinqiao.kernel.clock import FixedClock
    from xinqiao.kernel.ids import uuid7
    from xinqiao.registry.actions import NewPerson, register_people

    county, clock = make_county(TODAY), FixedClock(TODAY)
    actor = county.actors["county"]
    batch = [
        NewPerson(
            uuid7(),
            person_record(
                f"安{chr(0x4E00 + n)}", "990101100201", filed_on=TODAY - timedelta(days=400), serial=20 + n
            ),
        )
        for n in range(PEOPLE)
    ]
    with acting(actor):
        made = register_people(actor=actor, clock=clock, batch=batch, source="form")
        earlier = visit_record(TODAY - timedelta(days=100))
        record_visits(
            actor=actor,
            clock=clock,
            batch=[NewVisit(uuid7(), one.person_id, earlier) for one in made],
            entry_mode="full",
        )
    numbers = [[one.record["name"], one.record["id_number"]] for one in batch]
    print(json.dumps({"people": [str(one.person_id) for one in made], "numbers": numbers}))


def look() -> None:
    """Operation numbers of all visits; persons whose standing or obligations differ from what a new fold gives; visits
    without their line in the trail."""
    from django.db import connections

    from xinqiao.followup.actions.folding import fold_all
    from xinqiao.followup.actions.history import load
    from xinqiao.followup.models import Obligation, Standing, Visit

    ops = [str(one) for one in Visit.objects.using("owner").values_list("op_id", flat=True)]
    folded = fold_all(_loaded(load))
    standing = {row.person_id: row for row in Standing.objects.using("owner").all()}
    open_ones = {
        row.person_id: row.due_on for row in Obligation.objects.using("owner").filter(outcome="open")
    }
    half = [
        str(key)
        for key, item in folded.items()
        if standing[key].due_on != (item.open.due_on if item.open else None)
        or open_ones.get(key) != (item.open.due_on if item.open else None)
        or str(standing[key].last_visit_id) != str(item.history.visits[-1].id)
    ]
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select count(*) from followup_visit v where v.entry_mode <> 'import' and not exists (select 1 from"
            " audit_event e where e.object_id = v.id or e.detail -> 'visits' ? v.id::text)"
        )
        silent = cursor.fetchone()[0]
    print(json.dumps({"ops": ops, "half": half, "silent": silent}))


def _loaded(load):  # type: ignore[no-untyped-def]
    from django.db import connections

    from xinqiao.followup.actions import history
    from xinqiao.registry.models import Person

    history.connection = connections["owner"]
    return load(list(Person.objects.using("owner").values_list("id", flat=True)), lock=False)


if __name__ == "__main__":
    import django

    django.setup()
    {"fill": fill, "look": look}[sys.argv[1]]()
