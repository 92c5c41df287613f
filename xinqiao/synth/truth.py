"""What is true of the made-up people on a day, counted by plain code that shares nothing with the product's engines.

The counts follow the product's declared variants (口径): MED and REGMED by the last complete visit of the year or being
in hospital; FACE by half-year and by quarter; STABLE = class 2 or 3 at the last visit within the day's month and the two
before, among managed people at home; STD = month gaps of at most three, the open tail included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from xinqiao.kernel.periods import add_months, month_gap

from .model import PersonTruth, VisitTruth

COUNTS = (
    "CUM",
    "DEAD",
    "REG",
    "MAN",
    "STD",
    "MED",
    "REGMED",
    "HOME",
    "IN_HOSPITAL",
    "STABLE",
    "FACE_HALF",
    "FACE_QUARTER",
    "LOST",
    "NOT_MANAGED",
    "SZ",
    "SZ_MED",
    "SZ_REGMED",
    "HIGH_RISK",
    "UNSTABLE_AT_HOME",
)


LISTS = (
    "dead",
    "lost",
    "not_managed",
    "in_hospital",
    "unstable_at_home",
    "overdue",
    "due_today",
    "due_within_7_days",
)


def is_complete(visit: VisitTruth) -> bool:
    record = visit.record
    return (
        "lost_reason" not in record
        and "death_date" not in record
        and (record.get("risk") is not None or record.get("hospital") == "1")
    )


def is_face(visit: VisitTruth) -> bool:
    return visit.record["form"] in ("1", "2") and "1" in visit.record.get("targets", ())


@dataclass(frozen=True, slots=True)
class Standing:
    """One person on one day; all False before filing."""

    filed: bool = False
    dead: bool = False
    registered: bool = False
    lost: bool = False
    managed: bool = False
    std: bool = False
    med: bool = False
    regmed: bool = False
    home: bool = False
    in_hospital: bool = False
    stable: bool = False
    recent: bool = False
    face_half: bool = False
    face_quarter: bool = False
    last_class: str = ""
    risk: int | None = None
    visits_this_year: int = 0
    due_on: date | None = None


def standing(person: PersonTruth, on: date) -> Standing:
    """Everything the counts need, from the visits up to and including `on`."""
    if person.filed_on > on:
        return Standing()
    visits = [v for v in person.visits if v.visit_date <= on]
    if any("death_date" in v.record and v.record["death_date"] <= on for v in person.visits):
        return Standing(filed=True, dead=True)
    # Somebody lost is found again by the next ordinary visit.
    lost = bool(visits) and "lost_reason" in visits[-1].record
    complete = [v for v in visits if is_complete(v)]
    this_year = [v for v in complete if v.visit_date.year == on.year]
    earlier = [v for v in complete if v.visit_date.year < on.year]
    managed = bool(this_year) and person.lawful and not lost
    last = complete[-1] if complete else None
    in_hospital = last is not None and last.record["hospital"] == "1"
    adherence = last.record.get("adherence", "") if last and last.visit_date.year == on.year else ""
    inside = this_year and in_hospital
    half = date(on.year, 1 if on.month <= 6 else 7, 1)
    quarter = date(on.year, (on.month - 1) // 3 * 3 + 1, 1)
    window = add_months(on.replace(day=1), -2)
    recent = last is not None and last.visit_date >= window
    home = managed and not in_hospital
    return Standing(
        filed=True,
        registered=True,
        lost=lost,
        managed=managed,
        std=managed and _standard(person, earlier, this_year, on),
        med=bool(inside) or adherence in ("1", "2"),
        regmed=bool(inside) or adherence == "1",
        home=home,
        in_hospital=in_hospital,
        recent=recent,
        stable=home and recent and last is not None and last.record["visit_class"] in ("2", "3"),
        face_half=any(is_face(v) and v.visit_date >= half for v in complete),
        face_quarter=any(is_face(v) and v.visit_date >= quarter for v in complete),
        last_class=_last(complete, "visit_class") or "",
        risk=_last(complete, "risk"),
        visits_this_year=len(this_year),
        due_on=None if lost or not person.lawful else due_on(person, complete),
    )


def _last(visits: list[VisitTruth], key: str) -> Any:
    return next((v.record[key] for v in reversed(visits) if v.record.get(key) is not None), None)


def _standard(person: PersonTruth, earlier: list[VisitTruth], this_year: list[VisitTruth], on: date) -> bool:
    # From the last visit before the year, or from filing where there is none, through the year to the day itself.
    days = [earlier[-1].visit_date if earlier else person.filed_on, *(v.visit_date for v in this_year)]
    return all(month_gap(a, b) <= 3 for a, b in zip(days, [*days[1:], on], strict=True))


def due_on(person: PersonTruth, complete: list[VisitTruth]) -> date:
    """The day the next visit is due by the national intervals: filing + 1 month, then by the last visit.

    In hospital 3 months; unstable 14 days; basically stable 14 days when it has just appeared, else 1 month; stable 3
    months. A basically stable visit within 7 days of the last one does not move anything but the date.
    """
    if not complete:
        return add_months(person.filed_on, 1)
    last = complete[-1]
    if last.record["hospital"] == "1":
        return add_months(last.visit_date, 3)
    match last.record["visit_class"]:
        case "1":
            return last.visit_date + timedelta(days=14)
        case "2":
            classed = [v.record["visit_class"] for v in complete if v.record.get("visit_class")]
            again = len(classed) > 1 and classed[-2] == "2"
            return add_months(last.visit_date, 1) if again else last.visit_date + timedelta(days=14)
        case _:
            return add_months(last.visit_date, 3)


def rate(part: int, whole: int, per: int = 100) -> str | None:
    """Half-up with two decimals; None when there is nothing to divide by."""
    if not whole:
        return None
    return str((Decimal(part) * per / Decimal(whole)).quantize(Decimal("0.01"), ROUND_HALF_UP))


@dataclass
class Tally:
    """Counts for the whole and for every place above a person's village, and the lists that a checker wants by name."""

    on: date
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    people: int = 0
    visits: int = 0

    def add(self, person: PersonTruth, places: Iterable[str]) -> Standing:
        """Count one person under each of `places`."""
        self.people += 1
        self.visits += len(person.visits)
        now = standing(person, self.on)
        marks = _marks(person, now)
        for place in places:
            self.counts.setdefault(place, Counter()).update(marks)
        for name in _lists(now, self.on):
            self.lists.setdefault(name, []).append(person.id_no)
        return now

    def table(self, residents: dict[str, int]) -> dict[str, dict[str, Any]]:
        """Per place: every count and the rates that follow."""
        return {
            place: {
                "POP": residents.get(place),
                **{name: counted[name] for name in COUNTS},
                "rates": rates(counted, residents.get(place) or 0),
            }
            for place, counted in sorted(self.counts.items())
        }


