"""Time is an input. Everything that needs to know the date is given a Clock."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """`today` is the civil date in Shanghai, `now` an aware instant."""

    def today(self) -> date: ...

    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, read in Asia/Shanghai; `shift` moves the date by whole days (demo)."""

    shift: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(SHANGHAI) + self.shift

    def today(self) -> date:
        return self.now().date()


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Stands still at noon of one day: tests."""

    day: date

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, 12, tzinfo=SHANGHAI)


@dataclass(frozen=True, slots=True)
class DayClock:
    """One day kept, the time of day running: the demo, where the read log and undoing need a time that passes."""

    day: date

    def today(self) -> date:
        return self.day

    def now(self) -> datetime:
        return datetime.combine(self.day, datetime.now(SHANGHAI).timetz())


def from_environment(environ: Mapping[str, str] | None = None) -> Clock:
    """XINQIAO_TODAY=YYYY-MM-DD keeps the day; otherwise the machine's clock."""
    fixed = (os.environ if environ is None else environ).get("XINQIAO_TODAY", "").strip()
    return DayClock(date.fromisoformat(fixed)) if fixed else SystemClock()
