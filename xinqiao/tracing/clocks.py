"""The clocks of a search: second and third try, telling the police at once, the written report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.urls import reverse

from xinqiao.clocks.sources import Source, Span
from xinqiao.kernel.clock import SHANGHAI

from .actions.following import KIND
from .choices import Ending, Origin, Reason, Receiver
from .models import Search, Told

TRIES = ("D15", "D15B")
MET_AGAIN = (Ending.MET, Ending.REPORTED, Ending.ELSEWHERE, Ending.REACHABLE, Ending.BACK)


def spans(subjects: Sequence[UUID] | None) -> Iterable[Span]:
    """The clocks of these searches from their events. Two statements."""
    rows = Search.objects.all() if subjects is None else Search.objects.filter(pk__in=list(subjects))
    found = list(rows)
    told: dict[UUID, dict[str, date]] = {}
    notices = Told.objects.filter(search_id__in=[one.pk for one in found], voided_at=None).order_by(
        "-happened_on"
    )
    for search_id, receiver, on in notices.values_list("search_id", "receiver", "happened_on"):
        told.setdefault(search_id, {})[receiver] = on
    for one in found:
        yield from _of(one, told.get(one.pk, {}))


def _of(search: Search, told: dict[str, date]) -> Iterable[Span]:
    def span(code: str, started_on: date, done: date | None, *, known_on: date | None = None) -> Span:
        over = min((day for day in (search.ended_on, known_on) if day is not None), default=None)
        # Somebody met again was contacted, however it was written; every other end makes what is open needless.
        if code in TRIES and search.ended_how in MET_AGAIN and over is not None and over == search.ended_on:
            done = min(done or over, over)
        needless = over is not None and (done is None or done > over)
        mistake = needless and search.ended_how == Ending.MISTAKE
        end = None if mistake else over if needless else done
        return Span(
            code, search.pk, started_on, search.managing_code, person_id=search.person_id,
            shared=tuple(search.shared_codes), ended_on=end and max(started_on, end), void=needless,
        )  # fmt: skip

    tries, lost_on = search.tries, search.lost_on
    if tries and (search.reason == Reason.MISSES or search.origin == Origin.MISS):
        # Once it is known why nobody is there, no further try is owed; those made stay made.
        known, missed = (None, lost_on) if search.reason == Reason.MISSES else (search.left_on, None)
        yield span("D15", tries[0], tries[1] if len(tries) > 1 else missed, known_on=known)
        yield span("D15B", tries[0], tries[2] if len(tries) > 2 else missed, known_on=known)
    if search.grave and search.left_on:
        yield span("D15P", search.left_on, told.get(Receiver.POLICE))
    if search.confirmed_at and lost_on:
        both = [told.get(Receiver.GROUP), told.get(Receiver.OFFICE)]
        yield span(
            "D15R",
            search.confirmed_at.astimezone(SHANGHAI).date(),
            max(day for day in both if day) if all(both) else None,
        )


SOURCE = Source(
    KIND,
    frozenset({"D15", "D15B", "D15P", "D15R"}),
    spans,
    lambda subject: reverse("tracing:search", args=[subject]),
)
