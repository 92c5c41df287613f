"""Rows that hold from a day to a day: added, succeeded, ended, corrected, taken back; a stranger reaches none of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.factories.county import NORTH_1, County
from xinqiao.audit.models import Event
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import (
    NewRow,
    add_care_member,
    add_rows,
    close_care_group,
    correct_row,
    end_care_member,
    end_row,
    join_household,
    open_care_group,
    register_person,
    void_fact,
)
from xinqiao.registry.choices import AddressKind, NameKind, NumberKind, SupportKind
from xinqiao.registry.models import (
    Address,
    CareMember,
    CarePlacement,
    Guardian,
    HouseholdMember,
    OtherNumber,
    Person,
    PersonName,
    Support,
)
from xinqiao.registry.rules import dated
from xinqiao.registry.tables import TABLES

from .records import new_person

Enter = Callable[[str], AbstractContextManager[None]]
DAY = date(2026, 5, 1)


def row(person: UUID, sort: str, /, **record: Any) -> NewRow:
    return NewRow(uuid7(), person, sort, {"valid_from": "2026-05-01"} | record)


def test_the_lists_of_the_rules_are_those_of_the_tables() -> None:
    for listed, choices in (
        (dated.ADDRESS, AddressKind),
        (dated.NAME, NameKind),
        (dated.NUMBER, NumberKind),
        (dated.SUPPORT, SupportKind),
    ):
        words = {one.code: one.label for one in listed}
        assert words.items() <= {one.value: str(one.label) for one in choices}.items()
    assert dated.DATED.keys() == TABLES.keys()


def test_a_new_address_ends_the_former_one_where_it_begins(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    given = row(north, "address", kind="live", division_code=NORTH_1, detail="9组1号")
    with acting_as("township"):
        for _ in range(2):
            (made,) = add_rows(actor=county.actors["township"], clock=clock, batch=[given])
        rows = Address.objects.filter(person_id=north, kind="live").order_by("valid_from")
        assert [(one.detail, one.valid_to) for one in rows] == [("柳树村3组8号", DAY), ("9组1号", None)]
        assert made.pk == given.op_id
        assert Person.objects.get(pk=north).row_version == 2
    assert Event.objects.filter(action="add_rows", object_id=north).count() == 1


def test_several_kinds_come_in_one_batch_and_all_or_nothing(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    batch = [
        row(north, "name", kind="former", name="沈旧名"),
        row(north, "number", kind="national", number="99000123"),
        row(north, "guardian", name="沈母", relation="5", phone="13800000003"),
        row(north, "support", kind="low_income", answer="1", amount="4800", per="year"),
        row(north, "keeper", role="grid", name="网格员甲"),
    ]
    with acting_as("township"):
        add_rows(actor=county.actors["township"], clock=clock, batch=batch)
        assert PersonName.objects.get().name == "沈旧名"
        assert OtherNumber.objects.get().number == "99000123"
        assert Guardian.objects.filter(person_id=north, valid_to=None).count() == 2
        assert Support.objects.get().amount == 4800
        with pytest.raises(Invalid) as caught:
            add_rows(
                actor=county.actors["township"], clock=clock,
                batch=[row(north, "name", kind="nick", name="阿沈"), row(north, "support", kind="low_income")],
            )  # fmt: skip
        assert [one.field for one in caught.value.problems] == ["rows.1.answer"]
        assert PersonName.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "record", "field"),
    [
        ("name", {"kind": "former"}, "name"),
        ("name", {"kind": "x", "name": "沈旧名"}, "kind"),
        ("guardian", {"name": "沈母", "relation": "5", "phone": "12"}, "phone"),
        ("certificate", {"kinds": ["7"], "level": "5"}, "level"),
        ("certificate", {"kinds": ["7"], "level": "2", "expires_on": "2020-01-01"}, "expires_on"),
        ("support", {"kind": "low_income", "answer": "0", "amount": "10", "per": "year"}, "amount"),
        ("support", {"kind": "low_income", "answer": "1", "amount": "10"}, "per"),
        ("name", {"kind": "former", "name": "沈旧名", "valid_from": "2026-12-01"}, "valid_from"),
        ("name", {"kind": "former", "name": "沈旧名", "valid_from": "1980-01-01"}, "valid_from"),
        ("name", {"kind": "former", "name": "沈旧名", "valid_to": "2026-04-01"}, "valid_to"),
        ("address", {"kind": "live", "division_code": NORTH_1, "valid_from": "2019-01-01"}, "valid_from"),
        ("placement", {"group": str(UUID(int=7))}, "group"),
        ("name", {"kind": "former", "name": "沈旧名", "more": "1"}, "more"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    kind: str,
    record: dict[str, Any],
    field: str,
    county: County,
    acting_as: Enter,
    clock: FixedClock,
    north: UUID,
) -> None:
    with acting_as("township"), pytest.raises(Invalid) as caught:
        add_rows(actor=county.actors["township"], clock=clock, batch=[row(north, kind, **record)])
    assert [one.field for one in caught.value.problems] == [field]


def test_what_was_before_is_added_with_its_end(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    former = row(
        north, "address", kind="live", division_code=NORTH_1, valid_from="2010-01-01", valid_to="2020-03-01"
    )
    with acting_as("township"):
        add_rows(actor=county.actors["township"], clock=clock, batch=[former])
        assert Address.objects.filter(person_id=north, kind="live", valid_to=None).count() == 1


@pytest.mark.parametrize(
    ("key", "error"), [("village", NotAllowed), ("other_township", NotFound), ("city", NotAllowed)]
)
def test_who_may_not_adds_ends_and_corrects_nothing(
    key: str, error: type[Exception], county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("township"):
        guardian = Guardian.objects.get(person_id=north).pk
    actor = county.actors[key]
    with acting_as(key):
        with pytest.raises(error):
            add_rows(actor=actor, clock=clock, batch=[row(north, "name", kind="nick", name="阿沈")])
        with pytest.raises(error):
            end_row(actor=actor, clock=clock, kind="guardian", fact_id=guardian, on=DAY)
        with pytest.raises(error):
            correct_row(
                actor=actor,
                clock=clock,
                op_id=uuid7(),
                kind="guardian",
                fact_id=guardian,
                record={},
                reason="试",
            )
        with pytest.raises(error):
            void_fact(actor=actor, clock=clock, kind="guardian", fact_id=guardian, reason="试")


def test_a_row_is_ended_once(county: County, acting_as: Enter, clock: FixedClock, north: UUID) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        guardian = Guardian.objects.get(person_id=north).pk
        for _ in range(2):
            end_row(actor=actor, clock=clock, kind="guardian", fact_id=guardian, on=DAY)
        assert Guardian.objects.get(pk=guardian).valid_to == DAY
        with pytest.raises(Conflict):
            end_row(actor=actor, clock=clock, kind="guardian", fact_id=guardian, on=DAY + timedelta(1))
        with pytest.raises(NotFound):
            end_row(actor=actor, clock=clock, kind="nonsense", fact_id=guardian, on=DAY)
    assert Event.objects.filter(action="end_row").count() == 1


def test_a_corrected_row_stays_readable_and_keeps_what_was_sealed(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor, op = county.actors["township"], uuid7()
    record = {"name": "沈某某", "relation": "5", "valid_from": "2020-03-01"}
    with acting_as("township"):
        wrong = Guardian.objects.get(person_id=north).pk
        for _ in range(2):
            right = correct_row(
                actor=actor,
                clock=clock,
                op_id=op,
                kind="guardian",
                fact_id=wrong,
                record=record,
                reason="名字写错",
            )
        assert (right.name, right.phone) == ("沈某某", "13800000002")  # type: ignore[attr-defined]
        former = Guardian.objects.get(pk=wrong)
        assert (former.name, former.voided_reason) == ("沈某", "更正：名字写错")
        with pytest.raises(Invalid):
            correct_row(
                actor=actor,
                clock=clock,
                op_id=uuid7(),
                kind="guardian",
                fact_id=right.pk,
                record=record,
                reason=" ",
            )
    assert Event.objects.filter(action="correct_row").count() == 1


def test_the_author_takes_a_row_back_within_ten_minutes_and_the_former_one_holds_again(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        (made,) = add_rows(
            actor=actor,
            clock=clock,
            batch=[row(north, "address", kind="live", division_code=NORTH_1, detail="错")],
        )
        void_fact(actor=actor, clock=clock, kind="address", fact_id=made.pk, reason="选错了人")
        assert Address.objects.get(person_id=north, kind="live", voided_at=None).valid_to is None
        (late,) = add_rows(actor=actor, clock=clock, batch=[row(north, "name", kind="nick", name="阿沈")])
        PersonName.objects.filter(pk=late.pk)
    later = FixedClock(clock.today() + timedelta(1))
    with acting_as("township"), pytest.raises(NotAllowed):
        void_fact(actor=actor, clock=later, kind="name", fact_id=late.pk, reason="隔天")
    with acting_as("county"):
        void_fact(actor=county.actors["county"], clock=later, kind="name", fact_id=late.pk, reason="隔天")


def test_people_of_one_household_see_each_other_only_within_their_scope(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID
) -> None:
    actor = county.actors["township"]
    with acting_as("township"):
        other = register_person(
            actor=actor,
            clock=clock,
            person=new_person(birth_on="1990-01-01", name="沈小妹", sex="2"),
        ).person_id
        first = join_household(
            actor=actor, clock=clock, person_id=north, other_id=other, relation="0", since=DAY
        )
        assert first == join_household(actor=actor, clock=clock, person_id=other, other_id=north, since=DAY)
        assert HouseholdMember.objects.filter(household=first, valid_to=None).count() == 2
        with pytest.raises(NotFound):
            join_household(actor=actor, clock=clock, person_id=north, other_id=south, since=DAY)
        with pytest.raises(Invalid):
            join_household(actor=actor, clock=clock, person_id=north, other_id=north, since=DAY)
    with acting_as("county"):
        join_household(actor=county.actors["county"], clock=clock, person_id=south, other_id=north, since=DAY)
        assert HouseholdMember.objects.filter(household=first).count() == 3
    with acting_as("township"):
        assert HouseholdMember.objects.filter(household=first).count() == 2


def test_a_care_group_has_members_and_people_and_ends_with_them(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    actor = county.actors["township"]
    op = uuid7()
    with acting_as("township"):
        for _ in range(2):
            group = open_care_group(actor=actor, clock=clock, op_id=op, village=NORTH_1, name="", since=DAY)
        member = add_care_member(
            actor=actor, clock=clock, op_id=uuid7(), group_id=group.pk, since=DAY,
            record={"role": "head", "name": "王主任", "phone": "13900000009"},
        )  # fmt: skip
        add_rows(actor=actor, clock=clock, batch=[row(north, "placement", group=str(group.pk))])
        end_care_member(actor=actor, clock=clock, member_id=member.pk, on=clock.today())
        assert CareMember.objects.get().valid_to == clock.today()
        with pytest.raises(Conflict):
            open_care_group(actor=actor, clock=clock, op_id=uuid7(), village=NORTH_1, name="", since=DAY)
        close_care_group(actor=actor, clock=clock, group_id=group.pk, on=clock.today())
        assert CarePlacement.objects.get().valid_to == clock.today()
    with acting_as("other_township"), pytest.raises(NotFound):
        close_care_group(
            actor=county.actors["other_township"], clock=clock, group_id=group.pk, on=clock.today()
        )
    with acting_as("other_township"), pytest.raises(NotFound):
        open_care_group(
            actor=county.actors["other_township"],
            clock=clock,
            op_id=uuid7(),
            village=NORTH_1,
            name="",
            since=DAY,
        )
