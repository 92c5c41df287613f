"""From a span to a row: due date, warning, who is told when, outcome. Pure, and without today: what was stored is what
recomputing gives on any later day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from xinqiao.kernel.codes import ancestors, level_of
from xinqiao.kernel.periods import add_months, end_of_quarter
from xinqiao.kernel.terms import Level
from xinqiao.kernel.workdays import Workdays
from xinqiao.policy.deadlines import limit_of
from xinqiao.policy.policies import PolicySet

from .sources import Span

_DAY = timedelta(days=1)
Pauses = tuple[tuple[date, date | None], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One clock as it is stored; the fields are those of the table."""

    code: str
    kind: str
    subject: UUID
    period: str
    person_id: UUID | None
    managing_code: str
    shared_codes: tuple[str, ...]
    started_on: date
    due_on: date
    warn_on: date
    ended_on: date | None
    paused_on: date | None
    outcome: str
    unit: str
    took: int | None
    holder: str
    chain: tuple[tuple[str, date], ...]
    county_on: date | None
    clause: str
    policy_version: str

    @property
    def ran_out(self) -> bool:
        """Whether its last day passed before it ended, or before it was not owed any more."""
        return self.ended_on is not None and self.ended_on > self.due_on

    @property
    def key(self) -> tuple[str, UUID, str]:
        return self.code, self.subject, self.period


def fold(span: Span, *, kind: str, policies: PolicySet, workdays: Workdays) -> Row:
    """The row of one span. PolicyMissing when no deadline or no chain is laid down for the code."""
    places = ancestors(span.place)
    item = limit_of(span.code, span.started_on, policies=policies, ancestors=places)
    steps = chain_of(span, policies)
    unit: str = item["unit"]
    pauses, paused_on = _running(span)
    due_on = span.due_on or due(span.started_on, item["limit"], unit, pauses, workdays)
    warn_on = max(span.started_on, shift(due_on, -steps["warn"], unit, workdays))
    chain = tuple((step["to"], shift(due_on, step["after"], unit, workdays)) for step in steps["chain"])
    holder, chain = held_at(span.place, steps["holder"], chain)
    county_on = (
        span.started_on if holder == "county" else next((on for to, on in chain if to == "county"), None)
    )
    took: int | None = None
    if span.void:
        outcome = "cancelled"
    elif span.ended_on is None:
        outcome = "open"
    else:
        outcome = "done" if span.ended_on <= due_on else "late"
        took = elapsed(span.started_on, span.ended_on, unit, pauses, workdays)
    if span.void or span.ended_on is not None:
        last = span.ended_on or span.started_on
        chain = tuple((to, on) for to, on in chain if on <= last)
        paused_on = None
    return Row(
        span.code, kind, span.subject, span.period, span.person_id, span.place, tuple(sorted(set(span.shared))),
        span.started_on, due_on, warn_on, span.ended_on, paused_on, outcome, unit, took, holder, chain, county_on,
        item["clause"], policies.version,
    )  # fmt: skip


def chain_of(span: Span, policies: PolicySet) -> Any:
    """Who holds the clock first, when to warn, who is told how late: of the nearest area that says so, else the "*" row."""
    profile = policies.profile("registry/escalation", on=span.started_on, ancestors=ancestors(span.place))
    for code in (span.code, "*"):
        for row in profile:
            if code in row.value:
                return row.value[code]
    raise AssertionError("registry/escalation holds a row for every clock")


#: Posts of prevention by the level of their place; hospitals and the police stand beside.
_RANK = {"village": Level.VILLAGE, "township": Level.TOWNSHIP, "county": Level.COUNTY, "city": Level.CITY}


def held_at(
    place: str, holder: str, chain: tuple[tuple[str, date], ...]
) -> tuple[str, tuple[tuple[str, date], ...]]:
    """Work that lies at a county (a card it was sent, a hand-over that goes through it) is the county's, whoever usually holds
    the clock; then nobody below is told of it."""
    level = level_of(place)
    if holder not in _RANK or level >= _RANK[holder] or level not in _RANK.values():
        return holder, chain
    raised = next(post for post, of in _RANK.items() if of is level)
    return raised, tuple((post, on) for post, on in chain if post not in _RANK or _RANK[post] < level)


def due(start: date, limit: int, unit: str, pauses: Pauses, workdays: Workdays) -> date:
    """The last day in time. The starting day is not counted, nor is a paused one; months are calendar months."""
    if unit == "months":
        end, at = add_months(start, limit), start
        while at < end:
            at += _DAY
            if _paused(at, pauses):
                end += _DAY
        return end
    if unit == "quarter_end":
        return end_of_quarter(add_months(start, 3 * (limit - 1)))
    if unit == "year_end":
        return date(start.year + limit - 1, 12, 31)
    left = limit if unit != "hours" else -(-limit // 24)
    if unit == "workdays" and not pauses:
        return workdays.add(start, limit)
    day = start
    while left:
        day += _DAY
        if not _paused(day, pauses) and (unit != "workdays" or workdays.is_workday(day)):
            left -= 1
    return day


def elapsed(start: date, end: date, unit: str, pauses: Pauses, workdays: Workdays) -> int:
    """How long it took: working days for a clock of working days, otherwise days; pauses left out; 0 on the same day."""
    count, day = 0, start
    while day < end:
        day += _DAY
        if not _paused(day, pauses) and (unit != "workdays" or workdays.is_workday(day)):
            count += 1
    return count


def shift(day: date, count: int, unit: str, workdays: Workdays) -> date:
    """So many working days (of a clock of working days) or days later; earlier when negative."""
    if not count:
        return day
    return workdays.add(day, count) if unit == "workdays" else day + timedelta(days=count)


def told(chain: Iterable[tuple[str, date]], today: date) -> tuple[str, date] | None:
    """Who was told last, and when; None as long as only the holder knows."""
    reached = [step for step in chain if step[1] <= today]
    return reached[-1] if reached else None


def told_next(chain: Iterable[tuple[str, date]], today: date) -> tuple[str, date] | None:
    """Who is told next, and when, if nothing happens."""
    return next((step for step in chain if step[1] > today), None)


def _running(span: Span) -> tuple[Pauses, date | None]:
    """Pauses that are over, and the day on which it stopped if it stands still."""
    over = tuple((a, b) for a, b in span.pauses if b is not None and a < b)
    still = [a for a, b in span.pauses if b is None]
    if still and span.ended_on is not None:
        over += tuple((a, span.ended_on) for a in still if a < span.ended_on)
    return over, min(still) if still else None


def _paused(day: date, pauses: Pauses) -> bool:
    return any(a <= day and (b is None or day < b) for a, b in pauses)
