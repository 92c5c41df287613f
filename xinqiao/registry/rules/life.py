"""What the dated events say: the state of a file on any day, and the number that a file gets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class Event(Protocol):
    """A life event as the rules read it; voided ones are left out by the caller."""

    @property
    def kind(self) -> str: ...

    @property
    def happened_on(self) -> date: ...


@dataclass(frozen=True, slots=True)
class State:
    """`state`: not_filed, registered, lost, dead, excluded or moved_out, and since when; `in_hospital` beside it."""

    state: str
    since: date | None = None
    in_hospital: bool = False

    @property
    def on_register(self) -> bool:
        """Counted as 在册: filed, alive, not excluded, not moved away. The lost count too."""
        return self.state in {"registered", "lost"}


_NEXT = {
    "filed": "registered",
    "moved_in": "registered",
    "found": "registered",
    "lost": "lost",
    "moved_out": "moved_out",
    "died": "dead",
    "excluded": "excluded",
}
#: Events of one day happen in this order: what ends care, then what begins it again, and last what ends it for good.
WITHIN_A_DAY = (
    "filed",
    "referred",
    "admitted",
    "discharged",
    "lost",
    "found",
    "moved_out",
    "moved_in",
    "excluded",
    "died",
)
_PLACE = {kind: place for place, kind in enumerate(WITHIN_A_DAY)}


def place_in_day(kind: str) -> int:
    """Where an event stands among those of one day, however they were entered."""
    return _PLACE.get(kind, len(_PLACE))


def state_on(events: Iterable[Event], day: date) -> State:
    """The state at the end of `day`. Events given in the order they were recorded.

    Death ends everything but a correction (which voids the event); found answers lost, and nothing else.
    """
    state, since, hospital = "not_filed", None, False
    past = [event for event in events if event.happened_on <= day]
    for event in sorted(past, key=lambda e: (e.happened_on, place_in_day(e.kind))):
        if state == "dead":
            break
        if event.kind == "admitted":
            hospital = True
        elif event.kind == "discharged":
            hospital = False
        elif (event.kind == "found" and state != "lost") or (event.kind == "lost" and state != "registered"):
            continue
        elif event.kind in _NEXT:
            if _NEXT[event.kind] != state:
                since = event.happened_on
            state = _NEXT[event.kind]
    return State(state, since, hospital and state not in {"dead", "excluded", "moved_out"})


def file_number(village: str, serial: int) -> str:
    """17 digits: the village's 12 and a serial of 5. ValueError past 99,999."""
    if len(village) != 12 or not 1 <= serial <= 99_999:
        raise ValueError(f"no file number for serial {serial}")
    return f"{village}{serial:05d}"


def printed_file_number(number: str) -> str:
    """The last eight digits as the form prints them: 201-00012; empty for no number."""
    return f"{number[-8:-5]}-{number[-5:]}" if len(number) == 17 else number


def age_on(birth_on: date, day: date) -> int:
    """Completed years of life."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))
