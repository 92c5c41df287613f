"""Recording, correcting and voiding exams, and the pages for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, County
from tests.factories.people import make_person
from tests.factories.records import exam_record
from xinqiao.audit.models import Event, Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Person
from xinqiao.treatment.actions import NewExam, Recorded, amend_exam, record_exam, record_exams, void_exam
from xinqiao.treatment.facts import load_exams
from xinqiao.treatment.models import Exam, ExamRefusal

DAY = date(2026, 5, 8)
Enter = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def person(county: County) -> Person:
    return make_person(NORTH_1, county.institutions[NORTH])


def _record(
    county: County, clock: FixedClock, person: Person, key: str = "village", **changes: Any
) -> Recorded:
    return record_exam(
        actor=county.actors[key], clock=clock, person_id=person.pk, op_id=changes.pop("op_id", None) or uuid7(),
        record=exam_record(changes.pop("on", DAY), **changes),
    )  # fmt: skip


def test_an_exam_is_recorded_once_for_one_operation(
    county: County, clock: FixedClock, person: Person, acting_as: Enter
) -> None:
    op = uuid7()
    with acting_as("village"):
        first = _record(county, clock, person, op_id=op)
        assert _record(county, clock, person, op_id=op) == first
        row = Exam.objects.get()
    assert (row.managing_code, row.happened_on, row.sbp, str(row.weight)) == (NORTH_1, DAY, 118, "62.5")
    assert Event.objects.filter(action="record_exam").count() == 1
    assert "62" not in str(Event.objects.get(action="record_exam").detail.get("weight", ""))


def test_the_same_operation_for_another_person_is_a_conflict(
    county: County, clock: FixedClock, person: Person, acting_as: Enter
) -> None:
    other = make_person(NORTH_1, county.institutions[NORTH])
    op = uuid7()
    with acting_as("village"):
        _record(county, clock, person, op_id=op)
        with pytest.raises(Conflict):
            _record(county, clock, other, op_id=op)


def test_a_second_exam_of_one_day_is_refused_with_a_way_out(
    county: County, clock: FixedClock, person: Person, acting_as: Enter
) -> None:
    with acting_as("village"):
        _record(county, clock, person)
        with pytest.raises(Invalid, match="打开那一次更正"):
            _record(county, clock, person)


def test_a_refusal_is_kept_and_never_counted(
    county: County, clock: FixedClock, person: Person, acting_as: Enter
) -> None:
    with acting_as("village"):
        made = _record(county, clock, person, outcome="2", refused_reason="1")
        assert not made.taken
        assert ExamRefusal.objects.count() == 1
        assert load_exams([person.pk]) == []


def test_a_correction_replaces_and_both_stay_readable(
    county: County, clock: FixedClock, person: Person, acting_as: Enter
) -> None:
    with acting_as("village"):
        first = _record(county, clock, person)
    with acting_as("township"):
        made = amend_exam(
            actor=county.actors["township"], clock=clock, exam_id=first.fact_id, op_id=uuid7(),
            record=exam_record(DAY, sbp=128), reason="抄错",
        )  # fmt: skip
        old, new = Exam.objects.get(pk=first.fact_id), Exam.objects.get(pk=made.fact_id)
        assert (old.voided_reason, old.sbp, new.sbp, new.amends_id) == ("抄错", 118, 128, old.pk)
        assert len(load_exams([person.pk])) == 1
        with pytest.raises(Conflict):
            amend_exam(
                actor=county.actors["township"], clock=clock, exam_id=first.fact_id, op_id=uuid7(),
                record=exam_record(DAY), reason="再改",
            )  # fmt: skip


def test_a_wrong_correction_leaves_the_first_version_standing(
    county: County, clock: FixedClock, person: Person, acting_as: Enter
) -> None:
    with acting_as("township"):
        first = _record(county, clock, person, "township")
        with pytest.raises(Invalid):
            amend_exam(
                actor=county.actors["township"], clock=clock, exam_id=first.fact_id, op_id=uuid7(),
                record=exam_record(DAY, sbp=999), reason="抄错",
            )  # fmt: skip
        assert Exam.objects.get(pk=first.fact_id).voided_at is None


def test_voiding_needs_a_reason_and_may_be_repeated(
    county: County, clock: FixedClock, person: Person, acting_as: Enter
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        made = _record(county, clock, person, "township")
        with pytest.raises(Invalid, match="原因"):
            void_exam(actor=actor, clock=clock, exam_id=made.fact_id, reason=" ")
        void_exam(actor=actor, clock=clock, exam_id=made.fact_id, reason="登错人")
        void_exam(actor=actor, clock=clock, exam_id=made.fact_id, reason="登错人")
        assert load_exams([person.pk]) == []
    assert Event.objects.filter(action="void_exam").count() == 1


def test_correcting_is_the_townships_business(
    county: County, clock: FixedClock, person: Person, acting_as: Enter
) -> None:
    with acting_as("township"):
        made = _record(county, clock, person, "township")
    with acting_as("village"), pytest.raises(NotAllowed):
        void_exam(actor=county.actors["village"], clock=clock, exam_id=made.fact_id, reason="不对")


@pytest.mark.parametrize("key", ["village_2", "other_township", "other_county"])
def test_neighbours_and_strangers_find_nothing(
    county: County, clock: FixedClock, person: Person, acting_as: Enter, key: str
) -> None:
    with acting_as("village"):
        made = _record(county, clock, person)
    actor = county.actors[key]
    with acting_as(key):
        assert not Exam.objects.exists()
        with pytest.raises(NotFound if key != "village_2" else NotAllowed):
            void_exam(actor=actor, clock=clock, exam_id=made.fact_id, reason="看看")
        with pytest.raises(NotFound):
            record_exam(actor=actor, clock=clock, person_id=person.pk, op_id=uuid7(), record=exam_record(DAY))


def test_the_page_records_and_the_panel_shows_what_is_unusual(
    county: County, person: Person, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("village")
    address = reverse("treatment:exam", args=[person.pk])
    assert client.get(address).status_code == 200
    typed = {k: str(v) for k, v in exam_record(DAY, sbp=165, dbp=95).items()} | {"op_id": str(uuid7())}
    wrong = client.post(address, typed)
    assert wrong.status_code == 422
    assert "165" in wrong.content.decode()
    assert client.post(address, {**typed, "advice": "限盐，两周后复测"}).status_code == 302
    shown = client.get(reverse("registry:person", args=[person.pk]), {"tab": "exams"}).content.decode()
    assert "165 mmHg ↑" in shown
    assert "今年已体检" in shown
    assert "限盐" in shown
    assert Read.objects.filter(kind="page").exists()


def test_the_page_corrects_and_voids(
    county: County, person: Person, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township")
    typed = {k: str(v) for k, v in exam_record(DAY).items()}
    client.post(reverse("treatment:exam", args=[person.pk]), {**typed, "op_id": str(uuid7())})
    exam: UUID = Exam.objects.get().pk
    address = reverse("treatment:amend-exam", args=[exam])
    assert 'value="118"' in client.get(address).content.decode()
    assert client.post(address, {**typed, "sbp": "120", "op_id": str(uuid7())}).status_code == 422
    done = client.post(address, {**typed, "sbp": "120", "reason": "抄错", "op_id": str(uuid7())})
    assert done.status_code == 302
    new = Exam.objects.get(voided_at=None)
    assert client.post(reverse("treatment:void-exam", args=[new.pk]), {"reason": "登错人"}).status_code == 302
    shown = client.get(reverse("registry:person", args=[person.pk]), {"tab": "exams"}).content.decode()
    assert "已作废：登错人" in shown
    assert "今年还没有体检" in shown


def test_a_batch_is_written_whole_or_not_at_all_and_says_which_one_is_wrong(
    county: County, clock: FixedClock, person: Person, acting_as: Enter, count_sql: Any
) -> None:
    others = [make_person(NORTH_1, county.institutions[NORTH]) for _ in range(3)]
    actor = county.actors["township"]
    batch = [NewExam(uuid7(), one.pk, exam_record(DAY)) for one in others]
    with acting_as("township"):
        with pytest.raises(Invalid, match="第 4 份：“收缩压”"):
            record_exams(
                actor=actor, clock=clock, batch=[*batch, NewExam(uuid7(), person.pk, exam_record(DAY, sbp=9))]
            )
        assert not Exam.objects.exists()
        with count_sql() as captured:
            made = record_exams(actor=actor, clock=clock, batch=batch)
    assert [one.person_id for one in made] == [one.pk for one in others]
    assert len(captured.captured_queries_after) <= 12
