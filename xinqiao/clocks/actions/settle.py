"""Writing clocks: always from the events of their domain, never by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from xinqiao.kernel.clock import Clock as Time
from xinqiao.policy.deployment import current, workdays_in_force

from ..choices import Outcome
from ..models import Clock
from ..rules import Row, fold
from ..sources import Span, source_of

#: Everything that is stored of a row besides its name.
STORED = (
    "person_id", "managing_code", "shared_codes", "started_on", "due_on", "warn_on", "ended_on", "paused_on", "outcome",
    "unit", "took", "holder", "chain", "county_on", "clause", "policy_version", "counted_code",
)  # fmt: skip


def settle(*, clock: Time, kind: str, subjects: Sequence[UUID]) -> None:
    """Recompute the clocks of these subjects from their domain's events and write what changed.

    For the action that wrote the events, in its transaction. One statement reads, at most one writes, besides those of the
    source. A stored clock whose span is gone is cancelled, never deleted.
    """
    wanted = list(dict.fromkeys(subjects))
    if not wanted:
        return
    with transaction.atomic():
        spans = source_of(kind).spans(wanted)
        stored = Clock.objects.filter(kind=kind, subject__in=wanted)
        write(changes(kind, spans, stored))


def settle_begun(*, clock: Time, kind: str, subjects: Sequence[UUID]) -> None:
    """The same for those of these subjects that have such a clock already: one statement when none has. For a listener that
    is told of far more people than owe anything."""
    if not subjects:
        return
    rows = Clock.objects.filter(kind=kind, subject__in=list(subjects))
    settle(clock=clock, kind=kind, subjects=list(rows.values_list("subject", flat=True)))


def changes(kind: str, spans: Iterable[Span], stored: Iterable[Clock]) -> list[Clock]:
    """The rows that differ from what is stored: new, changed, or cancelled because nothing tells of them any more."""
    policies, workdays = current(), workdays_in_force()
    known = {(row.code, row.subject, row.period): row for row in stored}
    found: list[Clock] = []
    for span in spans:
        row = fold(span, kind=kind, policies=policies, workdays=workdays)
        old = known.pop(row.key, None)
        if old is None and row.outcome == Outcome.CANCELLED and not row.ran_out:
            continue
        fields = as_stored(row, old)
        if old is None:
            found.append(Clock(code=row.code, kind=kind, subject=row.subject, period=row.period, **fields))
        elif any(_differs(getattr(old, name), fields[name], name) for name in STORED):
            for name in STORED:
                setattr(old, name, fields[name])
            found.append(old)
    for old in known.values():
        if old.outcome != Outcome.CANCELLED:
            old.outcome, old.ended_on, old.took, old.paused_on = Outcome.CANCELLED, None, None, None
            old.counted_code = ""
            found.append(old)
    return found


def write(rows: Sequence[Clock]) -> None:
    """One statement for a thousand rows."""
    if rows:
        Clock.objects.bulk_create(
            rows,
            batch_size=1000,
            update_conflicts=True,
            unique_fields=["code", "kind", "subject", "period"],
            update_fields=[*STORED[1:], "person"],
        )


def as_stored(row: Row, old: Clock | None = None) -> dict[str, Any]:
    """The columns of a row as the table holds them. One that had ended before stays counted where it lay then."""
    fields = {name: value for name, value in asdict(row).items() if name in STORED}
    fields["shared_codes"] = list(row.shared_codes)
    there = old.counted_code if old is not None else ""
    fields["counted_code"] = "" if row.ended_on is None else there or row.managing_code
    fields["chain"] = [[post, on.isoformat()] for post, on in row.chain]
    return fields


def _differs(old: object, new: object, name: str) -> bool:
    # A row is not rewritten because some other rule changed: the version tells under which it was last decided.
    if name == "policy_version":
        return False
    if name == "shared_codes":
        return bool(sorted(old) != sorted(new))  # type: ignore[call-overload]
    return bool(old != new)


def steps_of(row: Clock) -> list[tuple[str, date]]:
    """The chain of a stored row with dates."""
    return [(post, date.fromisoformat(on)) for post, on in row.chain]
