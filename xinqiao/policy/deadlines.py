"""Dated deadlines of the paths of paper (`registry/deadlines`): when a clock that starts on a day runs out.

Working days are counted by the public calendar, the starting day not; months are calendar months. Only clocks of working days
never run out on a day off: days and months end where the calendar says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from xinqiao.kernel.codes import NATION
from xinqiao.kernel.errors import PolicyMissing
from xinqiao.kernel.periods import add_months, end_of_quarter
from xinqiao.kernel.workdays import Workdays

from .calendar import read_workdays, workdays
from .policies import PolicySet, released_policies

#: Built once for each set of rules: reading twenty years of days off costs more than counting.
_calendar = lru_cache(maxsize=4)(read_workdays)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which the act is in time, the clause, and sentences about years without a calendar."""

    due_on: date
    label: str
    clause: str
    warnings: tuple[str, ...] = ()


def deadline(
    clock: str, start: date, *, policies: PolicySet | None = None, ancestors: Sequence[str] = (NATION,)
) -> Deadline:
    """When the clock ("D1" … as in the file) that starts on `start` runs out. PolicyMissing for an unknown clock.

    A clock of hours answers the day on which that many hours from the end of `start` are over.
    """
    rules = policies or released_policies()
    item = limit_of(clock, start, policies=rules, ancestors=ancestors)
    limit, label, clause = item["limit"], item["label"], item["clause"]
    match item["unit"]:
        case "workdays":
            calendar: Workdays = workdays() if policies is None else _calendar(rules)
            answer = calendar.answer(start, limit)
            return Deadline(answer.date, label, clause, answer.warnings)
        case "months":
            return Deadline(add_months(start, limit), label, clause)
        case "quarter_end":
            return Deadline(end_of_quarter(add_months(start, 3 * (limit - 1))), label, clause)
        case "year_end":
            return Deadline(date(start.year + limit - 1, 12, 31), label, clause)
        case "days":
            return Deadline(start + timedelta(days=limit), label, clause)
    return Deadline(start + timedelta(days=-(-limit // 24)), label, clause)


def limit_of(
    clock: str, start: date, *, policies: PolicySet, ancestors: Sequence[str] = (NATION,)
) -> Mapping[str, Any]:
    """What the nearest area lays down for this clock on the day it starts: label, start, end, limit, unit, clause.

    An area names only the clocks it has of its own; the others are those of the area above.
    """
    for row in policies.profile("registry/deadlines", on=start, ancestors=ancestors):
        if clock in row.value:
            found: Mapping[str, Any] = row.value[clock]
            return found
    raise PolicyMissing(f"没有时限 {clock}")
