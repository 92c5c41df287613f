"""What makes a card right: each problem names field, value and what would be right."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from xinqiao.reporting.rules import Step, arrivals, check_card, from_json, state_of, to_json
from xinqiao.reporting.rules.drugs import drug_words

from .cards import card_record, discharge_record

TODAY, COUNTY, VILLAGE = date(2026, 11, 21), "990101000000", "990101100201"


def report(**changes: Any) -> Any:
    return check_card(
        "F03", card_record("安心", VILLAGE, serial=1, **changes), today=TODAY, county=COUNTY, demo=True
    )


def discharge(**changes: Any) -> Any:
    return check_card(
        "F04", discharge_record(**changes), today=TODAY, county=COUNTY, born_on=date(1985, 7, 8)
    )


def fields(checked: Any) -> set[str]:
    return {one.field for one in checked.problems}


def test_a_whole_card_has_no_problem_and_survives_being_stored() -> None:
    found = report()
    assert found.problems == []
    assert found.clean["hukou_code"] == VILLAGE
    assert from_json("F03", to_json(found.clean)) == found.clean
    form = discharge()
    assert form.problems == []
    assert from_json("F04", to_json(form.clean)) == form.clean


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"onset_on": "1980"}, "onset_on", "初次发病时间 1980 早于出生日期 1985-07-08"),
        ({"treated_before": "1", "first_treated_on": "2023-05"}, "first_treated_on", "首次治疗时间 2023-05 早于初次发病时间 2024"),
        ({"onset_on": "2026-11-20"}, "diagnosed_on", "确诊日期 2026-11-16 早于初次发病时间 2026-11-20"),
        ({"filled_on": "2026-11-15"}, "filled_on", "填卡日期 2026-11-15 早于确诊日期 2026-11-16"),
        ({"filled_on": "2026-11-22"}, "filled_on", "填卡日期 2026-11-22 晚于今天"),
        ({"signed_on": "2023-12-31"}, "signed_on", "知情同意时间 2023-12-31 早于初次发病时间 2024"),
        ({"sex": "2", "id_number": "990101198507081231"}, "sex", "与身份证号第17位（表示男）不一致"),
        ({"birth_on": date(1985, 7, 8), "id_number": "990101198507091234"}, "birth_on", "不一致|校验"),
        ({"past_danger": ["2"]}, "past_risk", "有危险行为时至少为 1 级"),
        ({"past_danger": ["7", "2"]}, "past_danger", "选了“无”，就不能再选其他项"),
        ({"patient_source": "2"}, "inpatient_no", "住院号没有填写"),
        ({"id_kind": "00", "id_number": None}, "no_id_reason", "要写明原因"),
        ({"id_kind": "03", "id_number": "E12345678"}, "nationality", "国外证件要写明国籍"),
        ({"hukou_kind": "3"}, "hukou_kind_reason", "户别不详时要写明原因"),
        ({"hukou_type": "004"}, "hukou_type", "属本县区"),
        ({"live_place": None}, "live_place", "住址不详"),
        ({"live_place": "990101100000"}, "live_place", "要选到村或社区"),
        ({"treated_before": "1"}, "first_treated_on", "既往接受过治疗时要填"),
        ({"sender": ["9"]}, "sender_other", "要写明"),
        ({"sender": ["8"]}, "sender", "可选：1 本人"),
        ({"icd10": "二十"}, "icd10", "不是 ICD-10 编码"),
        ({"consent": None}, "consent", "要问是否同意"),
        ({"signer": None}, "signer", "先请本人签字"),
        ({"signer": "2"}, "incapacity_note", "本人不能签字的原因"),
        ({"report_type": "1"}, "notified_on", "不需同意，但要告知"),
        ({"report_type": "1"}, "notifier", "由谁告知"),
        ({"report_type": "1", "notifier": "沈文", "notified_on": "2026-11-16"}, "report_type", "要有危害他人安全的行为或危险"),
        (
            {"report_type": "1", "notifier": "沈文", "notified_on": "2026-11-16", "past_danger": ["5", "6"], "past_risk": "4"},
            "report_type",
            "自伤、自杀未遂不算",
        ),
        ({"icd10": "F32.2"}, "report_type", "诊断 F32.2 不属六类病种"),
        ({"icd10": "F70.0"}, "report_type", "不属六类病种"),
        ({"drugs": []}, "drugs", "至少填一种药"),
        ({"no_medication": "1"}, "no_medication", "就不能再填药"),
        ({"dept_phone": "1234"}, "dept_phone", "不像电话号码"),
    ],
)  # fmt: skip
def test_a_problem_names_the_field_the_value_and_what_is_right(
    changes: dict[str, Any], field: str, words: str
) -> None:
    problems = [one for one in report(**changes).problems if one.field == field]
    if words == "不一致|校验":
        assert report(**changes).problems
        return
    assert len(problems) == 1
    assert words in problems[0].message


def test_dates_are_compared_only_as_finely_as_they_are_known() -> None:
    assert report(onset_on="2026", treated_before="1", first_treated_on="2026-11").problems == []
    assert report(birth_on=date(2000, 5, 5), onset_on="2000").problems == []


def test_what_does_not_apply_is_let_go() -> None:
    found = report(
        inpatient_no="Z1",
        no_id_reason="忘带",
        sender_other="邻居",
        first_treated_on="坏的",
        nationality="某国",
    )
    assert found.problems == []
    assert not {"inpatient_no", "no_id_reason", "sender_other", "first_treated_on", "nationality"} & set(
        found.clean
    )


def test_a_report_by_law_holds_no_agreement_whatever_was_typed() -> None:
    found = report(
        report_type="1",
        past_danger=["2"],
        past_risk="3",
        notified_on="2026-11-16",
        notifier="沈文",
        consent="1",
    )
    assert found.problems == []
    assert not {"consent", "signer", "signed_on"} & set(found.clean)


def test_the_law_reports_danger_to_others_whatever_the_diagnosis() -> None:
    told = {"report_type": "1", "notifier": "沈文", "notified_on": "2026-11-16"}
    assert report(**told, icd10="F32.2", past_danger=["2", "6"], past_risk="4").problems == []
    assert report(**told, past_danger=["7"], past_risk="2").problems == []


def test_an_unknown_address_keeps_what_is_known() -> None:
    for changes in (
        {"live_place": None, "live_detail": None},
        {"live_place": "990101", "live_detail": "集市附近"},
    ):
        found = report(
            address_unknown="1", hukou_same=None, hukou_code=VILLAGE, hukou_detail="1组", **changes
        )
        assert found.problems == []
        assert found.clean["address_unknown"] is True


def test_somebody_from_abroad_has_no_registered_home() -> None:
    found = report(hukou_type="006", hukou_same=None)
    assert found.problems == []
    assert "hukou_code" not in found.clean


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([{"drug": "利培酮片", "morning": "1"}, {"drug": "利培酮片", "night": "2"}], "前面已经填过"),
        ([{"drug": f"药{n}", "morning": "1"} for n in range(7)], "最多 6 行"),
        ([{"drug": "利培酮片"}], "至少填一项"),
        ([{"drug": "利培酮片", "morning": "两片"}], "应为 0 到 100000 的数"),
        ([{"morning": "1"}], "没有填写药名"),
        ([{"drug": "帕利哌酮", "long_acting": "1", "dose": "100"}], "每次剂量、间隔和间隔单位"),
    ],
)
def test_rows_of_drugs(rows: list[dict[str, str]], words: str) -> None:
    messages = [one.message for one in report(drugs=rows).problems]
    assert len(messages) == 1
    assert words in messages[0]


def test_one_drug_by_mouth_and_as_depot_are_two_rows() -> None:
    rows = [
        {"drug": "帕利哌酮", "morning": "3"},
        {"drug": "帕利哌酮", "long_acting": "1", "dose": "100", "every": "1", "every_unit": "month"},
        {"unit": "mg", "long_acting": "0"},
    ]
    found = report(drugs=rows)
    assert found.problems == []
    assert [drug_words(row) for row in found.clean["drugs"]] == [
        "帕利哌酮 早 3 mg",
        "帕利哌酮 每 1 月 1 次，每次 100 mg",
    ]


def test_no_drugs_needed_is_an_answer() -> None:
    assert report(no_medication="1", drugs=[]).problems == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"discharged_on": "2026-10-01"}, "discharged_on"),
        ({"filled_on": "2026-11-12"}, "filled_on"),
        ({"diagnosed_on": "2026-11-15"}, "discharged_on"),
        ({"admitted_on": "1980-01-01"}, "admitted_on"),
        ({"past_danger": ["5"]}, "past_risk"),
        ({"times_admitted": "0"}, "times_admitted"),
        ({"rehab": ["5"]}, "rehab_note"),
        ({"no_medication_after": "1"}, "no_medication_after"),
        ({"drugs_after": []}, "drugs_after"),
        ({"effect": None}, "effect"),
        ({"icd10_2": "坏"}, "icd10_2"),
    ],
)
def test_a_discharge_form_is_checked_like_a_card(changes: dict[str, Any], field: str) -> None:
    assert fields(discharge(**changes)) == {field}


def test_an_unknown_answer_is_refused() -> None:
    assert fields(report(surprise="1")) == {"surprise"}


def test_states_follow_from_the_steps() -> None:
    on = [date(2026, 11, day) for day in range(1, 9)]
    way = [
        Step("sent", on[0], "A"),
        Step("received", on[1]),
        Step("returned", on[2]),
        Step("sent", on[3], "B"),
        Step("passed", on[4], "C"),
    ]
    assert state_of([]) == ("", None)
    assert state_of(way[:2]) == ("received", on[1])
    assert state_of(way) == ("sent", on[4])
    found = arrivals(way)
    assert [(one.place, one.on, one.answered_on, one.by) for one in found] == [
        ("A", on[0], on[1], "received"), ("B", on[3], on[4], "passed"), ("C", on[4], None, ""),
    ]  # fmt: skip
