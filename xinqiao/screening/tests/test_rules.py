"""The pure decisions: the list, article 28, what a conclusion leads to, who may be the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.policy.marks import clause
from xinqiao.screening.choices import DANGER_ITEMS, ITEMS, Outcome, Result, SentBy
from xinqiao.screening.rules import (
    ITEM_CODES,
    Known,
    check_answer,
    last_day_of_quarter,
    leads_to,
    may_be_same,
    may_send,
    quarter_of,
    read_checklist,
    requested_in_time,
    state_after,
    who_may_send,
)

answers = st.dictionaries(st.sampled_from(ITEM_CODES), st.sampled_from(["0", "1", "", "2"]))


@clause("N18/checklist")
@given(answers)
def test_any_yes_is_a_clue_and_nothing_else_is(given_answers: dict[str, str]) -> None:
    read = read_checklist(given_answers)
    assert read.is_clue == ("1" in given_answers.values())
    assert set(read.items) | set(read.missing) <= set(ITEM_CODES)
    assert bool(read.dangers) == bool(DANGER_ITEMS & set(read.items))


def test_the_nine_items_are_nine() -> None:
    assert tuple(ITEMS) == ITEM_CODES


@clause("MHL/sending")
@pytest.mark.parametrize(
    ("sent_by", "danger", "vagrant", "allowed"),
    [
        ("self", False, False, True),
        ("kin", False, False, True),
        ("kin", True, False, True),
        ("employer", False, False, False),
        ("employer", True, False, True),
        ("police", False, False, False),
        ("police", True, False, True),
        ("police", False, True, False),
        ("civil", False, False, False),
        ("civil", False, True, True),
        ("civil", True, False, False),
        ("worker", True, True, False),
        ("village", True, False, False),
        ("", True, True, False),
    ],
)
def test_who_may_send_follows_article_28(sent_by: str, danger: bool, vagrant: bool, allowed: bool) -> None:
    wrong = may_send(sent_by, danger=danger, vagrant=vagrant)
    assert (wrong == "") == allowed
    if not allowed:
        assert "近亲属" in wrong
        assert "第二十八条" in wrong


@given(st.booleans(), st.booleans())
def test_the_form_offers_exactly_those_whom_the_law_allows(danger: bool, vagrant: bool) -> None:
    offered = set(who_may_send(danger=danger, vagrant=vagrant))
    assert offered == {one for one in SentBy.values if not may_send(one, danger=danger, vagrant=vagrant)}


@pytest.mark.parametrize("of_file", [True, False])
def test_every_result_leads_somewhere(of_file: bool) -> None:
    for result in Result.values:
        fits = leads_to(result, of_file=of_file)
        assert fits
        assert set(fits) <= set(Outcome.values)


@pytest.mark.parametrize(
    ("result", "outcome", "state"),
    [
        ("six", "file", "concluded"),
        ("six", "close", "concluded"),
        ("other", "file", "concluded"),
        ("other", "refer", "closed"),
        ("other", "watch", "watch"),
        ("other", "close", "closed"),
        ("watch", "watch", "watch"),
        ("exclude", "close", "closed"),
    ],
)
def test_a_conclusion_leads_the_clue_on(result: str, outcome: str, state: str) -> None:
    assert state_after(result, outcome) == state


@pytest.mark.parametrize(
    ("on", "sent_on", "right"),
    [
        ("2026-11-16", None, True),
        ("2026-11-14", None, False),
        ("2026-11-12", date(2026, 11, 12), True),
        ("2026-11-11", date(2026, 11, 12), False),
        ("2026-11-17", date(2026, 11, 18), False),
    ],
)
def test_nobody_is_diagnosed_before_being_brought(on: str, sent_on: date | None, right: bool) -> None:
    record = {"diagnosed_on": on, "doctor": "沈医师", "result": "exclude", "outcome": "close"}
    read = check_answer(
        record, purpose="clue", of_file=False, asked_on=date(2026, 11, 15), today=date(2026, 11, 21), sent_on=sent_on
    )  # fmt: skip
    assert [one.field for one in read.problems] == ([] if right else ["diagnosed_on"])


@clause("MHL/second-diagnosis")
@pytest.mark.parametrize(
    ("doctor", "right"),
    [("沈医师", False), ("沈医师、沈医师", False), ("沈医师、陆医师", True), ("沈医师 陆医师", True)],
)
def test_a_second_diagnosis_names_two_psychiatrists(doctor: str, right: bool) -> None:
    record = {"diagnosed_on": "2026-11-20", "doctor": doctor, "result": "exclude", "outcome": "correct"}
    read = check_answer(
        record, purpose="again", of_file=True, asked_on=date(2026, 11, 19), today=date(2026, 11, 21)
    )
    assert [one.field for one in read.problems] == ([] if right else ["doctor"])


@clause("MHL/second-diagnosis")
def test_a_second_diagnosis_is_in_time_until_the_third_day() -> None:
    told = date(2026, 11, 18)
    assert requested_in_time(told, date(2026, 11, 21))
    assert not requested_in_time(told, date(2026, 11, 22))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Known("甲", "1", date(1980, 1, 1)), Known("甲", "1", date(1980, 1, 1)), True),
        (Known("甲", "1", date(1980, 1, 1)), Known("甲", "1", date(1980, 1, 2)), False),
        (Known("甲", "1", None, 41, date(2026, 5, 1)), Known("甲", "1", date(1984, 7, 1)), True),
        (Known("甲", "1", None, 41, date(2026, 5, 1)), Known("甲", "1", date(1975, 7, 1)), False),
        (Known("甲", "0", None), Known("甲", "2", date(1975, 7, 1)), True),
        (Known("甲", "1", None), Known("甲", "2", None), False),
        (Known("甲", "1", None), Known("乙", "1", None), False),
        (Known("", "1", None), Known("", "1", None), False),
    ],
)
def test_who_may_be_the_same_person(one: Known, other: Known, same: bool) -> None:
    assert may_be_same(one, other) is same
    assert may_be_same(other, one) is same


@given(st.dates(date(2004, 1, 1), date(2100, 1, 1)))
def test_a_day_lies_in_its_quarter(day: date) -> None:
    year, quarter = quarter_of(day)
    last = last_day_of_quarter(year, quarter)
    assert day <= last
    assert (last - day).days < 92


def test_no_page_labels_a_person_before_a_diagnosis() -> None:
    root = Path(__file__).resolve().parents[1]
    texts = [*root.glob("jinja2/**/*.html"), *root.glob("views/*.py"), root / "forms.py", root / "choices.py"]
    wrong = (
        "疯",
        "精神病人",
        "精神病患者",
        "管控",
        "脱管",
        "漏管",
        "疑似患者",
        "嫌疑",
        "肇事者",
        "重点人员",
        "！",
    )
    assert texts
    assert [(one.name, word) for one in texts for word in wrong if word in one.read_text("utf-8")] == []
