"""What somebody's answers allow on a day, and what never hangs on them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.registry.rules.service import ALWAYS, SERVES, Sharing, Standing, service_on, turns

DAY = date(2026, 3, 1)


def answer(
    decision: str, day: int = 0, *, second: int = 0, withdrawn: bool = False, basis: str = "consent"
) -> Any:
    on = DAY + timedelta(day)
    at = datetime(on.year, on.month, on.day, 9, 0, second, tzinfo=UTC)
    return SimpleNamespace(
        basis=basis, decision=decision, happened_on=on, recorded_at=at, withdrawn=withdrawn
    )


NOTICE = answer("", basis="statutory")


@pytest.mark.parametrize(
    ("answers", "follows", "standing", "said"),
    [
        ([], True, Standing.UNASKED, ""),
        ([answer("1")], True, Standing.FULL, "agreed"),
        ([answer("0")], True, Standing.LIMITED, "refused"),
        ([answer("1"), answer("0", 5, withdrawn=True)], True, Standing.LIMITED, "withdrawn"),
        ([answer("0"), answer("1", 5)], True, Standing.FULL, "agreed"),
        ([answer("1", second=1), answer("0", second=2)], True, Standing.LIMITED, "refused"),
        ([answer("0", second=1), answer("1", second=2)], True, Standing.FULL, "agreed"),
        ([NOTICE], True, Standing.STATUTORY, ""),
        ([NOTICE, answer("0", 3)], True, Standing.STATUTORY, "refused"),
        ([NOTICE], False, Standing.UNASKED, ""),
        ([NOTICE, answer("0", 3)], False, Standing.LIMITED, "refused"),
        ([NOTICE, answer("1", 3)], False, Standing.FULL, "agreed"),
        ([answer("0", 40)], True, Standing.UNASKED, ""),
    ],
)
def test_the_newest_answer_and_the_rule_of_the_place_decide(
    answers: list[Any], follows: bool, standing: Standing, said: str
) -> None:
    found = service_on(answers, DAY + timedelta(30), without_consent=follows)
    assert (found.standing, found.answer) == (standing, said)


def test_a_refusal_ends_routine_visits_and_help_but_nothing_that_safety_or_the_law_asks_for() -> None:
    found = service_on([answer("0")], DAY)
    assert not found.visits
    assert not found.lawful
    assert not found.shares(Sharing.HELP)
    assert not found.shares(Sharing.AID)
    assert all(found.shares(purpose) for purpose in ALWAYS)
    assert found.visits_owed(in_danger=True)
    assert not found.visits_owed(in_danger=False)


def test_a_notice_by_law_is_no_agreement() -> None:
    found = service_on([NOTICE], DAY)
    assert found.lawful
    assert found.visits
    assert found.noticed_on == DAY
    assert not found.shares(Sharing.HELP)


def test_every_receiver_of_the_matrix_serves_a_purpose_and_the_police_hang_on_no_answer() -> None:
    assert set(SERVES.values()) == set(Sharing)
    assert SERVES["police"] in ALWAYS


_ANSWERS = st.lists(
    st.builds(
        answer,
        st.sampled_from("01"),
        st.integers(0, 60),
        second=st.integers(0, 59),
        basis=st.sampled_from(["consent"]),
    )
    | st.builds(lambda day: answer("", day, basis="statutory"), st.integers(0, 60)),
    max_size=6,
)


@given(_ANSWERS, st.booleans(), st.booleans())
def test_no_answer_ever_touches_safety_emergencies_and_the_law(
    answers: list[Any], follows: bool, danger: bool
) -> None:
    found = service_on(answers, DAY + timedelta(70), without_consent=follows)
    assert all(found.shares(purpose) for purpose in ALWAYS)
    assert found.visits_owed(in_danger=True)
    assert found.visits_owed(in_danger=danger) or found.standing is Standing.LIMITED
    assert not (found.standing is Standing.STATUTORY and found.answer == "" and found.shares(Sharing.HELP))


@given(_ANSWERS, st.randoms())
def test_turns_say_the_same_as_asking_day_by_day_in_any_order(answers: list[Any], shuffled: Any) -> None:
    mixed = list(answers)
    shuffled.shuffle(mixed)
    for day, visits in turns(mixed):
        assert visits == service_on(answers, day).visits
    assert [day for day, _ in turns(mixed)] == sorted({one.happened_on for one in answers})
