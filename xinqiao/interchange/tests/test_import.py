from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests.factories.county import EAST, EAST_1, NORTH, NORTH_1, County
from tests.factories.numbers import id_number
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import record_visits
from xinqiao.followup.models import Visit
from xinqiao.interchange import queries, tasks
from xinqiao.interchange.actions import (
    bring_workbook,
    commit,
    fix_cell,
    run_check,
    run_commit,
    start_check,
    start_commit,
)
from xinqiao.interchange.models import Batch, Row
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import NotFound
from xinqiao.registry.models import Person

from .books import book, person, visit
from .test_files import rebuilt


@pytest.fixture
def brought(county: County, clock: FixedClock):
    """`brought(data)` stages, checks and returns the batch, as the county office."""

    def bring(data: bytes, *, commit: bool = False) -> Batch:
        actor = county.actors["county"]
        with acting(actor):
            batch = bring_workbook(actor=actor, clock=clock, data=data, name="x.xlsx")
            start_check(actor=actor, clock=clock, batch_id=batch.pk)
            run_check(actor=actor, clock=clock, batch_id=batch.pk)
            if commit:
                batch.refresh_from_db()
                said = [(r.problems, r.payload) for r in Row.objects.filter(outcome="problem")]
                assert start_commit(actor=actor, clock=clock, batch_id=batch.pk), (
                    batch.state,
                    batch.failure,
                    said,
                )
                run_commit(actor=actor, clock=clock, batch_id=batch.pk)
            batch.refresh_from_db()
            return batch

    return bring


def statements(sql) -> int:
    """Without the rows of local policy, which are read again every few seconds."""
    return sum("policy_localvalue" not in each["sql"] for each in sql.captured_queries)


def test_a_register_with_visits_comes_in_whole(brought) -> None:
    people = [person(n) for n in range(1, 6)]
    visits = [visit(one["id_number"]) for one in people]
    batch = brought(book({"people": people, "visits": visits}), commit=True)
    assert batch.state == "done", (batch.failure, batch.counts, [r.problems for r in Row.objects.all()])
    assert batch.counts["person"]["new"] == 5
    assert batch.counts["visit"]["new"] == 5
    assert Person.objects.count() == 5
    assert Visit.objects.count() == 5
    again = brought(book({"people": people, "visits": visits}), commit=True)
    assert again.counts["person"] == {"total": 5, "hidden": 0, "unchanged": 5}
    assert again.counts["visit"] == {"total": 5, "hidden": 0, "unchanged": 5}


def test_the_same_file_again_changes_nothing_and_costs_no_statement_per_row(brought, count_sql) -> None:
    people = [person(n) for n in range(1, 4)]
    small = [visit(one["id_number"], f"2026-0{month}-06") for one in people for month in range(1, 4)]
    large = [
        visit(one["id_number"], f"2026-0{month}-{day:02}")
        for one in people
        for month in range(1, 5)
        for day in range(1, 9)
    ]
    counts = []
    for visits in (small, large):
        brought(book({"people": people, "visits": visits}), commit=True)
        with count_sql() as sql:
            again = brought(book({"people": people, "visits": visits}), commit=True)
        assert again.counts["visit"]["unchanged"] == len(visits)
        counts.append(statements(sql))
    assert counts[0] == counts[1]


def test_a_differing_visit_is_amended_and_the_former_one_kept(brought) -> None:
    one = person(1)
    brought(book({"people": [one], "visits": [visit(one["id_number"])]}), commit=True)
    changed = brought(book({"visits": [visit(one["id_number"], sleep="较差")]}))
    assert changed.counts["visit"] == {"total": 1, "hidden": 0, "changed": 1}
    brought(book({"visits": [visit(one["id_number"], sleep="较差")]}), commit=True)
    former, present = Visit.objects.order_by("recorded_at", "id")
    assert former.superseded
    assert present.amends_id == former.pk
    assert (former.sleep, present.sleep) == ("1", "3")


# ── what the check finds ────────────────────────────────────────────────────────────────────────────────────────────


def problems(batch: Batch) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """(kind, row number) → (code, field) of what refuses it."""
    return {
        (row.kind, row.number): [(p["code"], p["field"]) for p in row.problems if not p["flag"]]
        for row in Row.objects.filter(batch=batch, outcome="problem").order_by("position")
    }


def sentences(county: County, batch: Batch) -> list[str]:
    with acting(county.actors["county"]):
        return [line.message for line in queries.all_lines(batch, 100)]


def test_a_village_of_another_county_is_a_problem(brought, county: County) -> None:
    batch = brought(book({"people": [person(1, live_code=EAST_1), person(2)]}))
    assert problems(batch) == {("person", 2): [("outside", "live_code")]}
    assert "不在本县管理范围" in sentences(county, batch)[0]


