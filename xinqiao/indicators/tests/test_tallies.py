"""Kept counts equal the plain engine after any run of changes, and say by themselves when they no longer hold.

These tests commit: a mark and the snapshot that saw it are things of whole transactions.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories.county import COUNTY, NORTH, NORTH_1, NORTH_2, SOUTH_1, County, make_county
from xinqiao.followup.facts import load_owed, load_visits
from xinqiao.followup.models import Obligation, Visit
from xinqiao.indicators import keeping
from xinqiao.indicators.declarations import catalogue
from xinqiao.indicators.engines import WHOLE, Area, reference, sql, tallies
from xinqiao.indicators.state import Frame
from xinqiao.indicators.tests.populations import PLAIN, V, person_specs, write
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.facts import load
from xinqiao.registry.models import Consent, LifeEvent, Person, Responsibility
from xinqiao.treatment.facts import load_exams

T = date(2017, 11, 20)
DAYS = (T, date(2017, 10, 31), date(2016, 12, 31))
FRAMES = [Frame.at(day) for day in DAYS]


@pytest.fixture
def committed(django_db_blocker: Any, django_db_setup: None) -> Iterator[County]:
    """The small county in committed rows, taken away again afterwards."""
    with django_db_blocker.unblock():
        assert not connection.in_atomic_block
        _empty()
        yield make_county(date(2026, 11, 21))
        _empty()


def _empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "truncate registry_person, places_division, places_institution, places_population, accounts_user,"
            " indicators_tally, indicators_tallied, indicators_mark, indicators_run cascade"
        )


def right(area: Area, frame: Frame, cuts: tuple[int, ...] = (9, 12)) -> Any:
    return reference.count(catalogue(), area, frame, cuts, load(), load_visits(), load_owed(), load_exams())


WHOLE_COUNTY = Area.below(COUNTY)


def agrees(area: Area = WHOLE_COUNTY) -> None:
    found = tallies.series(area, FRAMES, (9, 12))
    for frame in FRAMES:
        expected = right(area, frame)
        assert found[frame.on] == expected, frame.on


def counted_anew(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The areas that are counted from the facts from now on."""
    seen: list[Any] = []
    real = sql.by_code

    def spy(area: Area, frame: Frame, **more: Any) -> Any:
        seen.append((area.codes or area.lo, frame.on))
        return real(area, frame, **more)

    monkeypatch.setattr(sql, "by_code", spy)
    return seen


def test_what_is_kept_is_not_counted_again(committed: County, monkeypatch: pytest.MonkeyPatch) -> None:
    write([PLAIN.but(visits=(V(date(2017, 3, 1)),))], committed.institutions[NORTH])
    agrees()
    anew = counted_anew(monkeypatch)
    agrees()
    agrees(Area.below(NORTH))
    agrees(Area(codes=(NORTH_1, SOUTH_1)))
    assert anew == []


