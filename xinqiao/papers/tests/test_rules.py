"""Keys as they come from the hand."""

from __future__ import annotations

from datetime import date

import pytest

from xinqiao.papers.rules import (
    KEYS,
    acts_typed,
    codes_typed,
    drugs_text,
    drugs_typed,
    form_values,
    short_date,
)

NOVEMBER, TODAY = date(2026, 11, 1), date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("1115", "2026-11-15"),
        ("15", "2026-11-15"),
        ("11.5", "2026-11-05"),
        ("20261115", "2026-11-15"),
        ("261115", "2026-11-15"),
        ("1231", "2025-12-31"),  # a visit is not later than today
        ("0230", "0230"),
        ("十五日", "十五日"),
    ],
)
def test_a_day_needs_only_the_keys_that_say_something(typed: str, read: str) -> None:
    assert short_date(typed, month=NOVEMBER, latest=TODAY) == read


def test_a_next_date_lies_ahead() -> None:
    assert short_date("0221", month=NOVEMBER, earliest=NOVEMBER) == "2027-02-21"


def test_codes_are_read_with_and_without_a_blank() -> None:
    assert codes_typed("12", ("1", "2", "3")) == ["1", "2"]
    symptoms = tuple(str(n) for n in range(13))
    assert codes_typed("12", symptoms) == ["12"]
    assert codes_typed("1 3,11", symptoms) == ["1", "3", "11"]


def test_acts_are_counted_and_none_is_an_answer() -> None:
    assert acts_typed("7") == acts_typed("0") == {"danger_any": "0"}
    assert acts_typed("1*2 5") == {"danger_any": "1", "danger_acts.1": "2", "danger_acts.5": "1"}


def test_drugs_in_a_line_are_read_and_written_alike() -> None:
    text = "奥氮平 0-0-10; 帕利哌酮 每4周 100"
    sent = drugs_typed(text)
    assert sent["drugs.0.drug"] == "奥氮平"
    assert sent["drugs.0.night"] == "10"
    assert (sent["drugs.1.every"], sent["drugs.1.every_unit"], sent["drugs.1.dose"]) == ("4", "week", "100")
    rows = [
        {"drug": "奥氮平", "morning": 0, "noon": 0, "night": 10, "unit": "mg"},
        {
            "drug": "帕利哌酮",
            "long_acting": True,
            "every": 4,
            "every_unit": "week",
            "dose": 100,
            "unit": "mg",
        },
    ]
    assert drugs_text(rows) == text


def test_no_judgement_may_be_taken_over() -> None:
    carried = {key.name for key in KEYS if key.carried}
    judged = {
        "risk",
        "symptoms",
        "symptom_severity",
        "insight",
        "danger",
        "locked",
        "hospital",
        "adherence",
        "adr",
    }
    assert not carried & (judged | {"visit_class", "ending", "lost_reason", "death_date", "risk_reason"})
    assert {"visit_date", "form", "sleep", "drugs"} <= carried


def test_what_is_not_known_is_handed_on_as_typed() -> None:
    assert form_values({"risk": "9", "form": "x"}, month=NOVEMBER, today=TODAY) == {
        "risk": ["9"],
        "form": ["x"],
    }
