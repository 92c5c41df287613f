"""The class: the worked cases of the norm, failing closed, and never milder for a worse answer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.followup.rules import CLINICAL_KEYS, classify, gravity
from xinqiao.followup.rules.classify import CLASS_KEYS
from xinqiao.kernel.errors import Invalid, PolicyMissing
from xinqiao.policy.marks import clause
from xinqiao.policy.policies import PolicySet

from .forms import answers, form_of, reaction, stable, symptoms

NONE: dict[str, Any] = {}
# risk, severity, insight, worst social function, reaction, physical → class
CASES = [
    (0, "1", "1", "1", NONE, "0", "3"),
    (0, "1", "1", "2", reaction("1"), "1", "3"),
    (0, "1", "2", "1", NONE, "0", "2"),
    (0, "2", "1", "1", NONE, "0", "2"),
    (0, "1", "1", "3", NONE, "0", "2"),
    (1, "1", "1", "1", NONE, "0", "2"),
    (2, "2", "2", "3", NONE, "0", "2"),
    (0, "3", "2", "2", NONE, "0", "1"),
    (0, "1", "3", "1", NONE, "0", "1"),
    (3, "1", "1", "1", NONE, "0", "1"),
    (0, "1", "1", "1", reaction("3", acute=True), "0", "1"),
    (0, "1", "1", "1", NONE, "2", "1"),
]


@clause("N3/class/1", "N3/class/2", "N3/class/3")
@pytest.mark.parametrize(("risk", "severity", "insight", "social", "adr", "physical", "expected"), CASES)
def test_the_twelve_worked_cases(
    risk: int, severity: str, insight: str, social: str, adr: dict[str, Any], physical: str, expected: str
) -> None:
    form = stable(
        risk=risk, insight=insight, soc_study=social, physical_severity=physical, **symptoms(severity), **adr
    )
    found = classify(form)
    assert found.visit_class == expected
    assert found.clause == f"N3/class/{expected}"
    assert found.reason
    assert found.policy_version


@clause("N3/class/1")
@pytest.mark.parametrize("adr", [reaction("3"), reaction("1", acute=True), reaction("2", acute=True)])
def test_a_severe_or_an_acute_reaction_is_unstable(adr: dict[str, Any]) -> None:
    assert classify(stable(**adr)).visit_class == "1"


def test_every_reason_for_the_class_is_said() -> None:
    found = classify(stable(risk=4, insight="3", physical_severity="2"))
    assert found.reason == "危险性评估为 3–5 级；自知力缺失；有严重躯体疾病"


def test_work_that_does_not_apply_is_left_out_of_social_function() -> None:
    assert classify(stable(soc_work="9")).visit_class == "3"
    assert classify(stable(soc_work="3")).visit_class == "2"


@clause("OWN/partial-insight")
def test_a_place_may_judge_partial_insight_as_recovered() -> None:
    row = {
        "thing": "followup/partial_insight",
        "division_code": "990101",
        "valid_from": date(2026, 1, 1),
        "value": "recovered",
        "source": "县文件",
        "author": "programme",
    }
    rules = PolicySet(local_rows=[row])
    form = stable(insight="2")
    assert classify(form, policies=rules, division="990101101201").visit_class == "3"
    assert classify(form, policies=rules, division="990102101201").visit_class == "2"
    assert (
        classify({**form, "visit_date": date(2025, 12, 31)}, policies=rules, division="990101").visit_class
        == "2"
    )


@pytest.mark.parametrize("key", CLASS_KEYS)
def test_a_missing_answer_is_an_error_and_never_a_class(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        classify(stable(**{key: None}))
    assert [(p.field, p.code) for p in refused.value.problems] == [(key, "missing")]


@given(
    st.sampled_from(CLASS_KEYS),
    st.one_of(
        st.integers(),
        st.booleans(),
        st.floats(),
        st.text(max_size=3),
        st.lists(st.text(max_size=2), max_size=2),
    ),
)
def test_any_value_that_is_not_an_answer_of_the_form_is_an_error(key: str, value: Any) -> None:
    form = stable(**{key: value})
    good = {
        "risk": type(value) is int and 0 <= value <= 5,
        "symptoms": value == ["0"],
        "symptom_severity": value == "1",
        "soc_work": value in ("1", "2", "3", "9"),
        "adr": value in ("1", "9"),
        "physical_severity": value in ("0", "1", "2"),
    }.get(key, value in ("1", "2", "3"))
    if good and isinstance(value, str | int | list):
        assert classify(form).visit_class in ("1", "2", "3")
    else:
        with pytest.raises(Invalid):
            classify(form)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"symptoms": ["0", "1"]}, "symptoms"),
        ({"symptoms": ["1"]}, "symptom_severity"),
        ({"symptom_severity": "2"}, "symptom_severity"),
        ({"symptoms": []}, "symptoms"),
        ({"adr_severity": "2"}, "adr_severity"),
        ({"adr_acute": True}, "adr_acute"),
        ({**reaction("0")}, "adr_severity"),
        ({**reaction("1"), "adr_acute": None}, "adr_acute"),
        ({**reaction("1"), "adr_severity": None}, "adr_severity"),
        ({**reaction("1"), "adr_acute": "否"}, "adr_acute"),
    ],
)
def test_answers_that_contradict_each_other_are_an_error(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        classify(stable(**changes))
    assert refused.value.problems[0].field == field


@given(answers, st.data())
def test_a_worse_answer_never_gives_a_milder_class(levels: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(["risk", "symptom", "insight", "social", "adr", "physical"]))
    worse = dict(levels)
    if key == "social":
        index = data.draw(st.integers(0, 4))
        worse["social"] = [min(3, level + (place == index)) for place, level in enumerate(levels["social"])]
    else:
        highest = {"risk": 5, "symptom": 3, "insight": 3, "adr": 4, "physical": 2}[key]
        worse[key] = data.draw(st.integers(levels[key], highest))
    before, after = classify(form_of(levels)).visit_class, classify(form_of(worse)).visit_class
    assert gravity(after) >= gravity(before)


@clause("N18/in-hospital")
def test_in_hospital_with_blank_clinical_items_there_is_no_class() -> None:
    found = classify({"visit_date": date(2026, 11, 1), "hospital": "1"})
    assert (found.visit_class, found.clause) == (None, "N18/in-hospital")
    assert classify(stable(hospital="1")).visit_class == "3"


@clause("N3/form/lost-or-dead")
def test_lost_or_dead_there_is_no_class() -> None:
    assert classify({"lost_reason": "3"}).visit_class is None
    assert classify({"death_date": date(2026, 11, 1)}).visit_class is None


def test_before_the_first_rule_there_is_no_answer() -> None:
    with pytest.raises(PolicyMissing):
        classify(stable(visit_date=date(2003, 12, 31)))


def test_the_inputs_of_the_class_are_clinical_items() -> None:
    assert set(CLASS_KEYS) <= CLINICAL_KEYS


@clause("OWN/partial-insight")
def test_partial_insight_taken_as_recovered_gives_the_class_by_the_rule() -> None:
    partial = {**stable(), "insight": "2"}
    assert classify(partial).visit_class == "2"
    assert classify({**partial, "insight_recovered": True}).visit_class == "3"
    assert classify({**partial, "insight_recovered": False}).visit_class == "2"
    # it speaks of insight only: whatever else is poor still decides
    assert classify({**partial, "insight_recovered": True, "soc_study": "3"}).visit_class == "2"
    assert classify({**partial, "insight_recovered": True, "risk": 3}).visit_class == "1"