def test_a_new_visit_counts_at_once_and_only_its_village_is_counted_again(
    committed: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, _other = write(
        [PLAIN, PLAIN.but(counting=((SOUTH_1, date(2015, 7, 1), None),))], committed.institutions[NORTH]
    )
    agrees()
    anew = counted_anew(monkeypatch)
    write_visit(one, date(2017, 11, 3))
    agrees()
    assert anew == [((NORTH_1,), T)]  # the days before the visit still hold


_ops = count(1)


def write_visit(person: Person, day: date, **more: Any) -> Visit:
    values = {
        "form": "2",
        "targets": ["1"],
        "risk": 0,
        "visit_class": "3",
        "hospital": "0",
        "adherence": "1",
    } | more
    return Visit.objects.create(
        person=person, managing_code=person.managing_code, op_id=UUID(int=next(_ops)), visit_date=day,
        recorded_at="2017-11-20T10:00:00Z", class_source="computed", entry_mode="full", policy_version="test", **values,
    )  # fmt: skip


def test_a_change_that_no_figure_reads_marks_nothing(committed: County) -> None:
    (person,) = write([PLAIN], committed.institutions[NORTH])
    visit = write_visit(person, date(2017, 11, 3))
    with connection.cursor() as cursor:
        cursor.execute("truncate indicators_mark")
        Visit.objects.filter(pk=visit.pk).update(note="x", timing="late", due_on=date(2018, 2, 3))
        Person.objects.filter(pk=person.pk).update(name="样例改名")
        Obligation.objects.update(planned_on=date(2018, 1, 1))
        cursor.execute("select count(*) from indicators_mark")
        assert cursor.fetchone()[0] == 0
        Visit.objects.filter(pk=visit.pk).update(review_status="2")
        cursor.execute("select code, since from indicators_mark")
        assert cursor.fetchall() == [(NORTH_1, date(2017, 11, 3))]


def test_a_fact_not_yet_committed_when_the_county_was_counted_is_not_forgotten(committed: County) -> None:
    """The mark's transaction began before the count and ended after it: its number is smaller, and still unseen."""
    (person,) = write([PLAIN], committed.institutions[NORTH])
    second = connection.copy()
    try:
        with second.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute(
                "update registry_diagnosis set category = '4' where person_id = %s and voided_at is null",
                [person.pk],
            )
            agrees()
            cursor.execute("commit")
    finally:
        second.close()
    agrees()
    assert tallies.count(Area.below(COUNTY), FRAMES[0])[WHOLE]["sz"] == 0


def test_somebody_who_moves_leaves_one_village_and_enters_the_other(committed: County) -> None:
    (person,) = write([PLAIN], committed.institutions[NORTH])
    agrees()
    since = date(2017, 11, 1)
    Responsibility.objects.filter(person=person).update(valid_to=since)
    Responsibility.objects.create(
        person=person, managing_code=SOUTH_1, kind="counting", institution=committed.institutions[NORTH],
        counted_code=SOUTH_1, valid_from=since, recorded_at="2017-11-01T10:00:00Z",
    )  # fmt: skip
    agrees()
    agrees(Area(codes=(NORTH_1,)))


def _change(kind: int, person: Person, day: date) -> None:
    own = {"person": person, "managing_code": person.managing_code, "recorded_at": "2017-11-20T10:00:00Z"}
    if kind == 0 and not Visit.objects.filter(person=person, visit_date=day, voided_at=None).exists():
        write_visit(person, day, risk=day.day % 6, visit_class="123"[day.day % 3])
    elif kind == 1:
        LifeEvent.objects.create(
            **own, kind=("lost", "died", "admitted", "moved_out")[day.day % 4], happened_on=day
        )
    elif kind == 2:
        Consent.objects.create(**own, basis="consent", decision="01"[day.day % 2], happened_on=day)
    elif kind == 3:
        Visit.objects.filter(person=person).update(voided_at="2017-11-20T10:00:00Z")
    elif kind == 4:
        Obligation.objects.filter(person=person).update(outcome="done", closed_on=day)
    elif kind == 5:
        Responsibility.objects.filter(person=person).update(counted_code=NORTH_2)
    elif kind == 6:
        Person.objects.filter(pk=person.pk).update(filed_on=day)
    elif kind == 7:
        LifeEvent.objects.filter(person=person).delete()


@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],
)
@given(
    specs=st.lists(person_specs, min_size=1, max_size=4),
    changes=st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 800)), min_size=4, max_size=9
    ),
)
def test_after_any_run_of_changes_the_kept_counts_equal_the_plain_engine(
    committed: County, specs: list[Any], changes: list[tuple[int, int, int]]
) -> None:
    people = write(specs, committed.institutions[NORTH])
    agrees()
    for kind, who, days in changes:
        _change(kind, people[who % len(people)], date(2015, 9, 1) + timedelta(days=days))
        agrees()
    assert keeping.recount(clock=FixedClock(T), sample=50) == []


def test_the_recount_finds_a_wrong_count_says_so_and_throws_it_away(committed: County) -> None:
    write([PLAIN], committed.institutions[NORTH])
    clock = FixedClock(T)
    assert [one.county for one in keeping.keep(clock=clock, code=COUNTY, months=1)] == [COUNTY, COUNTY]
    assert list(keeping.keep(clock=clock, code=COUNTY, months=1)) == []
    assert keeping.recount(clock=clock) == []
    with connection.cursor() as cursor:
        cursor.execute("update indicators_tally set counts[1] = 7 where day = %s", [T])
    (found,) = keeping.recount(clock=clock)
    assert (found.code, found.day, found.key, found.kept, found.counted) == (NORTH_1, T, "cum", 7, 1)
    assert keeping.last_differences([COUNTY]) == 1
    assert tallies.count(Area.below(COUNTY), Frame.at(T))[WHOLE]["cum"] == 1
    assert keeping.recount(clock=clock) == []
    assert keeping.last_differences([COUNTY]) == 0


def test_old_days_and_marks_that_were_seen_are_forgotten(committed: County) -> None:
    (person,) = write([PLAIN], committed.institutions[NORTH])
    agrees()
    write_visit(person, date(2016, 1, 3))
    with connection.cursor() as cursor:
        cursor.execute("update indicators_mark set marked_at = now() - interval '2 hours'")
        keeping.tidy(T)
        cursor.execute("select count(*) from indicators_mark")
        assert cursor.fetchone()[0] > 0  # not all days have seen it
        agrees()
        keeping.tidy(T)
        cursor.execute("select count(*) from indicators_mark")
        assert cursor.fetchone()[0] == 0
        keeping.tidy(T + timedelta(days=400))
        cursor.execute("select count(*) from indicators_tally where day = %s", [T])
        assert cursor.fetchone()[0] == 0
    agrees()


def test_a_count_within_a_transaction_sees_its_own_changes(committed: County) -> None:
    (person,) = write([PLAIN], committed.institutions[NORTH])
    agrees()
    with transaction.atomic():
        write_visit(person, date(2017, 11, 3))
        agrees()
        second = connection.copy()
        with second.cursor() as cursor:  # somebody else's transaction ends meanwhile
            cursor.execute("select pg_current_xact_id()")
        second.close()
        agrees()
        write_visit(person, date(2017, 11, 13))
        agrees()
        transaction.set_rollback(True)
    agrees()
