from django.http import QueryDict

from xinqiao.kernel.errors import Problem
from xinqiao.web.fields import Spec, build

SPECS = [
    Spec("risk", "危险性", [("0", "无"), ("1", "口头威胁")], required=True),
    Spec(
        "symptoms",
        "目前症状",
        [("0", "无"), ("1", "幻觉"), ("3", "猜疑")],
        many=True,
        extra={"none_code": "0"},
    ),
    Spec("danger_acts.1", "轻度滋事"),
]


def test_what_was_typed_stands_in_the_fields_again() -> None:
    fields = build(SPECS, QueryDict("risk=1&symptoms=1&symptoms=3&unknown=x"))
    assert fields["risk"].value == "1"
    assert fields["risk"].chosen("1")
    assert not fields["risk"].chosen("0")
    assert fields["symptoms"].value == ["1", "3"]
    assert set(fields) == {"risk", "symptoms", "danger_acts.1"}


def test_the_first_problem_of_a_field_speaks_at_the_field() -> None:
    problems = [Problem("risk", "required", "请选择危险性。"), Problem("risk", "other", "第二句")]
    fields = build(SPECS, {}, problems)
    assert fields["risk"].error == "请选择危险性。"
    assert fields["symptoms"].error == ""
    assert fields["risk"].described_by == "f-risk-error"


def test_the_last_answer_is_shown_in_words_and_never_filled_in() -> None:
    fields = build(SPECS, {}, previous={"risk": "1", "symptoms": ["3", "1"], "danger_acts.1": ""})
    assert fields["risk"].previous == "口头威胁"
    assert fields["symptoms"].previous == "幻觉、猜疑"
    assert fields["danger_acts.1"].previous == ""
    assert fields["risk"].value == ""
    assert fields["symptoms"].value == []


def test_a_risk_of_zero_is_an_answer_and_not_a_blank() -> None:
    assert build(SPECS, {"risk": 0})["risk"].chosen("0")
    assert build(SPECS, {}, previous={"risk": 0})["risk"].previous == "无"


def test_a_nested_name_gives_an_id_that_the_summary_can_link_to() -> None:
    assert build(SPECS)["danger_acts.1"].id == "f-danger_acts-1"
