"""The clock of a new file's first visit made together with the village doctor (D35), from the visits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse

from xinqiao.clocks.actions import settle, settle_begun
from xinqiao.clocks.sources import Source, Span, register
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.screening.clocks import newly_filed, owed_by_new_files

from .models import Visit

JOINT = "joint"


def joint_spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """From filing until the first visit with somebody along. Only files that owe it (see `screening.clocks`). Three
    statements."""
    people = newly_filed(subjects)
    visits = Visit.objects.filter(
        person__in=[one.pk for one in people], voided_at=None, superseded=False, co_visitors__len__gt=0
    )
    first: dict[UUID, date] = {}
    for person, on in visits.values_list("person_id", "visit_date"):
        first[person] = min(on, first.get(person, on))
    yield from owed_by_new_files("D35", people, first)


def on_file_opened(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """The registry's listener: what a new file owes is in the inbox from its first day."""
    settle(clock=clock, kind=JOINT, subjects=person_ids)


def on_facts_changed(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """The registry's listener: who died or was excluded owes nothing any more, who moved owes it elsewhere."""
    settle_begun(clock=clock, kind=JOINT, subjects=person_ids)


def register_source() -> None:
    """Called when Django starts."""
    register(
        Source(
            JOINT, frozenset({"D35"}), joint_spans, lambda person: reverse("followup:record", args=[person])
        )
    )
