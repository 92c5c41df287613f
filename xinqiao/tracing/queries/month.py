"""失访梳理: everybody lost in a month, who was looked for again, and the numbers of each township."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.models import VisitAttempt
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import township_of
from xinqiao.kernel.periods import end_of_month
from xinqiao.places import queries as places

from ..choices import Reason, StepKind
from ..models import Asked, Search
from .listed import _within

MOST = 2_000


@dataclass(frozen=True, slots=True)
class MonthRow:
    """Somebody lost: where one asked this month (words), the newest day, and when found."""

    search: Search
    name: str
    village: str
    township: str
    reason: str
    asked: tuple[str, ...]
    last: date | None

    @property
    def done(self) -> bool:
        """Looked for again this month, or lost or found in it."""
        return self.last is not None or self.search.ended_on is not None


@dataclass(frozen=True, slots=True)
class Townships:
    """One township's numbers of the month."""

    code: str
    name: str
    lost: int
    looked: int
    new: int
    found: int


@dataclass(frozen=True, slots=True)
class Month:
    """The month: first day, rows by village, townships with their numbers."""

    first: date
    rows: Sequence[MonthRow]
    townships: Sequence[Townships]

    @property
    def looked(self) -> int:
        return sum(1 for one in self.rows if one.done)


def month_of(*, actor: Actor, month: date, place: str = "") -> Month:
    """Everybody who was lost at some time in the month. Four statements however many."""
    require(actor, Permission.TRACE_LOST)
    first, last = month.replace(day=1), end_of_month(month)
    searches = list(
        _within(actor, place)
        .filter(lost_on__lte=last)
        .filter(Q(ended_on=None) | Q(ended_on__gte=first))
        .select_related("person", "person__standing")
        .order_by("managing_code", "lost_on", "pk")[:MOST]
    )
    days = _days(searches, first, last)
    codes = {one.managing_code for one in searches}
    names = places.short_names(codes | {township_of(code) for code in codes})
    rows = [
        MonthRow(
            one,
            one.person.name,
            names[one.managing_code],
            names[township_of(one.managing_code)],
            str(Reason(one.reason).label),
            tuple(dict.fromkeys(words for _on, words in sorted(days.get(one.pk, [])))),
            max((on for on, _words in days.get(one.pk, [])), default=None),
        )
        for one in searches
    ]
    return Month(first, rows, _townships(rows, first, last))


def _days(searches: Sequence[Search], first: date, last: date) -> dict[UUID, list[tuple[date, str]]]:
    found: dict[UUID, list[tuple[date, str]]] = {}
    if not searches:
        return found
    by_person = {one.person_id: one.pk for one in searches}
    asked = Asked.objects.filter(
        search_id__in=[one.pk for one in searches],
        voided_at=None,
        happened_on__gte=first,
        happened_on__lte=last,
    )
    for search_id, on, kind in asked.values_list("search_id", "happened_on", "kind"):
        found.setdefault(search_id, []).append((on, str(StepKind(kind).label)))
    tries = VisitAttempt.objects.filter(
        person_id__in=list(by_person), voided_at=None, happened_on__gte=first, happened_on__lte=last
    )
    for person_id, on, form in tries.values_list("person_id", "happened_on", "form"):
        kind = StepKind.PHONE if form == "3" else StepKind.HOME
        found.setdefault(by_person[person_id], []).append((on, str(kind.label)))
    return found


def _townships(rows: Sequence[MonthRow], first: date, last: date) -> list[Townships]:
    by_code: dict[str, list[MonthRow]] = {}
    for row in rows:
        by_code.setdefault(township_of(row.search.managing_code), []).append(row)
    return [
        Townships(
            code,
            some[0].township,
            len(some),
            sum(1 for one in some if one.done),
            sum(1 for one in some if one.search.lost_on and first <= one.search.lost_on <= last),
            sum(1 for one in some if one.search.ended_on and first <= one.search.ended_on <= last),
        )
        for code, some in sorted(by_code.items())
    ]
