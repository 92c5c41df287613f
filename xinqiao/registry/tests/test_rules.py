"""A person's record, checked: ID numbers, dates, codes, what is required, what contradicts itself."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.kernel.masks import mask_id, mask_phone
from xinqiao.registry.rules import (
    FIELDS,
    category_of,
    check_digit,
    check_id_number,
    check_person,
    file_number,
    printed_file_number,
    read_partial_date,
    read_phone,
    state_on,
)

from .records import whole_record

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("990101198507081231", "990101198507081231"),
        ("11010519491231002X", "11010519491231002X"),
        ("11010519491231002x", "11010519491231002X"),
        (" 990101 19850708 1231 ", "990101198507081231"),
        ("９９０１０１１９８５０７０８１２３１", "990101198507081231"),
        ("110105491231002", "11010519491231002X"),
        ("990101850708123", "990101198507081231"),
    ],
)
def test_a_number_is_read_as_it_was_meant(typed: str, number: str) -> None:
    found = check_id_number(typed, today=TODAY)
    assert (found.number, found.problems) == (number, [])


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("99010119850708123", "少一位"),
        ("9901011985070812311", "多一位"),
        ("990101198507081230", "第18位校验不符（“0”应为“1”）"),
        ("99010119850708O231", "含有“O”"),
        ("99010119850708123A", "末位“A”不对"),
        ("990101198513081238", "不是一个日期"),
        ("990101202612011238", "不可能"),
        ("12345", "是5位"),
        ("9.90101E+17", "被存成了数字"),
        ("990101198507081000", "末三位都是 0"),
        ("", "没有填写"),
    ],
)
def test_a_wrong_number_gets_a_sentence_that_says_what_is_wrong(typed: str, words: str) -> None:
    if len(typed) == 18 and typed.isdigit() and "校验" not in words and "末三位" not in words:
        typed = typed[:17] + check_digit(typed[:17])
    (problem,) = check_id_number(typed, today=TODAY).problems
    assert words in problem.message
    assert "!" not in problem.message


@given(
    birth=st.dates(date(1900, 1, 1), TODAY),
    division=st.integers(110000, 659999),
    serial=st.integers(0, 999),
)
def test_a_number_with_its_check_digit_says_birth_and_sex(birth: date, division: int, serial: int) -> None:
    body = f"{division}{birth:%Y%m%d}{serial:03d}"
    found = check_id_number(body + check_digit(body), today=TODAY)
    assert found.ok
    assert (found.birth_on, found.sex) == (birth, "1" if serial % 2 else "2")


@given(st.integers(10**16, 10**17 - 1), st.integers(0, 16), st.integers(1, 9))
def test_any_single_wrong_digit_changes_the_check_digit(number: int, place: int, more: int) -> None:
    digits = str(number)
    changed = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    assert check_digit(digits) != check_digit(changed)


@given(st.integers(10**16, 10**17 - 1), st.integers(0, 15))
def test_two_neighbouring_digits_swapped_are_noticed(number: int, place: int) -> None:
    digits = str(number)
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert (check_digit(digits) == check_digit(swapped)) == (digits == swapped)


def test_a_made_up_number_is_flagged_outside_the_demo_only() -> None:
    assert "id_made_up" in check_person(whole_record(), today=TODAY).flags
    assert "id_made_up" not in check_person(whole_record(), today=TODAY, demo=True).flags


def test_a_whole_record_has_no_problem_and_keeps_its_types() -> None:
    clean, problems, _flags = check_person(whole_record(), today=TODAY)
    assert problems == []
    assert clean["onset_on"] == (date(2010, 5, 1), "month")
    assert clean["filed_on"] == date(2020, 3, 1)
    assert (clean["admissions"], clean["past_danger"], clean["past_symptoms"]) == (1, {"1": 1}, ["1", "3"])


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"name": None}, "name", "missing"),
    ({"name": "张3"}, "name", "name"),
    ({"sex": "2", "id_number": "990101198507081231"}, "sex", "id_sex"),
    ({"sex": "3"}, "sex", "code"),
    ({"birth_on": "1985-07-09", "id_number": "990101198507081231"}, "birth_on", "id_birth"),
    ({"birth_on": "1985-02-30", "id_number": "990101198507081231"}, "birth_on", "date"),
    ({"id_number": None}, "id_number", "missing"),
    ({"id_number": None, "id_kind": "00"}, "no_id_reason", "missing"),
    ({"id_kind": "00", "no_id_reason": "遗失"}, "id_number", "exclusive"),
    ({"phone": "12345"}, "phone", "phone"),
    ({"live_code": "990101100000"}, "live_code", "level"),
    ({"live_code": "9901"}, "live_code", "level"),
    ({"live_code": "99x"}, "live_code", "division"),
    ({"guardian_name": None}, "guardian_name", "missing"),
    ({"no_guardian": "1"}, "no_guardian", "exclusive"),
    ({"onset_on": "1980"}, "onset_on", "before_birth"),
    ({"onset_on": "2011-03"}, "first_antipsychotic_on", "date_order"),
    ({"first_antipsychotic_on": None}, "first_antipsychotic_on", "missing"),
    ({"past_symptoms": ["12"]}, "past_symptoms_note", "missing"),
    ({"past_symptoms": ["13"]}, "past_symptoms", "code"),
    ({"past_danger": {"7": "1", "1": "1"}}, "past_danger", "exclusive"),
    ({"past_danger": {"1": "-1"}}, "past_danger", "int"),
    ({"past_danger": None}, "past_danger", "missing"),
    ({"admissions": "一次"}, "admissions", "int"),
    ({"icd10": "精神病"}, "icd10", "icd10"),
    ({"diagnosed_on": "2020-03-02"}, "diagnosed_on", "date_order"),
    ({"filed_on": "2026-11-22"}, "filed_on", "future"),
    ({"filed_on": "1984-01-01", "diagnosed_on": "1984-01-01"}, "filed_on", "before_birth"),
    ({"consent": None}, "consent", "missing"),
    ({"consent": "1", "signer": None}, "signer", "missing"),
    ({"signer": "2"}, "incapacity_note", "missing"),
    ({"report_type": "1"}, "notified_on", "missing"),
    ({"workplace": "长" * 101}, "workplace", "long"),
    ({"no_such_key": "1"}, "no_such_key", "unknown"),
]


@pytest.mark.parametrize(("changes", "key", "code"), BAD)
def test_each_mistake_is_said_at_its_field(changes: dict[str, Any], key: str, code: str) -> None:
    problems = check_person(whole_record(**changes), today=TODAY).problems
    assert (key, code) in {(one.field, one.code) for one in problems}
    label = FIELDS[key].label if key in FIELDS else key
    said = next(one.message for one in problems if one.field == key)
    assert label.split("（")[0][:2] in said or code in {"exclusive", "id_birth", "id_sex"}


def test_an_imported_register_needs_the_core_and_reports_the_other_gaps() -> None:
    core = {key: value for key, value in whole_record().items() if FIELDS[key].core}
    clean, problems, flags = check_person(core, today=TODAY, entry="import")
    assert problems == []
    assert "missing:past_danger" in flags
    assert "past_danger" not in clean


def test_an_import_takes_sex_and_birth_from_the_number() -> None:
    record = whole_record()
    del record["sex"], record["birth_on"]
    checked = check_person(record, today=TODAY, entry="import")
    assert checked.problems == []
    assert (checked.clean["sex"], checked.clean["birth_on"]) == ("1", date(1985, 7, 8))


def test_an_import_keeps_dates_in_an_odd_order_and_says_so() -> None:
    checked = check_person(whole_record(diagnosed_on="2021-01-01"), today=TODAY, entry="import")
    assert checked.problems == []
    assert "date_order" in checked.flags


@pytest.mark.parametrize(
    ("icd10", "category"),
    [
        ("F20.9", "1"),
        ("F25.0", "2"),
        ("F22", "3"),
        ("F31.2", "4"),
        ("F06.8", "5"),
        ("F06.2", "9"),
        ("F71.1", "6"),
        ("F71.0", "9"),
        ("F32.2", "9"),
    ],
)
def test_the_category_follows_the_longest_prefix(icd10: str, category: str) -> None:
    assert category_of(icd10) == category


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("2010", (date(2010, 1, 1), "year")),
        ("2010年5月", (date(2010, 5, 1), "month")),
        ("2010/5/8", (date(2010, 5, 8), "day")),
        ("20100508", (date(2010, 5, 8), "day")),
        ("２０１０．５．８", (date(2010, 5, 8), "day")),
        ("201005", (date(2010, 5, 1), "month")),
        ("2010-13", None),
        ("五月", None),
    ],
)
def test_dates_are_read_as_people_write_them(typed: str, read: tuple[date, str] | None) -> None:
    assert read_partial_date(typed) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("138 0000 0001", "13800000001"),
        ("+86-13800000001", "13800000001"),
        ("0951-6012345", "0951-6012345"),
        ("（0951）6012345", "0951-6012345"),
        ("6012345", "6012345"),
        ("1380000000", None),
        ("无", None),
    ],
)
def test_phone_numbers_are_read_or_refused(typed: str, read: str | None) -> None:
    assert read_phone(typed) == read


def test_masks_hide_birth_and_county() -> None:
    assert mask_id("340101198507081234") == "340***********1234"
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("12345") == "*****"


def test_the_file_number_is_village_and_serial_and_prints_its_last_eight() -> None:
    assert file_number("990101100201", 12) == "99010110020100012"
    assert printed_file_number("99010110020100012") == "201-00012"
    with pytest.raises(ValueError):
        file_number("990101100201", 100_000)


def _event(kind: str, day: int) -> SimpleNamespace:
    return SimpleNamespace(kind=kind, happened_on=date(2026, 1, 1) + timedelta(day))


@pytest.mark.parametrize(
    ("events", "state", "in_hospital"),
    [
        ([], "not_filed", False),
        ([("filed", 0)], "registered", False),
        ([("filed", 0), ("lost", 5)], "lost", False),
        ([("filed", 0), ("lost", 5), ("found", 9)], "registered", False),
        ([("found", 9), ("lost", 5), ("filed", 0)], "registered", False),
        ([("filed", 0), ("admitted", 3)], "registered", True),
        ([("filed", 0), ("admitted", 3), ("discharged", 6)], "registered", False),
        ([("filed", 0), ("moved_out", 3)], "moved_out", False),
        ([("filed", 0), ("moved_out", 3), ("moved_in", 4)], "registered", False),
        ([("filed", 0), ("died", 3), ("found", 4)], "dead", False),
        ([("filed", 0), ("admitted", 1), ("died", 3)], "dead", False),
        ([("filed", 0), ("excluded", 3)], "excluded", False),
        ([("filed", 0), ("lost", 400)], "registered", False),
        ([("filed", 0), ("found", 5), ("lost", 5)], "registered", False),
        ([("filed", 0), ("lost", 2), ("lost", 5), ("found", 5)], "registered", False),
        ([("filed", 0), ("moved_in", 5), ("moved_out", 5)], "registered", False),
        ([("filed", 0), ("discharged", 5), ("admitted", 5)], "registered", False),
        ([("filed", 0), ("died", 5), ("moved_in", 5)], "dead", False),
    ],
)
def test_the_state_is_what_the_events_say(
    events: list[tuple[str, int]], state: str, in_hospital: bool
) -> None:
    found = state_on([_event(kind, day) for kind, day in events], date(2026, 11, 21))
    assert (found.state, found.in_hospital) == (state, in_hospital)
