"""One life out of two files: which events and which places count when one file is taken into another.

While both files were open, the one that stays says how things stood: it is where the person counts. What the other file alone
knows, the time before, is carried over, so that nobody who was counted then vanishes from those months. A death is true
wherever it was written down. An exclusion takes a second person (OWN/second-person), so merging neither makes nor takes one back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from xinqiao.registry.rules import state_on
from xinqiao.registry.rules.cycle import DEAD, EXCLUDED, LOST, MOVED_OUT, REGISTERED

#: Of two files that of the state named first stays: a person who is met here is neither lost nor gone.
BEFORE_OTHERS = (REGISTERED, LOST, MOVED_OUT)
#: Events that say whether the person was here. The file that stays tells them from its first day on.
STANDING = frozenset({"filed", "lost", "found", "moved_out", "moved_in", "excluded"})


@dataclass(frozen=True, slots=True)
class Held:
    """A dated event or a stretch of being answered for: `kind`, from when, to before when (None: open, or an event)."""

    id: UUID
    kind: str
    happened_on: date
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A file's own filing day, its life events and its rows of who counted and answered, without those voided."""

    filed_on: date
    events: Sequence[Held]
    rows: Sequence[Held] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """What becomes of two courses. `parks`: events that no longer speak (of either file); `carry`: rows of the file that goes,
    with the day from and to which the file that stays has them too; `made`: events (kind, day) that join the two; `filed_on` of
    the whole."""

    filed_on: date
    parks: tuple[UUID, ...] = ()
    carry: tuple[tuple[UUID, date, date], ...] = ()
    made: tuple[tuple[str, date], ...] = field(default=())


class Unfit(Exception):
    """Two files cannot become one as they stand: `code` excluded (just one of them is), or other_first (the other has to stay)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def join(winner: Course, loser: Course, today: date) -> Joined:
    """Take `loser` into `winner`. Raises Unfit."""
    stays, goes = state_on(winner.events, today).state, state_on(loser.events, today).state
    if (stays == EXCLUDED) != (goes == EXCLUDED):
        raise Unfit("excluded")
    if DEAD not in (stays, goes) and rank(goes) < rank(stays):
        raise Unfit("other_first")
    earlier = loser.filed_on < winner.filed_on
    start = winner.filed_on
    parks = [one.id for one in loser.events if one.kind in STANDING and not (earlier and _counts(one, start))]
    if any(one.kind == "died" for one in winner.events):
        parks += [one.id for one in loser.events if one.kind == "died"]
    if not earlier:
        return Joined(winner.filed_on, tuple(parks))
    parks += [one.id for one in winner.events if one.kind == "filed"]
    return Joined(loser.filed_on, tuple(parks), tuple(_carried(winner, loser)), tuple(_joints(winner, loser)))


def rank(state: str) -> int:
    """0 for the state of the file that stays before any other."""
    return BEFORE_OTHERS.index(state) if state in BEFORE_OTHERS else len(BEFORE_OTHERS)


def _counts(one: Held, start: date) -> bool:
    """Whether an event of the file that goes still speaks: the time before the other was opened is its own."""
    return one.happened_on < start and one.kind != "excluded"


def _carried(winner: Course, loser: Course) -> list[tuple[UUID, date, date]]:
    found = []
    for kind in sorted({one.kind for one in loser.rows}):
        begun = [one.happened_on for one in winner.rows if one.kind == kind]
        cut = min(begun, default=winner.filed_on)
        for one in loser.rows:
            if one.kind == kind and one.happened_on < cut:
                found.append((one.id, one.happened_on, min(one.until or cut, cut)))
    return found


def _joints(winner: Course, loser: Course) -> list[tuple[str, date]]:
    """Who was away or lost when the file that stays was opened was here again from that day on."""
    start = winner.filed_on
    known = [one for one in loser.events if one.kind in ("filed", "died") or _counts(one, start)]
    before = state_on(known, start - timedelta(days=1)).state
    told = {one.kind for one in winner.events if one.happened_on == start}
    wanted = {MOVED_OUT: "moved_in", LOST: "found"}.get(before, "")
    return [(wanted, start)] if wanted and wanted not in told else []
