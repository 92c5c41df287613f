"""The clocks of a hand-over: receiving at each office (D17), and the calls of the origin meanwhile (D17P)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from django.urls import reverse

from xinqiao.clocks.sources import Source, Span, register

from .choices import CALL, KIND, KIND_CALL, RECEIVE
from .models import Transfer
from .queries.rows import named
from .rules import Moment, calls_owed, keys_of, keys_of_origin, lay_where


def spans(subjects: Sequence[UUID] | None) -> Iterator[Span]:
    """Receiving, at each office in turn. Both sides of that time see it: both are responsible."""
    for row, steps in _rows(subjects):
        for number, lay in enumerate(lay_where(steps), 1):
            shared = (*keys_of(lay.at), *keys_of_origin(row.managing_code))
            yield Span(
                RECEIVE, row.pk, lay.since, lay.at, period=str(number), shared=shared, ended_on=lay.until,
                void=lay.withdrawn,
            )  # fmt: skip


def call_spans(subjects: Sequence[UUID] | None) -> Iterator[Span]:
    """The calls of the origin, seen by the office where it lies as well."""
    for row, steps in _rows(subjects):
        shared = (*(keys_of(row.at_code) if row.at_code else ()), *keys_of_origin(row.managing_code))
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


def _rows(subjects: Sequence[UUID] | None) -> Iterator[tuple[Transfer, list[Moment]]]:
    """Two statements, or two for each thousand."""
    rows = Transfer.objects.prefetch_related("hops").order_by("pk")
    found = rows.iterator(1000) if subjects is None else rows.filter(pk__in=subjects)
    for row in found:
        yield row, moments(row)


def moments(row: Transfer) -> list[Moment]:
    """The steps of one hand-over in the order in which they were recorded, without calls that no longer stand."""
    hops = sorted(row.hops.all(), key=lambda one: (one.recorded_at, one.pk))
    return [
        Moment(one.kind, one.happened_on, one.to_code, bool(one.reached))
        for one in hops
        if one.voided_at is None
    ]


def names(subjects: Sequence[UUID]) -> Mapping[UUID, str]:
    """About whom a hand-over is, for whoever may see that."""
    return named(subjects)


def address(subject: UUID) -> str:
    return reverse("transfers:transfer", args=[subject])


def tell() -> None:
    """Make the clocks known to the engine."""
    register(Source(kind=KIND, codes=frozenset({RECEIVE}), spans=spans, address=address, names=names))
    register(Source(kind=KIND_CALL, codes=frozenset({CALL}), spans=call_spans, address=address, names=names))
