"""Who stands on which list, and how many: from real visits and events, under each account's scope."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH_1, County
from tests.factories.records import exam_record, person_record, unstable_visit, visit_record
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewAttempt, NewVisit, record_attempt, record_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import (
    Answer,
    NewCorrection,
    NewLifeEvent,
    NewPerson,
    Notice,
    Withdrawal,
    decide_correction,
    record_consent,
    record_life_events,
    record_notice,
    register_people,
    request_correction,
    void_fact,
    withdraw_consent,
)
from xinqiao.registry.models import Consent, Responsibility
from xinqiao.rosters import List, register
from xinqiao.rosters.columns import all_columns, possible_visits
from xinqiao.rosters.lists import _lists, all_lists, find_list
from xinqiao.rosters.queries import counts, list_page
from xinqiao.treatment.actions import record_exam

TODAY = date(2026, 11, 21)
Enter = Callable[[str], AbstractContextManager[None]]


@dataclass
class Desk:
    """Writes facts as the county office and asks who stands on a list."""

    county: County
    clock: FixedClock
    serial: int = 300

    @property
    def actor(self) -> Any:
        return self.county.actors["county"]

    def person(self, village: str = NORTH_1, filed_on: date = date(2024, 3, 1), **changes: Any) -> UUID:
        self.serial += 1
        record = person_record(
            "安" + "甲乙丙丁戊己庚辛壬癸"[self.serial % 10] + "一二三四五六七八九十"[self.serial // 10 % 10],
            village,
            filed_on=filed_on,
            serial=self.serial,
            **changes,
        )
        with acting(self.actor):
            made = register_people(
                actor=self.actor, clock=self.clock, batch=[NewPerson(uuid7(), record)], source="import"
            )
        return made[0].person_id

    def visit(self, person: UUID, *records: dict[str, Any]) -> None:
        with acting(self.actor):
            record_visits(
                actor=self.actor, clock=self.clock, entry_mode="import",
                batch=[NewVisit(uuid7(), person, record) for record in records],
            )  # fmt: skip

    def on(self, key: str, account: str = "county", place: str = "") -> set[UUID]:
        wanted = find_list(key)
        assert wanted is not None
        actor = self.county.actors[account]
        with acting(actor):
            page = list_page(actor=actor, today=TODAY, wanted=wanted, place=place)
            number = {c.list.key: c.number for c in counts(actor=actor, today=TODAY, place=place)}
        if wanted.counted:
            assert number[key] == len(page.rows) == page.count, key
        return {row.person_id for row in page.rows}


@pytest.fixture
def desk(county: County, clock: FixedClock) -> Desk:
    return Desk(county, clock)


def test_whoever_would_drop_at_the_end_of_the_month_is_named_and_nobody_else(desk: Desk) -> None:
    drops, later, gone = desk.person(), desk.person(), desk.person()
    desk.visit(drops, visit_record(date(2026, 8, 2)))
    desk.visit(later, visit_record(date(2026, 9, 30)))
    desk.visit(gone, visit_record(date(2026, 7, 31)))
    assert desk.on("dropping") == {drops}


def test_a_phone_call_is_no_face_seen_this_quarter(desk: Desk) -> None:
    called, seen, before = desk.person(), desk.person(), desk.person()
    desk.visit(called, visit_record(date(2026, 10, 9), form="3"))
    desk.visit(seen, visit_record(date(2026, 10, 1)))
    desk.visit(before, visit_record(date(2026, 9, 30)))
    assert desk.on("unseen") == {called, before}


def test_fewer_than_four_visits_count_complete_ones_of_this_year_and_a_new_file_pro_rata(desk: Desk) -> None:
    three, four, new, newer = (
        desk.person(),
        desk.person(),
        desk.person(filed_on=date(2026, 8, 3)),
        desk.person(filed_on=date(2026, 11, 2)),
    )
    days = [date(2026, 2, 3), date(2026, 5, 3), date(2026, 8, 3), date(2026, 11, 3)]
    desk.visit(three, visit_record(date(2025, 12, 30)), *(visit_record(day) for day in days[:3]))
    desk.visit(four, *(visit_record(day) for day in days))
    desk.visit(new, visit_record(date(2026, 8, 20)), visit_record(date(2026, 11, 3)))
    assert desk.on("fewer") == {three, newer}
    with acting(desk.actor):
        wanted = find_list("fewer")
        assert wanted is not None
        rows = list_page(actor=desk.actor, today=TODAY, wanted=wanted).rows
    assert {row.person_id: row.cells[:2] for row in rows}[three] == [3, 6]


@pytest.mark.parametrize(
    ("last", "today", "possible"),
    [
        (None, date(2026, 12, 31), 1),
        (date(2026, 12, 30), date(2026, 12, 31), 0),
        (date(2026, 12, 24), date(2026, 12, 25), 1),
        (date(2026, 12, 17), date(2026, 12, 18), 2),
        (date(2026, 8, 3), date(2026, 11, 21), 6),
    ],
)
def test_visits_still_possible_lie_a_week_apart(last: date | None, today: date, possible: int) -> None:
    assert possible_visits(last, today) == possible


def test_an_exam_of_this_year_takes_a_person_off_the_list_and_a_refusal_does_not(desk: Desk) -> None:
    done, last_year, refused, ward = desk.person(), desk.person(), desk.person(), desk.person()
    with acting(desk.actor):
        for person, record in (
            (done, exam_record(date(2026, 3, 3))),
            (last_year, exam_record(date(2025, 3, 3))),
            (refused, exam_record(date(2026, 3, 3), outcome="2", refused_reason="1")),
        ):
            record_exam(actor=desk.actor, clock=desk.clock, person_id=person, op_id=uuid7(), record=record)
        stay = NewLifeEvent(ward, "admitted", date(2026, 11, 1))
        record_life_events(actor=desk.actor, clock=desk.clock, events=[stay])
    assert desk.on("unexamined") == {last_year, refused}


def test_overdue_unstable_and_unreferred(desk: Desk) -> None:
    left_alone, referred, stable = desk.person(), desk.person(), desk.person()
    desk.visit(left_alone, unstable_visit(date(2026, 11, 1)))
    desk.visit(referred, unstable_visit(date(2026, 11, 10), refer_suggest="2", refer_reason="病情不稳定", referred="2",
                                        refer_to="演示市精神卫生中心"))  # fmt: skip
    desk.visit(stable, visit_record(date(2026, 11, 10)))
    assert desk.on("unstable") == {left_alone, referred}
    assert desk.on("unreferred") == {left_alone}
    assert desk.on("overdue") == {left_alone}
    assert desk.on("risk") == {left_alone, referred}


def test_who_takes_no_or_not_all_medicine(desk: Desk) -> None:
    none, some, regular, unneeded = (desk.person() for _ in range(4))
    for person, code in ((none, "3"), (some, "2"), (regular, "1"), (unneeded, "4")):
        more = {"drugs": []} if code in "34" else {}
        desk.visit(person, visit_record(date(2026, 11, 3), adherence=code, **more))
    assert desk.on("untaken") == {none, some}


def test_a_refusal_holds_until_somebody_agrees(desk: Desk) -> None:
    person = desk.person()

    def answer(decision: str, day: date) -> None:
        with acting(desk.actor):
            record_consent(
                actor=desk.actor, clock=desk.clock, person_id=person, answer=Answer(decision, "1", day)
            )

    answer("0", date(2026, 10, 1))
    assert desk.on("refused") == {person}
    answer("1", date(2026, 11, 1))
    assert desk.on("refused") == set()

    with acting(desk.actor):
        withdraw_consent(
            actor=desk.actor,
            clock=desk.clock,
            person_id=person,
            withdrawal=Withdrawal(date(2026, 11, 5), "1"),
        )
    assert (desk.on("refused"), desk.on("withdrawn")) == (set(), {person})
    answer("1", date(2026, 11, 10))
    assert desk.on("withdrawn") == set()


def test_whoever_was_only_told_by_law_is_still_to_be_asked(desk: Desk) -> None:
    person, other = desk.person(), desk.person()
    with acting(desk.actor):
        told = Notice(date(2026, 11, 2), "王医生")
        for row in Consent.objects.filter(person_id=person):
            void_fact(actor=desk.actor, clock=desk.clock, kind="consent", fact_id=row.pk, reason="录错人")
        record_notice(actor=desk.actor, clock=desk.clock, person_id=person, notice=told)
    assert desk.on("unasked") == {person}
    assert other not in desk.on("unasked")


def test_a_correction_waits_on_the_countys_list_until_it_is_decided(desk: Desk) -> None:
    person = desk.person()
    with acting(desk.actor):
        new = NewCorrection(person, "exclude", "复核诊断", date(2026, 11, 2))
        asked = request_correction(actor=desk.county.actors["township"], clock=desk.clock, new=new)
    assert desk.on("corrections") == {person}
    with acting(desk.actor):
        decide_correction(
            actor=desk.actor, clock=desk.clock, correction_id=asked.pk, approve=False, note="依据不足"
        )
    assert desk.on("corrections") == set()


def test_somebody_said_to_be_away_stays_until_seen_again(desk: Desk) -> None:
    person = desk.person()
    with acting(desk.actor):
        record_attempt(
            actor=desk.actor,
            clock=desk.clock,
            attempt=NewAttempt(uuid7(), person, date(2026, 10, 8), "3", "away"),
        )
    assert desk.on("away") == {person}
    desk.visit(person, visit_record(date(2026, 10, 20), form="3"))
    assert desk.on("away") == {person}
    desk.visit(person, visit_record(date(2026, 11, 2)))
    assert desk.on("away") == set()


def test_three_misses_without_three_tries_wait_to_be_verified(desk: Desk) -> None:
    person = desk.person()
    desk.visit(person, visit_record(date(2026, 8, 3)))
    with acting(desk.actor):
        record_visits(
            actor=desk.actor, clock=desk.clock, entry_mode="full",
            batch=[NewVisit(uuid7(), person, {"visit_date": "2026-11-05", "form": "2", "lost_reason": "4", "doctor": "周大夫"})],
        )  # fmt: skip
    assert desk.on("losses") == {person}
    desk.visit(person, visit_record(date(2026, 11, 12)))
    assert desk.on("losses") == set()


def test_no_guardian_or_one_without_a_phone(desk: Desk) -> None:
    guarded = desk.person()
    silent = desk.person(guardian_phone="")
    alone = desk.person(no_guardian=True, guardian_name="", guardian_relation="", guardian_phone="")
    assert desk.on("unguarded") == {silent, alone}
    assert guarded not in desk.on("unguarded")


def test_nobody_responsible_is_empty_until_a_worker_leaves(desk: Desk) -> None:
    person = desk.person()
    assert desk.on("nobody") == set()
    worker = Responsibility.objects.get(person_id=person, kind="responsible").worker_id
    User.objects.filter(pk=worker).update(is_active=False)
    assert desk.on("nobody") == {person}
    User.objects.filter(pk=worker).update(is_active=True, valid_until=date(2026, 11, 20))
    assert desk.on("nobody") == {person}
    User.objects.filter(pk=worker).update(valid_until=date(2026, 11, 21))
    assert desk.on("nobody") == set()
    User.objects.filter(pk=worker).update(valid_until=None, place="990102000000")
    assert desk.on("nobody") == {person}


def test_somebody_whom_no_institution_counts_is_on_the_list_of_nobody_responsible(desk: Desk) -> None:
    person, other = desk.person(), desk.person()
    Responsibility.objects.filter(person_id=person, kind="counting").update(valid_to=date(2026, 11, 20))
    assert desk.on("nobody") == {person}
    # Counted once, also when both are missing.
    User.objects.filter(pk=Responsibility.objects.get(person_id=other, kind="responsible").worker_id).update(
        is_active=False
    )
    assert desk.on("nobody") == {person, other}


def test_who_died_or_left_stands_on_no_list(desk: Desk) -> None:
    person = desk.person(no_guardian=True, guardian_name="", guardian_relation="", guardian_phone="")
    desk.visit(person, unstable_visit(date(2026, 8, 2)))
    with acting(desk.actor):
        died = NewLifeEvent(person, "died", date(2026, 11, 1), "1")
        record_life_events(actor=desk.actor, clock=desk.clock, events=[died])
    for one in all_lists():
        assert person not in desk.on(one.key), one.key


# ── where ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_account_counts_its_own_people_only(desk: Desk) -> None:
    first, second, south = desk.person(NORTH_1), desk.person(NORTH_2), desk.person(SOUTH_1)
    expected = {
        "village": {first},
        "village_2": {second},
        "township": {first, second},
        "other_township": {south},
        "county": {first, second, south},
        "other_county": set(),
    }
    for account, people in expected.items():
        assert desk.on("unexamined", account) == people, account
    assert desk.on("unexamined", "county", NORTH) == {first, second}
    assert desk.on("unexamined", "township", NORTH_2) == {second}


def test_a_place_elsewhere_is_not_found_and_what_is_no_place_is_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.on("overdue", "township", SOUTH_1)
    with pytest.raises(NotFound):
        desk.on("overdue", "village", NORTH_2)
    with pytest.raises(Invalid):
        desk.on("overdue", "county", "北")


@pytest.mark.parametrize("account", ["city", "province", "programme", "system", "auditor"])
def test_roles_without_records_have_no_lists(desk: Desk, account: str) -> None:
    with pytest.raises(NotAllowed):
        counts(actor=desk.county.actors[account], today=TODAY)


# ── the register ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_lists_are_counted_in_one_statement(desk: Desk, count_sql: Any) -> None:
    desk.person()
    with acting(desk.actor), count_sql() as captured:
        assert len(counts(actor=desk.actor, today=TODAY)) > 10
    assert len(captured.captured_queries_after) <= 2  # one, and the county's settings for the national system


def test_a_page_of_a_list_takes_three_statements_at_most(desk: Desk, count_sql: Any) -> None:
    for _ in range(3):
        desk.person()
    for one in all_lists():
        with acting(desk.actor), count_sql() as captured:
            list_page(actor=desk.actor, today=TODAY, wanted=one)
        assert len(captured.captured_queries_after) <= (4 if one.given else 3), one.key


def test_every_list_names_columns_that_exist_and_says_why() -> None:
    known = {one.key for one in all_columns()}
    for one in all_lists():
        assert set(one.columns) <= known, one.key
        assert str(one.why), one.key
        assert str(one.source), one.key


def test_every_list_and_every_column_is_sql_that_runs(desk: Desk) -> None:
    from xinqiao.rosters.queries import ledger_rows

    desk.visit(desk.person(), visit_record(date(2026, 11, 3)))
    for one in all_lists():
        desk.on(one.key)
    wanted = find_list("register")
    assert wanted is not None
    with acting(desk.actor):
        ids, rows, total = ledger_rows(
            actor=desk.actor,
            today=TODAY,
            wanted=wanted,
            place="",
            columns=all_columns(),
            whole=True,
            limit=10,
        )
    assert (len(ids), len(rows), total) == (1, 1, 1)
    said = dict(zip([one.key for one in all_columns()], rows[0][1], strict=True))
    assert said["phone"] == "" or len(said["phone"]) == 11
    assert (said["guardian"], said["guardian_phone"], said["drugs"]) == ("李守望", "13900000000", "奥氮平")
    assert len(said["id_number"]) == 18
    assert "1组8号" in said["address"]


def test_a_list_of_another_app_appears_when_it_registers(desk: Desk) -> None:
    person = desk.person()
    extra = List("extra", "另一份名单", "为什么", "依据", "entry", "s.state = 'registered'")
    register(extra)
    try:
        assert desk.on("extra") == {person}
    finally:
        del _lists["extra"]
    with pytest.raises(ValueError, match="unknown group"):
        register(List("x", "x", "x", "x", "nowhere", "true"))


def test_pages_of_a_list_meet_without_gap_or_overlap(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xinqiao.rosters.queries.PAGE", 2)
    people = {desk.person(village) for village in (NORTH_1, NORTH_2, SOUTH_1, NORTH_1, NORTH_2)}
    wanted = find_list("unexamined")
    assert wanted is not None
    seen: list[UUID] = []
    after = ""
    with acting(desk.actor):
        while True:
            page = list_page(actor=desk.actor, today=TODAY, wanted=wanted, after=after)
            seen += [row.person_id for row in page.rows]
            assert page.count == 5
            after = page.next_key
            if not after:
                break
    assert len(seen) == 5
    assert set(seen) == people


def test_the_standing_says_the_same_after_everything_is_folded_again(desk: Desk) -> None:
    from xinqiao.followup.actions import refold

    person = desk.person(guardian_phone="")
    desk.visit(person, unstable_visit(date(2026, 11, 1)))
    columns = (
        "filed_on, counted_year, visits_year, exam_on, unstable_since, referred_on, away_on, loss_to_verify, refused,"
        " guardianship, worker_ids, worker_named"
    )

    def stands() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(f"select {columns} from followup_standing where person_id = %s", [person])
            return cursor.fetchone()

    before = stands()
    with connection.cursor() as cursor:
        cursor.execute("update followup_standing set visits_year = 9, guardianship = '', worker_ids = '{}'")
    with acting(desk.actor):
        refold([person], clock=desk.clock)
    assert stands() == before
