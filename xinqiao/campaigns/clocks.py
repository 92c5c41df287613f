"""The clock of an action: its own deadline, with a warning a week before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.urls import reverse

from xinqiao.clocks.sources import Source, Span
from xinqiao.kernel.actor import at_place

from .choices import State
from .models import Campaign

KIND = "campaigns"
#: So long before the deadline of the action its clock D28 begins to run.
DAYS = 7


def spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """One clock per action, seen by the townships that it reaches. One statement."""
    rows = Campaign.objects.all() if subjects is None else Campaign.objects.filter(pk__in=list(subjects))
    for one in rows:
        started_on = one.deadline - timedelta(days=DAYS)
        yield Span(
            "D28",
            one.pk,
            started_on,
            one.place,
            shared=tuple(at_place(code) for code in one.townships if code != one.place),
            ended_on=max(started_on, one.ended_on) if one.ended_on else None,
            void=one.state == State.WITHDRAWN,
            due_on=one.deadline,
        )


def names(subjects: Sequence[UUID]) -> dict[UUID, str]:
    """What the action is called. One statement."""
    return dict(Campaign.objects.filter(pk__in=subjects).values_list("pk", "title"))


SOURCE = Source(
    KIND, frozenset({"D28"}), spans, lambda subject: reverse("campaigns:campaign", args=[subject]), names, of_people=False
)  # fmt: skip
