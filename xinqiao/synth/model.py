"""One made-up person with the whole story, as the generator knows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

#: What a file turns out to be at the end of the story.
MANAGED, REFUSED, ABSENT, NEW, LOST, DEAD = "managed", "refused", "absent", "new", "lost", "dead"


@dataclass(slots=True)
class VisitTruth:
    """One follow-up record: F08 keys in `record` (dates as `date`, blanks left out); `entered_on` is when it was typed
    in, mostly the same day, sometimes weeks later."""

    visit_date: date
    record: dict[str, Any]
    entered_on: date


@dataclass(slots=True)
class PersonTruth:
    """One file on the register. `record` holds the keys of the personal form and its supplement (dates as `date`)."""

    serial: int
    village: str
    record: dict[str, Any]
    birth_on: date
    filed_on: date
    category: str
    lawful: bool
    fate: str
    household: int
    visits: list[VisitTruth] = field(default_factory=list)
    died_on: date | None = None
    lost_on: date | None = None

    @property
    def id_no(self) -> str:
        return str(self.record["id_number"])

    @property
    def name(self) -> str:
        return str(self.record["name"])
