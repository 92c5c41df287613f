"""A second file of 陈晓光, filed by ear in the other township, with visits of its own."""

from __future__ import annotations

from datetime import timedelta

from tests.journeys.seed import TODAY


def main() -> None:
    """Through the product's own write paths, beside the journeys' people."""
    import django

    django.setup()

    from tests.factories.records import person_record, visit_record
    from xinqiao.accounts.models import User
    from xinqiao.accounts.scope import acting
    from xinqiao.accounts.sessions import actor_of
    from xinqiao.followup.actions import NewVisit, record_visits
    from xinqiao.kernel.clock import FixedClock
    from xinqiao.kernel.ids import uuid7
    from xinqiao.registry.actions import NewPerson, register_person

    clock = FixedClock(TODAY)
    actor = actor_of(User.objects.get(username="county"), clock)
    record = person_record(
        "陈晓广", "990101101201", filed_on=TODAY - timedelta(days=60), serial=77, sex="2", workplace="砖厂"
    )
    with acting(actor):
        second = register_person(actor=actor, clock=clock, person=NewPerson(uuid7(), record))
        visits = [
            NewVisit(uuid7(), second.person_id, visit_record(TODAY - timedelta(days=days)))
            for days in (40, 12)
        ]
        record_visits(actor=actor, clock=clock, batch=visits, entry_mode="full")
    print(second.person_id)  # noqa: T201 -- the journey opens this file


if __name__ == "__main__":
    main()
