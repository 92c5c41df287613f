"""The life of a file: every step of the table, impossible ones, and the laws of states over random events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from xinqiao.accounts.permissions import Permission
from xinqiao.policy.policies import released_policies
from xinqiao.registry import cycle_page
from xinqiao.registry.choices import LifeEventKind
from xinqiao.registry.choices.printed import STATE_LABELS
from xinqiao.registry.rules.cycle import (
    AS_BEFORE,
    GUARDED,
    SAME,
    STATES,
    STEP,
    STEPS,
    State,
    course,
    fits,
    management_on,
    state_on,
    unfitting,
)
from xinqiao.registry.rules.service import Service, Standing

DAY = date(2026, 3, 1)
FULL, NO, UNASKED = (
    Service(Standing.FULL, "agreed"),
    Service(Standing.LIMITED, "refused"),
    Service(Standing.UNASKED),
)


@dataclass(frozen=True)
class Told:
    kind: str
    happened_on: date


def told(*steps: str) -> list[Told]:
    """One event a day, in this order."""
    return [Told(kind, DAY + timedelta(number)) for number, kind in enumerate(steps)]


#: A way into each state.
WAY = {
    "not_filed": (),
    "suspected": ("suspected",),
    "pending": ("suspected", "confirmed"),
    "registered": ("filed",),
    "lost": ("filed", "lost"),
    "moved_out": ("filed", "moved_out"),
    "dead": ("filed", "died"),
    "excluded": ("filed", "excluded"),
}


def test_each_kind_of_event_has_one_row_and_each_row_a_permission_and_a_clause_that_are_there() -> None:
    assert {kind.value for kind in LifeEventKind} <= STEP.keys()
    assert len(STEP) == len(STEPS)
    assert set(STATE_LABELS) <= set(STATES)
    for step in STEPS:
        assert step.permission in set(Permission)
        assert released_policies().clause(step.clause)
        assert set(step.sources) <= STATES.keys()
        assert step.to in STATES or step.to in {SAME, AS_BEFORE}


@pytest.mark.parametrize("state", WAY)
@pytest.mark.parametrize("step", [one for one in STEPS if one.to != AS_BEFORE], ids=lambda one: one.event)
def test_a_step_is_possible_exactly_from_the_states_of_its_row(state: str, step: object) -> None:
    row = STEP[step.event]  # type: ignore[attr-defined]
    way = told(*WAY[state])
    assert state_on(way, DAY + timedelta(9)).state == state
    on = DAY + timedelta(9)
    if row.event in {"suspected", "cleared", "confirmed", "filed"} and "filed" in WAY[state]:
        return  # how it came to the file; a second filing is refused by the registry itself
    assert fits(way, row.event, on) is (state in row.sources)
    after = state_on([*way, Told(row.event, on)], on).state
    wanted = state if state not in row.sources or row.to == SAME else row.to
    assert after == wanted
    assert bool(unfitting([*way, Told(row.event, on)])) is (state not in row.sources)


def test_taking_back_a_death_or_an_exclusion_and_recording_one_need_a_second_person() -> None:
    assert {one.event for one in STEPS if one.second_person} == {"excluded", *GUARDED.values()}
    assert set(GUARDED) == {"died", "excluded"}


def test_a_stay_in_hospital_stands_beside_the_state_and_ends_with_the_file() -> None:
    assert state_on(told("filed", "admitted"), DAY + timedelta(5)) == State("registered", DAY, True)
    assert not state_on(told("filed", "admitted", "died"), DAY + timedelta(5)).in_hospital
    assert not state_on(told("filed", "admitted", "discharged"), DAY + timedelta(5)).in_hospital


def test_what_happened_before_the_filing_counts_once_the_file_is_there() -> None:
    early = [Told("died", DAY), Told("filed", DAY + timedelta(5))]
    assert state_on(early, DAY + timedelta(9)).state == "dead"
    assert state_on([Told("moved_out", DAY), Told("filed", DAY + timedelta(5))], DAY + timedelta(9)).state == "moved_out"  # fmt: skip


@pytest.mark.parametrize(
    ("state", "service", "facts", "found"),
    [
        ("registered", FULL, {"complete_this_year": 1}, (True, "")),
        ("registered", NO, {"complete_this_year": 1}, (False, "1")),
        ("lost", FULL, {"complete_this_year": 1}, (False, "2")),
        ("registered", FULL, {"complete_this_year": 0}, (False, "3")),
        ("registered", FULL, {"complete_this_year": 0, "filed_this_year": True, "ever_complete": False}, (False, "4")),
        ("registered", FULL, {"complete_this_year": 0, "away": True}, (False, "5")),
        ("registered", FULL, {"complete_this_year": 0, "detained": True}, (False, "6")),
        ("registered", UNASKED, {"complete_this_year": 2}, (False, "7")),
        ("registered", Service(Standing.STATUTORY, "refused"), {"complete_this_year": 2}, (True, "")),
    ],
)  # fmt: skip
def test_managed_or_the_first_reason_why_not(
    state: str, service: Service, facts: dict[str, object], found: tuple[bool, str]
) -> None:
    said = management_on(State(state), service, **facts)  # type: ignore[arg-type]
    assert said is not None
    assert (said.managed, said.reason) == found


def test_nobody_outside_the_register_is_managed_or_not() -> None:
    assert management_on(State("dead"), FULL, complete_this_year=3) is None


_KINDS = st.sampled_from([kind.value for kind in LifeEventKind if kind != LifeEventKind.FILED])
_EVENTS = st.lists(st.builds(Told, _KINDS, st.integers(-40, 400).map(lambda n: DAY + timedelta(n))), max_size=12)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(_EVENTS, st.randoms(), st.integers(-50, 420))
def test_the_order_of_entry_never_matters_and_a_later_fact_never_changes_an_earlier_day(
    events: list[Told], mixed: object, after: int
) -> None:
    known = [Told("filed", DAY), *events]
    shuffled = list(known)
    mixed.shuffle(shuffled)  # type: ignore[attr-defined]
    day = DAY + timedelta(after)
    assert state_on(shuffled, day) == state_on(known, day)
    upto = [one for one in known if one.happened_on <= day]
    assert state_on(upto, day) == state_on(known, day)


@settings(max_examples=150, deadline=None)
@given(_EVENTS)
def test_on_every_day_exactly_one_state_holds(events: list[Told]) -> None:
    known = [Told("filed", DAY), *events]
    stretches = course(known)
    assert [one.since for one in stretches] == sorted({one.since for one in stretches})
    first = min(one.happened_on for one in known)
    for number in range(0, 460, 7):
        day = first + timedelta(number)
        holding = [one for one in stretches if one.since <= day]
        now = state_on(known, day)
        assert (holding[-1].state.state, holding[-1].state.in_hospital) == (now.state, now.in_hospital)
        assert now.state in STATES


class LifeOfAFile(RuleBasedStateMachine):
    """Facts come in any order, some are found wrong; a diary notes what was said each day, by who knew all of it by then."""

    @initialize()
    def begin(self) -> None:
        self.events: list[Told] = [Told("filed", DAY)]
        self.diary: dict[date, State] = {}

    @rule(kind=_KINDS, ago=st.integers(0, 30))
    def something_happens(self, kind: str, ago: int) -> None:
        self.today = self.newest() + timedelta(1)
        on = max(DAY, self.today - timedelta(ago))
        if fits(self.events, kind, on):
            self.events.insert(0, Told(kind, on))
            self.diary = {day: said for day, said in self.diary.items() if day < on}
        self.note()

    @rule()
    def a_death_or_exclusion_is_corrected(self) -> None:
        wrong = [one for one in self.events if one.kind in GUARDED]
        if wrong:
            gone = wrong[-1]
            self.events.remove(gone)
            self.diary = {day: said for day, said in self.diary.items() if day < gone.happened_on}
        self.note()

    def newest(self) -> date:
        return max([DAY, *self.diary, *(one.happened_on for one in self.events)])

    def note(self) -> None:
        day = self.newest()
        self.diary[day] = state_on(self.events, day)

    @invariant()
    def what_was_said_of_a_day_still_holds(self) -> None:
        for day, said in getattr(self, "diary", {}).items():
            assert state_on(reversed(self.events), day) == said


TestLifeOfAFile = LifeOfAFile.TestCase
TestLifeOfAFile.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)


def test_the_page_of_the_life_cycle_is_current() -> None:
    """Else: make docs."""
    assert Path(cycle_page.TARGET).read_text(encoding="utf-8") == cycle_page.page()
