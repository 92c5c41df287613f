"""The way of a card: which step may follow which, where the steps leave it, and where it arrived when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

#: Step → where it leaves the card. A fault found and a filed card's papers change nothing.
_LEADS = {
    "entered": "sent",
    "sent": "sent",
    "passed": "sent",
    "withdrawn": "withdrawn",
    "received": "received",
    "returned": "returned",
    "asked": "searching",
    "located": "received",
    "filed": "filed",
    "joined": "filed",
    "taken": "filed",
}
#: Step → states in which it may be taken. "" is a card that does not exist yet.
MAY_FOLLOW: dict[str, frozenset[str]] = {
    "entered": frozenset({""}),
    "sent": frozenset({"", "returned", "withdrawn"}),
    "withdrawn": frozenset({"sent"}),
    "received": frozenset({"sent"}),
    "returned": frozenset({"sent", "received", "searching"}),
    "passed": frozenset({"sent", "received", "searching"}),
    "fault": frozenset({"received"}),
    "asked": frozenset({"received", "searching"}),
    "located": frozenset({"received", "searching"}),
    "filed": frozenset({"received"}),
    "joined": frozenset({"received"}),
    "taken": frozenset({"received"}),
}
#: Steps with which a card arrives somewhere.
ARRIVES = frozenset({"entered", "sent", "passed"})


@dataclass(frozen=True, slots=True)
class Step:
    """One event as the way needs it; `to_code`: where it went."""

    kind: str
    on: date
    to_code: str = ""


def may_follow(kind: str, state: str) -> bool:
    """Whether a step may be taken in a state."""
    return state in MAY_FOLLOW[kind]


def state_of(steps: Iterable[Step]) -> tuple[str, date | None]:
    """Where the steps, in their order, leave a card, and since when; ("", None) without any."""
    state, since = "", None
    for step in steps:
        if (led := _LEADS.get(step.kind)) is not None and led != state:
            state, since = led, step.on
        elif step.kind in ARRIVES:
            since = step.on
    return state, since


def reported_on(steps: Sequence[Step]) -> date | None:
    """When the card was first in the system to stay. One that its hospital took back was not reported, until it is sent again;
    one that was returned was."""
    found, stayed = None, False
    for step in steps:
        if step.kind in ("sent", "entered") and found is None:
            found = step.on
        elif step.kind == "returned":
            stayed = True
        elif step.kind == "withdrawn" and not stayed:
            found = None
    return found


@dataclass(frozen=True, slots=True)
class Arrival:
    """A card came to `place` on a day; `answered_on` when it was received, returned or passed on there, `by` with which step."""

    number: int
    place: str
    on: date
    answered_on: date | None = None
    by: str = ""


def arrivals(steps: Sequence[Step]) -> list[Arrival]:
    """Every arrival and what answered it."""
    found: list[Arrival] = []
    for step in steps:
        if found and not found[-1].by and step.kind in ("received", "returned", "passed", "withdrawn"):
            last = found[-1]
            found[-1] = Arrival(last.number, last.place, last.on, step.on, step.kind)
        if step.kind in ARRIVES:
            found.append(Arrival(len(found) + 1, step.to_code, step.on))
    return found
