"""Where the demo plays: Helan County as published, and a second county that is made up whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors, full_code, level_of
from xinqiao.kernel.terms import Level
from xinqiao.places import actions as places_actions
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.cli import default_folder
from xinqiao.places.models import Institution
from xinqiao.policy.models import LocalValue
from xinqiao.synth.places import Place

COUNTY, CITY, PROVINCE = "640122000000", "640100000000", "640000000000"
LIGANG, JINGUI = "640122102000", "640122101000"
MINLE, LIGANG_VILLAGE, PANCHANG = "640122102216", "640122102205", "640122101208"
OTHER_PROVINCE, OTHER_CITY, OTHER_COUNTY = "990000000000", "991600000000", "991601000000"
OTHER_TOWNSHIP = "991601100000"
SINCE = date(2004, 1, 1)
#: (key, place, kind, name) of institutions beside those of prevention; the keys stand in the accounts.
OUTSIDE = (
    ("hospital", COUNTY, InstitutionKind.PSYCHIATRIC_HOSPITAL, "银川市安宁医院贺兰院区"),
    ("police", LIGANG, InstitutionKind.POLICE_STATION, "立岗派出所"),
)
MADE_UP = "虚构，仅供演示"


def load_places(clock: Clock, made_up: Sequence[Place]) -> None:
    places_actions.load_divisions(
        actor=None, clock=clock, prefixes=[COUNTY[:6]], source_folder=default_folder()
    )
    rows = [
        (OTHER_PROVINCE, "演示省"),
        (OTHER_CITY, "演示市"),
        *((place.code, place.name) for place in made_up),
    ]
    places_actions.add_divisions(actor=None, clock=clock, rows=rows, source=MADE_UP)


def open_institutions(clock: Clock, known: Sequence[Place]) -> dict[str, Institution]:
    """County, city and province offices, a hospital in every township, a clinic in every village of some townships."""
    wanted: list[tuple[str, InstitutionKind, str]] = [
        (COUNTY, InstitutionKind.COUNTY_OFFICE, "贺兰县精神卫生防治办公室"),
        (CITY, InstitutionKind.CITY_OFFICE, "银川市精神卫生防治办公室"),
        (PROVINCE, InstitutionKind.PROVINCE_OFFICE, "宁夏精神卫生防治办公室"),
        (OTHER_COUNTY, InstitutionKind.COUNTY_OFFICE, f"{_name(known, OTHER_COUNTY)}精神卫生防治办公室"),
    ]
    for place in known:
        if place.level is Level.TOWNSHIP:
            kind = "社区卫生服务中心" if place.code[6:9] < "100" else "卫生院"
            wanted.append((place.code, InstitutionKind.TOWNSHIP_HOSPITAL, place.name + kind))
        elif place.level is Level.VILLAGE and full_code(place.code[:9]) in (LIGANG, JINGUI):
            name = place.name.removesuffix("委会").removesuffix("居")
            wanted.append((place.code, InstitutionKind.VILLAGE_CLINIC, name + "卫生室"))
    opened = {
        code: places_actions.open_institution(
            actor=None, clock=clock, name=f"{name}（演示）", kind=kind, place=code, since=SINCE
        )
        for code, kind, name in wanted
    }
    for key, where, kind, name in OUTSIDE:
        opened[key] = places_actions.open_institution(
            actor=None, clock=clock, name=f"{name}（演示）", kind=kind, place=where, since=SINCE
        )
    return opened


def _name(known: Sequence[Place], code: str) -> str:
    return next(place.name for place in known if place.code == code)


def set_population(clock: Clock, known: Sequence[Place], year_end: date) -> None:
    """Residents at the end of the published year, and a little fewer in the two years before it."""
    for back in range(3):
        residents: dict[str, int] = {}
        for place in known:
            if place.level is Level.VILLAGE:
                count = round(place.residents * (1 - 0.008 * back))
                for code in ancestors(place.code):
                    if level_of(code) >= Level.COUNTY:
                        residents[code] = residents.get(code, 0) + count
        places_actions.set_population(
            actor=None, clock=clock, year=year_end.year - back, residents=residents, source=MADE_UP
        )


def set_targets(today: date) -> None:
    """The county's own targets of last year and this one, as a deployment would enter them."""
    for year, management, standard, medication in (
        (today.year - 1, "93", "85", "80"),
        (today.year, "95", "90", "85"),
    ):
        LocalValue.objects.create(
            thing="indicators/targets",
            division_code=COUNTY,
            valid_from=date(year, 1, 1),
            value={
                "management_rate": {"at_least": management, "clause": "OWN/targets"},
                "standard_rate": {"at_least": standard, "clause": "OWN/targets"},
                "medication_rate": {"at_least": medication, "clause": "OWN/targets"},
                "exam_rate": {"at_least": "80", "clause": "OWN/targets"},
            },
            source=f"县级 {year} 年工作计划（{MADE_UP}）",
            author="演示",
        )