def test_a_village_may_be_named_alone_with_its_township_or_in_one_cell(brought) -> None:
    rows = [
        person(1, live_code="", village="柳树村"),
        person(2, live_code="", township="北桥镇", village="柳树"),
        person(3, live_code="北桥镇柳树村"),
        person(4, live_code="", village="没有村"),
    ]
    batch = brought(book({"people": rows}))
    assert problems(batch) == {("person", 5): [("village_unknown", "village")]}
    batch = brought(book({"people": rows[:3]}), commit=True)
    assert set(Person.objects.values_list("managing_code", flat=True)) == {NORTH_1}


def test_a_number_twice_names_the_other_row_and_a_reason_settles_it(brought, county: County) -> None:
    twin = person(1, name="张小双")
    batch = brought(book({"people": [person(1), twin]}))
    assert problems(batch) == {
        ("person", 2): [("twice", "id_number")],
        ("person", 3): [("twice", "id_number")],
    }
    assert ["第 3 行" in sentence for sentence in sentences(county, batch)] == [True, False]
    settled = brought(
        book({"people": [person(1), twin | {"different_because": "借用兄长证件"}]}), commit=True
    )
    assert settled.state == "done"
    assert Person.objects.count() == 2


def test_visits_of_people_who_share_a_number_are_told_apart_by_name(brought) -> None:
    one, other = person(1), person(1, name="张小双", different_because="借用兄长证件")
    nameless = visit(one["id_number"])
    batch = brought(book({"people": [one, other], "visits": [nameless]}))
    assert problems(batch) == {("visit", 2): [("ambiguous_person", "name")]}
    named = [nameless | {"name": one["name"]}, nameless | {"name": other["name"]}]
    batch = brought(book({"people": [one, other], "visits": named}), commit=True)
    assert batch.counts["visit"]["new"] == 2
    assert Visit.objects.values("person").distinct().count() == 2


def test_a_visit_of_nobody_is_a_problem_and_one_of_a_bad_row_says_which(brought, county: County) -> None:
    bad = person(1, filed_on="")
    batch = brought(
        book({"people": [bad], "visits": [visit(bad["id_number"]), visit(person(9)["id_number"])]})
    )
    assert problems(batch)["visit", 2] == [("person_row", "id_number")]
    assert problems(batch)["visit", 3] == [("unknown_person", "id_number")]
    said = sentences(county, batch)
    assert any("“患者名册”第 2 行是此人的名册行" in sentence for sentence in said)
    assert any("既不在系统的名册上" in sentence for sentence in said)


def test_putting_the_person_right_frees_the_visits(brought, county: County, clock: FixedClock) -> None:
    bad = person(1, sex="不明白")
    batch = brought(book({"people": [bad], "visits": [visit(bad["id_number"])]}))
    assert batch.problem_rows == 2
    actor = county.actors["county"]
    with acting(actor):
        row = Row.objects.get(batch=batch, kind="person")
        fix_cell(actor=actor, clock=clock, batch_id=batch.pk, row_id=row.pk, column="sex", typed="男")
    batch.refresh_from_db()
    assert batch.problem_rows == 0


def test_visits_of_people_already_registered_need_no_register(brought) -> None:
    one = person(1)
    brought(book({"people": [one]}), commit=True)
    batch = brought(book({"visits": [visit(one["id_number"], name=one["name"])]}), commit=True)
    assert batch.counts["visit"]["new"] == 1
    other = brought(book({"visits": [visit(one["id_number"], "2026-06-06", name="李四")]}))
    assert problems(other) == {("visit", 2): [("other_name", "name")]}


def test_a_file_number_links_visits_to_people_of_the_same_file(brought) -> None:
    one = person(1, file_no="N-17")
    seen = visit("", file_no="N-17")
    batch = brought(book({"people": [one], "visits": [seen]}), commit=True)
    assert (batch.state, batch.counts["visit"].get("new")) == ("done", 1)
    known = Person.objects.get()
    assert (
        brought(book({"visits": [visit("", "2026-07-06", file_no=known.file_no)]}), commit=True).state
        == "done"
    )


def test_the_same_visit_twice_in_a_file_keeps_the_first(brought, county: County) -> None:
    one = person(1)
    batch = brought(
        book({"people": [one], "visits": [visit(one["id_number"]), visit(one["id_number"], sleep="较差")]})
    )
    assert problems(batch) == {("visit", 3): [("twice", "visit_date")]}
    assert "第 2 行是同一人同一天同一形式的随访" in sentences(county, batch)[0]


def test_an_equal_visit_twice_in_a_file_counts_once_and_the_receipt_says_so(brought, county: County) -> None:
    one = person(1)
    rows = [visit(one["id_number"]), visit(one["id_number"]), visit(one["id_number"], "2026-07-06")]
    batch = brought(book({"people": [one], "visits": rows}), commit=True)
    assert batch.state == "done", batch.failure
    assert (batch.counts["visit"]["new"], batch.counts["visit"]["repeated"]) == (2, 1)
    assert Visit.objects.count() == 2


