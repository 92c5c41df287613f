"""What follows a no, as the events tell it: the care group is told once, and after a year one asks again.

Pure: answers and reports in, clocks out. Clauses: N18/consent, OWN/consent-again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from xinqiao.kernel.clock import SHANGHAI
from xinqiao.registry.rules.service import GivenAnswer

#: Clocks: tell the care group; ask again.
TELL, ASK_AGAIN = "D24", "D25"


class Answered(GivenAnswer, Protocol):
    """An answer with its id."""

    @property
    def pk(self) -> UUID: ...


@dataclass(frozen=True, slots=True)
class Owed:
    """One clock of one no (`answer`): which, from when, and when it ended; `needless` when it ended without the act, because
    somebody agreed or left first."""

    code: str
    answer: UUID
    started_on: date
    ended_on: date | None
    needless: bool = False


def owed_after(
    answers: Sequence[Answered],
    told: Iterable[tuple[UUID, date]],
    *,
    left_on: date | None = None,
    limited: bool = True,
    brought: bool = False,
) -> list[Owed]:
    """The clocks of one person. `told`: (answer, day) of the reports to the care group; `left_on` the day on which the file
    ended here; `limited` whether a no limits the service (where the law reports and service follows anyway, nobody needs to
    be persuaded, and one still asks again); `brought` whether the file came in an import: then an old no starts its clocks on the
    day it was learned, not years ago."""
    days = dict(sorted(told, key=lambda one: one[1], reverse=True))
    asked = sorted(
        (one for one in answers if one.basis == "consent"),
        key=lambda one: (one.happened_on, one.recorded_at, one.decision == "0"),
    )
    found: list[Owed] = []
    run: list[UUID] = []  # the noes since the last agreement: the group is told of the first, for all of them
    for number, one in enumerate(asked):
        if one.decision != "0":
            run = []
            continue
        run.append(one.pk)
        later = asked[number + 1 :]
        again = later[0].happened_on if later else None
        start = (
            max(one.happened_on, one.recorded_at.astimezone(SHANGHAI).date()) if brought else one.happened_on
        )
        found.append(_owed(ASK_AGAIN, one.pk, start, done=again, needless=left_on))
        if limited and len(run) == 1:
            agreed = next((n.happened_on for n in later if n.decision == "1"), None)
            same = _run_of(asked[number:])
            reported = min((days[answer] for answer in same if answer in days), default=None)
            found.append(_owed(TELL, one.pk, start, done=reported, needless=_first(agreed, left_on)))
    return found


def _run_of(asked: Sequence[Answered]) -> list[UUID]:
    run = []
    for one in asked:
        if one.decision != "0":
            break
        run.append(one.pk)
    return run


def _owed(code: str, answer: UUID, start: date, *, done: date | None, needless: date | None) -> Owed:
    end = _first(done, needless)
    return Owed(
        code, answer, start, end and max(end, start), end is not None and (done is None or done > end)
    )


def _first(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)
