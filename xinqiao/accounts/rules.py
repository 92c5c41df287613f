"""Who may manage whose account, what a user name looks like, when an account sleeps. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import contains, level_of
from xinqiao.kernel.terms import SHARED_ROLES, Level, Role

#: Nobody signed in for so long: somebody should ask whether the account is still needed.
DORMANT_DAYS = 90
#: An account is renewed at least so often, like those of the national system.
LONGEST_YEARS = 2
#: From so many days before its last day an account is marked.
ENDING_DAYS = 30
#: Signs of a first password: none that are read for another on paper (0 and O, 1, l and I).
PASSWORD_SIGNS = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"  # noqa: S105 -- an alphabet
PASSWORD_LENGTH = 12

_USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,29}")
_NUMBER = re.compile(r"\d{11,}")

#: The rungs of the tree on which an account of the role may stand.
LEVELS: dict[Role, frozenset[Level]] = {
    Role.VILLAGE_DOCTOR: frozenset({Level.VILLAGE}),
    Role.TOWNSHIP_WORKER: frozenset({Level.TOWNSHIP}),
    Role.COUNTY_OFFICE: frozenset({Level.COUNTY}),
    Role.CITY_OFFICE: frozenset({Level.CITY}),
    Role.PROVINCE_OFFICE: frozenset({Level.PROVINCE}),
    Role.HOSPITAL_DOCTOR: frozenset({Level.COUNTY, Level.CITY, Level.PROVINCE}),
    Role.POLICE: frozenset({Level.TOWNSHIP, Level.COUNTY}),
    Role.PROGRAMME_ADMIN: frozenset({Level.COUNTY, Level.CITY, Level.PROVINCE}),
    Role.SYSTEM_ADMIN: frozenset({Level.COUNTY, Level.CITY, Level.PROVINCE}),
    Role.AUDITOR: frozenset({Level.COUNTY, Level.CITY, Level.PROVINCE}),
}


def manageable(role: Role) -> frozenset[Role]:
    """Roles of the accounts that somebody in `role` looks after: the county office its townships and villages, the
    system administrator every role of the own area, nobody else any."""
    if role is Role.COUNTY_OFFICE:
        return frozenset({Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER})
    return frozenset(Role) if role is Role.SYSTEM_ADMIN else frozenset()


def manages(actor: Actor, *, role: Role, place: str) -> bool:
    """Whether an account of this role at this place is the actor's to manage (leaving aside the own one)."""
    return role in manageable(actor.role) and contains(actor.place, place)


def standing_at(role: Role, place: str, institution: str) -> str:
    """The place whose managers look after an account: a hospital doctor or police officer reads what is shared with the
    institution (at `institution`, "" for none), from wherever it comes, so it counts when it lies above the account."""
    return institution if role in SHARED_ROLES and institution and contains(institution, place) else place


def username_fault(text: str) -> str:
    """ "" for a good user name, else shape (3–30 small letters, digits, . _ -, a letter first) or number (looks like a
    telephone or card number: it would stand on every list)."""
    if _NUMBER.search(text):
        return "number"
    return "" if _USERNAME.fullmatch(text) else "shape"


def stands_right(role: Role, place: str) -> bool:
    """Whether an account of the role may stand at the place."""
    return level_of(place) in LEVELS[role]


def dormant(last: date, today: date) -> bool:
    """Whether nobody signed in (or was given the account) since `last` for too long."""
    return (today - last).days >= DORMANT_DAYS


def latest_end(today: date) -> date:
    """The last day that an account made or renewed today may be given."""
    try:
        return today.replace(year=today.year + LONGEST_YEARS)
    except ValueError:  # the 29th of February
        return today.replace(year=today.year + LONGEST_YEARS, day=28)


def ending(until: date | None, today: date) -> bool:
    """Whether the account ends within the coming days, or has ended."""
    return until is not None and until - today <= timedelta(days=ENDING_DAYS)
