"""The SQL engine equals the plain one: every set, every place, on populations that Hypothesis makes up."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories.county import COUNTY, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from xinqiao.followup.facts import OwedFact, VisitFact, load_owed, load_visits
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.engines import WHOLE, Area, Cells, reference, sql
from xinqiao.indicators.state import COLUMNS, Frame
from xinqiao.indicators.tests.populations import PLAIN, Spec, V, days, in_memory, person_specs, visits, write
from xinqiao.registry.facts import load
from xinqiao.treatment.facts import ExamFact, load_exams

AREAS = [Area.below(COUNTY), Area.below(NORTH), Area.below(SOUTH_1), Area(codes=(NORTH_2, SOUTH_1))]
# Without shrinking: it would write thousands of populations. A failing one is small enough to read.
MANY = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)


def same_people(area: Area, frame: Frame) -> None:
    """Person by person: a difference cannot hide in a sum."""
    people, expected = load(), {}
    seen: dict[UUID, list[VisitFact]] = defaultdict(list)
    owed: dict[UUID, list[OwedFact]] = defaultdict(list)
    for visit in load_visits():
        seen[visit.person_id].append(visit)
    for one in load_owed():
        owed[one.person_id].append(one)
    exams: dict[UUID, list[ExamFact]] = defaultdict(list)
    for exam in load_exams():
        exams[exam.person_id].append(exam)
    for person in people:
        code = reference.place_on(person, frame.on)
        if code is not None and area.holds(code):
            expected[person.id] = (
                code,
                reference.state_of(person, seen[person.id], owed[person.id], frame, exams[person.id]),
            )
    found = {one.id: (one.code, one.state) for one in sql.people(area, frame)}
    assert set(found) == set(expected)
    apart = [
        (key, name, getattr(found[key][1], name), getattr(state, name))
        for key, (_code, state) in expected.items()
        for name in COLUMNS
        if getattr(found[key][1], name) != getattr(state, name)
    ]
    assert apart == [], f"(person, column, sql, reference) at {frame.on}: {apart[:5]}"


def both(area: Area, frame: Frame, cuts: tuple[int, ...]) -> None:
    expected = reference.count(
        catalogue(), area, frame, cuts, load(), load_visits(), load_owed(), load_exams()
    )
    for many in (False, True):
        compare(sql.count(area, frame, cuts, many=many), expected, frame)


def compare(found: Cells, expected: Cells, frame: Frame) -> None:
    assert set(found) == set(expected)
    apart = {
        (cell, key): (found[cell][key], number)
        for cell, numbers in expected.items()
        for key, number in numbers.items()
        if found[cell][key] != number
    }
    assert apart == {}, f"(sql, reference) at {frame.on}: {apart}"


@MANY
@given(specs=st.lists(person_specs, min_size=1, max_size=12), on=days, passed=st.booleans())
def test_both_engines_give_the_same_for_every_set_and_place(
    county: County, specs: list[Spec], on: date, passed: bool
) -> None:
    with transaction.atomic():
        write(specs, county.institutions[NORTH])
        frame = Frame.at(on, passed_only=passed)
        same_people(AREAS[0], frame)
        for area in AREAS:
            both(area, frame, (6, 9, 12))
        transaction.set_rollback(True)


# Denser in what the months and the last visit decide: everybody lawful and registered, many visits.
_served = st.builds(
    lambda filed, made: PLAIN.but(filed_on=filed, visits=tuple(made)),
    st.dates(date(2015, 1, 1), date(2017, 3, 1)),
    st.lists(
        visits.map(lambda v: V(**{**v.__dict__, "voided": False, "superseded": False, "review": "0"})),
        max_size=10,
        unique_by=lambda v: (v.day, v.form),
    ),
)


# Seen every quarter: what random days seldom reach.
_quarterly = st.builds(
    lambda risk, kind: PLAIN.but(
        visits=tuple(
            V(date(y, m, 9), risk=risk, visit_class=kind) for y in (2015, 2016, 2017) for m in (1, 4, 7, 10)
        ),
        exams=tuple((date(y, 2, 3), False) for y in (2015, 2016, 2017)),
        holdings=tuple(
            (kind, date(2016, 1, 1), None, True)
            for kind in ("rehab", "doctor", "guardian", "care_group", "certificate", "low_income")
        ),
        owed=tuple((date(y, m, 2), "done", date(y, m, 1)) for y in (2016, 2017) for m in range(1, 13)),
    ),
    st.integers(0, 5),
    st.sampled_from("123"),
)

# Two that random facts hardly ever bring together: the disorder excluded after all, and a half-year seen on old forms alone.
_seldom = st.one_of(
    st.builds(
        lambda day: PLAIN.but(events=(("excluded", day, False),)),
        st.dates(date(2015, 8, 1), date(2016, 5, 1)),
    ),
    st.builds(
        lambda day: PLAIN.but(
            visits=tuple(V(date(y, m, day), targets=()) for y in (2016, 2017) for m in range(1, 13, 2))
        ),
        st.integers(1, 28),
    ),
)


@MANY
@given(
    specs=st.lists(st.one_of(_served, _seldom), min_size=4, max_size=20),
    on=st.dates(date(2016, 6, 1), date(2017, 12, 31)),
)
def test_both_engines_agree_on_people_with_many_visits(county: County, specs: list[Spec], on: date) -> None:
    with transaction.atomic():
        write(specs, county.institutions[NORTH])
        same_people(Area.below(COUNTY), Frame.at(on))
        transaction.set_rollback(True)


def test_every_pattern_of_visited_months_reads_the_same(county: County) -> None:
    """One person per set of months (every fifth of the 4095), with and without a visit before the year."""
    patterns = [[m for m in range(12) if n >> m & 1] for n in range(1, 1 << 12, 5)]
    specs = []
    for number, months in enumerate(patterns):
        earlier = (V(date(2016, 1 + number % 12, 9)),) if number % 3 else ()
        specs.append(PLAIN.but(visits=earlier + tuple(V(date(2017, m + 1, 28)) for m in months)))
    write(specs, county.institutions[NORTH])
    for on in (date(2017, 12, 31), date(2017, 8, 15)):
        same_people(Area.below(COUNTY), Frame.at(on))


def test_people_at_no_village_are_kept_with_their_township(county: County) -> None:
    since = date(2015, 7, 1)
    write([PLAIN.but(counting=((NORTH, since, None),)), PLAIN], county.institutions[NORTH])
    cells = sql.count(Area.below(NORTH), Frame.at(date(2016, 1, 1)), (12,))
    assert {code: row["reg"] for (_cut, code), row in cells.items()} == {"": 2, NORTH: 1, NORTH_1: 1}


def test_an_area_without_people_still_answers_with_zeros(county: County) -> None:
    cells = sql.count(Area.below(SOUTH), Frame.at(date(2016, 1, 1)), (9, 12))
    assert set(cells) == {WHOLE}
    assert set(cells[WHOLE].values()) == {0}


def test_a_count_is_one_statement(county: County) -> None:
    write([PLAIN], county.institutions[NORTH])
    before = len(connection.queries_log)
    connection.force_debug_cursor = True
    try:
        sql.count(Area.below(NORTH), Frame.at(date(2016, 1, 1)), (9, 12))
    finally:
        connection.force_debug_cursor = False
    assert len(connection.queries_log) - before == 1


def test_the_generator_reaches_every_set(county: County) -> None:
    """Every counted set is neither empty nor everybody somewhere in a fixed run of the generator."""
    reached: dict[str, int] = {}

    @settings(max_examples=160, deadline=None, database=None, derandomize=True)
    @given(
        specs=st.lists(st.one_of(person_specs, _served, _quarterly, _seldom), min_size=8, max_size=12),
        on=st.dates(date(2016, 6, 1), date(2017, 12, 31)),
    )
    def run(specs: list[Spec], on: date) -> None:
        facts = [in_memory(spec) for spec in specs]
        people, seen, owed, exams = ([*row] for row in zip(*facts, strict=True))
        cells = reference.count(
            catalogue(), Area.below(COUNTY), Frame.at(on), (), people, [v for some in seen for v in some],
            [o for some in owed for o in some], [e for some in exams for e in some],
        )  # fmt: skip
        for key, number in cells[WHOLE].items():
            reached[key] = reached.get(key, 0) + number

    run()
    missed = [key for key, number in reached.items() if number == 0]
    assert missed == [], missed
