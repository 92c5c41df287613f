"""What the tests of merging do and look at."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from tests.factories.county import County
from xinqiao.accounts.scope import acting
from xinqiao.duplicates.actions import merge_people
from xinqiao.duplicates.ledger import COVER
from xinqiao.duplicates.models import Merge
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.listeners import facts_changed
from xinqiao.registry.models import LifeEvent, Person

from .conftest import Two

#: Rows that follow from the facts: compared by what they say, not by their keys.
FOLDED = {"followup_obligation.person_id"}
#: Append-only, or the merge itself.
LEFT_OUT = {"audit_read.person_ids", "duplicates_merge.winner_id", "duplicates_merge.loser_id"}


def dump(people: Two) -> dict[str, list[str]]:
    """Every row of both people in every table that refers to a person, as the owner sees it."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for name in ["registry_person.id", *COVER]:
            if name in LEFT_OUT:
                continue
            table, column = name.split(".")
            cursor.execute(
                f"select to_jsonb(t)::text from {table} t where t.{column} in (%s, %s) order by t.id",
                [people.winner, people.loser],
            )
            rows = [json.loads(row[0]) for row in cursor.fetchall()]
            if name in FOLDED:
                rows = sorted(
                    ({k: v for k, v in row.items() if k != "id"} for row in rows),
                    key=lambda row: (row["person_id"], row["period"]),
                )
            found[name] = [json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows]
    return found


def merge(county: County, clock: FixedClock, two: Two, **more: Any) -> Merge:
    done = merge_people(
        actor=county.actors["county"], clock=clock, op_id=more.pop("op_id", uuid7()), winner_id=two.winner,
        loser_id=two.loser, reason="入户核实为同一人", **more,
    )  # fmt: skip
    return Merge.objects.get(pk=done.merge_id)


def event(county: County, clock: FixedClock, person: UUID, kind: str, day: date) -> None:
    """Something that happened, with what follows from it."""
    code = Person.objects.get(pk=person).managing_code
    LifeEvent.objects.create(
        person_id=person, managing_code=code, kind=kind, happened_on=day, recorded_at="2026-11-01T10:00:00Z"
    )
    with acting(county.actors["county"]):
        facts_changed(county.actors["county"], clock, [person])
