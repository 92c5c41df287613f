"""The number that a file gets, and completed years of life. The state of a file is in `cycle`."""

from __future__ import annotations

from datetime import date

from .cycle import WITHIN_A_DAY, Event, State, place_in_day, state_on

__all__ = [
    "WITHIN_A_DAY",
    "Event",
    "State",
    "age_on",
    "file_number",
    "place_in_day",
    "printed_file_number",
    "state_on",
]


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
