"""Special actions, pure: progress, what is found, when care visits before a holiday are proposed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence

#: Care visits are proposed this long before the first day off.
PROPOSE_DAYS = 45
LONG_HOLIDAY = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an action: its place, what became of it, answers (step → "1" or "0"), why not met."""

    place: str
    outcome: str
    answers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Numbers of some lines. `yes` and `no`: step → how many; `reasons`: why not met → how many."""

    total: int
    done: int
    visited: int
    unreachable: int
    open: int
    yes: Mapping[str, int] = field(default_factory=dict)
    no: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def settled(self) -> int:
        """Done, visited, or not met with a reason: nothing is left to do."""
        return self.done + self.visited + self.unreachable


def tally(lines: Iterable[Line]) -> Tally:
    """The numbers of these lines; every line is in exactly one of done, visited, unreachable, open."""
    kinds: Counter[str] = Counter()
    yes: Counter[str] = Counter()
    no: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for one in lines:
        kinds[one.outcome] += 1
        if one.outcome == "unreachable":
            reasons[one.reason] += 1
        for key, answer in one.answers.items():
            (yes if answer == "1" else no)[key] += 1
    return Tally(
        sum(kinds.values()), kinds["done"], kinds["visited"], kinds["unreachable"], kinds["open"], dict(yes), dict(no),
        dict(reasons),
    )  # fmt: skip


def together(parts: Iterable[Tally]) -> Tally:
    """The numbers of several places as one."""
    every = list(parts)

    def added(name: str) -> dict[str, int]:
        return dict(sum((Counter(getattr(one, name)) for one in every), Counter[str]()))

    return Tally(
        sum(one.total for one in every), sum(one.done for one in every), sum(one.visited for one in every),
        sum(one.unreachable for one in every), sum(one.open for one in every), added("yes"), added("no"), added("reasons"),
    )  # fmt: skip


def by_place(lines: Iterable[Line], of: Callable[[str], str]) -> dict[str, Tally]:
    """Place → numbers, where `of` gives the place of a line's place (its township, or itself); in the order of codes."""
    grouped: dict[str, list[Line]] = {}
    for one in lines:
        grouped.setdefault(of(one.place), []).append(one)
    return {code: tally(some) for code, some in sorted(grouped.items())}


def outcome(stored: str, visited: bool) -> str:
    """What a line counts as: what was written down, else a visit of the period."""
    return "visited" if stored == "open" and visited else stored


def check_answers(steps: Sequence[str], answers: Mapping[str, str], note: str) -> list[Problem]:
    """What is missing in the answers of one line. A problem that is found wants a word."""
    found = [
        Problem(f"step-{key}", "missing", sentence("每一步都要选一个答案"))
        for key in steps
        if answers.get(key) not in ("0", "1")
    ]
    if not found and "0" in answers.values() and not note.strip():
        found.append(Problem("note", "missing", sentence("有问题的，请写一句怎么处理")))
    return found


@dataclass(frozen=True, slots=True)
class Coming:
    """A holiday that comes: its key, and the first day off."""

    key: str
    on: date


def coming_holidays(
    today: date, is_workday: Callable[[date], bool], known: Callable[[int], bool]
) -> list[Coming]:
    """Holidays whose first day off is near: the long one of January or February, and the one around 1 October.

    `known` says whether a year's days off were published; of an unpublished year only 1 October is sure.
    """
    found = []
    for ahead in range(1, PROPOSE_DAYS + 1):
        day = today + timedelta(days=ahead)
        if (day.month, day.day) == (10, 1) and not known(day.year):
            found.append(Coming("autumn", day))
        if not known(day.year) or is_workday(day) or not is_workday(day - timedelta(days=1)):
            continue
        length = next(n for n in range(1, 30) if is_workday(day + timedelta(days=n)))
        last = day + timedelta(days=length - 1)
        if length >= LONG_HOLIDAY and day.month in (1, 2):
            found.append(Coming("spring", day))
        elif day <= date(day.year, 10, 1) <= last:
            found.append(Coming("autumn", day))
    return found
