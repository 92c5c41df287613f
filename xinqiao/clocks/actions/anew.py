"""All clocks of a place from the events of all domains: what stands differently is said, and written if asked for.

Under a changed rule or a calendar entered late, due days move; otherwise nothing may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar
from uuid import UUID

from xinqiao.accounts.scope import as_system
from xinqiao.kernel.codes import NATION, bounds

from ..choices import Outcome
from ..models import Clock
from ..sources import Source, sources
from .settle import changes, write

CHUNK = 2000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """A clock that is not stored as the events say: new, changed or without events. Ids and codes only."""

    kind: str
    code: str
    subject: UUID
    period: str


def settle_all(place: str, *, write_down: bool) -> Iterator[Difference]:
    """Every difference of clocks at and below `place` (12 digits), domain by domain; with `write_down` it is mended.

    Events are read of the whole nation: a clock may run in one place about something that lies in another.
    """
    lo, hi = bounds(place)
    for source in sources():
        with as_system(NATION):
            for row in _of(source, lo, hi, write_down=write_down):
                yield Difference(row.kind, row.code, row.subject, row.period)


def _of(source: Source, lo: str, hi: str, *, write_down: bool) -> Iterator[Clock]:
    seen: set[tuple[str, UUID, str]] = set()
    for every in _chunks(source.spans(None)):
        seen |= {(span.code, span.subject, span.period) for span in every}
        spans = [span for span in every if lo <= span.place < hi]
        wanted = {(span.code, span.subject, span.period) for span in spans}
        stored = [
            row
            for row in Clock.objects.filter(kind=source.kind, subject__in={span.subject for span in spans})
            if (row.code, row.subject, row.period) in wanted
        ]
        yield from _sure(source, changes(source.kind, spans, stored), write_down=write_down)
    rest = Clock.objects.filter(kind=source.kind, managing_code__gte=lo, managing_code__lt=hi)
    rest = rest.exclude(outcome=Outcome.CANCELLED)
    gone = (row for row in rest.iterator(chunk_size=CHUNK) if (row.code, row.subject, row.period) not in seen)
    for some in _chunks(gone):
        yield from _sure(source, changes(source.kind, [], some), write_down=write_down)


def _sure(source: Source, found: Sequence[Clock], *, write_down: bool) -> list[Clock]:
    """Those of them that still differ when the events are read once more: people work while all of it is computed, and what
    they opened or ended meanwhile is not undone."""
    subjects = list({row.subject for row in found})
    if not subjects:
        return []
    wanted = {(row.code, row.subject, row.period) for row in found}
    stored = Clock.objects.filter(kind=source.kind, subject__in=subjects)
    again = changes(source.kind, source.spans(subjects), stored)
    differ = [row for row in again if (row.code, row.subject, row.period) in wanted]
    if write_down:
        write(differ)
    return differ


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    source = iter(rows)
    while chunk := list(islice(source, CHUNK)):
        yield chunk
