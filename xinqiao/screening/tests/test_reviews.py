"""Re-diagnosis: what the hospital sees, all outcomes, paper, the second diagnosis, a disproved one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories.county import NORTH, NORTH_1, County
from tests.factories.records import person_record
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.audit.models import Event
from xinqiao.clocks.models import Clock
from xinqiao.clocks.queries import inbox
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.registry.actions import NewCorrection, NewPerson, decide_correction, request_correction
from xinqiao.registry.models import Diagnosis, Person
from xinqiao.screening import actions, queries
from xinqiao.screening.models import Clue, Rediagnosis

from .conftest import CLOCK, TODAY, Noted, answer_record, clue_record

Asked = Callable[..., Rediagnosis]


def _clocks(subject: Any) -> dict[str, str]:
    return dict(Clock.objects.filter(subject=subject).values_list("code", "outcome"))


def _answer(county: County, one: Rediagnosis, record: dict[str, Any], key: str = "hospital") -> Clue:
    actor = county.actors[key]
    with acting(actor):
        actions.answer_review(actor=actor, clock=CLOCK, review_id=one.pk, record=record)
    return Clue.objects.get(pk=one.clue_id)


def test_the_hospital_sees_the_question_and_nothing_else(county: County, asked: Asked) -> None:
    one = asked()
    actor = county.actors["hospital"]
    with acting(actor):
        found = queries.queue(actor=actor)
        assert ([row.pk for row in found.rows], found.waiting) == ([one.pk], 1)
        assert (found.rows[0].name, found.rows[0].guardian_phone) == ("安寻之", "13900000003")
        assert Clue.objects.count() == 0
        assert Person.objects.count() == 0
    assert "李邻居" not in str(Rediagnosis.objects.filter(pk=one.pk).values()[0])


def test_the_inbox_says_whom_a_clock_is_about_to_whoever_sees_the_clue_or_the_question(
    county: County, asked: Asked
) -> None:
    asked()
    wanted = {
        "hospital": {("D36", "安寻之")},
        "village": {("D36", "安寻之")},
        "township": {("D36", "安寻之")},
        "other_township": set(),
    }
    for key, lines in wanted.items():
        actor = county.actors[key]
        with acting(actor):
            found = inbox(actor=actor, today=TODAY)
        assert {(line.code, line.about) for line in found.lines} == lines, key


def test_another_hospital_sees_nothing(county: County, asked: Asked) -> None:
    one = asked()
    other = Institution.objects.create(
        name="邻水县安宁医院",
        kind=InstitutionKind.PSYCHIATRIC_HOSPITAL,
        place=NORTH,
        valid_from=date(2010, 1, 1),
    )
    user = User.objects.create_user(
        username="other_hospital", password=None, display_name="他院", role=Role.HOSPITAL_DOCTOR, place=NORTH,
        institution=other, must_change_password=False,
    )  # fmt: skip
    actor = actor_of(user, CLOCK)
    with acting(actor):
        assert queries.queue(actor=actor).rows == []
        with pytest.raises(NotFound):
            actions.answer_review(actor=actor, clock=CLOCK, review_id=one.pk, record=answer_record())


def test_asking_twice_with_one_operation_asks_once(county: County, noted: Noted, asked: Asked) -> None:
    clue, op = noted(), uuid7()
    first, again = asked(clue, op_id=op), asked(clue, op_id=op)
    assert first.pk == again.pk
    with pytest.raises(Conflict):
        asked(clue)


@pytest.mark.parametrize(
    ("record", "state", "clocks"),
    [
        (answer_record(), "concluded", {"D31": "done", "D8": "open"}),
        (answer_record("other", "refer"), "closed", {"D31": "done"}),
        (answer_record("watch", "watch"), "watch", {"D31": "done", "D32": "open"}),
        (answer_record("exclude", "close"), "closed", {"D31": "done"}),
        (answer_record("six", "close", consent="2"), "concluded", {"D31": "done", "D8": "open"}),
        (answer_record("six", "close", consent="1"), "concluded", {"D31": "done", "D8": "open"}),
    ],
)
def test_each_outcome_leads_the_clue_on_with_its_clock(
    county: County, asked: Asked, record: dict[str, Any], state: str, clocks: dict[str, str]
) -> None:
    one = asked()
    clue = _answer(county, one, record)
    assert clue.state == state
    assert _clocks(clue.pk) == clocks
    assert _clocks(one.pk) == {"D36": "done"}
    assert clue.brought_on == TODAY
    event = Event.objects.get(action="answer_rediagnosis")
    assert event.object_id == one.pk
    assert "F20" not in str(event.detail)


@pytest.mark.parametrize(
    ("result", "outcome", "reason"),
    [("other", "refer", "referred"), ("other", "close", "not_six"), ("exclude", "close", "excluded")],
)
def test_a_clue_closed_by_its_answer_says_why(
    county: County, asked: Asked, result: str, outcome: str, reason: str
) -> None:
    clue = _answer(county, asked(), answer_record(result, outcome))
    assert (clue.state, clue.close_reason) == ("closed", reason)


def test_a_clue_that_was_observed_is_observed_again_when_the_question_is_taken_back(
    county: County, asked: Asked
) -> None:
    clue = _answer(county, asked(), answer_record("watch", "watch"))
    again = asked(clue)
    actor = county.actors["township"]
    with acting(actor):
        actions.withdraw_review(actor=actor, clock=CLOCK, review_id=again.pk)
    clue.refresh_from_db()
    assert clue.state == "watch"
    assert _clocks(clue.pk)["D32"] == "open"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"doctor": ""}, "doctor"),
        ({"diagnosed_on": "2026-11-30"}, "diagnosed_on"),
        ({"diagnosed_on": "2026-01-30"}, "diagnosed_on"),
        ({"icd10": ""}, "icd10"),
        ({"icd10": "F41.1"}, "icd10"),
        ({"result": ""}, "result"),
        ({"outcome": "refer"}, "outcome"),
        ({"result": "watch", "outcome": "watch", "look_on": ""}, "look_on"),
        ({"result": "watch", "outcome": "watch", "look_on": "2026-01-01"}, "look_on"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_at_its_field(
    county: County, asked: Asked, changes: dict[str, str], field: str
) -> None:
    one = asked()
    with pytest.raises(Invalid) as wrong:
        _answer(county, one, answer_record() | changes)
    assert field in wrong.value.by_field()


def test_an_answer_counts_once(county: County, asked: Asked) -> None:
    one = asked()
    _answer(county, one, answer_record())
    with pytest.raises(Conflict):
        _answer(county, one, answer_record("exclude", "close"))


def test_the_township_writes_a_paper_answer_and_not_the_hospitals(
    county: County, asked: Asked, noted: Noted
) -> None:
    paper = asked(hospital=False)
    assert _answer(county, paper, answer_record(), "township").state == "concluded"
    assert _clocks(paper.pk) == {}
    own = asked(noted("township", clue_record(NORTH_1, "5", name="安另一")))
    with pytest.raises(NotAllowed):
        _answer(county, own, answer_record(), "township")


def test_who_sent_somebody_must_fit_the_law_and_ends_the_clock_of_danger(
    county: County, noted: Noted, asked: Asked
) -> None:
    calm = noted()
    with pytest.raises(Invalid) as wrong:
        asked(calm, sent_by="police", sent_on=TODAY)
    assert "第二十八条" in wrong.value.by_field()["sent_by"].message
    urgent = noted("township", clue_record(NORTH_1, "3", name="安急"))
    one = asked(urgent)
    actor = county.actors["village"]
    with acting(actor):
        actions.tell_brought(actor=actor, clock=CLOCK, review_id=one.pk, sent_by="police", sent_on=TODAY)
        with pytest.raises(Conflict):
            actions.tell_brought(actor=actor, clock=CLOCK, review_id=one.pk, sent_by="kin", sent_on=TODAY)
    assert _clocks(urgent.pk)["D30"] == "done"


def test_somebody_who_was_brought_is_not_turned_away(county: County, noted: Noted, asked: Asked) -> None:
    hospital = county.actors["hospital"]
    brought = asked(sent_by="kin", sent_on=TODAY)
    with acting(hospital), pytest.raises(Conflict):
        actions.return_review(actor=hospital, clock=CLOCK, review_id=brought.pk, reason="床位已满")
    other = asked(noted("township", clue_record(NORTH_1, "5", name="安未到")))
    with acting(hospital):
        actions.return_review(actor=hospital, clock=CLOCK, review_id=other.pk, reason="本人未到")
    assert Clue.objects.get(pk=other.clue_id).state == "checking"


def test_a_question_taken_back_is_gone_for_the_hospital(county: County, asked: Asked) -> None:
    one = asked()
    township, hospital = county.actors["township"], county.actors["hospital"]
    with acting(township):
        actions.withdraw_review(actor=township, clock=CLOCK, review_id=one.pk)
    with acting(hospital):
        assert queries.queue(actor=hospital).rows == []
        with pytest.raises(NotFound):
            queries.find_review(actor=hospital, review_id=one.pk)
    assert _clocks(one.pk) == {"D36": "cancelled"}


def test_looking_again_ends_the_clock_of_observation(county: County, asked: Asked) -> None:
    one = asked()
    clue = _answer(county, one, answer_record("watch", "watch"))
    later = TODAY + timedelta(days=65)
    actor = county.actors["township"]
    with acting(actor):
        actions.ask_about_clue(
            actor=actor, clock=FixedClock(later), clue_id=clue.pk,
            new=actions.NewReview(uuid7(), county.institutions["hospital"].pk, asked_on=later),
        )  # fmt: skip
    assert _clocks(clue.pk)["D32"] == "done"


def test_a_confirmed_clue_becomes_a_file_with_nothing_typed_twice(
    county: County, noted: Noted, asked: Asked
) -> None:
    one = asked(noted("township", clue_record(NORTH_1, "5", birth_on="1985-07-08")))
    clue = _answer(county, one, answer_record())
    actor = county.actors["township"]
    with acting(actor):
        known = actions.record_of_clue(clue)
        assert (known["name"], known["icd10"], known["guardian_phone"]) == ("安寻之", "F20.9", "13900000003")
        record = person_record("", NORTH_1, filed_on=TODAY, serial=611) | known | {"id_kind": "01"}
        made = actions.file_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, person=NewPerson(uuid7(), record))
        with pytest.raises(Conflict):
            actions.file_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, person=NewPerson(uuid7(), record))
    clue.refresh_from_db()
    assert (clue.state, clue.person_id, clue.filed_on) == ("filed", made.person_id, TODAY)
    assert _clocks(clue.pk)["D8"] == "done"
    assert _clocks(made.person_id)["D34"] == "open"


def test_the_first_assessment_ends_its_clock(county: County, person: Person) -> None:
    actor, hospital = county.actors["township"], county.actors["hospital"]
    with acting(actor):
        one = actions.ask_about_person(
            actor=actor, clock=CLOCK, person_id=person.pk,
            new=actions.NewReview(
                uuid7(), county.institutions["hospital"].pk, purpose="first", asked_on=TODAY
            ),
        )  # fmt: skip
    with acting(hospital):
        actions.answer_review(
            actor=hospital, clock=CLOCK, review_id=one.pk,
            record={"diagnosed_on": TODAY.isoformat(), "doctor": "沈医师", "advice": "继续原治疗方案"},
        )  # fmt: skip
    row = Clock.objects.get(subject=person.pk, code="D34")
    assert (row.outcome, row.started_on) == ("late", person.filed_on)


def test_an_imported_register_owes_no_first_assessment(county: County) -> None:
    from xinqiao.registry.actions import register_people
    from xinqiao.screening.clocks import enrolled_spans

    actor = county.actors["county"]
    with acting(actor):
        register_people(
            actor=actor, clock=CLOCK, source="import",
            batch=[NewPerson(uuid7(), person_record("安导入", NORTH_1, filed_on=date(2026, 5, 1), serial=9))],
        )  # fmt: skip
        old = NewPerson(uuid7(), person_record("安从前", NORTH_1, filed_on=date(2025, 5, 1), serial=10))
        register_people(actor=actor, clock=CLOCK, source="form", batch=[old])
        assert list(enrolled_spans(None)) == []


def test_a_second_diagnosis_has_its_clock_of_three_days(county: County, person: Person) -> None:
    actor = county.actors["township"]
    with acting(actor):
        with pytest.raises(Invalid):
            actions.ask_about_person(
                actor=actor, clock=CLOCK, person_id=person.pk,
                new=actions.NewReview(uuid7(), None, "某院", purpose="again", asked_on=TODAY),
            )  # fmt: skip
        found = {}
        for days in (3, 4):
            one = actions.ask_about_person(
                actor=actor, clock=CLOCK, person_id=person.pk,
                new=actions.NewReview(
                    uuid7(), None, f"某市第{days}医院", purpose="again", asked_on=TODAY,
                    concluded_on=TODAY - timedelta(days=days),
                ),
            )  # fmt: skip
            found[days] = (_clocks(one.pk)["D21"], actions.second_in_time(one))
    assert found == {3: ("done", True), 4: ("late", False)}


def test_the_same_hospital_is_asked_the_same_once(county: County, person: Person) -> None:
    actor = county.actors["township"]
    hospital = county.institutions["hospital"].pk
    with acting(actor):
        for purpose in ("first", "doubt"):
            new = actions.NewReview(uuid7(), hospital, purpose=purpose, asked_on=TODAY)
            one = actions.ask_about_person(actor=actor, clock=CLOCK, person_id=person.pk, new=new)
            assert (
                actions.ask_about_person(actor=actor, clock=CLOCK, person_id=person.pk, new=new).pk == one.pk
            )
        twice = actions.NewReview(uuid7(), hospital, purpose="first", asked_on=TODAY)
        with pytest.raises(Conflict):
            actions.ask_about_person(actor=actor, clock=CLOCK, person_id=person.pk, new=twice)


def test_a_disproved_diagnosis_waits_until_the_register_is_put_right(county: County, person: Person) -> None:
    actor = county.actors["township"]
    with acting(actor):
        one = actions.ask_about_person(
            actor=actor, clock=CLOCK, person_id=person.pk,
            new=actions.NewReview(uuid7(), None, "某院", purpose="doubt", asked_on=TODAY - timedelta(days=3)),
        )  # fmt: skip
        gone = answer_record("exclude", "correct", diagnosed_on=(TODAY - timedelta(days=2)).isoformat())
        actions.answer_review(
            actor=actor, clock=FixedClock(TODAY - timedelta(days=2)), review_id=one.pk, record=gone
        )
        assert _clocks(one.pk)["D9"] == "open"
        with pytest.raises(Conflict):
            actions.tell_corrected(actor=actor, clock=CLOCK, review_id=one.pk)
        Diagnosis.objects.create(
            person=person, managing_code=person.managing_code, icd10="F32.9", category="9",
            happened_on=TODAY - timedelta(days=2), recorded_at=CLOCK.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        done = actions.tell_corrected(actor=actor, clock=CLOCK, review_id=one.pk)
    assert done.corrected_on == TODAY
    assert _clocks(one.pk)["D9"] == "done"


def test_the_register_put_right_ends_the_clock_of_a_disproved_diagnosis_at_once(
    county: County, person: Person
) -> None:
    actor, day = county.actors["township"], TODAY - timedelta(days=2)
    with acting(actor):
        one = actions.ask_about_person(
            actor=actor, clock=CLOCK, person_id=person.pk,
            new=actions.NewReview(uuid7(), None, "某院", purpose="doubt", asked_on=TODAY - timedelta(days=3)),
        )  # fmt: skip
        gone = answer_record("exclude", "correct", diagnosed_on=day.isoformat())
        actions.answer_review(actor=actor, clock=FixedClock(day), review_id=one.pk, record=gone)
        asked = request_correction(
            actor=actor, clock=CLOCK, new=NewCorrection(person.pk, "exclude", "复核诊断排除", day)
        )
        assert _clocks(one.pk)["D9"] == "open", "nobody agreed yet"
    second = county.actors["county"]
    with acting(second):
        decide_correction(actor=second, clock=CLOCK, correction_id=asked.pk, approve=True)
    assert _clocks(one.pk)["D9"] == "done"
    assert _clocks(person.pk)["D34"] == "cancelled"


def test_a_stranger_asks_about_nobody(county: County, noted: Noted, person: Person) -> None:
    clue, stranger = noted(), county.actors["other_township"]
    new = actions.NewReview(uuid7(), None, "某院", purpose="doubt", asked_on=TODAY)
    with acting(stranger):
        with pytest.raises(NotFound):
            actions.ask_about_clue(actor=stranger, clock=CLOCK, clue_id=clue.pk, new=new)
        with pytest.raises(NotFound):
            actions.ask_about_person(actor=stranger, clock=CLOCK, person_id=person.pk, new=new)
