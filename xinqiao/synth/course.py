"""How follow-up goes over the years: intervals by class with human noise, relapses, hospital, loss, death.

Everything is scripted before it is walked (a Course), so that a wanted outcome at a wanted day can be arranged and
then checked, and so that the same walk can go on later from where it stood (a Walk).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from xinqiao.kernel.periods import add_months, end_of_month

from . import names
from .clinical import BASIC, STABLE, UNSTABLE, answers, class_of
from .drugs import Row, regimen
from .model import PersonTruth, VisitTruth

DAY = timedelta(days=1)
_CAUSES = ("1", "2", "4", "5", "6")
_LOST = ("1", "2", "3", "5")


@dataclass(frozen=True, slots=True)
class Episode:
    """A visit on `on` finds the person unstable; `days_in` days in hospital follow when it is not zero."""

    on: date
    days_in: int = 0
    calm: bool = False


@dataclass(slots=True)
class Course:
    """The script of one stretch of life. Windows are [from, to] days.

    `usual` is the class between episodes; `late` the chance that a visit is months late; `phone` the share of visits
    by telephone; no visit falls into a `quiet` window, only telephone visits into a `phone_only` one.
    """

    usual: str = STABLE
    adherence: str = "1"
    late: float = 0.0
    phone: float = 0.15
    calm: bool = False
    episodes: list[Episode] = field(default_factory=list)
    quiet: list[tuple[date, date]] = field(default_factory=list)
    phone_only: list[tuple[date, date]] = field(default_factory=list)


class Walk:
    """Visits of one person, one after another; `run` may be called again with a later day."""

    def __init__(self, rng: Random, person: PersonTruth, course: Course, start: date) -> None:
        self.rng, self.person, self.course = rng, person, course
        self.drugs: list[Row] = regimen(rng, person.category)
        self.last: date | None = None
        self.current = course.usual
        self.settled = True
        self.discharge_on: date | None = None
        self.next_on = self._first(start)

    def run(self, until: date) -> Iterator[VisitTruth]:
        """All further visits up to and including `until`."""
        while True:
            episode = self._episode()
            if episode and episode.on <= self.next_on:
                day = episode.on
                if day > until:
                    return
                self.course.episodes.remove(episode)
                yield self._visit(day, UNSTABLE, calm=episode.calm or self.course.calm, face=True)
                if episode.days_in:
                    self._admit(day, episode.days_in)
                continue
            day = self.next_on
            if day > until:
                return
            if self.discharge_on and day < self.discharge_on:
                yield self._in_hospital(day)
            elif self.discharge_on:
                yield self._after_hospital(day)
            else:
                yield self._visit(day, self._class())

    # ── when ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _first(self, start: date) -> date:
        if self.person.filed_on >= start:
            return self._awake(self.person.filed_on + self.rng.randint(4, 27) * DAY)
        return self._awake(start + self.rng.randint(0, 84 if self.course.usual == STABLE else 28) * DAY)

    def _awake(self, day: date) -> date:
        for first, last in self.course.quiet:
            if first <= day <= last:
                return last + self.rng.randint(1, 9) * DAY
        return day

    def _episode(self) -> Episode | None:
        # An episode that fell into a hospital stay or before the last visit is past.
        since = self.last or date.min
        self.course.episodes = [e for e in self.course.episodes if e.on > since]
        if self.discharge_on or not self.course.episodes:
            return None
        return min(self.course.episodes, key=lambda e: e.on)

    def _due(self, day: date) -> date:
        if self.current == UNSTABLE:
            return day + 14 * DAY
        if self.current == BASIC:
            return add_months(day, 1) if self.settled else day + 14 * DAY
        return add_months(day, 3)

    def _plan(self, day: date) -> None:
        rng = self.rng
        due = self._due(day)
        length = (due - day).days
        if length > 20 and rng.random() < self.course.late:
            planned = due + rng.randint(40, 125) * DAY
        elif rng.random() < 0.012:
            planned = day + rng.randint(2, 6) * DAY
        elif rng.random() < 0.72:
            planned = due - min(round(rng.expovariate(1.0) * length / 11), length // 3) * DAY
        else:
            limit = end_of_month(add_months(day, 3))
            planned = max(day + DAY, min(due + rng.randint(1, max(2, length // 9)) * DAY, limit))
        self.next_on = self._awake(planned)

    # ── what ────────────────────────────────────────────────────────────────────────────────────────────────────
    def _class(self) -> str:
        draw = self.rng.random()
        if self.last is None:
            if self.course.usual == STABLE:
                return STABLE if draw < 0.93 else BASIC
            return BASIC
        if self.current == UNSTABLE:
            return UNSTABLE if draw < 0.25 else BASIC
        if self.current == BASIC:
            return STABLE if draw < (0.6 if self.course.usual == STABLE else 0.03) else BASIC
        return BASIC if draw < (0.025 if self.course.usual == STABLE else 0.5) else STABLE

    def _adherence(self) -> str:
        lean = self.course.adherence
        if self.rng.random() < 0.96:
            return lean
        return {"1": "2", "2": "1", "3": "2", "4": "4"}[lean]

    def _form(self, day: date, face: bool) -> tuple[str, list[str]]:
        rng = self.rng
        phone_only = any(first <= day <= last for first, last in self.course.phone_only)
        if phone_only or (not face and rng.random() < self.course.phone):
            return "3", rng.choice((["2"], ["1"], ["1", "2"]))
        form = rng.choices(("2", "1"), (7, 3))[0]
        if not face and form == "2" and rng.random() < 0.02:
            return form, ["2"]
        return form, ["1", "2"] if rng.random() < 0.5 else ["1"]

    def _visit(
        self, day: date, wanted: str, *, calm: bool = False, face: bool = False, **more: Any
    ) -> VisitTruth:
        rng = self.rng
        form, targets = self._form(day, face)
        adherence = self._adherence()
        if rng.random() < 0.04:
            self.drugs = regimen(rng, self.person.category)
        record = self._head(day, form, targets)
        record |= answers(rng, wanted, adherence, self.drugs, calm=calm or self.course.calm)
        record |= more
        found = class_of(record)
        if found != wanted:
            raise AssertionError(f"findings of class {found} where {wanted} was wanted: {record}")
        record["visit_class"] = found
        before, self.current = self.current if self.last else "", found
        self.settled = not (found == BASIC and before != BASIC)
        self.last = day
        record["planned_on"] = self._due(day)
        self._plan(day)
        return self._truth(day, record)

    def _admit(self, day: date, days_in: int) -> None:
        admitted_on = day + self.rng.randint(0, 3) * DAY
        self.discharge_on = admitted_on + days_in * DAY
        self.next_on = min(admitted_on + self.rng.randint(9, 25) * DAY, self.discharge_on - DAY)

    def _in_hospital(self, day: date) -> VisitTruth:
        record = self._head(day, "3", [self.rng.choice(("2", "3"))])
        # Findings stay blank in hospital; what the ward tells about drugs is written down.
        record |= {"hospital": "1", "adherence": "1", "drugs": [dict(row) for row in self.drugs]}
        record["planned_on"] = add_months(day, 3)
        self.last = day
        self.next_on = day + self.rng.randint(30, 70) * DAY
        if self.discharge_on and self.next_on >= self.discharge_on:
            self.next_on = max(self.discharge_on + self.rng.randint(2, 12) * DAY, day + DAY)
        return self._truth(day, record)

    def _after_hospital(self, day: date) -> VisitTruth:
        discharged_on, self.discharge_on = self.discharge_on, None
        return self._visit(day, BASIC, face=True, hospital="2", last_discharge=discharged_on)

    def _head(self, day: date, form: str, targets: list[str]) -> dict[str, Any]:
        return head(self.rng, self.person, day, form) | {"targets": targets}

    def _truth(self, day: date, record: dict[str, Any]) -> VisitTruth:
        draw = self.rng.random()
        delay = 0 if draw < 0.7 else self.rng.randint(1, 8) if draw < 0.96 else self.rng.randint(15, 70)
        return VisitTruth(day, record, day + delay * DAY)


def head(rng: Random, person: PersonTruth, day: date, form: str) -> dict[str, Any]:
    doctors = staff(person.village[:9])
    record: dict[str, Any] = {
        "visit_date": day,
        "form": form,
        "doctor": doctors[int(person.village[9:]) % len(doctors)],
    }
    if form == "2":
        record["co_visitors"] = (
            [rng.choice([d for d in doctors if d != record["doctor"]] or ["村医"])]
            if rng.random() < 0.5
            else [person.record["committee_contact"]]
        )
    return record


def death_notice(rng: Random, person: PersonTruth, died_on: date, told_on: date) -> VisitTruth:
    """The record that closes a file: what the family said, some days later."""
    record = head(rng, person, told_on, rng.choice(("2", "3")))
    record["death_date"] = died_on
    record["death_cause"] = rng.choices(_CAUSES, (72, 6, 10, 7, 5))[0]
    if record["death_cause"] == "1":
        record["death_disease"] = rng.choice(("2", "3", "4", "5", "7", "8"))
    elif record["death_cause"] == "6":
        record["death_note"] = "家属未说明"
    return VisitTruth(told_on, record, told_on)


def loss_notice(rng: Random, person: PersonTruth, lost_on: date) -> VisitTruth:
    record = head(rng, person, lost_on, "2")
    record["lost_reason"] = rng.choices(_LOST, (40, 30, 20, 10))[0]
    if record["lost_reason"] == "5":
        record["lost_note"] = "家属拒绝告知去向"
    return VisitTruth(lost_on, record, lost_on)


@lru_cache(maxsize=4096)
def staff(township: str) -> tuple[str, ...]:
    """The three who sign in a township (its nine digits)."""
    rng = Random(f"staff/{township}")
    return tuple(names.full(rng, rng.choice("12"), 1982, "01") for _ in range(3))