def test_a_video_call_is_a_telephone_visit_with_its_way_kept(brought) -> None:
    one = person(1)
    ways = [("2026-05-06", "视频"), ("2026-06-08", "微信随访"), ("2026-07-06", "3")]
    rows = [visit(one["id_number"], day, form=form) for day, form in ways]
    assert brought(book({"people": [one], "visits": rows}), commit=True).state == "done"
    kept = Visit.objects.order_by("visit_date").values_list("form", "form_detail")
    assert list(kept) == [("3", "2"), ("3", "1"), ("3", "")]


def test_history_without_severity_keeps_its_class_not_computed_again(brought) -> None:
    one = person(1)
    old = visit(one["id_number"], symptom_severity="", visit_class="基本稳定", physical_severity="")
    batch = brought(book({"people": [one], "visits": [old]}), commit=True)
    assert batch.state == "done", batch.failure
    kept = Visit.objects.get()
    assert (kept.visit_class, kept.class_source) == ("2", "imported")
    assert "not_recomputed" in kept.flags


def test_level_0_with_a_dangerous_act_is_kept_and_marked(brought) -> None:
    one = person(1)
    batch = brought(book({"people": [one], "visits": [visit(one["id_number"], danger_acts="肇事1次")]}))
    assert batch.problem_rows == 0
    assert {"field": "risk", "code": "zero_risk", "flag": True} in Row.objects.get(
        batch=batch, kind="visit"
    ).problems


def test_new_people_who_may_have_a_file_are_shown_before_they_come_in(
    brought, county: County, signed_in
) -> None:
    born = date(1985, 7, 8)
    make_person(NORTH_1, county.institutions[NORTH], name="马晓军", birth_on=born)
    make_person(EAST_1, county.institutions[EAST], name="李秀英", birth_on=born)

    def row(serial: int, name: str, day: date) -> dict[str, Any]:
        return person(serial, name=name, birth_on=day.isoformat(), id_number=id_number(day, "1", serial))

    rows = [
        row(1, "马小军", date(1985, 7, 9)),  # by sound, a day off
        row(2, "马晓军", date(1962, 2, 3)),  # of one name, and nothing else
        person(3, name="李秀英"),  # in another county, which is not ours to tell
        person(4, name="马晓军", different_because="双胞胎"),  # asked and answered
    ]
    batch = brought(book({"people": rows}))
    assert batch.counts["person"]["new"] == 4
    assert [line.number for line in queries.alike_lines(batch)] == [2]
    page = signed_in("county").get(reverse("interchange:batch", args=[batch.pk])).content.decode()
    assert "可能已有档案的人" in page
    assert "马小军" in page
    assert "李秀英" not in page


def test_hidden_rows_are_counted_in_the_summary(brought) -> None:
    data = rebuilt(
        book({"people": [person(1), person(2)]}),
        lambda n, c: c.replace(b'<row r="3"', b'<row r="3" hidden="1"') if n.endswith("sheet1.xml") else c,
    )
    batch = brought(data)
    assert batch.counts["person"] == {"total": 2, "hidden": 1, "new": 2}


