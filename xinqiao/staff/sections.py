"""What upper domains add to a hand-over: one more thing that is unfinished, as a number. Upper tells lower: it registers.

from xinqiao.staff.sections import Section, register
register(Section("national", _("待录国网"), count))   # in AppConfig.ready
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

#: (leaver's account, people who are handed over, today) → how many; called inside the scope of who draws up.
Count = Callable[[UUID, Sequence[UUID], date], int]


@dataclass(frozen=True, slots=True)
class Section:
    """One line of the hand-over: `key` in the frozen counts, `label` (lazy) on page and paper, `count` its number."""

    key: str
    label: Any
    count: Count


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Called once by each interested domain when Django starts."""
    _sections[section.key] = section


def registered() -> list[Section]:
    """All sections of upper domains, in the order in which they came."""
    return list(_sections.values())
