"""A small made-up county below division 99: two townships, two villages each, one account per role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.sessions import actor_of
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import ancestors, level_of
from xinqiao.kernel.terms import Role
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Division, Institution, Population, ServiceArea

SINCE = date(2004, 1, 1)
COUNTY = "990101000000"
NORTH, SOUTH = "990101100000", "990101101000"
NORTH_1, NORTH_2 = "990101100201", "990101100202"
SOUTH_1, SOUTH_2 = "990101101201", "990101101202"
NEXT_COUNTY, EAST, EAST_1 = "990102000000", "990102100000", "990102100201"
NAMES = {
    "990000000000": "演示省",
    "990100000000": "演示市",
    COUNTY: "双桥县",
    NORTH: "北桥镇",
    SOUTH: "南桥镇",
    NORTH_1: "柳树村",
    NORTH_2: "石磨村",
    SOUTH_1: "渡口村",
    SOUTH_2: "稻香村",
    NEXT_COUNTY: "邻水县",
    EAST: "东岸镇",
    EAST_1: "桑园村",
}
PASSWORD = "long-enough-for-tests"


@dataclass
class County:
    """What the fixture made: institutions by division code (and "hospital", "police"), accounts and actors by key."""

    institutions: dict[str, Institution] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)


ACCOUNTS: dict[str, tuple[Role, str]] = {
    "village": (Role.VILLAGE_DOCTOR, NORTH_1),
    "village_2": (Role.VILLAGE_DOCTOR, NORTH_2),
    "township": (Role.TOWNSHIP_WORKER, NORTH),
    "township_2": (Role.TOWNSHIP_WORKER, NORTH),
    "other_township": (Role.TOWNSHIP_WORKER, SOUTH),
    "county": (Role.COUNTY_OFFICE, COUNTY),
    "other_county": (Role.COUNTY_OFFICE, NEXT_COUNTY),
    "city": (Role.CITY_OFFICE, "990100000000"),
    "province": (Role.PROVINCE_OFFICE, "990000000000"),
    "programme": (Role.PROGRAMME_ADMIN, COUNTY),
    "system": (Role.SYSTEM_ADMIN, COUNTY),
    "auditor": (Role.AUDITOR, COUNTY),
    "hospital": (Role.HOSPITAL_DOCTOR, COUNTY),
    "police": (Role.POLICE, NORTH),
}


def make_county(today: date) -> County:
    """Write the places, institutions and accounts; return them by name."""
    made = County()
    Division.objects.bulk_create(
        Division(
            code=code,
            name=name,
            level=level_of(code),
            parent_code=[*ancestors(code), ""][1],
            valid_from=SINCE,
            source="made up",
        )
        for code, name in NAMES.items()
    )
    for code, kind in {
        COUNTY: InstitutionKind.COUNTY_OFFICE,
        NEXT_COUNTY: InstitutionKind.COUNTY_OFFICE,
        NORTH: InstitutionKind.TOWNSHIP_HOSPITAL,
        SOUTH: InstitutionKind.TOWNSHIP_HOSPITAL,
        EAST: InstitutionKind.TOWNSHIP_HOSPITAL,
        NORTH_1: InstitutionKind.VILLAGE_CLINIC,
        NORTH_2: InstitutionKind.VILLAGE_CLINIC,
    }.items():
        institution = Institution.objects.create(
            name=NAMES[code] + kind.label, kind=kind, place=code, valid_from=SINCE
        )
        ServiceArea.objects.create(institution=institution, division_code=code, valid_from=SINCE)
        made.institutions[code] = institution
    for key, kind, name in (
        ("hospital", InstitutionKind.PSYCHIATRIC_HOSPITAL, "双桥县安康医院"),
        ("police", InstitutionKind.POLICE_STATION, "北桥派出所"),
    ):
        made.institutions[key] = Institution.objects.create(
            name=name, kind=kind, place=ACCOUNTS[key][1], valid_from=SINCE
        )
    Population.objects.bulk_create(
        Population(division_code=code, year=today.year - 1, residents=people, source="made up")
        for code, people in {COUNTY: 40_000, NORTH: 22_000, SOUTH: 18_000}.items()
    )
    for key, (role, place) in ACCOUNTS.items():
        user = User.objects.create_user(
            username=key,
            password=PASSWORD,
            display_name=f"演示{key}",
            role=role,
            place=place,
            institution=made.institutions.get(key) or made.institutions.get(place),
            must_change_password=False,
        )
        if role is Role.VILLAGE_DOCTOR:
            VillageAssignment.objects.create(user=user, division_code=place, valid_from=SINCE)
        made.users[key] = user
        made.actors[key] = actor_of(user, FixedClock(today))
    for code, key in (
        (NORTH, "township"),
        (SOUTH, "other_township"),
        (NORTH_1, "village"),
        (NORTH_2, "village_2"),
    ):
        Institution.objects.filter(pk=made.institutions[code].pk).update(in_charge_id=made.users[key].pk)
    return made