# ── all or nothing ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_failure_in_the_last_chunk_leaves_nothing_behind(
    brought, county: County, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [person(n) for n in range(1, 7)]
    visits = [visit(one["id_number"]) for one in people]
    monkeypatch.setattr(commit, "VISITS", 2)
    calls = []

    def failing(**given):
        calls.append(len(given["batch"]))
        if len(calls) == 3:
            raise ValueError("the last chunk")
        return record_visits(**given)

    monkeypatch.setattr(commit, "record_visits", failing)
    batch = brought(book({"people": people, "visits": visits}), commit=True)
    assert calls == [2, 2, 2]
    assert batch.state == "failed"
    assert "什么都没有写入" in batch.failure
    assert not Person.objects.exists()
    assert not Visit.objects.exists()
    monkeypatch.undo()
    actor = county.actors["county"]
    with acting(actor):
        for start, run in ((start_check, run_check), (start_commit, run_commit)):
            assert start(actor=actor, clock=clock, batch_id=batch.pk)
            run(actor=actor, clock=clock, batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.state == "done"
    assert Visit.objects.count() == 6


def test_a_change_between_check_and_commit_writes_nothing(brought, county: County, clock: FixedClock) -> None:
    batch = brought(book({"people": [person(1), person(2)]}))
    make_person(EAST_1, county.institutions[EAST], id_no=person(2)["id_number"], name="别处的人")
    actor = county.actors["county"]
    with acting(actor):
        start_commit(actor=actor, clock=clock, batch_id=batch.pk)
        run_commit(actor=actor, clock=clock, batch_id=batch.pk)
        assert not Person.objects.exists()
    batch.refresh_from_db()
    assert batch.state == "failed"
    assert "请重新核对" in batch.failure


def test_rows_with_problems_are_never_committed(brought, county: County, clock: FixedClock) -> None:
    batch = brought(book({"people": [person(1), person(2, sex="不明白")]}))
    actor = county.actors["county"]
    with acting(actor):
        assert not start_commit(actor=actor, clock=clock, batch_id=batch.pk)
    assert not Person.objects.exists()


def test_the_staged_copy_is_wiped_after_the_commit_and_sealed_before(brought) -> None:
    one = person(1)
    batch = brought(book({"people": [one]}))
    with connection.cursor() as cursor:
        cursor.execute("select payload from interchange_row")
        sealed = bytes(cursor.fetchone()[0])
    assert one["name"].encode() not in sealed
    assert one["id_number"].encode() not in sealed
    batch = brought(book({"people": [one]}), commit=True)
    assert Row.objects.get(batch=batch).payload == ""


def test_an_office_sees_its_own_batches_and_nobody_else_does(brought, county: County) -> None:
    batch = brought(book({"people": [person(1)]}))
    for key, actor in county.actors.items():
        with acting(actor):
            seen = Batch.objects.filter(pk=batch.pk).exists(), Row.objects.filter(batch=batch.pk).exists()
        assert seen == ((True, True) if key == "county" else (False, False)), key


def test_another_county_can_neither_check_nor_commit_it(brought, county: County, clock: FixedClock) -> None:
    batch = brought(book({"people": [person(1)]}))
    actor = county.actors["other_county"]
    with acting(actor):
        for act in (start_check, start_commit, run_check, run_commit):
            with pytest.raises(NotFound):
                act(actor=actor, clock=clock, batch_id=batch.pk)


def test_the_task_is_told_ids_and_acts_as_who_asked(
    brought, county: County, clock: FixedClock, monkeypatch
) -> None:
    monkeypatch.setenv("XINQIAO_TODAY", clock.today().isoformat())
    batch = brought(book({"people": [person(1)]}))
    actor = county.actors["county"]
    with acting(actor):
        start_commit(actor=actor, clock=clock, batch_id=batch.pk)
    tasks.commit(batch_id=str(batch.pk), user_id=str(actor.user_id))
    batch.refresh_from_db()
    assert batch.state == "done"
    assert Person.objects.get().recorded_by == actor.user_id


def test_statements_of_check_and_commit_do_not_grow_with_rows(brought, count_sql) -> None:
    counts = []
    for first, size in ((1, 3), (100, 40)):
        people = [person(n) for n in range(first, first + size)]
        with count_sql() as sql:
            brought(
                book({"people": people, "visits": [visit(one["id_number"]) for one in people]}), commit=True
            )
        counts.append(statements(sql))
    assert counts[0] == counts[1]


def test_an_import_that_nobody_came_back_to_is_wiped(brought, county: County, clock: FixedClock) -> None:
    old = brought(book({"people": [person(1)]}))
    later = FixedClock(clock.today() + timedelta(days=15))
    actor = county.actors["county"]
    with acting(actor):
        bring_workbook(actor=actor, clock=later, data=book({"people": [person(2)]}), name="y.xlsx")
    old.refresh_from_db()
    assert old.state == "abandoned"
    assert Row.objects.get(batch=old).payload == ""


def test_progress_is_told_beside_the_transaction(brought, app_connection) -> None:
    batch = brought(book({"people": [person(n) for n in range(1, 6)]}), commit=True)
    with app_connection() as beside:
        told = beside.execute(
            "select phase, done, total from interchange_progress where batch_id = %s", [batch.pk]
        ).fetchone()
        assert told == ("commit", 5, 5)
        assert beside.execute("select count(*) from interchange_row").fetchone() == (0,)


def test_two_workers_never_work_on_one_batch(county: County, clock: FixedClock, app_connection) -> None:
    actor = county.actors["county"]
    with acting(actor):
        data = book({"people": [person(1)]})
        batch = bring_workbook(actor=actor, clock=clock, data=data, name="x.xlsx")
    with app_connection() as other, acting(actor):
        other.execute("set lock_timeout = '2s'")
        other.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {batch.pk}"])
        assert start_check(actor=actor, clock=clock, batch_id=batch.pk)
        run_check(actor=actor, clock=clock, batch_id=batch.pk)
        batch.refresh_from_db()
        assert batch.state == "checking"
        assert not Row.objects.exclude(outcome="").exists()
        other.rollback()
        run_check(actor=actor, clock=clock, batch_id=batch.pk)
        batch.refresh_from_db()
        assert batch.state == "checked"