def _marks(person: PersonTruth, now: Standing) -> list[str]:
    reg = now.registered
    schizophrenia = reg and person.category == "1"
    facts = {
        "CUM": now.filed,
        "DEAD": now.dead,
        "REG": reg,
        "MAN": now.managed,
        "STD": now.std,
        "MED": reg and now.med,
        "REGMED": reg and now.regmed,
        "HOME": now.home,
        "IN_HOSPITAL": reg and now.in_hospital,
        "STABLE": now.stable,
        "FACE_HALF": reg and now.face_half,
        "FACE_QUARTER": reg and now.face_quarter,
        "LOST": reg and now.lost,
        "NOT_MANAGED": reg and not now.lost and not now.managed,
        "SZ": schizophrenia,
        "SZ_MED": schizophrenia and now.med,
        "SZ_REGMED": schizophrenia and now.regmed,
        "HIGH_RISK": reg and (now.risk or 0) >= 3,
        "UNSTABLE_AT_HOME": now.home and now.last_class == "1",
    }
    return [name for name, holds in facts.items() if holds]


def _lists(now: Standing, on: date) -> list[str]:
    if not now.registered:
        return ["dead"] if now.dead else []
    found = []
    if now.lost:
        found.append("lost")
    elif not now.managed:
        found.append("not_managed")
    if now.in_hospital:
        found.append("in_hospital")
    if now.home and now.last_class == "1":
        found.append("unstable_at_home")
    if now.due_on:
        if now.due_on < on:
            found.append("overdue")
        elif now.due_on == on:
            found.append("due_today")
        elif now.due_on <= on + timedelta(days=7):
            found.append("due_within_7_days")
    return found


def rates(counted: Counter[str], residents: int) -> dict[str, str | None]:
    """The published rates with their published bases."""
    reg = counted["REG"]
    return {
        "detection_rate": rate(reg, residents, 1000),
        "management_rate": rate(counted["MAN"], reg),
        "standard_rate": rate(counted["STD"], reg),
        "face_rate_half_year": rate(counted["FACE_HALF"], reg),
        "face_rate_quarter": rate(counted["FACE_QUARTER"], reg),
        "medication_rate": rate(counted["MED"], reg),
        "regular_medication_rate": rate(counted["REGMED"], reg),
        "stable_rate": rate(counted["STABLE"], counted["HOME"]),
        "sz_medication_rate": rate(counted["SZ_MED"], counted["SZ"]),
        "sz_regular_rate": rate(counted["SZ_REGMED"], counted["SZ"]),
        "lost_rate": rate(counted["LOST"], reg),
    }
