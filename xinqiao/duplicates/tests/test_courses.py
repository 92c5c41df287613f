"""One life out of two: whose events speak, who is counted before the file that stays was opened, what cannot be merged."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinqiao.duplicates.rules import Course, Held, Joined, Unfit, join
from xinqiao.registry.rules import state_on

TODAY = date(2026, 11, 21)
_serial = iter(range(1, 1_000_000))


def held(kind: str, day: date, until: date | None = None) -> Held:
    return Held(UUID(int=next(_serial)), kind, day, until)


def course(filed_on: date, *events: tuple[str, date], rows: tuple[Held, ...] = ()) -> Course:
    told = [held("filed", filed_on), *(held(kind, day) for kind, day in events)]
    return Course(filed_on, told, rows or (held("counting", filed_on),))


def events_of(winner: Course, loser: Course, joined: Joined) -> list[Held]:
    kept = [one for one in (*winner.events, *loser.events) if one.id not in joined.parks]
    return kept + [held(kind, day) for kind, day in joined.made]


def state(winner: Course, loser: Course, day: date = TODAY) -> str:
    return state_on(events_of(winner, loser, join(winner, loser, TODAY)), day).state


EARLY, LATE = date(2020, 1, 1), date(2023, 6, 1)


@pytest.mark.parametrize(
    ("kind", "words"),
    [("moved_out", "left the other place"), ("lost", "the other place had lost the person")],
)
def test_what_the_other_file_says_of_now_does_not_take_away_who_is_here(kind: str, words: str) -> None:
    winner, loser = course(EARLY), course(LATE, (kind, date(2024, 1, 1)))
    assert state(winner, loser) == "registered", words


def test_a_death_is_true_wherever_it_was_written_down() -> None:
    assert state(course(EARLY), course(LATE, ("died", date(2025, 1, 1)))) == "dead"
    both = course(EARLY, ("died", date(2025, 1, 1))), course(LATE, ("died", date(2025, 1, 3)))
    assert [one.happened_on for one in events_of(*both, join(*both, TODAY)) if one.kind == "died"] == [date(2025, 1, 1)]  # fmt: skip


@pytest.mark.parametrize("winner", [("moved_out", LATE), ("lost", LATE)])
def test_a_file_that_is_lost_or_gone_does_not_stay_beside_one_that_is_there(winner: tuple[str, date]) -> None:
    with pytest.raises(Unfit) as refused:
        join(course(EARLY, winner), course(LATE), TODAY)
    assert refused.value.code == "other_first"


@pytest.mark.parametrize("turned", [False, True])
def test_merging_neither_makes_an_exclusion_nor_takes_one_back(turned: bool) -> None:
    files = [course(EARLY, ("excluded", LATE)), course(LATE)]
    with pytest.raises(Unfit) as refused:
        join(*(reversed(files) if turned else files), TODAY)
    assert refused.value.code == "excluded"


def test_who_was_counted_before_the_file_that_stays_was_opened_is_carried_over() -> None:
    village, later = held("counting", EARLY, date(2021, 5, 1)), held("counting", date(2021, 5, 1))
    loser = course(EARLY, rows=(village, later))
    winner = course(LATE)
    joined = join(winner, loser, TODAY)
    assert joined.filed_on == EARLY
    assert joined.carry == ((village.id, EARLY, date(2021, 5, 1)), (later.id, date(2021, 5, 1), LATE))
    assert joined.made == ()
    assert [one.kind for one in events_of(winner, loser, joined)] == ["filed"]


@pytest.mark.parametrize(("kind", "back"), [("moved_out", "moved_in"), ("lost", "found")])
def test_who_was_away_between_the_two_files_was_here_again_when_the_second_was_opened(
    kind: str, back: str
) -> None:
    winner, loser = course(LATE), course(EARLY, (kind, date(2022, 3, 1)))
    assert join(winner, loser, TODAY).made == ((back, LATE),)
    assert [state(winner, loser, day) for day in (date(2022, 2, 1), date(2023, 5, 31), LATE)] == [
        "registered", state_on(loser.events, date(2023, 5, 31)).state, "registered",
    ]  # fmt: skip


DAYS = st.dates(date(2019, 1, 1), TODAY)


@given(
    first=DAYS,
    second=DAYS,
    told=st.lists(st.tuples(st.sampled_from(["lost", "found", "moved_out", "moved_in"]), DAYS), max_size=5),
    other=st.lists(st.tuples(st.sampled_from(["lost", "found", "moved_out", "moved_in"]), DAYS), max_size=5),
    day=DAYS,
)
def test_the_file_that_stays_speaks_from_its_first_day_and_the_other_before(
    first: date, second: date, told: list[tuple[str, date]], other: list[tuple[str, date]], day: date
) -> None:
    winner = course(first, *((kind, on) for kind, on in told if on >= first))
    loser = course(second, *((kind, on) for kind, on in other if on >= second))
    try:
        joined = join(winner, loser, TODAY)
    except Unfit:
        return
    found = state_on(events_of(winner, loser, joined), day).state
    expected = winner if day >= first else loser
    assert found == state_on(expected.events, day).state
