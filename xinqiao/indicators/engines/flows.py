"""Who came onto the register and who left it, day by day, read off the dated facts: the plain engine.

It never asks how many people there are. What it finds between two days must explain the difference of what the counting
engines find on them; where it does not, a fact is missing, doubled or does not meet its neighbour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from xinqiao.registry.facts import Owner, PersonFact


class FlowKind(StrEnum):
    """In what way somebody came or left. `MOVED` and `BORDER` happen inside the deployment and have two ends."""

    NEW = "new"  # filed, found here
    CAME = "came"  # filed, moved here from outside
    BACK = "back"  # back on the register after having moved away
    MOVED = "moved"  # another place counts
    BORDER = "border"  # the borders changed, nobody moved
    LEFT = "left"  # moved away to outside
    DIED = "died"
    EXCLUDED = "excluded"


#: Kinds with a place left and a place entered.
BETWEEN = frozenset({FlowKind.MOVED, FlowKind.BORDER})
#: The reason of a counting row that says: the borders changed (`registry.Responsibility.reason`).
BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True)
class Step:
    """One person came or left on a day. An end of a `BETWEEN` step is None when the facts do not name it: a counting place that
    ended with no other beginning on that day, or began with none ending."""

    person_id: UUID
    day: date
    kind: FlowKind
    origin: str | None
    target: str | None


def steps_of(person: PersonFact, after: date, to: date) -> list[Step]:
    """The steps of one person on the days later than `after` up to `to`, in order."""
    rows = _rows(person)
    if not rows:
        return []
    entered = max(person.filed_on, rows[0].since)
    died = min((e.happened_on for e in person.events if e.kind == "died"), default=None)
    excluded = min((e.happened_on for e in person.events if e.kind == "excluded"), default=None)
    days = {entered, *(row.since for row in rows), *(row.until for row in rows if row.until)}
    days |= {e.happened_on for e in person.events}

    def on(day: date) -> bool:
        gone = (died is not None and died <= day) or (excluded is not None and excluded <= day)
        return entered <= day and not gone and not _away(person, day)

    found: list[Step] = []

    def add(kind: FlowKind, origin: str | None, target: str | None) -> None:
        found.append(Step(person.id, day, kind, origin, target))

    for day in sorted(one for one in days if after < one <= to):
        eve = day - timedelta(days=1)
        match on(eve), on(day):
            case False, True:
                moved_here = any(e.kind == "moved_in" and e.happened_on <= day for e in person.events)
                first = FlowKind.CAME if moved_here else FlowKind.NEW
                add(first if day == entered else FlowKind.BACK, None, _code(rows, day))
            case True, False:
                kind = FlowKind.DIED if died == day else FlowKind.LEFT
                add(FlowKind.EXCLUDED if excluded == day else kind, _code(rows, eve), None)
            case True, True:
                for row, newer in zip(rows, [*rows[1:], None], strict=True):
                    ends, begins = row.until == day, newer is not None and newer.since == day
                    kind = (
                        FlowKind.BORDER if newer is not None and newer.reason == BOUNDARY else FlowKind.MOVED
                    )
                    if ends and begins and newer is not None and newer.code == row.code:
                        continue
                    if ends or begins:
                        add(kind, row.code if ends else None, newer.code if begins and newer else None)
    return found


def steps(people: Iterable[PersonFact], after: date, to: date) -> list[Step]:
    """The steps of many."""
    return [one for person in people for one in steps_of(person, after, to)]


def _rows(person: PersonFact) -> list[Owner]:
    """Counting rows in order; of several that began on one day the last one speaks."""
    ordered = sorted(person.owners, key=lambda row: (row.since, row.order))
    return [a for a, b in zip(ordered, [*ordered[1:], None], strict=True) if b is None or b.since > a.since]


def _code(rows: list[Owner], day: date) -> str:
    return next(row.code for row in reversed(rows) if row.since <= day)


def _away(person: PersonFact, day: date) -> bool:
    """Walks through the moves up to a day; of one day the move in comes last."""
    away = False
    moves = [
        (e.happened_on, e.kind == "moved_in") for e in person.events if e.kind in ("moved_in", "moved_out")
    ]
    for happened_on, came in sorted(moves):
        if happened_on <= day:
            away = not came
    return away
