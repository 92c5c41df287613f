"""One worked person inside and one outside for every set: nothing can be declared without somebody to show it on."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories.county import COUNTY, NORTH, County
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.engines import WHOLE, Area, reference, sql
from xinqiao.indicators.state import Frame
from xinqiao.indicators.tests.populations import PLAIN, Spec, V, in_memory, write

T = date(2017, 11, 20)
_QUARTERLY = (date(2016, 11, 8), date(2017, 2, 8), date(2017, 5, 8), date(2017, 8, 8), date(2017, 11, 8))


def seen(*days: date, **changes: object) -> Spec:
    """Somebody with complete visits on those days (quarterly when none are given), all alike."""
    return PLAIN.but(visits=tuple(V(day, **changes) for day in (days or _QUARTERLY)))  # type: ignore[arg-type]


def told(kind: str, day: date = date(2017, 6, 1), base: Spec | None = None) -> Spec:
    return (base or seen()).but(events=((kind, day, False),))


GOOD = seen()
OLD = date(2016, 5, 5)
REFUSED = (("consent", "0", date(2017, 1, 5), 0, False),)
STATUTORY = (("statutory", "", date(2016, 1, 5), 0, False),)
NEW = PLAIN.but(filed_on=date(2017, 10, 1))
OTHER_DISORDER = (("4", date(2015, 7, 1), 0),)
DUE = ((date(2017, 11, 5), "done", date(2017, 11, 4)),)
LATE = ((date(2017, 11, 5), "late", date(2017, 11, 9)),)


def examined(base: Spec | None = None) -> Spec:
    return (base or GOOD).but(exams=((date(2017, 6, 6), False),))


def holding(kind: str) -> Spec:
    return GOOD.but(holdings=((kind, OLD, None, True),))


# set → (somebody inside, somebody outside) on T; for sums: (adds something, adds nothing).
CASES: dict[str, tuple[Spec, Spec]] = {
    "cum": (GOOD, told("excluded")),
    "excluded_diagnosis": (told("excluded"), GOOD),
    "dead": (told("died"), told("died", date(2017, 12, 1))),
    "moved_out": (told("moved_out"), GOOD.but(events=(("moved_out", OLD, False), ("moved_in", T, False)))),
    "reg": (told("lost"), told("died")),
    "reg_with_deaths": (told("died"), told("died", OLD)),
    "new_files": (NEW, GOOD),
    "died_in_year": (told("died"), told("died", OLD)),
    "lost": (told("lost", date(2017, 11, 15)), told("lost", date(2017, 11, 1))),
    "lawful": (GOOD.but(consents=REFUSED + STATUTORY), GOOD.but(consents=REFUSED)),
    "man": (GOOD, seen(OLD)),
    "man_12m": (seen(date(2016, 11, 21)), seen(date(2016, 11, 20))),
    "unmanaged": (seen(OLD), GOOD),
    "unmanaged_refused": (GOOD.but(consents=REFUSED), seen(OLD)),
    "unmanaged_unasked": (GOOD.but(consents=()), GOOD.but(consents=REFUSED)),
    "unmanaged_new": (NEW, seen(OLD)),
    "unmanaged_no_visit": (seen(OLD), NEW),
    "refused": (GOOD.but(consents=REFUSED), GOOD.but(consents=REFUSED + STATUTORY)),
    "statutory": (GOOD.but(consents=STATUTORY), GOOD),
    "std": (GOOD, seen(*_QUARTERLY[:3])),
    "std_by_class": (GOOD.but(owed=DUE), GOOD.but(owed=LATE)),
    "std_four": (GOOD, seen(*_QUARTERLY[:4])),
    "med": (seen(adherence="2"), seen(adherence="4")),
    "regmed": (seen(hospital="1", risk=None, adherence=""), seen(adherence="2")),
    "med_man": (GOOD, GOOD.but(consents=REFUSED)),
    "regmed_man": (GOOD, GOOD.but(consents=REFUSED)),
    "med_any": (
        PLAIN.but(visits=(V(date(2017, 2, 1)), V(date(2017, 5, 1), adherence="3"))),
        seen(adherence="3"),
    ),
    "med_every": (GOOD, PLAIN.but(visits=(V(date(2017, 2, 1), adherence="3"), V(date(2017, 5, 1))))),
    "regmed_every": (GOOD, PLAIN.but(visits=(V(date(2017, 2, 1), adherence="2"), V(date(2017, 5, 1))))),
    "sz": (GOOD, GOOD.but(diagnoses=OTHER_DISORDER)),
    "sz_man": (GOOD, seen(OLD)),
    "sz_med": (GOOD, GOOD.but(diagnoses=OTHER_DISORDER)),
    "sz_regmed": (GOOD, seen(adherence="2")),
    "sz_med_man": (GOOD, GOOD.but(consents=REFUSED)),
    "sz_regmed_man": (GOOD, GOOD.but(consents=REFUSED)),
    "in_hospital_now": (seen(hospital="1", risk=None), told("discharged", T, seen(hospital="1", risk=None))),
    "reg_home": (GOOD, told("admitted", date(2017, 11, 15))),
    "home": (GOOD, told("admitted", date(2017, 11, 15))),
    "home_seen": (seen(date(2017, 9, 1)), seen(date(2017, 8, 31))),
    "stable_class3": (GOOD, seen(visit_class="2")),
    "stable_class23": (seen(visit_class="2"), seen(visit_class="3", counted_class="1")),
    "unstable_home": (seen(visit_class="1"), told("admitted", date(2017, 11, 15), seen(visit_class="1"))),
    "class_1": (seen(visit_class="3", counted_class="1"), GOOD),
    "class_2": (seen(visit_class="2"), GOOD),
    "class_3": (GOOD, seen(visit_class="2")),
    "class_none": (PLAIN, GOOD),
    "risk_0": (GOOD, seen(risk=1)),
    "risk_1": (seen(risk=1), GOOD),
    "risk_2": (seen(risk=2), GOOD),
    "risk_3": (seen(risk=3), GOOD),
    "risk_4": (seen(risk=4), GOOD),
    "risk_5": (seen(risk=5), GOOD),
    "risk_none": (seen(hospital="1", risk=None), GOOD),
    "high_risk": (seen(risk=0, counted_risk=3), seen(risk=2)),
    "high_risk_home": (seen(risk=3), told("admitted", date(2017, 11, 15), seen(risk=3))),
    "risk_assessed": (GOOD, seen(hospital="1", risk=None)),
    "face_half": (seen(targets=()), seen(form="3")),
    "face_half_strict": (GOOD, seen(targets=())),
    "face_half_old": (seen(targets=()), GOOD),
    "face_half_home": (GOOD, told("admitted", date(2017, 11, 15))),
    "face_quarter": (seen(date(2017, 10, 1)), seen(date(2017, 9, 30))),
    "face_quarter_strict": (GOOD, seen(targets=("2",))),
    "face_quarter_home": (GOOD, told("admitted", date(2017, 11, 15))),
    "face_year": (seen(date(2017, 1, 1)), seen(date(2016, 12, 31))),
    "high_risk_seen": (seen(risk=3), seen(risk=3, form="3")),
    "incident": (seen(acts=(("3", 1),)), seen(acts=(("1", 1),))),
    "minor_incident": (seen(acts=(("1", 1),)), seen(acts=(("2", 1),))),
    "visits_year": (seen(risk=None), seen(review="2")),
    "visits_month": (GOOD, seen(date(2017, 10, 31))),
    "complete_visits": (GOOD, seen(risk=None)),
    "due_month": (GOOD.but(owed=DUE), GOOD.but(owed=((date(2017, 11, 5), "cancelled", date(2017, 11, 5)),))),
    "on_time_month": (GOOD.but(owed=DUE), GOOD.but(owed=LATE)),
    "due_year": (GOOD.but(owed=LATE), GOOD.but(owed=((date(2017, 11, 21), "open", None),))),
    "on_time_year": (GOOD.but(owed=DUE), GOOD.but(owed=LATE)),
    "exam": (examined(), GOOD.but(exams=((OLD, False),))),
    "exam_man": (examined(), examined(GOOD.but(consents=REFUSED))),
    "exam_home": (examined(), examined(told("admitted", date(2017, 11, 15)))),
    "face_norm": (GOOD, seen(form="3")),
    "home_std": (GOOD, told("admitted", date(2017, 11, 15))),
    "home_four_exam": (examined(), GOOD),
    "std_exam": (examined(), examined(seen(*_QUARTERLY[:3]))),
    "rehab": (holding("rehab"), GOOD.but(holdings=(("rehab", OLD, T, True),))),
    "rehab_visits": (seen(rehab=("1",)), GOOD),
    "case_base": (seen(risk=3), GOOD),
    "case_managed": (seen(risk=3, case_mgmt=True), seen(risk=3, case_mgmt=False)),
    "family_doctor": (holding("doctor"), GOOD.but(holdings=(("doctor", OLD, None, False),))),
    "certificate": (holding("certificate"), GOOD),
    "subsidy": (holding("guardian"), holding("doctor")),
    "care_group": (
        holding("care_group"),
        GOOD.but(holdings=(("care_group", date(2017, 11, 21), None, True),)),
    ),
}


def test_every_counted_set_has_a_worked_case() -> None:
    assert set(CASES) == {one.key for one in catalogue().counted}


def test_every_measure_stands_on_sets_with_worked_cases() -> None:
    for measure in catalogue().measures.values():
        for variant in measure.variants:
            for key in (variant.numerator, variant.denominator):
                assert not key or key in ("pop", "pop15") or key in CASES, (measure.key, key)


@pytest.mark.parametrize("key", sorted(CASES))
def test_the_one_inside_counts_and_the_one_outside_does_not(key: str) -> None:
    numbers = []
    for spec in CASES[key]:
        person, visits, owed, exams = in_memory(spec)
        cells = reference.count(
            catalogue(), Area.below(COUNTY), Frame.at(T), (), [person], visits, owed, exams
        )
        numbers.append(cells[WHOLE][key])
    assert numbers[0] > 0
    assert numbers[1] == 0


def test_the_database_says_the_same_of_all_worked_cases(county: County) -> None:
    for which in (0, 1):
        specs = [case[which] for case in CASES.values()]
        facts = [in_memory(spec) for spec in specs]
        expected = reference.count(
            catalogue(), Area.below(COUNTY), Frame.at(T), (), [f[0] for f in facts],
            [v for f in facts for v in f[1]], [o for f in facts for o in f[2]], [e for f in facts for e in f[3]],
        )  # fmt: skip
        already = sql.count(Area.below(COUNTY), Frame.at(T))[WHOLE]
        write(specs, county.institutions[NORTH])
        now = sql.count(Area.below(COUNTY), Frame.at(T))[WHOLE]
        assert {key: now[key] - already[key] for key in now} == expected[WHOLE]
