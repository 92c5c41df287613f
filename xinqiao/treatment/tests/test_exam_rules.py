"""What may stand in an exam, and what of it is missing or unusual."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.factories.records import exam_record
from xinqiao.treatment.choices import PARTS
from xinqiao.treatment.rules import FIELDS, abnormal_parts, check_exam, missing_parts

TODAY = date(2026, 11, 21)
BORN = date(1985, 7, 8)


def _check(**changes: Any) -> tuple[dict[str, Any], dict[str, str]]:
    clean, problems = check_exam(exam_record(TODAY, **changes), sex="1", birth_on=BORN, today=TODAY)
    return clean, {one.field: one.message for one in problems}


def test_a_whole_exam_has_all_seven_parts_and_nothing_unusual() -> None:
    clean, problems = _check()
    assert problems == {}
    assert missing_parts(clean) == []
    assert abnormal_parts(clean, "1") == []


def test_a_part_may_be_missing_when_the_reason_is_said() -> None:
    _clean, problems = _check(ecg="")
    assert "心电图" in problems["missing_reason"]
    clean, problems = _check(ecg="", missing_reason="心电图机送修")
    assert problems == {}
    assert missing_parts(clean) == ["ecg"]


def test_half_a_blood_count_is_a_missing_part() -> None:
    clean, _problems = _check(lymphocytes="", missing_reason="仪器不分类")
    assert missing_parts(clean) == ["blood"]


def test_an_exam_without_any_result_is_none() -> None:
    nothing = {one.key: "" for one in FIELDS.values() if one.part}
    _clean, problems = _check(**nothing, missing_reason="没有做")
    assert "未体检" in problems["general"]


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("sbp", "1180", "50 到 300"),
        ("sbp", "118.5", "整数"),
        ("weight", "六十", "不是数字"),
        ("weight", "NaN", "不是数字"),
        ("glucose", "5.123", "2 位小数"),
        ("dbp", "130", "应低于"),
        ("neutrophils", "80", "超过 100"),
        ("ecg", "3", "不在选项中"),
        ("exam_date", "2026-13-01", "不是有效日期"),
        ("exam_date", "2026-11-22", "晚于今天"),
        ("exam_date", "1980-01-01", "早于出生"),
        ("consent_by", "", "没有填写"),
        ("glucose_kind", "", "空腹或随机"),
    ],
)
def test_each_slip_of_the_pen_is_named_with_what_would_be_right(key: str, value: str, words: str) -> None:
    _clean, problems = _check(**{key: value})
    assert any(words in message for message in problems.values()), problems


def test_something_unusual_asks_for_advice() -> None:
    _clean, problems = _check(sbp="162", dbp="98")
    assert "血压" in problems["advice"]
    clean, problems = _check(sbp="162", dbp="98", advice="低盐饮食，转高血压门诊")
    assert problems == {}
    assert abnormal_parts(clean, "1") == ["pressure"]


@pytest.mark.parametrize(("sex", "found"), [("1", []), ("2", ["alt"])])
def test_the_usual_aminotransferase_differs_by_sex(sex: str, found: list[str]) -> None:
    assert abnormal_parts({"alt": "45"}, sex) == found


def test_random_glucose_has_a_range_of_its_own() -> None:
    assert abnormal_parts({"glucose": "8.0", "glucose_kind": "2"}, "1") == []
    assert abnormal_parts({"glucose": "8.0", "glucose_kind": "1"}, "1") == ["glucose"]


def test_a_refusal_keeps_no_results_and_needs_its_reason() -> None:
    clean, problems = _check(outcome="2", refused_reason="1")
    assert problems == {}
    assert all(clean[one.key] in (None, "") for one in FIELDS.values() if one.outcome == "1")
    assert "refused_reason" in _check(outcome="2")[1]
    assert "refused_note" in _check(outcome="2", refused_reason="9")[1]


def test_an_unknown_heading_is_named() -> None:
    assert "身高" in _check(身高="170")[1]["身高"]


def test_every_part_has_its_fields() -> None:
    assert {one.part for one in FIELDS.values() if one.part} == set(PARTS)
