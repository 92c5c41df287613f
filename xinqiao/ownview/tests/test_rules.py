"""What somebody gets to read of the own record, and who may ask."""

from __future__ import annotations

from datetime import date

import pytest

from xinqiao.followup.rules import FIELDS
from xinqiao.ownview.rules import LEFT_OUT, SHOWN, asks_psychiatrist, check_request, check_verdict

TODAY, BORN = date(2026, 11, 21), date(1980, 5, 1)


def _faults(**given: str) -> set[str]:
    plain = {"asker": "patient", "asker_name": "", "relation": "", "footing": "", "footing_note": ""}
    return {one.field for one in check_request(**(plain | given), asked_on=TODAY, born_on=BORN, today=TODAY)}


def test_every_question_of_the_record_form_is_shown_or_left_out_with_a_reason() -> None:
    assert set(SHOWN) | LEFT_OUT.keys() == set(FIELDS)
    assert not set(SHOWN) & LEFT_OUT.keys()
    assert set(LEFT_OUT.values()) == {"informant", "third_party", "safety", "office"}


def test_the_person_asks_without_conditions_and_a_guardian_with_a_footing() -> None:
    assert _faults() == set()
    assert _faults(asker="guardian") == {"asker_name", "relation", "footing"}
    guardian = {"asker": "guardian", "asker_name": "陈安", "relation": "父亲"}
    # A footing is one only with what it rests on: who found the incapacity, how and when the person agreed.
    for footing in ("incapacity", "agreed"):
        assert _faults(**guardian, footing=footing) == {"footing_note"}
        assert _faults(**guardian, footing=footing, footing_note="本人到院当面同意") == set()
    assert _faults(asker="neighbour") == {"asker"}


def test_a_request_is_not_dated_in_the_future_or_before_birth() -> None:
    for day in (date(2026, 11, 22), date(1979, 1, 1)):
        found = check_request(
            asker="patient", asker_name="", relation="", footing="", footing_note="", asked_on=day, born_on=BORN, today=TODAY
        )  # fmt: skip
        assert [one.field for one in found] == ["asked_on"]


@pytest.mark.parametrize(
    ("risk", "visit_class", "asked"),
    [(0, "3", False), (2, "2", False), (3, "2", True), (0, "1", True), (None, "", False)],
)
def test_a_psychiatrist_is_asked_first_where_the_last_findings_are_grave(
    risk: int | None, visit_class: str, asked: bool
) -> None:
    assert asks_psychiatrist(risk, visit_class) is asked


def _verdict(**given: object) -> set[str]:
    plain: dict[str, object] = {
        "verdict": "whole",
        "held_back": [],
        "reason": "",
        "psychiatrist": "",
        "grave": False,
    }
    return {one.field for one in check_verdict(**(plain | given))}  # type: ignore[arg-type]


def test_holding_back_takes_a_psychiatrist_and_a_reason_and_never_the_read_log() -> None:
    assert _verdict() == set()
    assert _verdict(grave=True) == {"psychiatrist"}
    assert _verdict(verdict="part") == {"held_back", "reason", "psychiatrist"}
    assert _verdict(verdict="later", reason="近期波动", psychiatrist="沈文") == set()
    assert _verdict(verdict="part", held_back=["readers"], reason="x", psychiatrist="y") == {"held_back"}
    assert _verdict(verdict="part", held_back=["secrets"], reason="x", psychiatrist="y") == {"held_back"}
    assert _verdict(verdict="") == {"verdict"}
