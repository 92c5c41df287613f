"""Who the made-up people are: households with one surname, address and guardian, and dates in their right order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import Any

from . import identity, names
from .model import PersonTruth
from .places import Place

# Disorder, its share of the register, ICD-10 codes.
_DISORDERS = (
    ("1", 70, ("F20.0", "F20.1", "F20.3", "F20.5", "F20.9", "F20.9")),
    ("2", 3, ("F25.0", "F25.1", "F25.9")),
    ("3", 2, ("F22.0",)),
    ("4", 9, ("F31.1", "F31.4", "F31.9")),
    ("5", 5, ("F06.8",)),
    ("6", 11, ("F70.1", "F71.1", "F71.1", "F72.1")),
)
_ETHNIC_NORTHWEST = (
    ("01", 66.0),
    ("03", 30.0),
    ("11", 1.2),
    ("02", 0.8),
    ("05", 0.3),
    ("15", 0.4),
    ("17", 0.1),
    ("06", 0.6),
    ("08", 0.6),
)
_ETHNIC_ELSEWHERE = (
    ("01", 92.0),
    ("03", 2.0),
    ("11", 1.5),
    ("06", 1.0),
    ("08", 1.2),
    ("15", 0.9),
    ("07", 0.8),
    ("05", 0.3),
    ("02", 0.3),
)
_HOSPITALS = ("演示市精神卫生中心", "演示市宁安医院", "演示县人民医院精神科", "演示省第二人民医院精神科")


@dataclass(frozen=True, slots=True)
class Household:
    """What relatives share."""

    number: int
    village: Place
    surname: str
    ethnic: str
    address: str
    guardian_surname: str
    guardian_sex: str
    guardian_phone: str
    guardian_given: str
    rural: bool
    poor: bool


def household(rng: Random, number: int, village: Place) -> Household:
    """A home in the village with one guardian for whoever falls ill in it."""
    table = _ETHNIC_NORTHWEST if village.code.startswith(("64", "9964")) else _ETHNIC_ELSEWHERE
    ethnic = rng.choices([code for code, _ in table], [share for _, share in table])[0]
    rural = int(village.code[9:]) >= 200
    spot = village.name
    for tail in ("居民委员会", "村民委员会", "居委会", "委会"):
        spot = spot.removesuffix(tail)
    if rural:
        address = f"{spot}{rng.randint(1, 12)}组{rng.randint(1, 180)}号"
    else:
        address = (
            f"{spot}{rng.randint(1, 40)}号楼{rng.randint(1, 5)}单元{rng.randint(1, 6)}0{rng.randint(1, 2)}室"
        )
    surname = names.surname(rng, ethnic)
    sex = "1" if rng.random() < 0.5 else "2"
    return Household(
        number=number,
        village=village,
        surname=surname,
        ethnic=ethnic,
        address=address,
        guardian_surname=surname if rng.random() < 0.6 else names.surname(rng, ethnic),
        guardian_sex=sex,
        guardian_phone=identity.phone(rng),
        guardian_given=names.given(rng, sex, 1965),
        rural=rural,
        poor=rng.random() < (0.34 if rural else 0.16),
    )


def household_size(rng: Random) -> int:
    """Most homes have one person on the register; about one in fourteen has two, a few have three."""
    draw = rng.random()
    return 1 if draw < 0.925 else 2 if draw < 0.985 else 3


def person(
    rng: Random, serial: int, home: Household, *, filed_on: date, fate: str, lawful: bool
) -> PersonTruth:
    """One person of the household with a file made on `filed_on`.

    Birth ≤ onset ≤ first treatment ≤ diagnosis ≤ consent = filing; nobody is younger than six at onset.
    """
    sex = "1" if rng.random() < 0.51 else "2"
    category, icd10 = _disorder(rng)
    age = min(88, max(14, round(rng.gauss(38, 14))))
    birth_on = filed_on.replace(day=1) - timedelta(days=round(age * 365.25) + rng.randrange(365))
    age_days = (filed_on - birth_on).days
    early = 6 if category in ("5", "6") else 13
    typical = rng.gauss(11, 4) if category in ("5", "6") else rng.gauss(26, 8)
    onset_days = min(max(typical, early) * 365.25, age_days - 60)
    onset_on = birth_on + timedelta(days=round(onset_days) - rng.randrange(30))
    confirmed_on = _between(rng, max(onset_on, filed_on - timedelta(days=20 * 365)), filed_on, lean=2.2)
    if rng.random() < 0.45:
        confirmed_on = max(onset_on, filed_on - timedelta(days=rng.randrange(2, 15)))
    treated = rng.random() < 0.88
    first_treated_on = _between(rng, onset_on, confirmed_on, lean=0.6)
    admissions = 0 if not treated else rng.choices((0, 1, 2, 3, 5), (34, 32, 18, 10, 6))[0]
    name = names.full(rng, sex, birth_on.year, home.ethnic, home.surname)
    locked = rng.choices(("1", "2", "3"), (968, 8, 24))[0]
    dangers = _past_danger(rng)
    symptoms = sorted(rng.sample(["1", "2", "3", "4", "5", "6", "8", "9", "10", "11"], rng.randint(1, 4)))
    precision = rng.choices(("day", "month", "year"), (60, 25, 15))[0]
    record: dict[str, Any] = {
        "name": name,
        "id_kind": "01",
        "id_number": identity.id_number(serial, birth_on, sex),
        "sex": sex,
        "birth_on": birth_on,
        "ethnic": home.ethnic,
        "resident_kind": "1" if rng.random() < 0.9 else "2",
        "education": _education(rng, category, home.rural),
        "occupation": "4" if home.rural and rng.random() < 0.6 else "8",
        "marital": _marital(rng, age, category),
        "insurance": ["2"] if rng.random() < 0.86 else ["1"],
        "live_code": home.village.code,
        "live_detail": home.address,
        "hukou_kind": "2" if home.rural else "1",
        "committee_contact": _contact(home.village.code),
        "committee_phone": f"19901{int(home.village.code[4:]) % 1_000_000:06d}",
        "employment": _employment(rng, age, home.rural),
        "economy": "1" if home.poor else "2",
        # Written as finely as the family remembers: 2010, 2010-05 or 2010-05-08.
        "onset_on": onset_on
        if precision == "day"
        else onset_on.isoformat()[: 7 if precision == "month" else 4],
        "past_symptoms": symptoms,
        "past_locked": locked,
        "past_outpatient": rng.choices(("2", "3"), (45, 55))[0] if treated else "1",
        "admissions": admissions,
        "past_danger": dangers,
        "icd10": icd10,
        "dx_hospital": rng.choice(_HOSPITALS),
        "diagnosed_on": confirmed_on,
        "last_effect": rng.choices(("1", "2", "3", "4"), (6, 66, 24, 4))[0],
        "filed_on": filed_on,
    }
    if rng.random() < 0.45:
        record["phone"] = identity.phone(rng)
    if treated:
        record["first_antipsychotic_on"] = first_treated_on
    if advice := rng.choice(("继续规律服药，按时复诊", "定期复查血常规、肝功能", "不详", "")):
        record["specialist_advice"] = advice
    if rng.random() < 0.03 and age >= 18:
        record["no_guardian"] = True
    else:
        northwest = home.ethnic in ("05", "17", "04")
        record["guardian_name"] = (
            names.dotted(rng) if northwest else home.guardian_surname + home.guardian_given
        )
        record["guardian_relation"] = _relation(rng, age)
        record["guardian_phone"] = home.guardian_phone
        record["guardian_address"] = home.address
    # A statutory report needs no consent: the family is told, nobody is asked to sign.
    if lawful and dangers and rng.random() < 0.08:
        record |= {"report_type": "1", "notified_on": filed_on, "notifier": "派驻精防医生"}
    else:
        record |= {"report_type": "2", "consent": "1" if lawful else "0", "signed_on": filed_on}
        alone = "guardian_name" in record and rng.random() < 0.4
        record["signer"] = "2" if alone else "1"
        if alone:
            record["incapacity_note"] = "病情影响，本人当时不能签字"
    return PersonTruth(
        serial=serial,
        village=home.village.code,
        record=record,
        birth_on=birth_on,
        filed_on=filed_on,
        category=category,
        lawful=lawful,
        fate=fate,
        household=home.number,
    )


@lru_cache(maxsize=4096)
def _contact(village: str) -> str:
    """The village committee's contact person."""
    return names.full(Random(f"committee/{village}"), "1", 1970, "01")


