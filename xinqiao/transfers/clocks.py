"""The clocks of a hand-over: receiving at each office (D17), and the calls of the origin meanwhile (D17P)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from xinqiao.clocks.sources import Source, Span, register
from xinqiao.kernel.actor import at_place
from xinqiao.kernel.codes import county_of, township_of

from .models import Transfer
from .rules import Moment, calls_owed, lay_where

KIND = "transfer"
RECEIVE, CALL = "D17", "D17P"


def spans(subjects: Sequence[UUID] | None) -> Iterator[Span]:
    """Two statements. Both sides see all clocks of a hand-over: both are responsible."""
    rows = Transfer.objects.prefetch_related("hops")
    if subjects is not None:
        rows = rows.filter(pk__in=subjects)
    for row in rows.order_by("pk") if subjects is not None else rows.order_by("pk").iterator(1000):
        steps = moments(row)
        shared = (
            *row.shared_codes,
            at_place(township_of(row.managing_code)),
            at_place(county_of(row.managing_code)),
        )
        for number, lay in enumerate(lay_where(steps), 1):
            yield Span(
                RECEIVE, row.pk, lay.since, lay.at, period=str(number), shared=shared, ended_on=lay.until,
                void=lay.withdrawn,
            )  # fmt: skip
        for number, (since, until, void) in enumerate(calls_owed(steps), 1):
            yield Span(
                CALL,
                row.pk,
                since,
                row.managing_code,
                period=str(number),
                shared=shared,
                ended_on=until,
                void=void,
            )


def moments(row: Transfer) -> list[Moment]:
    """The steps of one hand-over in the order in which they were recorded."""
    hops = sorted(row.hops.all(), key=lambda one: (one.recorded_at, one.pk))
    return [Moment(one.kind, one.happened_on, one.to_code, bool(one.reached)) for one in hops]


def names(subjects: Sequence[UUID]) -> Mapping[UUID, str]:
    """About whom a hand-over is, for whoever may see it."""
    from .queries import preview_of

    return {one.pk: preview_of(one)["name"] for one in Transfer.objects.filter(pk__in=subjects)}


def tell() -> None:
    """Make the clocks known to the engine."""
    register(
        Source(
            kind=KIND,
            codes=frozenset({RECEIVE, CALL}),
            spans=spans,
            address=lambda subject: reverse("transfers:transfer", args=[subject]),
            names=names,
        )
    )
