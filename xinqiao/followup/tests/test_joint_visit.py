"""The first visit of a new file is made together with the village doctor: its clock, from the visits."""

from __future__ import annotations

from datetime import date, timedelta

from tests.factories.county import NORTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.scope import acting
from xinqiao.clocks.models import Clock
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.followup.tasks import joint_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, register_people

TODAY = date(2026, 11, 21)
FILED = TODAY - timedelta(days=10)
CLOCK = FixedClock(TODAY)


def test_a_joint_visit_ends_the_clock_of_a_new_file_and_another_visit_does_not(
    county: County, monkeypatch: object
) -> None:
    monkeypatch.setenv("XINQIAO_TODAY", TODAY.isoformat())  # type: ignore[attr-defined]
    actor = county.actors["township"]
    record = person_record("安新档", NORTH_1, filed_on=FILED, serial=71)
    with acting(actor):
        person = register_people(actor=actor, clock=CLOCK, batch=[NewPerson(uuid7(), record)], source="form")[
            0
        ].person_id
    joint_visits(0)
    row = Clock.objects.get(subject=person, code="D35")
    assert (row.outcome, row.started_on, row.due_on) == ("open", FILED, date(2026, 12, 11))
    for on, along, outcome in ((TODAY - timedelta(days=3), [], "open"), (TODAY, ["王海东"], "done")):
        with acting(actor):
            visit = NewVisit(uuid7(), person, visit_record(on, co_visitors=along))
            record_visits(actor=actor, clock=CLOCK, batch=[visit], entry_mode="full")
        row.refresh_from_db()
        assert row.outcome == outcome
    assert row.ended_on == TODAY
