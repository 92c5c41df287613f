"""The lost-contact protocol, pure: what is next and until when, when a loss may be confirmed, whom to tell at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.periods import end_of_month
from xinqiao.kernel.words import Sentence, sentence

AT_ONCE = frozenset({"walked", "unknown", "silent"})
#: Reason of the search → printed codes of loss that fit it.
CODES = {"misses": {"4"}, "walked": {"3"}, "unknown": {"1", "2", "5"}, "silent": {"1", "2", "5"}}
HIGH_RISK = 3
UNSTABLE = "1"


@dataclass(frozen=True, slots=True)
class Windows:
    """How many dated tries, and within how many days of the first. Data: `followup/windows`; clause N18/attempts."""

    tries: int
    second_days: int
    third_days: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is on record of one search. `tries`: days on which nobody was met since the last contact. `asked`: the newest day
    on which somebody else was asked. `told`: receiver → day. `missed_first`: it began with a miss, so that a reason known at once
    was known later than it began."""

    opened_on: date
    reason: str
    tries: tuple[date, ...] = ()
    evidence: bool = False
    reported: bool = False
    confirmed: bool = False
    lost_on: date | None = None
    found_on: date | None = None
    asked: tuple[date, ...] = ()
    told: tuple[tuple[str, date], ...] = ()
    missed_first: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the line: `key`, words, the day it was done, or until when it is to be done; `state` past, now, late or
    ahead."""

    key: str
    words: Sentence
    done_on: date | None
    until: date | None
    state: str


def days(tries: Iterable[date]) -> list[date]:
    """Different days in order: two calls on one day are one try."""
    return sorted(set(tries))


def enough(facts: Facts, windows: Windows) -> bool:
    """Whether the township may decide: a reason known at once, with what it rests on, or the tries that it takes."""
    if facts.reason in AT_ONCE:
        return facts.evidence
    return len(days(facts.tries)) >= windows.tries


def stage(facts: Facts, windows: Windows) -> str:
    """searching, waiting (for the township), or lost. Ended searches are not asked about."""
    if facts.confirmed:
        return "lost"
    return "waiting" if facts.lost_on is not None or facts.reported or enough(facts, windows) else "searching"


def may_confirm(
    facts: Facts, windows: Windows, *, code: str, lost_on: date, today: date, note: str
) -> list[Problem]:
    """What stands against confirming the loss, in sentences; empty when nothing does. Clauses: N18/lost, N18/attempts."""
    found: list[Problem] = []
    if code not in CODES.get(facts.reason, set()):
        right = "、".join(sorted(CODES.get(facts.reason, set())))
        found.append(
            Problem(
                "code",
                "contradiction",
                sentence("“失访原因”与查找的原因不符，应为：%(right)s", right=right),
                code,
            )
        )
    done = days(facts.tries)
    if facts.reason == "misses" and len(done) < windows.tries:
        words = sentence(
            "有日期的未访到记录只有 %(n)s 次，连续 %(need)s 次未访到才能认定失访；请再联系或补记每次的日期",
            n=len(done),
            need=windows.tries,
        )
        found.append(Problem("", "too_few_tries", words, str(len(done))))
    if facts.reason in AT_ONCE and not facts.evidence and not note.strip():
        found.append(Problem("note", "missing", sentence("请写明依据：听谁说的，怎样核实的")))
    if code == "5" and not note.strip():
        found.append(Problem("note", "missing", sentence("失访原因选“其他”时，请写明“说明”")))
    if lost_on > today:
        found.append(
            Problem(
                "lost_on", "future",
                sentence("“失访日期”%(day)s 晚于今天 %(today)s，应不晚于今天", day=lost_on, today=today), lost_on.isoformat(),
            )
        )  # fmt: skip
    earliest = min([facts.opened_on, *done])
    if lost_on < earliest:
        words = sentence("“失访日期”%(day)s 早于第一次未访到 %(first)s，请核对", day=lost_on, first=earliest)
        found.append(Problem("lost_on", "too_early", words, lost_on.isoformat()))
    return found


def grave(risk: int | None, visit_class: str) -> bool:
    """Whether the police are told at once when this person has left. Clause: N18/lost."""
    return (risk or 0) >= HIGH_RISK or visit_class == UNSTABLE


def known_to_have_left(facts: Facts, away: Iterable[date]) -> date | None:
    """The first day on which it was known that the person had gone: said to be away, a reason known at once, or lost."""
    known = [day for day in away if day >= facts.opened_on]
    if facts.reason in AT_ONCE and not facts.missed_first:
        known.append(facts.opened_on)
    if facts.lost_on is not None:
        known.append(facts.lost_on)
    return min(known, default=None)


def line(facts: Facts, windows: Windows, today: date, *, tell_police_since: date | None = None) -> list[Step]:
    """The protocol as steps, in order: what was done when, what is next and until when."""
    done = days(facts.tries)
    told = dict(facts.told)
    found: list[Step] = []
    ended = facts.found_on is not None

    def add(key: str, words: Sentence, on: date | None, until: date | None = None) -> None:
        if on is not None:
            state = "past"
        elif ended or any(step.state in ("now", "late") for step in found):
            state = "ahead"
        else:
            state = "late" if until is not None and until < today else "now"
        found.append(Step(key, words, on, until, state))

    if tell_police_since is not None:
        add("police", sentence("立即告知派出所"), told.get("police"), tell_police_since + timedelta(days=1))
    if facts.reason in AT_ONCE:
        add("known", sentence("得知离开"), facts.opened_on)
        add(
            "verify",
            sentence("核实并写明依据"),
            facts.lost_on or (max(facts.asked, default=None) if facts.evidence else None),
        )
    else:
        first = done[0] if done else facts.opened_on
        add("first", sentence("第一次未访到"), first)
        limits = [first + timedelta(days=windows.second_days), first + timedelta(days=windows.third_days)]
        for number in range(2, windows.tries + 1):
            # A reported loss leaves missing tries to be made up for; nothing else replaces them.
            on = done[number - 1] if len(done) >= number else None
            until = limits[min(number - 2, len(limits) - 1)]
            add(f"try{number}", sentence("第 %(n)s 次联系", n=number), on, None if on else until)
    add("confirm", sentence("乡镇认定失访"), facts.lost_on if facts.confirmed else None)
    for key, words in (("group", sentence("报综合管理小组")), ("office", sentence("报县精防办"))):
        add(key, words, told.get(key))
    if tell_police_since is None:
        add("police", sentence("请派出所协查"), told.get("police"))
    this_month = [day for day in (*facts.asked, *done) if (day.year, day.month) == (today.year, today.month)]
    if facts.confirmed and not ended:
        add("month", sentence("本月再找一次"), max(this_month, default=None), end_of_month(today))
    add("found", sentence("找到"), facts.found_on)
    return found


def due_next(steps: Sequence[Step]) -> Step | None:
    """The step to be done now."""
    return next((step for step in steps if step.state in ("now", "late")), None)


def looked_for_in(month: date, on: Iterable[date]) -> bool:
    """Whether one of these days lies in the month of `month`."""
    return any((day.year, day.month) == (month.year, month.month) for day in on)
