"""Quarters, and what a work record may become next. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of a year; `first` and `last` are its days, both included."""

    year: int
    number: int

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def after(self) -> date:
        """The first day after it."""
        return date(self.year + 1, 1, 1) if self.number == 4 else date(self.year, 3 * self.number + 1, 1)

    @property
    def before(self) -> Quarter:
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    def over(self, today: date) -> bool:
        """Only a quarter that has ended is signed."""
        return today >= self.after


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // 3 + 1)


#: State → what may be done with it: sign and appeal by the doctor, agree and answer by the township.
ACTS: dict[str, frozenset[str]] = {
    "draft": frozenset({"sign", "appeal"}),
    "signed": frozenset({"agree", "appeal"}),
    "agreed": frozenset({"appeal"}),
    "appealed": frozenset({"answer"}),
    "replaced": frozenset(),
}


def allows(state: str, act: str) -> bool:
    """Whether the act may follow in this state ("" is a quarter nobody has signed yet)."""
    return act in ACTS.get(state or "draft", frozenset())
