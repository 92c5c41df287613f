"""Who may be the one that is typed in: by sound, by looks, by birth, by the guardian's phone, by a slip in the number."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.county import EAST_1, NORTH_1, SOUTH_1, County
from tests.factories.numbers import id_number
from tests.factories.people import make_person
from xinqiao.kernel.clock import FixedClock
from xinqiao.places import queries as places
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import Guardian, Person
from xinqiao.registry.naming import looks_key, looks_of
from xinqiao.registry.queries import alike, typed
from xinqiao.registry.rules import check_id_number
from xinqiao.registry.rules.alike import Seen, likeness, near_days, near_numbers, one_off, one_slip, swapped

BORN = date(1985, 7, 8)
NUMBER = "990101198507081231"


@pytest.mark.parametrize(
    ("name", "other"), [("王己平", "王巳平"), ("张末", "张未"), ("刘國强", "劉国強"), ("陈思源", "陳恩源")]
)
def test_names_that_look_alike_have_one_key_of_looks(name: str, other: str) -> None:
    assert looks_key(name) == looks_key(other)
    assert looks_of(name)[0] == name
    assert other in looks_of(name)


def test_other_names_do_not_look_alike() -> None:
    assert looks_key("张建国") != looks_key("李建国")


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("马小军", "马晓军", True),
        ("马军", "马小军", True),
        ("马小军", "马小军", False),
        ("马小军", "杨小军", False),
        ("马军", "马明", False),
    ],
)
def test_one_character_differs(name: str, other: str, expected: bool) -> None:
    assert one_off(name, other) is expected


def test_day_and_month_the_other_way_round() -> None:
    assert swapped(BORN) == date(1985, 8, 7)
    assert swapped(date(1985, 7, 13)) is None
    assert swapped(date(1985, 7, 7)) is None


@given(st.dates(date(1930, 1, 1), date(2020, 1, 1)))
def test_a_slip_in_a_date_goes_both_ways(day: date) -> None:
    assert day not in near_days(day)
    for other in near_days(day):
        assert day in near_days(other)
        assert one_slip(day, other)


@given(st.dates(date(1900, 1, 1), date(2040, 12, 31)), st.dates(date(1900, 1, 1), date(2040, 12, 31)))
def test_a_slip_between_two_dates_is_told_without_making_all(day: date, other: date) -> None:
    assert one_slip(day, other) == (other in near_days(day))
    assert not one_slip(day, day)


@given(
    st.dates(date(1930, 1, 1), date(2020, 1, 1)),
    st.sampled_from(["1", "2"]),
    st.integers(min_value=0, max_value=998),
)
def test_numbers_one_slip_away_can_all_be_stored(day: date, sex: str, serial: int) -> None:
    number = id_number(day, sex)
    near = near_numbers(number)
    assert number not in near
    assert 100 < len(near) < 200
    assert not [one for one in near if any(p.code == "checksum" for p in check_id_number(one).problems)]


def test_two_swapped_digits_of_a_number_that_fails_its_check_lead_to_the_right_one() -> None:
    wrong = NUMBER[:14] + NUMBER[15] + NUMBER[14] + NUMBER[16:]
    assert check_id_number(wrong).problems
    assert NUMBER in near_numbers(wrong)


def test_other_documents_have_no_neighbours() -> None:
    assert near_numbers("E12345678") == frozenset()


def _seen(**fields: Any) -> Seen:
    return Seen(
        **{"name": "马小军", "sound": frozenset(["maxiaojun"]), "looks": "马小军", "birth_on": BORN} | fields
    )


@pytest.mark.parametrize(
    ("other", "reasons"),
    [
        ({}, ("name", "birth")),
        ({"name": "马晓君", "looks": "马晓君"}, ("name_sound", "birth")),
        ({"birth_on": date(1985, 8, 7)}, ("name", "birth_swapped")),
        ({"birth_on": date(1985, 7, 9)}, ("name", "birth_near")),
        (
            {
                "name": "杨一",
                "looks": "杨一",
                "sound": frozenset(["yangyi"]),
                "former": frozenset(["马小军"]),
            },
            ("name_former", "birth"),
        ),
    ],
)
def test_a_name_and_a_birth_date_that_nearly_agree_are_shown(
    other: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    found = likeness(_seen(), _seen(**other))
    assert found.alike
    assert set(found.reasons) == set(reasons)


@pytest.mark.parametrize(
    "other",
    [
        {"birth_on": date(1950, 1, 2)},
        {"name": "杨一", "looks": "杨一", "sound": frozenset(["yangyi"])},
    ],
)
def test_one_agreement_alone_is_not_enough(other: dict[str, Any]) -> None:
    assert not likeness(_seen(), _seen(**other)).alike


def test_twins_are_shown_and_called_so() -> None:
    phone = frozenset([b"p"])
    one = _seen(
        guardian_phones=phone, village=NORTH_1, name="马大龙", sound=frozenset(["madalong"]), looks="马大龙"
    )
    two = _seen(
        guardian_phones=phone, village=NORTH_1, name="马小虎", sound=frozenset(["maxiaohu"]), looks="马小虎"
    )
    found = likeness(one, two)
    assert found.alike
    assert found.twins


def test_another_sex_speaks_against() -> None:
    found = likeness(_seen(sex="1"), _seen(sex="2"))
    assert found.score < likeness(_seen(sex="1"), _seen(sex="1")).score


def _with_guardian(person: Person, phone: str) -> None:
    Guardian.objects.create(
        person=person,
        managing_code=person.managing_code,
        recorded_at=person.recorded_at,
        name="马强",
        relation="1",
        phone=phone,
        phone_hash=keyed_hash("phone", phone),
        valid_from=person.filed_on,
    )


def test_the_one_question_finds_each_kind_and_only_in_the_own_area(
    county: County,
    clock: FixedClock,
    acting_as: Callable[[str], AbstractContextManager[None]],
    count_sql: Callable[[], Any],
) -> None:
    north = county.institutions["990101100000"]
    sounds = make_person(NORTH_1, north, name="马晓君", birth_on=BORN)
    looks = make_person(NORTH_1, north, name="马小车", birth_on=date(1985, 8, 7))
    phone = make_person(NORTH_1, north, name="马小军", birth_on=date(1950, 2, 3))
    _with_guardian(phone, "13900001234")
    near = make_person(SOUTH_1, north, name="完全不同", birth_on=BORN, id_no=sorted(near_numbers(NUMBER))[0])
    make_person(NORTH_1, north, name="另外一个", birth_on=date(1960, 1, 1))
    elsewhere = make_person(EAST_1, county.institutions["990102100000"], name="马小军", birth_on=BORN)
    asked = typed(
        {
            "name": "马小军", "sex": "1", "birth_on": "1985-07-08", "id_number": NUMBER,
            "guardian_phone": "139 0000 1234", "live_code": NORTH_1,
        }
    )  # fmt: skip
    places.short_names([NORTH_1, SOUTH_1])
    with acting_as("county"), count_sql() as sql:
        found = alike(actor=county.actors["county"], today=clock.today(), asked=asked)
    assert len(sql.captured_queries_after) == 1
    by = {one.id: one for one in found}
    assert set(by) == {sounds.pk, looks.pk, phone.pk, near.pk}
    assert "name_sound" in by[sounds.pk].likeness.reasons
    assert {"name_looks", "birth_swapped"} <= set(by[looks.pk].likeness.reasons)
    assert {"name", "guardian_phone"} <= set(by[phone.pk].likeness.reasons)
    assert "number_near" in by[near.pk].likeness.reasons
    assert by[sounds.pk].place.endswith("柳树村")
    with acting_as("village"):
        found = alike(actor=county.actors["village"], today=clock.today(), asked=asked)
    assert near.pk not in {one.id for one in found}
    assert sounds.pk in {one.id for one in found}
    with acting_as("other_county"):
        found = alike(actor=county.actors["other_county"], today=clock.today(), asked=asked)
    assert [one.id for one in found] == [elsewhere.pk]


def test_too_little_asks_nothing(county: County, clock: FixedClock, count_sql: Callable[[], Any]) -> None:
    with count_sql() as sql:
        assert (
            alike(actor=county.actors["county"], today=clock.today(), asked=typed({"name": "马小军"})) == []
        )
    assert len(sql.captured_queries_after) == 0
