"""What a follow-up record may hold."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.followup.rules import (
    CLINICAL_KEYS,
    FIELDS,
    JUDGEMENT_KEYS,
    SECTIONS,
    Checked,
    check_choice,
    check_record,
    counting_class,
    counting_risk,
    fields_of,
    gravity,
    is_complete,
    milder_than,
)
from xinqiao.policy.marks import clause

from .forms import TODAY, reaction, stable


def check(record: dict[str, Any], **more: Any) -> Checked:
    return check_record(record, today=TODAY, **more)


def codes(found: Checked) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in found.problems]


def flags(found: Checked) -> list[tuple[str, str]]:
    return [(flag.field, flag.code) for flag in found.flags]


@clause("N3/form/record")
def test_a_whole_form_is_clean() -> None:
    found = check(stable(targets=["2", "1"]))
    assert (found.problems, found.flags) == ([], [])
    assert found.clean["targets"] == ["1", "2"]
    assert found.clean["visit_date"] == date(2026, 11, 20)


def test_dates_may_come_as_texts_and_blanks_are_left_out() -> None:
    found = check(stable(visit_date="2026-11-20", note="", rehab=[], lab_note="  "))
    assert found.problems == []
    assert found.clean["visit_date"] == date(2026, 11, 20)
    assert not {"note", "rehab", "lab_note"} & set(found.clean)


REQUIRED = ("visit_date", "form", "targets", "risk", "symptoms", "symptom_severity", "insight", "sleep", "diet",
            "soc_selfcare", "soc_housework", "soc_work", "soc_study", "soc_interpersonal", "danger_acts", "locked",
            "hospital", "lab", "adherence", "adr", "physical_severity", "effect", "refer_suggest", "referred", "drugs",
            "doctor")  # fmt: skip


@clause("N3/form/record")
@pytest.mark.parametrize("key", REQUIRED)
def test_a_required_item_left_out_is_named_with_its_label(key: str) -> None:
    found = check(stable(**{key: None}))
    assert codes(found) == [(key, "missing")]
    assert FIELDS[key].label in found.problems[0].message


@pytest.mark.parametrize("key", [key for key in REQUIRED if key not in ("visit_date", "form")])
def test_history_with_an_item_left_out_is_kept_and_flagged(key: str) -> None:
    found = check(stable(**{key: None}), mode="import")
    assert found.problems == []
    assert (key, "missing") in flags(found) or key == "symptom_severity"


@clause("N3/form/record")
@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"symptoms": ["12"], "symptom_severity": "2"}, "symptoms_note", "missing"),
        ({"rehab": ["5"]}, "rehab_note", "missing"),
        ({"lab": "2"}, "lab_note", "missing"),
        ({**reaction("1"), "adr_note": None}, "adr_note", "missing"),
        ({**reaction("1"), "adr_severity": None}, "adr_severity", "missing"),
        ({**reaction("1"), "adr_acute": None}, "adr_acute", "missing"),
        ({**reaction("0")}, "adr_severity", "contradiction"),
        ({"adr_severity": "2"}, "adr_severity", "contradiction"),
        ({"adr_acute": True}, "adr_acute", "contradiction"),
        ({"hospital": "2"}, "last_discharge", "missing"),
        ({"last_discharge": date(2026, 11, 1)}, "last_discharge", "disabled"),
        ({"hospital": "2", "last_discharge": date(2026, 11, 21)}, "last_discharge", "after_visit"),
        ({"referred": "2"}, "refer_to", "missing"),
        ({"refer_suggest": "2"}, "refer_reason", "missing"),
        ({"symptoms": ["0", "3"]}, "symptoms", "exclusive"),
        ({"symptoms": ["3"]}, "symptom_severity", "contradiction"),
        ({"symptom_severity": "3"}, "symptom_severity", "contradiction"),
        ({"form_detail": "2"}, "form_detail", "contradiction"),
        ({"planned_on": date(2026, 11, 20)}, "planned_on", "not_after_visit"),
        ({"planned_on": date(2027, 3, 1), "due_on": date(2027, 2, 20)}, "planned_reason", "missing"),
        ({"risk": 3, "visit_class": "2"}, "visit_class", "too_mild"),
        ({"unknown": 1}, "unknown", "unknown_key"),
    ],
)
def test_an_item_that_does_not_fit_the_others_is_refused(
    changes: dict[str, Any], field: str, code: str
) -> None:
    assert (field, code) in codes(check(stable(**changes)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("risk", "0"), ("risk", 6), ("risk", True), ("form", "4"), ("form", 2), ("insight", "0"), ("sleep", "9"),
        ("targets", "1"), ("targets", ["4"]), ("targets", ["1", "1"]), ("visit_date", "2026-11-31"),
        ("visit_date", "2026/11/20"), ("visit_date", 20261120), ("danger_acts", {"7": 1}), ("danger_acts", {"1": -1}),
        ("danger_acts", {"1": "1"}), ("danger_acts", [1]), ("adr_acute", "是"), ("doctor", 5), ("doctor", "长" * 41),
        ("drugs", "无"), ("drugs", [1]), ("co_visitors", "李"), ("note", "\x00"),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_or_code_is_refused_and_not_also_called_missing(
    key: str, value: Any
) -> None:
    found = check(stable(**{key: value}))
    assert codes(found) == [(key, "wrong_value")]
    assert FIELDS[key].label in found.problems[0].message


@clause("N3/form/drugs")
def test_a_person_who_takes_drugs_has_a_drug_row_and_others_need_none() -> None:
    assert codes(check(stable(adherence="2", drugs=None))) == [("drugs", "missing")]
    for adherence in ("3", "4"):
        assert check(stable(adherence=adherence, drugs=None)).problems == []


@clause("N3/form/drugs")
def test_drug_rows_are_at_most_six_and_never_twice_the_same() -> None:
    row = {"drug": "利培酮", "long_acting": False, "morning": 2}
    assert codes(check(stable(drugs=[row, {**row}]))) == [("drugs.1.drug", "duplicate")]
    seven = [{**row, "drug": f"药{index}"} for index in range(7)]
    assert codes(check(stable(drugs=seven))) == [("drugs", "too_many")]
    assert check(stable(drugs=seven[:6])).problems == []


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"drug": ""}, "drugs.0.drug"),
        ({"drug": "利培酮", "morning": -1}, "drugs.0.morning"),
        ({"drug": "利培酮", "night": float("nan")}, "drugs.0.night"),
        ({"drug": "利培酮", "noon": "2"}, "drugs.0.noon"),
        ({"drug": "利培酮", "long_acting": "是"}, "drugs.0.long_acting"),
        ({"drug": "棕榈酸帕利哌酮", "long_acting": True, "dose": 100}, "drugs.0.dose"),
        ({"drug": "利培酮", "every_unit": "year"}, "drugs.0.every_unit"),
        ({"drug": "利培酮", "colour": "白"}, "drugs.0.colour"),
    ],
)
def test_a_wrong_drug_row_is_named_by_row_and_column(row: dict[str, Any], field: str) -> None:
    assert [name for name, _ in codes(check(stable(drugs=[row])))] == [field]


@clause("N3/form/lost-or-dead")
@pytest.mark.parametrize(
    "ending",
    [
        {"lost_reason": "3"},
        {"lost_reason": "5", "lost_note": "随亲属外出"},
        {"death_date": date(2026, 11, 1), "death_cause": "4"},
        {"death_date": date(2026, 11, 1), "death_cause": "1", "death_disease": "2"},
    ],
)
def test_lost_or_dead_only_the_head_of_the_form_is_needed(ending: dict[str, Any]) -> None:
    head = {"visit_date": date(2026, 11, 20), "form": "3", "doctor": "王医生", **ending}
    assert check(head).problems == []
    filled = check({**head, "risk": 2, "visit_class": "2"})
    assert codes(filled) == [("risk", "disabled"), ("visit_class", "disabled")]
    kept = check({**head, "risk": 2}, mode="import")
    assert kept.problems == []
    assert ("risk", "dropped") in flags(kept)
    assert "risk" not in kept.clean


@clause("N3/form/lost-or-dead")
def test_lost_and_dead_exclude_each_other_and_each_needs_its_parts() -> None:
    head = {"visit_date": date(2026, 11, 20), "form": "3", "doctor": "王医生"}
    assert ("lost_reason", "contradiction") in codes(
        check({**head, "lost_reason": "3", "death_date": "2026-11-01", "death_cause": "4"})
    )
    assert codes(check({**head, "lost_reason": "5"})) == [("lost_note", "missing")]
    assert codes(check({**head, "death_date": "2026-11-01"})) == [("death_cause", "missing")]
    assert codes(check({**head, "death_cause": "2"})) == [("death_date", "missing")]
    assert codes(check({**head, "death_date": "2026-11-01", "death_cause": "1"})) == [
        ("death_disease", "missing")
    ]
    assert codes(check({**head, "death_date": "2026-11-21", "death_cause": "4"})) == [
        ("death_date", "after_visit")
    ]


@clause("N18/attempts")
def test_three_misses_as_a_reason_ask_for_the_dated_tries() -> None:
    head = {"visit_date": date(2026, 11, 20), "form": "3", "doctor": "王医生", "lost_reason": "4"}
    assert flags(check(head)) == [("lost_reason", "needs_tries")]


@clause("N18/in-hospital")
def test_in_hospital_the_clinical_items_may_stay_blank() -> None:
    head = {
        "visit_date": date(2026, 11, 20),
        "form": "3",
        "targets": ["2"],
        "doctor": "王医生",
        "hospital": "1",
    }
    assert check(head).problems == []
    assert is_complete(head)
    assert is_complete(stable())
    assert not is_complete(stable(risk=None))
    assert not is_complete({"lost_reason": "3", "hospital": "1"})


@clause("OWN/keep-visit")
def test_only_a_date_after_today_or_before_birth_is_refused() -> None:
    assert check(stable(visit_date=TODAY)).problems == []
    assert codes(check(stable(visit_date=date(2026, 11, 22)))) == [("visit_date", "future")]
    assert codes(check(stable(), birth_on=date(2026, 11, 21))) == [("visit_date", "before_birth")]
    kept = check(stable(), filed_on=date(2026, 11, 21), died_on=date(2026, 11, 19))
    assert kept.problems == []
    assert flags(kept) == [("visit_date", "before_filing"), ("visit_date", "after_death")]


@clause("OWN/zero-risk")
def test_level_0_with_a_dangerous_act_needs_a_reason_at_entry_and_is_kept_in_history() -> None:
    record = stable(danger_acts={"1": 1})
    assert codes(check(record)) == [("risk_confirmed_reason", "missing")]
    assert flags(check(record, mode="import")) == [("risk", "zero_risk")]
    assert flags(check({**record, "risk_confirmed_reason": "邻里误报"})) == [("risk", "zero_risk_confirmed")]


@clause("N3/risk/4")
@pytest.mark.parametrize(
    ("acts", "risk", "expected"),
    [
        ({"5": 1}, 3, "propose_4"),
        ({"6": 1}, 1, "propose_4"),
        ({"3": 1}, 2, "propose_3"),
        ({"3": 1}, 3, ""),
        ({"5": 1}, 4, ""),
        ({"2": 1}, 1, ""),
    ],
)
def test_grave_acts_propose_a_higher_level_without_refusing(
    acts: dict[str, int], risk: int, expected: str
) -> None:
    found = check(stable(danger_acts=acts, risk=risk))
    assert found.problems == []
    assert [code for _, code in flags(found)] == ([expected] if expected else [])


@clause("N18/lower-risk")
def test_lowering_from_3_is_flagged_and_counts_once_confirmed() -> None:
    assert flags(check(stable(risk=2), last_risk=3)) == [("risk", "risk_lowered")]
    assert flags(check(stable(risk=3), last_risk=2)) == []
    assert flags(check(stable(risk=1), last_risk=2)) == []
    assert counting_risk(2, 4) == 4
    assert counting_risk(2, 4, confirmed=True) == 2
    assert counting_risk(5, 1) == 5
    assert counting_risk(1, 2) == 1
    assert counting_risk(None, 3) == 3


@clause("OWN/milder-class")
def test_the_graver_class_counts_until_a_second_person_confirms() -> None:
    assert counting_class("3", "2") == "2"
    assert counting_class("3", "2", confirmed=True) == "3"
    assert counting_class("1", "3") == "1"
    assert counting_class(None, "2") == "2"
    assert milder_than("3", "1")
    assert not milder_than("1", "3")
    assert not milder_than(None, "3")
    assert [gravity(code) for code in ("1", "2", "3", None)] == [3, 2, 1, 0]


@clause("OWN/milder-class")
def test_a_milder_class_needs_a_reason_and_at_risk_3_is_not_open() -> None:
    assert check_choice("1", "3", risk=0) == []
    assert check_choice("3", "2", risk=0, reason="按“自知力基本恢复”判定") == []
    assert [p.code for p in check_choice("3", "2", risk=0)] == ["missing"]
    assert [p.code for p in check_choice("2", "1", risk=3, reason="理由")] == ["too_mild"]


def test_written_history_without_severity_is_kept_and_marked_not_recomputed() -> None:
    record = stable(symptom_severity=None, adr_severity=None, physical_severity=None, visit_class="2")
    found = check(record, mode="import")
    assert found.problems == []
    assert ("visit_class", "not_recomputed") in flags(found)


@given(st.dictionaries(st.one_of(st.sampled_from(sorted(FIELDS)), st.text(max_size=5)), st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)), lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(st.text(max_size=8), part, max_size=3)), max_leaves=6), max_size=6), st.sampled_from(["entry", "import"]))  # fmt: skip
def test_whatever_is_given_there_is_an_answer_and_only_readable_values_come_out(
    record: dict[str, Any], mode: Any
) -> None:
    found = check(record, mode=mode)
    assert set(found.clean) <= set(FIELDS)
    again = check(found.clean, mode=mode)
    assert again.clean == found.clean


def test_the_register_of_fields_is_whole() -> None:
    assert [field.key for section, _ in SECTIONS for field in fields_of(section)] == list(FIELDS)
    for field in FIELDS.values():
        assert field.label
        assert bool(field.codes) == (field.kind in ("single", "multi", "counts") or field.key == "risk")
        assert len(field.labels) == len(field.codes)
        assert (field.need == "conditional") == bool(field.when)
    assert {
        "risk",
        "symptoms",
        "insight",
        "danger_acts",
        "locked",
        "hospital",
        "adherence",
        "adr",
    } <= JUDGEMENT_KEYS
    assert "visit_date" not in CLINICAL_KEYS
