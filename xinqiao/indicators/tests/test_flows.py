"""Flows: SQL equals the plain engine, and what comes and goes explains the difference of what is counted."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories.county import COUNTY, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.engines import WHOLE, Area, flows, flows_sql, reference, sql
from xinqiao.indicators.engines.flows import BETWEEN, FlowKind, Step
from xinqiao.indicators.state import Frame
from xinqiao.indicators.tests.populations import FIRST, LAST, PLAIN, VILLAGES, Spec, days, in_memory, write
from xinqiao.kernel.codes import full_code
from xinqiao.registry.facts import load
from xinqiao.registry.models import Responsibility

MANY = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
AREAS = [Area.below(COUNTY), Area.below(NORTH), Area.below(SOUTH_1), Area(codes=(NORTH_2, SOUTH_1))]
_moves = st.sampled_from(["moved_in", "moved_out", "moved_out", "died", "excluded", "lost", "filed"])
_few = st.dates(date(2016, 1, 1), date(2016, 3, 31))


@st.composite
def _histories(draw: st.DrawFn, *, sound: bool) -> Spec:
    """A file with several counting places. A sound one's places meet; another's may end early, overlap or leave a gap."""
    starts = sorted(draw(st.lists(_few, min_size=1, max_size=4, unique=True)))
    ends: list[date | None] = [*starts[1:], None]
    if not sound:
        ends = [end and end + timedelta(days=draw(st.sampled_from([0, 0, -3, 3]))) for end in ends]
        ends = [end and max(end, start) for end, start in zip(ends, starts, strict=True)]
        ends[-1] = draw(st.one_of(st.none(), st.just(starts[-1] + timedelta(days=9))))
    counting = tuple((draw(st.sampled_from(VILLAGES)), a, b) for a, b in zip(starts, ends, strict=True))
    events = draw(st.lists(st.tuples(_moves, _few, st.just(False)), max_size=5))
    return PLAIN.but(filed_on=draw(_few), counting=counting, events=tuple(events))


_spans = st.tuples(_few, st.integers(0, 60)).map(lambda t: (t[0], t[0] + timedelta(days=t[1])))


@MANY
@given(specs=st.lists(_histories(sound=False), min_size=1, max_size=14), span=_spans)
def test_sql_finds_the_same_steps_whatever_the_facts(
    county: County, specs: list[Spec], span: tuple[date, date]
) -> None:
    with transaction.atomic():
        write(specs, county.institutions[NORTH])
        everybody = flows.steps(load(), *span)
        for area in AREAS:
            expected = [
                s
                for s in everybody
                if any(code is not None and area.holds(code) for code in (s.origin, s.target))
            ]
            assert sorted(flows_sql.steps(area, *span), key=repr) == sorted(expected, key=repr)
            numbers: dict[tuple[FlowKind, str | None, str | None], int] = {}
            for one in expected:
                numbers[one.kind, one.origin, one.target] = (
                    numbers.get((one.kind, one.origin, one.target), 0) + 1
                )
            found = {(f.kind, f.origin, f.target): f.number for f in flows_sql.flows(area, *span)}
            assert found == numbers
        transaction.set_rollback(True)


def net(steps: list[Step], code: str, digits: int) -> int:
    """Who entered a place less who left it; moves inside it cancel."""
    inside = [(s.origin or "")[:digits] == code[:digits] for s in steps]
    entered = [(s.target or "")[:digits] == code[:digits] for s in steps]
    return sum(entered) - sum(inside)


@settings(max_examples=300, deadline=None)
@given(specs=st.lists(_histories(sound=True), min_size=1, max_size=14), span=_spans)
def test_what_comes_and_goes_explains_every_difference_of_the_register(
    specs: list[Spec], span: tuple[date, date]
) -> None:
    """The law of the balance, on every level: opening + came − went = closing; and what leaves one place enters another."""
    people = []
    for spec in specs:
        person, *_rest = in_memory(spec)
        people.append(person)
    declared = catalogue()
    opening, closing = (
        reference.count(declared, Area.below(COUNTY), Frame.at(day), (9, 12), people, [], []) for day in span
    )
    found = flows.steps(people, *span)
    for digits, code in [(6, COUNTY), (9, NORTH), (9, SOUTH), *((12, one) for one in VILLAGES)]:
        cell = WHOLE if digits == 6 else (digits, full_code(code[:digits]))
        before, after = (cells.get(cell, {"reg": 0})["reg"] for cells in (opening, closing))
        assert before + net(found, code, digits) == after, (code, found)
    between = [s for s in found if s.kind in BETWEEN]
    assert all(s.origin and s.target and s.origin != s.target for s in between)
    assert all((s.origin is None) != (s.target is None) for s in found if s.kind not in BETWEEN)


@settings(max_examples=200, deadline=None)
@given(specs=st.lists(_histories(sound=False), min_size=1, max_size=10), on=days)
def test_on_every_past_day_a_person_counts_at_one_place_or_none(specs: list[Spec], on: date) -> None:
    people = [in_memory(spec)[0] for spec in specs]
    cells = reference.count(catalogue(), Area(lo="0", hi=":"), Frame.at(on), (12,), people, [], [])
    villages = sum(numbers["reg"] for (cut, _code), numbers in cells.items() if cut == 12)
    assert villages == cells[WHOLE]["reg"] <= len(people)


def test_both_engines_count_the_same_stock_as_the_steps(county: County) -> None:
    """Over two and a half years of one made-up county, month by month."""
    write([PLAIN, PLAIN.but(counting=((NORTH_1, FIRST, date(2016, 5, 2)), (SOUTH_1, date(2016, 5, 2), None)))],
          county.institutions[NORTH])  # fmt: skip
    day = FIRST
    while day < LAST:
        later = day + timedelta(days=31)
        before, after = (sql.count(Area.below(COUNTY), Frame.at(d))[WHOLE]["reg"] for d in (day, later))
        assert before + net(flows_sql.steps(Area.below(COUNTY), day, later), COUNTY, 6) == after
        day = later


def kinds(spec: Spec) -> list[tuple[str, date]]:
    person = in_memory(spec)[0]
    return [(str(s.kind), s.day) for s in flows.steps_of(person, date(2015, 1, 1), date(2017, 12, 31))]


def test_each_way_of_coming_and_going_has_its_name() -> None:
    filed, later = date(2015, 7, 1), date(2016, 2, 3)
    assert kinds(PLAIN) == [("new", filed)]
    assert kinds(PLAIN.but(events=(("moved_in", filed, False),))) == [("came", filed)]
    assert kinds(PLAIN.but(events=(("died", later, False),))) == [("new", filed), ("died", later)]
    assert kinds(PLAIN.but(events=(("excluded", later, False), ("died", later, False))))[1:] == [
        ("excluded", later)
    ]
    away = PLAIN.but(events=(("moved_out", later, False), ("moved_in", date(2016, 9, 9), False)))
    assert kinds(away)[1:] == [("left", later), ("back", date(2016, 9, 9))]
    moved = PLAIN.but(counting=((NORTH_1, filed, later), (SOUTH_1, later, None)))
    assert kinds(moved)[1:] == [("moved", later)]


def test_who_dies_after_having_left_or_leaves_twice_is_not_taken_off_twice() -> None:
    events = (
        ("moved_out", date(2016, 1, 5), False),
        ("moved_out", date(2016, 2, 5), False),
        ("died", date(2016, 3, 5), False),
    )
    assert [kind for kind, _day in kinds(PLAIN.but(events=events))] == ["new", "left"]


def test_a_place_that_ends_with_none_beginning_leaves_an_end_open() -> None:
    person = in_memory(PLAIN.but(counting=((NORTH_1, date(2015, 7, 1), date(2016, 2, 3)),)))[0]
    (step,) = flows.steps_of(person, date(2016, 1, 1), date(2016, 12, 31))
    assert (step.kind, step.origin, step.target) == (FlowKind.MOVED, NORTH_1, None)


@MANY
@given(
    specs=st.lists(_histories(sound=True), min_size=1, max_size=10), on=_few, became=st.sampled_from(VILLAGES)
)
def test_both_engines_count_alike_under_the_borders_of_now(
    county: County, specs: list[Spec], on: date, became: str
) -> None:
    """One village became another: everybody who ever counted there counts at the other; the county's number stays."""
    with transaction.atomic():
        write(specs, county.institutions[NORTH])
        if became != NORTH_1:
            Responsibility.objects.filter(counted_code=NORTH_1).update(counted_now=became)
        frame, people = Frame.at(on), load()
        for area in AREAS:
            for many in (False, True):
                found = sql.count(area, frame, (9, 12), many=many, borders=sql.NOW)
                expected = reference.count(catalogue(), area, frame, (9, 12), people, [], [], now=True)
                assert {k: v["cum"] for k, v in found.items()} == {k: v["cum"] for k, v in expected.items()}
                assert {k: v["reg"] for k, v in found.items()} == {k: v["reg"] for k, v in expected.items()}
        whole = Area.below(COUNTY)
        assert sql.count(whole, frame)[WHOLE]["reg"] == sql.count(whole, frame, borders=sql.NOW)[WHOLE]["reg"]
        transaction.set_rollback(True)
