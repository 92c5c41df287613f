"""What each file must turn out to be, so that a published county's figures come out of single people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

from .model import ABSENT, DEAD, LOST, MANAGED, NEW, REFUSED

#: Permanent residents of Helan County in the published year.
HELAN_RESIDENTS = 263_843


@dataclass(frozen=True, slots=True)
class Pin:
    """The wanted outcome of one file on the anchor day.

    `this_year`: filed in the anchor's year. For managed people: in hospital or not, the last answer on drugs (1 regular,
    2 partly, 3 none), a face visit in the half-year and in the quarter, standard management, a visit in the last three
    months, and whether that visit found the person unstable.
    """

    fate: str
    this_year: bool = False
    in_hospital: bool = False
    adherence: str = "1"
    face_half: bool = True
    face_quarter: bool = True
    std: bool = True
    recent: bool = True
    unstable: bool = False


def helan_2020(rng: Random) -> list[Pin]:
    """1356 files: 133 dead; 9 lost; 43 not managed; 1171 managed, 46 of them in hospital, 1125 at home.

    FACE 1163 in the half-year (1101 in the quarter), MED 1115, REGMED 1003, STD 1150, STABLE 1103 of the 1125 at home.
    84 of the files were made in the year.
    """
    pins = (
        [Pin(DEAD)] * 133
        + [Pin(LOST)] * 9
        + [Pin(REFUSED)] * 22
        + [Pin(ABSENT)] * 13
        + [Pin(NEW, this_year=True)] * 8
    )
    pins += [Pin(MANAGED, in_hospital=True, face_quarter=False)] * 30 + [Pin(MANAGED, in_hospital=True)] * 16
    # 1125 at home. Each line takes its special people; the rest are ordinary. (face_half, face_quarter, std, recent, unstable)
    special = (
        [(False, False, True, True, False)] * 8
        + [(True, False, True, True, False)] * 24
        + [(True, False, True, False, False)] * 8
        + [(True, True, False, True, False)] * 21
        + [(True, True, True, True, True)] * 14
    )
    shapes = special + [(True, True, True, True, False)] * (1125 - len(special))
    drugs = ["1"] * 957 + ["2"] * 112 + ["3"] * 56
    rng.shuffle(drugs)
    fresh = set(rng.sample(range(len(special), 1125), 76))
    for n, ((face_half, face_quarter, std, recent, unstable), adherence) in enumerate(
        zip(shapes, drugs, strict=True)
    ):
        pins.append(
            Pin(MANAGED, n in fresh, False, adherence, face_half, face_quarter, std, recent, unstable)
        )
    rng.shuffle(pins)
    return pins


@dataclass(frozen=True, slots=True)
class Preset:
    """A published county: its files on `year_end`, its residents, its real division."""

    pins: Callable[[Random], list[Pin]]
    files: int
    residents: int
    division: str
    year_end: date
    new_a_year: int


PRESETS = {"helan-2020": Preset(helan_2020, 1356, HELAN_RESIDENTS, "640122", date(2020, 12, 31), 84)}
