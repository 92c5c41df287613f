"""Where a hand-over goes first, and from when to when it lay where. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

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


def answers_for(place: str, holder: str) -> bool:
    """Whether an account working at `place` may answer what lies at `holder`: the office itself, or the county above it."""
    return level_of(place) >= Level.COUNTY and contains(place, holder)


@dataclass(frozen=True, slots=True)
class Moment:
    """A step as these rules read it."""

    kind: str
    on: date
    to_code: str = ""
    reached: bool = False


@dataclass(frozen=True, slots=True)
class Lay:
    """It lay at an office: from when, until when (None: still), and whether it was taken back there."""

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
        elif step.kind == "withdrawn" and found:
            found[-1] = Lay(found[-1].at, found[-1].since, found[-1].until, withdrawn=True)
    return found


def _end(found: list[Lay], on: date) -> None:
    if found and found[-1].until is None:
        found[-1] = Lay(found[-1].at, found[-1].since, on)


def calls_owed(steps: Sequence[Moment]) -> list[tuple[date, date | None, bool]]:
    """(since, until, void) of each call owed by the origin: from sending to the first call that reached somebody, from there
    to the next … The last one is void once the hand-over has ended."""
    since: date | None = None
    found: list[tuple[date, date | None, bool]] = []
    ended = False
    for step in steps:
        if step.kind == "sent":
            since = step.on
        elif step.kind == "called" and step.reached and since is not None:
            found.append((since, step.on, False))
            since = step.on
        elif step.kind in ("accepted", "returned", "withdrawn", "confirmed"):
            ended = True
    if since is not None:
        found.append((since, None, ended))
    return found
