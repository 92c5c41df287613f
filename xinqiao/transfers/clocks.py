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

KIND, KIND_CALL = "transfer", "transfer_call"
RECEIVE, CALL = "D17", "D17P"


def spans(subjects: Sequence[UUID] | None) -> Iterator[Span]:
    """Receiving, at each office in turn. Both sides see it: both are responsible."""
    for row, steps, shared in _rows(subjects):
        for number, lay in enumerate(lay_where(steps), 1):
            yield Span(
                RECEIVE, row.pk, lay.since, lay.at, period=str(number), shared=shared, ended_on=lay.until,
                void=lay.withdrawn,
            )  # fmt: skip


def call_spans(subjects: Sequence[UUID] | None) -> Iterator[Span]:
    """The calls of the origin. A kind of its own: a village doctor who phones does not see what lies at the other side."""
    for row, steps, shared in _rows(subjects):
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


def _rows(subjects: Sequence[UUID] | None) -> Iterator[tuple[Transfer, list[Moment], tuple[str, ...]]]:
    """Two statements, or two for each thousand."""
    rows = Transfer.objects.prefetch_related("hops").order_by("pk")
    found = rows.iterator(1000) if subjects is None else rows.filter(pk__in=subjects)
    for row in found:
        origin = (at_place(township_of(row.managing_code)), at_place(county_of(row.managing_code)))
        yield row, moments(row), (*row.shared_codes, *origin)


def moments(row: Transfer) -> list[Moment]:
    """The steps of one hand-over in the order in which they were recorded."""
    hops = sorted(row.hops.all(), key=lambda one: (one.recorded_at, one.pk))
    return [Moment(one.kind, one.happened_on, one.to_code, bool(one.reached)) for one in hops]


def names(subjects: Sequence[UUID]) -> Mapping[UUID, str]:
    """About whom a hand-over is, for whoever may see it."""
    from .queries import preview_of

    return {one.pk: preview_of(one)["name"] for one in Transfer.objects.filter(pk__in=subjects)}


def address(subject: UUID) -> str:
    return reverse("transfers:transfer", args=[subject])


def tell() -> None:
    """Make the clocks known to the engine."""
    register(Source(kind=KIND, codes=frozenset({RECEIVE}), spans=spans, address=address, names=names))
    register(Source(kind=KIND_CALL, codes=frozenset({CALL}), spans=call_spans, address=address, names=names))
