"""Where a hand-over goes first, who sees it, from when to when it lay where, and when it ends by itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from xinqiao.kernel.actor import at_place
from xinqiao.kernel.codes import contains, county_of, level_of, township_of
from xinqiao.kernel.terms import Level


def route(from_village: str, to_code: str) -> str:
    """The office that gets it first: the township named, or the county (also for a township of another county, whose office
    accepts or passes it on). "" when the place named is above a county, for then nobody could answer."""
    if len(to_code) != 12 or not to_code.isdigit() or level_of(to_code) < Level.COUNTY:
        return ""
    if level_of(to_code) is Level.COUNTY or county_of(to_code) != county_of(from_village):
        return county_of(to_code)
    return township_of(to_code)


def stays_inside(from_village: str, to_code: str) -> bool:
    """Whether the place named is a village of the same township: an address that changes, no hand-over."""
    if len(to_code) != 12 or not to_code.isdigit():
        return False
    return to_code != township_of(to_code) and township_of(to_code) == township_of(from_village)


def office(holder: str, to_code: str) -> str:
    """The next office when `holder` passes it on: a place of the own county directly, another county by its office."""
    if len(to_code) != 12 or not to_code.isdigit() or level_of(to_code) < Level.COUNTY:
        return ""
    if county_of(to_code) == county_of(holder):
        return county_of(to_code) if level_of(to_code) is Level.COUNTY else township_of(to_code)
    return county_of(to_code)


def answers_for(places: Sequence[str], holder: str) -> bool:
    """Whether an account working at these places may answer what lies at `holder`: the office itself, or the county above it."""
    return any(level_of(one) >= Level.COUNTY and contains(one, holder) for one in places)


def keys_of(code: str) -> list[str]:
    """Who sees a hand-over that lies at an office: the office and the county above it."""
    return sorted({at_place(code), at_place(county_of(code))})


def keys_of_origin(village: str) -> list[str]:
    """By these the origin sees, and may write, rows that lie at the other side's place."""
    return [at_place(township_of(village)), at_place(county_of(village))]


class Sight(IntEnum):
    """What somebody who sees a hand-over may see of the person in it."""

    WAY = 0
    NAME = 1
    PREVIEW = 2


def sight(state: str, *, at_origin: bool, at_destination: bool) -> Sight:
    """The origin sees what it sent; the office where it lies sees that until it has answered, and afterwards only about whom it
    was, unless it took the person; an office that passed it on sees the way it took."""
    if at_origin or (at_destination and state in ("sent", "accepted")):
        return Sight.PREVIEW
    return Sight.NAME if at_destination else Sight.WAY


def ends_by(person_state: str, person_village: str, left: str) -> str:
    """Why an open hand-over ends by itself (a code of EndReason), "" while it does not. `left`: the village that sent it."""
    if person_state == "dead":
        return "1"
    if person_state in ("excluded", "moved_out"):
        return "2"
    return "" if township_of(person_village) == township_of(left) else "3"


@dataclass(frozen=True, slots=True)
class Moment:
    """A step as these rules read it."""

    kind: str
    on: date
    to_code: str = ""
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Lay:
    """It lay at an office: from when, until when (None: still), and whether it was taken back there or ended by itself."""

    at: str
    since: date
    until: date | None
    withdrawn: bool = False


def lay_where(steps: Sequence[Moment]) -> list[Lay]:
    """The offices in order. Steps in the order in which they were recorded."""
    found: list[Lay] = []
    for step in steps:
        if step.kind in ("sent", "passed"):
            _end(found, step.on)
            if step.to_code:
                found.append(Lay(step.to_code, step.on, None))
        elif step.kind in ("accepted", "returned"):
            _end(found, step.on)
        elif step.kind in ("withdrawn", "ended") and found and found[-1].until is None:
            found[-1] = Lay(found[-1].at, found[-1].since, step.on, withdrawn=True)
    return found


def _end(found: list[Lay], on: date) -> None:
    if found and found[-1].until is None:
        found[-1] = Lay(found[-1].at, found[-1].since, on)


#: Steps after which nobody is called any more.
_OVER = ("accepted", "returned", "withdrawn", "confirmed", "ended")


def calls_owed(steps: Sequence[Moment]) -> list[tuple[date, date | None, bool]]:
    """(since, until, void) of each call owed by the origin: from sending to the first day on which somebody was reached, from
    there to the next …, whatever was typed in first; several contacts of one day are one. The last one is void since the
    hand-over has ended, with that day."""
    since = next((step.on for step in steps if step.kind == "sent"), None)
    if since is None:
        return []
    found: list[tuple[date, date | None, bool]] = []
    for day in sorted({step.on for step in steps if step.kind == "called" and step.reached}):
        found.append((since, max(since, day), False))
        since = max(since, day)
    over = next((step.on for step in steps if step.kind in _OVER), None)
    return [*found, (since, over and max(since, over), over is not None)]
