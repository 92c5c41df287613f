"""Fills the journeys' database: the small county, a handful of people, and visits that make every section of the list."""

from __future__ import annotations

import os
from datetime import date, timedelta

TODAY = date.fromisoformat(os.environ.get("XINQIAO_TODAY", "2026-11-21"))

#: name, village, filed, visits as (days ago, kind)
PEOPLE = (
    ("陈安宁", "990101100201", 700, [(400, "calm"), (300, "calm"), (200, "calm"), (100, "calm")]),
    ("陈晓光", "990101100201", 700, [(190, "calm"), (92, "calm")]),
    ("黄静波", "990101100201", 300, [(130, "calm"), (20, "unstable")]),
    ("吴念恩", "990101100201", 40, []),
    ("赵思远", "990101100201", 500, [(200, "calm"), (89, "calm")]),
    ("孙明月", "990101100202", 500, [(300, "calm"), (150, "calm")]),
    ("周和平", "990101100202", 500, [(30, "calm")]),
    ("钱家宝", "990101101201", 500, [(150, "calm")]),
    ("钱守信", "990101101202", 500, [(150, "calm"), (10, "unstable")]),
)


def main() -> None:
    """Write it all through the product's own write paths."""
    import django

    django.setup()

    from django.contrib.auth.hashers import make_password

    from tests.factories.county import PASSWORD, make_county
    from tests.factories.records import person_record, unstable_visit, visit_record
    from xinqiao.accounts.models import User
    from xinqiao.accounts.scope import acting
    from xinqiao.followup.actions import NewVisit, record_visits
    from xinqiao.kernel.clock import FixedClock
    from xinqiao.kernel.ids import uuid7
    from xinqiao.registry.actions import NewPerson, register_people

    county = make_county(TODAY)
    # The server that is tried knows the real hasher only.
    User.objects.update(password=make_password(PASSWORD, hasher="argon2"))
    clock = FixedClock(TODAY)
    actor = county.actors["county"]
    kinds = {"calm": visit_record, "unstable": unstable_visit}
    batch = [
        NewPerson(
            uuid7(),
            person_record(
                name, village, filed_on=TODAY - timedelta(days=filed), serial=number, sex="12"[number % 2]
            ),
        )
        for number, (name, village, filed, _) in enumerate(PEOPLE, start=20)
    ]
    with acting(actor):
        registered = register_people(actor=actor, clock=clock, batch=batch, source="form")
        visits = [
            NewVisit(uuid7(), row.person_id, kinds[kind](TODAY - timedelta(days=ago)))
            for row, (_, _, _, history) in zip(registered, PEOPLE, strict=True)
            for ago, kind in history
        ]
        record_visits(actor=actor, clock=clock, batch=visits, entry_mode="full")


if __name__ == "__main__":
    main()
