"""The clocks of a request: to be decided and handed over, to be answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse

from xinqiao.accounts.permissions import Permission
from xinqiao.clocks.sources import Source, Span

from .choices import Verdict
from .models import CorrectionRequest, ViewRequest

VIEWS, CORRECTIONS = "view_request", "correction_request"


def _views(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    rows = ViewRequest.objects.all()
    for one in rows if subjects is None else rows.filter(pk__in=subjects):
        later = one.decided_on if one.verdict == Verdict.LATER else None
        answered: date | None = one.handed_on or later
        yield Span(
            "D26", one.pk, one.asked_on, one.managing_code, person_id=one.person_id, shared=tuple(one.shared_codes),
            ended_on=answered or one.withdrawn_on, void=answered is None and one.withdrawn_on is not None,
        )  # fmt: skip


def _corrections(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    rows = CorrectionRequest.objects.all()
    for one in rows if subjects is None else rows.filter(pk__in=subjects):
        yield Span(
            "D27", one.pk, one.asked_on, one.managing_code, person_id=one.person_id, shared=tuple(one.shared_codes),
            ended_on=one.answered_on,
        )  # fmt: skip


_OPENS = frozenset({Permission.GIVE_ACCESS})
SOURCES = (
    Source(
        VIEWS, frozenset({"D26"}), _views, lambda key: reverse("ownview:request", args=[key]), opens=_OPENS
    ),
    Source(
        CORRECTIONS, frozenset({"D27"}), _corrections, lambda key: reverse("ownview:correction", args=[key]),
        opens=_OPENS,
    ),
)  # fmt: skip
