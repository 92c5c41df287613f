"""How far the set-up is, read from what is there; and what to propose next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.scope import reporting
from xinqiao.kernel.codes import bounds, township_of
from xinqiao.kernel.terms import Level, Role
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution, Population, ServiceArea
from xinqiao.places.queries import Place, institutions_serving, places_below
from xinqiao.registry.models import Person


@dataclass(slots=True)
class Township:
    """A township with its villages and who is there already."""

    place: Place
    villages: list[Place] = field(default_factory=list)
    hospitals: list[Institution] = field(default_factory=list)
    #: Village code → clinic that serves it.
    clinics: dict[str, Institution] = field(default_factory=dict)
    workers: int = 0
    #: Village code → working accounts of village doctors.
    doctors: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class State:
    """The county as it stands; the five questions of the set-up are asked of this."""

    place: str
    offices: list[Institution]
    county_accounts: int
    townships: list[Township]
    unserved: list[Place]
    #: Division code → newest year with residents.
    years: dict[str, int]
    people: int
    leaderless: list[Institution]

    @property
    def villages(self) -> int:
        return sum(len(one.villages) for one in self.townships)

    @property
    def done(self) -> dict[str, bool]:
        """Step → whether nothing of it is missing."""
        return {
            "county": self.villages > 0,
            "institutions": bool(self.offices) and self.villages > 0 and not self.unserved
            and all(one.hospitals for one in self.townships),
            "population": self.place in self.years and all(one.place.code in self.years for one in self.townships),
            "accounts": self.county_accounts > 0 and all(one.workers for one in self.townships),
            "import": self.people > 0,
        }  # fmt: skip


def state_of(place: str, today: date) -> State:
    """Everything the set-up asks about, in a fixed number of statements. `place` is the county of the account that asks."""
    lo, hi = bounds(place)
    below = places_below(place)
    townships = {one.code: Township(one) for one in below if one.level is Level.TOWNSHIP}
    for one in below:
        if one.level is Level.VILLAGE and township_of(one.code) in townships:
            townships[township_of(one.code)].villages.append(one)
    institutions = list(
        Institution.objects.filter(place__gte=lo, place__lt=hi, valid_to=None).order_by("place", "name")
    )
    for row in institutions:
        if row.kind == InstitutionKind.TOWNSHIP_HOSPITAL and row.place in townships:
            townships[row.place].hospitals.append(row)
    areas = ServiceArea.objects.filter(
        division_code__gte=lo, division_code__lt=hi, valid_to=None, institution__valid_to=None,
        institution__kind=InstitutionKind.VILLAGE_CLINIC,
    ).select_related("institution")  # fmt: skip
    for area in areas:
        if (town := townships.get(township_of(area.division_code))) is not None:
            town.clinics[area.division_code] = area.institution
    county_accounts = _count_accounts(lo, hi, place, townships, today)
    codes = [village.code for town in townships.values() for village in town.villages]
    served = institutions_serving(codes, today)
    rows = Population.objects.filter(division_code__gte=lo, division_code__lt=hi, year__lte=today.year)
    years: dict[str, int] = {}
    for code, year in rows.values_list("division_code", "year"):
        years[code] = max(year, years.get(code, 0))
    return State(
        place=place,
        offices=[row for row in institutions if row.kind == InstitutionKind.COUNTY_OFFICE],
        county_accounts=county_accounts,
        townships=list(townships.values()),
        unserved=[v for town in townships.values() for v in town.villages if v.code not in served],
        years=years,
        people=people_in([place]),
        leaderless=[
            row for row in institutions
            if row.in_charge_id is None and row.kind in (InstitutionKind.TOWNSHIP_HOSPITAL, InstitutionKind.COUNTY_OFFICE)
        ],
    )  # fmt: skip


def _count_accounts(lo: str, hi: str, place: str, townships: dict[str, Township], today: date) -> int:
    users = list(
        User.objects.filter(place__gte=lo, place__lt=hi, is_active=True).values_list("id", "role", "place")
    )
    doctors = {key for key, role, _place in users if role == Role.VILLAGE_DOCTOR}
    for _key, role, where in users:
        if role == Role.TOWNSHIP_WORKER and where in townships:
            townships[where].workers += 1
    rows = VillageAssignment.objects.filter(
        division_code__gte=lo, division_code__lt=hi, covers=None, valid_to=None, valid_from__lte=today
    )
    for key, code in rows.values_list("user_id", "division_code"):
        if key in doctors and (town := townships.get(township_of(code))) is not None:
            town.doctors[code] = town.doctors.get(code, 0) + 1
    return sum(1 for _key, role, where in users if role == Role.COUNTY_OFFICE and where == place)


def people_in(places: Iterable[str]) -> int:
    """How many people are managed at or below the places: a count only, for somebody who may see no record."""
    total = 0
    with reporting():
        for place in places:
            lo, hi = bounds(place)
            total += (
                Person.objects.using("report").filter(managing_code__gte=lo, managing_code__lt=hi).count()
            )
    return total


def staff_in(place: str) -> int:
    """Working accounts at or below a place, and village doctors who serve it."""
    lo, hi = bounds(place)
    users = set(User.objects.filter(place__gte=lo, place__lt=hi, is_active=True).values_list("id", flat=True))
    rows = VillageAssignment.objects.filter(
        division_code__gte=lo, division_code__lt=hi, valid_to=None, user__is_active=True
    )
    return len(users | set(rows.values_list("user_id", flat=True)))


def usernames() -> set[str]:
    """User names that are taken."""
    return set(User.objects.values_list("username", flat=True))
