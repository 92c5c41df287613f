"""The one write path: what it writes, what it refuses, what it leaves in the trail, and what repeating it does."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.test.utils import CaptureQueriesContext

from tests.factories.county import EAST_1, NORTH, NORTH_1, NORTH_2, SOUTH_1, County
from tests.factories.numbers import id_number
from tests.factories.people import make_person
from xinqiao.audit.models import Event
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson, plan_people, register_people, register_person
from xinqiao.registry.actions.register import AlreadyRegistered
from xinqiao.registry.choices import ResponsibilityKind
from xinqiao.registry.models import (
    Address,
    Consent,
    Diagnosis,
    Guardian,
    Identifier,
    LifeEvent,
    Person,
    PersonRevision,
    Responsibility,
)

from .records import new_person, whole_record

Enter = Callable[[str], AbstractContextManager[None]]


def test_a_typed_person_gets_a_file_with_all_its_facts(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    with acting_as("township"):
        done = register_person(actor=county.actors["township"], clock=clock, person=new_person())
        person = Person.objects.get(pk=done.person_id)
        assert done.outcome == "new"
        assert person.file_no == f"{NORTH_1}00001" == done.file_no
        assert (person.name, person.phone, person.onset_precision) == ("沈样例", "13800000001", "month")
        assert LifeEvent.objects.get(person=person).happened_on == date(2020, 3, 1)
        assert Consent.objects.get(person=person).signer == "patient"
        assert Diagnosis.objects.get(person=person).category == "1"
        assert Guardian.objects.get(person=person).phone == "13800000002"
        assert Address.objects.get(person=person, kind="live").detail == "柳树村3组8号"
        counting = Responsibility.objects.get(person=person, kind=ResponsibilityKind.COUNTING)
        assert counting.institution_id == county.institutions[NORTH].pk


def test_without_a_named_worker_the_person_in_charge_is_responsible(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    with acting_as("township"):
        done = register_person(actor=county.actors["township"], clock=clock, person=new_person())
        duty = Responsibility.objects.get(person_id=done.person_id, kind=ResponsibilityKind.RESPONSIBLE)
    assert duty.worker_id == county.users["village"].pk
    assert duty.institution_id == county.institutions[NORTH_1].pk


def test_a_named_worker_is_responsible_and_an_unknown_name_is_kept_as_a_name(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    with acting_as("township"):
        named = register_person(
            actor=county.actors["township"], clock=clock, person=new_person(worker="township")
        )
        unknown = register_person(
            actor=county.actors["township"], clock=clock, person=new_person(worker="李医生")
        )
        duties = {
            row.person_id: row for row in Responsibility.objects.filter(kind=ResponsibilityKind.RESPONSIBLE)
        }
    assert duties[named.person_id].worker_id == county.users["township"].pk
    assert duties[unknown.person_id].worker_name == "李医生"
    assert "worker_unknown" in unknown.flags


def test_the_same_operation_again_makes_no_second_file(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    person = new_person()
    with acting_as("township"):
        first = register_person(actor=county.actors["township"], clock=clock, person=person)
        again = register_person(actor=county.actors["township"], clock=clock, person=person)
        assert (again.person_id, again.file_no, again.outcome) == (
            first.person_id,
            first.file_no,
            "unchanged",
        )
        assert Person.objects.count() == 1
    assert Event.objects.filter(action="register_person").count() == 1


def test_the_same_operation_with_other_answers_is_a_conflict(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    first = new_person()
    other = NewPerson(op_id=first.op_id, record={**first.record, "phone": "13900000009"})
    with acting_as("township"):
        register_person(actor=county.actors["township"], clock=clock, person=first)
        with pytest.raises(Conflict):
            register_person(actor=county.actors["township"], clock=clock, person=other)


def test_a_number_already_registered_here_leads_to_that_file(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    first = new_person()
    with acting_as("township"):
        done = register_person(actor=county.actors["township"], clock=clock, person=first)
        with pytest.raises(AlreadyRegistered) as caught:
            register_person(
                actor=county.actors["township"],
                clock=clock,
                person=NewPerson(op_id=uuid7(), record=first.record),
            )
    assert caught.value.person_id == done.person_id
    assert first.record["name"] not in str(caught.value)


def test_a_recorded_reason_lets_two_people_share_a_number(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    first = new_person()
    twin = NewPerson(
        op_id=uuid7(), record={**first.record, "name": "沈另一"}, different_because="双胞胎,借用证件登记"
    )
    with acting_as("township"):
        register_person(actor=county.actors["township"], clock=clock, person=first)
        done = register_person(actor=county.actors["township"], clock=clock, person=twin)
        assert done.outcome == "new"
        assert Identifier.objects.get(person_id=done.person_id).different_because == "双胞胎,借用证件登记"


def test_a_number_registered_elsewhere_is_refused_without_saying_where(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    number = id_number(date(1985, 7, 8))
    make_person(SOUTH_1, county.institutions["990101101000"], id_no=number, name="南桥某")
    with acting_as("township"), pytest.raises(Invalid) as caught:
        register_person(actor=county.actors["township"], clock=clock, person=new_person(id_number=number))
    assert [one.code for one in caught.value.problems] == ["id_elsewhere"]
    assert "南桥" not in str(caught.value)


@pytest.mark.parametrize("village", [SOUTH_1, EAST_1, "990101100299"])
def test_a_village_of_others_looks_like_one_that_is_not_there(
    village: str, county: County, acting_as: Enter, clock: FixedClock
) -> None:
    with acting_as("township"), pytest.raises(NotFound):
        register_person(actor=county.actors["township"], clock=clock, person=new_person(live_code=village))


@pytest.mark.parametrize("key", ["village", "city", "system", "auditor", "programme"])
def test_who_may_not_register_is_refused(
    key: str, county: County, acting_as: Enter, clock: FixedClock
) -> None:
    with acting_as(key), pytest.raises(NotAllowed):
        register_person(actor=county.actors[key], clock=clock, person=new_person())


def test_the_township_may_not_import(county: County, acting_as: Enter, clock: FixedClock) -> None:
    with acting_as("township"), pytest.raises(NotAllowed):
        register_people(actor=county.actors["township"], clock=clock, batch=[new_person()], source="import")


def test_one_bad_row_leaves_nothing_behind(county: County, acting_as: Enter, clock: FixedClock) -> None:
    batch = [new_person(), new_person(name=None)]
    with acting_as("county"):
        with pytest.raises(Invalid) as caught:
            register_people(actor=county.actors["county"], clock=clock, batch=batch, source="import")
        assert [one.field for one in caught.value.problems] == ["rows.1.name"]
        assert not Person.objects.exists()


def test_file_numbers_of_a_batch_follow_each_other_in_each_village(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    batch = [new_person(), new_person(live_code=NORTH_2), new_person()]
    with acting_as("county"):
        done = register_people(actor=county.actors["county"], clock=clock, batch=batch, source="import")
        more = register_people(
            actor=county.actors["county"], clock=clock, batch=[new_person()], source="import"
        )
    assert [one.file_no[-8:] for one in [*done, *more]] == ["20100001", "20200001", "20100002", "20100003"]


def test_importing_the_same_register_again_changes_nothing(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    batch = [new_person(), new_person()]
    again = [NewPerson(op_id=uuid7(), record=one.record) for one in batch]
    with acting_as("county"):
        first = register_people(actor=county.actors["county"], clock=clock, batch=batch, source="import")
        second = register_people(actor=county.actors["county"], clock=clock, batch=again, source="import")
        assert [one.outcome for one in second] == ["unchanged", "unchanged"]
        assert [one.person_id for one in second] == [one.person_id for one in first]
        assert Responsibility.objects.count() == 4
    assert Event.objects.filter(action="register_people").count() == 1


def test_an_import_that_says_something_new_adds_dated_facts_and_keeps_what_was(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    first = new_person()
    changes = {
        "phone": "13900000009",
        "live_detail": "柳树村5组1号",
        "icd10": "F25.9",
        "guardian_phone": "13900000008",
    }
    later = NewPerson(op_id=uuid7(), record={**first.record, **changes, "employment": ""})
    with acting_as("county"):
        register_people(actor=county.actors["county"], clock=clock, batch=[first], source="import")
        (done,) = register_people(actor=county.actors["county"], clock=clock, batch=[later], source="import")
        person = Person.objects.get()
        assert done.outcome == "changed"
        assert set(done.changed) == set(changes)
        assert (person.phone, person.employment, person.row_version) == ("13900000009", "3", 2)
        assert '"phone": "13800000001"' in PersonRevision.objects.get().former
        assert Address.objects.get(kind="live", valid_to=None).detail == "柳树村5组1号"
        assert Address.objects.get(kind="live", valid_to=clock.today()).detail == "柳树村3组8号"
        assert Guardian.objects.get(valid_to=None).phone == "13900000008"
        assert set(Diagnosis.objects.values_list("icd10", flat=True)) == {"F20.9", "F25.9"}


def test_an_import_under_another_name_is_a_problem_that_names_nobody_else(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    first = new_person()
    other = NewPerson(op_id=uuid7(), record={**first.record, "name": "沈别名"})
    with acting_as("county"):
        register_people(actor=county.actors["county"], clock=clock, batch=[first], source="import")
        plan = plan_people(actor=county.actors["county"], clock=clock, batch=[other], source="import")
    assert [one.code for one in plan.problems] == ["id_other_name"]
    assert "沈样例" not in plan.problems[0].message


def test_a_person_without_a_document_is_found_again_by_name_sex_birth_and_village(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    bare = {"id_number": None, "id_kind": "00", "no_id_reason": "证件遗失,正在补办"}
    first = new_person(**bare)
    again = NewPerson(op_id=uuid7(), record=first.record)
    with acting_as("county"):
        one = register_people(actor=county.actors["county"], clock=clock, batch=[first], source="import")
        two = register_people(actor=county.actors["county"], clock=clock, batch=[again], source="import")
        assert one[0].person_id == two[0].person_id
        assert not Identifier.objects.exists()


def test_a_statutory_report_is_a_basis_and_never_an_invented_yes(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    person = new_person(
        report_type="1",
        notified_on="2020-02-28",
        notifier="王医生",
        consent=None,
        signer=None,
        signed_on=None,
    )
    with acting_as("township"):
        register_person(actor=county.actors["township"], clock=clock, person=person)
        row = Consent.objects.get()
    assert (row.basis, row.decision) == ("statutory", "")


def test_the_number_of_statements_does_not_grow_with_the_batch(
    county: County,
    acting_as: Enter,
    clock: FixedClock,
    count_sql: Callable[[], AbstractContextManager[CaptureQueriesContext]],
) -> None:
    counts = []
    for size in (2, 12):
        with acting_as("county"), count_sql() as sql:
            batch = [new_person() for _ in range(size)]
            register_people(actor=county.actors["county"], clock=clock, batch=batch, source="import")
        # Rules in force are read again every few seconds, whatever is registered: only our own tables are counted.
        counts.append(sum(1 for one in sql.captured_queries_after if "registry_" in one["sql"]))
    assert counts[0] == counts[1]


def test_the_trail_holds_ids_and_kinds_and_no_words_about_anybody(
    county: County, acting_as: Enter, clock: FixedClock
) -> None:
    record = whole_record()
    with acting_as("township"):
        register_person(
            actor=county.actors["township"], clock=clock, person=NewPerson(op_id=uuid7(), record=record)
        )
    kept = str(Event.objects.get(action="register_person").__dict__)
    for key in ("name", "id_number", "phone", "guardian_name", "live_detail", "dx_hospital", "icd10"):
        assert record[key] not in kept
