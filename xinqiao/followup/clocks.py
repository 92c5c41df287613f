"""The clock of a new file's first visit made together with the village doctor (D35), from the visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse

from xinqiao.clocks.models import Clock
from xinqiao.clocks.sources import Source, Span, register
from xinqiao.screening.clocks import gone_people, newly_filed

from .models import Visit

JOINT = "joint"


def joint_spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """From filing until the first visit with somebody along. Only files that owe it (see `screening.clocks`). Three
    statements."""
    people = newly_filed(subjects)
    ids = [one.pk for one in people]
    visits = Visit.objects.filter(person__in=ids, voided_at=None, superseded=False, co_visitors__len__gt=0)
    first: dict[UUID, date] = {}
    for person, on in visits.values_list("person_id", "visit_date"):
        first[person] = min(on, first.get(person, on))
    gone = gone_people(ids)
    for one in people:
        day = first.get(one.pk)
        yield Span(
            code="D35", subject=one.pk, started_on=one.filed_on, place=one.managing_code, person_id=one.pk,
            ended_on=None if day is None else max(day, one.filed_on), void=day is None and one.pk in gone,
        )  # fmt: skip


def running(people: Iterable[UUID]) -> list[UUID]:
    """Who of these still owes a joint visit by a clock that runs: few, so that a visit with somebody along costs one statement
    more and not five. A clock not begun yet is settled at night."""
    wanted = sorted(people)
    if not wanted:
        return []
    return list(
        Clock.objects.filter(kind=JOINT, subject__in=wanted, outcome="open").values_list("subject", flat=True)
    )


def register_source() -> None:
    """Called when Django starts."""
    register(
        Source(
            JOINT, frozenset({"D35"}), joint_spans, lambda person: reverse("followup:record", args=[person])
        )
    )