def _between(rng: Random, first: date, last: date, lean: float = 1.0) -> date:
    """A day in [first, last]; lean above 1 draws it towards the first."""
    return first + timedelta(days=round((last - first).days * rng.random() ** lean))


def _disorder(rng: Random) -> tuple[str, str]:
    category, _, codes = rng.choices(_DISORDERS, [share for _, share, _ in _DISORDERS])[0]
    return category, rng.choice(codes)


def _past_danger(rng: Random) -> dict[str, int]:
    if rng.random() > 0.11:
        return {}
    kinds: Sequence[str] = rng.choices(
        ("1", "2", "3", "4", "5", "6"), (50, 10, 3, 12, 13, 12), k=1 if rng.random() < 0.8 else 2
    )
    return {kind: rng.randint(1, 3) for kind in sorted(set(kinds))}


def _education(rng: Random, category: str, rural: bool) -> str:
    if category == "6":
        return rng.choices(("8", "9"), (35, 65))[0]
    weights = (0, 2, 4, 4, 1, 10, 38, 30, 11) if rural else (1, 6, 9, 8, 2, 18, 34, 16, 6)
    return rng.choices(("1", "2", "3", "4", "5", "6", "7", "8", "9"), weights)[0]


def _marital(rng: Random, age: int, category: str) -> str:
    if age < 22 or category == "6":
        return "1" if rng.random() < 0.85 else "2"
    return rng.choices(("1", "2", "3", "4"), (30, 52, 4 + max(0, age - 55) / 2, 14))[0]


def _employment(rng: Random, age: int, rural: bool) -> str:
    if age < 18:
        return "5"
    if age >= 62 and not rural:
        return "6"
    return rng.choices(("3", "4", "1", "8"), (62, 30, 4, 4) if rural else (4, 66, 18, 12))[0]


def _relation(rng: Random, age: int) -> str:
    if age < 30:
        return "5" if rng.random() < 0.9 else "7"
    if age > 60:
        return rng.choices(("1", "2", "3", "7", "8"), (40, 26, 18, 12, 4))[0]
    return rng.choices(("5", "1", "7", "2", "8"), (38, 40, 14, 5, 3))[0]
