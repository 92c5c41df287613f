"""When the next visit is due, what became of each obligation, and that the order of entry makes no difference."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinqiao.followup.rules import (
    EndFact,
    ObligationFact,
    PersonFacts,
    VisitFact,
    first_due,
    fold,
    next_due,
    norm_deadline,
    propose,
    timing,
    visit_timings,
)
from xinqiao.kernel.periods import add_months, month_gap
from xinqiao.policy.marks import clause
from xinqiao.policy.policies import PolicySet, released_policies

from .forms import stable

D = date
TOWN = "341022101"
COMMUNITY = "9916"


def visit(day: date, visit_class: str | None = "3", key: str = "", **more: Any) -> VisitFact:
    return VisitFact(day, visit_class, key or day.isoformat(), **more)


def due(*visits: VisitFact, **facts: Any) -> date | None:
    found = next_due(PersonFacts(visits=visits, **facts))
    return found.due_on if found else None


@clause("N3/interval/1")
def test_unstable_is_seen_again_within_14_days_every_time() -> None:
    assert due(visit(D(2026, 11, 1), "1")) == D(2026, 11, 15)
    assert due(visit(D(2026, 11, 1), "1"), visit(D(2026, 11, 14), "1")) == D(2026, 11, 28)


@clause("N3/interval/2-first")
@pytest.mark.parametrize("before", [[], [visit(D(2026, 8, 1), "3")], [visit(D(2026, 8, 1), "1")]])
def test_basically_stable_for_the_first_time_is_seen_again_after_14_days(before: list[VisitFact]) -> None:
    assert due(*before, visit(D(2026, 11, 1), "2")) == D(2026, 11, 15)


@clause("N3/interval/2-again")
def test_still_basically_stable_is_seen_monthly() -> None:
    seen = [visit(D(2026, 10, 17), "2"), visit(D(2026, 10, 31), "2")]
    assert due(*seen) == D(2026, 11, 30)
    assert due(*seen, visit(D(2026, 11, 30), "2")) == D(2026, 12, 30)


@clause("N3/interval/2-first")
def test_any_visit_from_the_seventh_day_serves_the_two_week_check_and_an_earlier_one_does_not() -> None:
    first = visit(D(2026, 11, 1), "2")
    assert due(first, visit(D(2026, 11, 7), "2")) == D(2026, 11, 15)
    assert due(first, visit(D(2026, 11, 7), "3")) == D(2026, 11, 15)
    assert due(first, visit(D(2026, 11, 8), "2")) == D(2026, 12, 8)
    assert due(first, visit(D(2026, 11, 8), "3")) == D(2027, 2, 8)


@clause("N3/interval/3", "N3/four-a-year")
def test_stable_is_seen_after_three_calendar_months() -> None:
    assert due(visit(D(2026, 11, 30), "3")) == D(2027, 2, 28)
    assert due(visit(D(2023, 11, 30), "3")) == D(2024, 2, 29)


@clause("N18/in-hospital", "N18/after-discharge")
def test_in_hospital_the_earlier_of_three_months_and_discharge_plus_14_days() -> None:
    stay = visit(D(2026, 8, 1), None, in_hospital=True)
    assert due(stay) == D(2026, 11, 1)
    assert due(stay, discharges=[D(2026, 8, 1)]) == D(2026, 8, 15)
    assert due(stay, discharges=[D(2026, 10, 25)]) == D(2026, 11, 1)
    assert due(visit(D(2026, 8, 1), "3"), discharges=[D(2026, 8, 1)]) == D(2026, 11, 1)


@clause("OWN/first-visit")
def test_the_first_visit_is_due_a_month_after_filing() -> None:
    found = first_due(D(2026, 1, 31))
    assert found
    assert (found.due_on, found.first, found.period_key) == (D(2026, 2, 28), True, "filed:2026-01-31")
    assert first_due(None) is None


@clause("TRF/new-in", "N18/after-discharge")
def test_after_transfer_in_or_discharge_the_first_visit_is_due_within_14_days() -> None:
    assert first_due(D(2026, 1, 10), transferred_in_on=D(2026, 1, 12)).due_on == D(2026, 1, 26)  # type: ignore[union-attr]
    assert first_due(D(2026, 1, 10), discharged_on=D(2026, 1, 8)).due_on == D(2026, 1, 22)  # type: ignore[union-attr]
    assert first_due(None, discharged_on=D(2026, 1, 8)).due_on == D(2026, 1, 22)  # type: ignore[union-attr]
    assert first_due(D(2020, 1, 1), transferred_in_on=D(2026, 1, 12)).due_on == D(2026, 1, 26)  # type: ignore[union-attr]
    assert first_due(D(2026, 1, 10), discharged_on=D(2019, 1, 1)).due_on == D(2026, 2, 10)  # type: ignore[union-attr]


@clause("N3/after-referral")
def test_after_a_referral_a_visit_within_14_days() -> None:
    assert due(visit(D(2026, 11, 1), "3", referred=True)) == D(2026, 11, 15)
    assert due(visit(D(2026, 11, 1), "3"), referrals=[D(2026, 11, 10)]) == D(2026, 11, 24)
    assert due(visit(D(2026, 11, 1), "3"), visit(D(2026, 11, 20), "3"), referrals=[D(2026, 11, 10)]) == D(
        2027, 2, 20
    )


@clause("QYS24/level-1-2", "QYS24/level-3-up", "QYS24/stable")
@pytest.mark.parametrize(
    ("day", "visit_class", "risk", "expected"),
    [
        (D(2024, 11, 5), "2", 1, D(2024, 12, 5)),
        (D(2024, 11, 5), "2", 2, D(2024, 12, 5)),
        (D(2024, 11, 5), "2", 0, D(2024, 11, 19)),
        (D(2024, 11, 5), "1", 3, D(2024, 11, 19)),
        (D(2024, 11, 5), "3", 0, D(2025, 2, 5)),
        (D(2024, 8, 29), "2", 1, D(2024, 9, 12)),
        (D(2025, 8, 1), "2", 1, D(2025, 8, 15)),
    ],
)
def test_the_qiyunshan_profile_holds_in_its_town_and_time(
    day: date, visit_class: str, risk: int, expected: date
) -> None:
    assert due(visit(day, visit_class, risk=risk), division=TOWN) == expected
    assert due(visit(day, visit_class, risk=risk), division=f"{TOWN}203") == expected


@clause("OWN/local-joint")
def test_the_qiyunshan_profile_asks_for_joint_visits_and_not_elsewhere() -> None:
    found = next_due(PersonFacts(visits=[visit(D(2024, 11, 5), "2", risk=1)], division=TOWN))
    assert found
    assert found.joint
    elsewhere = next_due(PersonFacts(visits=[visit(D(2024, 11, 5), "2", risk=1)], division="341022102"))
    assert elsewhere
    assert (elsewhere.joint, elsewhere.due_on) == (False, D(2024, 11, 19))


@clause("COM16/basically-stable", "COM16/stable", "COM16/unstable", "COM16/joint-quarterly")
def test_the_community_profile_of_2016_sees_the_basically_stable_monthly_from_the_start() -> None:
    assert due(visit(D(2026, 11, 1), "2"), division=COMMUNITY) == D(2026, 12, 1)
    assert due(visit(D(2026, 11, 1), "1"), division=COMMUNITY) == D(2026, 11, 15)
    assert due(visit(D(2026, 11, 1), "3"), division=COMMUNITY) == D(2027, 2, 1)
    found = next_due(PersonFacts(visits=[visit(D(2026, 11, 1), "2", risk=1)], division=COMMUNITY))
    assert found
    assert found.joint


@clause("MON/monthly")
def test_the_monthly_profile_never_makes_a_date_later() -> None:
    assert due(visit(D(2026, 11, 1), "3"), division="9912") == D(2026, 12, 1)
    assert due(visit(D(2026, 11, 1), "1"), division="9912") == D(2026, 11, 15)


@clause("N18/month-gap")
@given(st.dates(D(2004, 1, 1), D(2100, 1, 1)))
def test_the_norm_deadline_is_the_last_day_with_a_month_gap_of_three(day: date) -> None:
    last = norm_deadline(day, policies=released_policies())
    assert month_gap(day, last) == 3
    assert month_gap(day, last + timedelta(days=1)) == 4


@clause("OWN/windows")
def test_a_visit_is_early_on_time_late_or_extra_by_its_date() -> None:
    open_ = next_due(PersonFacts(filed_on=D(2026, 7, 1), visits=[visit(D(2026, 8, 1), "3")]))
    assert open_
    assert open_.due_on == D(2026, 11, 1)
    assert timing(D(2026, 8, 7), open_) == "extra"
    assert timing(D(2026, 8, 8), open_) == "early"
    assert timing(D(2026, 9, 15), open_) == "early"
    assert timing(D(2026, 9, 16), open_) == "on_time"
    assert timing(D(2026, 11, 1), open_) == "on_time"
    assert timing(D(2026, 11, 2), open_) == "late"
    assert not open_.is_overdue(D(2026, 11, 1))
    assert open_.is_overdue(D(2026, 11, 2))


def test_a_late_visit_closes_what_was_due_and_is_marked_late() -> None:
    items = fold(
        PersonFacts(
            filed_on=D(2026, 1, 1), visits=[visit(D(2026, 1, 20), "3", "a"), visit(D(2026, 6, 1), "3", "b")]
        )
    )
    assert [(item.outcome, item.timing, item.visit_key) for item in items] == [
        ("done", "first", "a"),
        ("done", "late", "b"),
        ("open", None, ""),
    ]
    assert [item.period_key for item in items] == ["filed:2026-01-01", "visit:2026-01-20", "visit:2026-06-01"]


def test_an_extra_visit_is_named_but_serves_nothing() -> None:
    items = fold(
        PersonFacts(
            visits=[
                visit(D(2026, 1, 1), "3", "a"),
                visit(D(2026, 1, 4), "3", "b"),
                visit(D(2026, 3, 20), "3", "c"),
            ]
        )
    )
    assert items[0].extra_visits == ("b",)
    assert items[0].due_on == D(2026, 4, 4)
    assert visit_timings(items) == {"b": "extra", "c": "on_time"}


def test_an_extra_visit_that_finds_the_person_unstable_brings_the_date_forward() -> None:
    assert due(visit(D(2026, 1, 1), "3"), visit(D(2026, 1, 4), "1")) == D(2026, 1, 18)


@clause("N18/lost", "OWN/found-again")
def test_loss_ends_what_is_due_and_being_found_starts_it_again() -> None:
    base = PersonFacts(
        filed_on=D(2026, 1, 1),
        visits=[visit(D(2026, 1, 20), "3", "a")],
        ends=[EndFact(D(2026, 2, 1), "lost")],
    )
    assert fold(base)[-1].outcome == "cancelled"
    assert next_due(base) is None
    overdue = replace(base, ends=[EndFact(D(2026, 9, 1), "lost")])
    assert (fold(overdue)[-1].outcome, fold(overdue)[-1].cause) == ("missed", "lost")
    found = replace(base, ends=[*base.ends, EndFact(D(2026, 3, 1), "found")])
    assert next_due(found).due_on == D(2026, 3, 15)  # type: ignore[union-attr]
    seen = replace(base, visits=[*base.visits, visit(D(2026, 3, 5), "3", "b")])
    assert next_due(seen).due_on == D(2026, 6, 5)  # type: ignore[union-attr]


@clause("N3/consent")
def test_a_refusal_ends_the_schedule_and_a_consent_starts_it_again() -> None:
    refused = PersonFacts(filed_on=D(2026, 1, 1), ends=[EndFact(D(2026, 1, 1), "refused")])
    assert next_due(refused) is None
    visited = replace(refused, visits=[visit(D(2026, 2, 1), "3", "a")])
    assert next_due(visited) is None
    consented = replace(visited, ends=[*visited.ends, EndFact(D(2026, 3, 1), "consented")])
    assert next_due(consented).due_on == D(2026, 3, 15)  # type: ignore[union-attr]


@pytest.mark.parametrize("grave", [{"visit_class": "1"}, {"visit_class": "2", "risk": 3}])
def test_safety_does_not_hang_on_consent(grave: dict[str, Any]) -> None:
    facts = PersonFacts(
        filed_on=D(2026, 1, 1),
        visits=[VisitFact(D(2026, 2, 1), key="a", **grave)],
        ends=[EndFact(D(2026, 1, 5), "refused"), EndFact(D(2026, 2, 3), "refused")],
    )
    due_now = next_due(facts)
    assert due_now is not None
    assert due_now.due_on == D(2026, 2, 15)
    calm = replace(facts, visits=[*facts.visits, VisitFact(D(2026, 2, 14), "3", "b", 0)])
    assert next_due(calm) is None


@pytest.mark.parametrize("kind", ["dead", "excluded", "moved_out"])
def test_after_the_end_nothing_is_due_and_a_later_visit_opens_nothing(kind: Any) -> None:
    facts = PersonFacts(
        filed_on=D(2026, 1, 1),
        visits=[visit(D(2026, 1, 20)), visit(D(2026, 6, 1))],
        ends=[EndFact(D(2026, 3, 1), kind)],
    )
    assert next_due(facts) is None
    assert [item.outcome for item in fold(facts)] == ["done", "cancelled"]


def test_who_moved_out_and_comes_back_or_was_ended_by_mistake_is_due_again() -> None:
    gone = PersonFacts(
        filed_on=D(2026, 1, 1), ends=[EndFact(D(2026, 1, 10), "moved_out")], transferred_in=[D(2026, 5, 1)]
    )
    assert next_due(gone).due_on == D(2026, 5, 15)  # type: ignore[union-attr]
    mistake = PersonFacts(
        filed_on=D(2026, 1, 1), ends=[EndFact(D(2026, 1, 10), "dead"), EndFact(D(2026, 2, 10), "reinstated")]
    )
    assert next_due(mistake).due_on == D(2026, 3, 10)  # type: ignore[union-attr]


def test_what_fell_due_before_a_transfer_was_missed_elsewhere() -> None:
    items = fold(PersonFacts(visits=[visit(D(2026, 1, 1), "3")], transferred_in=[D(2026, 5, 1)]))
    assert [(item.outcome, item.due_on) for item in items] == [
        ("missed", D(2026, 4, 1)),
        ("open", D(2026, 5, 15)),
    ]


def test_a_visit_before_the_filing_obliges_to_nothing() -> None:
    items = fold(PersonFacts(filed_on=D(2026, 5, 1), visits=[visit(D(2026, 1, 1), "3")]))
    assert [item.period_key for item in items] == ["filed:2026-05-01"]


@clause("OWN/unclassified")
def test_an_unclassified_visit_goes_on_with_the_class_known_last() -> None:
    assert due(visit(D(2026, 1, 1), "3"), visit(D(2026, 3, 1), None)) == D(2026, 6, 1)
    assert due(visit(D(2026, 3, 1), None)) == D(2026, 4, 1)


def test_facts_older_than_the_first_rule_still_lead_to_a_due_date() -> None:
    assert due(visit(D(1999, 3, 1), "3")) == D(1999, 6, 1)


@clause("N3/four-a-year")
@given(st.dates(D(2010, 1, 1), D(2100, 1, 1)))
def test_a_stable_person_seen_when_due_is_seen_four_times_a_year(start: date) -> None:
    visits = [visit(start, "3")]
    for _ in range(4):
        visits.append(visit(due(*visits) or start, "3"))
    assert month_gap(visits[0].visit_date, visits[-1].visit_date) == 12


def test_a_countys_own_row_replaces_the_nations_for_its_people_from_its_date() -> None:
    row = {
        "thing": "followup/intervals",
        "division_code": "990101",
        "valid_from": D(2026, 6, 1),
        "value": {
            "profile": "county",
            "title": "本县",
            "rules": [{"situation": "stable", "plus": {"months": 2}, "clause": "N3/interval/3"}],
        },
        "source": "县文件",
        "author": "programme",
    }
    rules = PolicySet(local_rows=[row])

    def local_due(day: date, visit_class: str, division: str) -> date | None:
        found = next_due(PersonFacts(visits=[visit(day, visit_class)], division=division), policies=rules)
        return found.due_on if found else None

    assert local_due(D(2026, 6, 1), "3", "990101101201") == D(2026, 8, 1)
    assert local_due(D(2026, 5, 31), "3", "990101101201") == D(2026, 8, 31)
    assert local_due(D(2026, 6, 1), "3", "990102101201") == D(2026, 9, 1)
    assert local_due(D(2026, 6, 1), "1", "990101101201") == D(2026, 6, 15)


span = st.dates(D(2023, 1, 1), D(2026, 12, 31))
visit_facts = st.builds(
    VisitFact,
    visit_date=span,
    visit_class=st.sampled_from(["1", "2", "3", None]),
    key=st.uuids().map(str),
    risk=st.one_of(st.none(), st.integers(0, 5)),
    in_hospital=st.booleans(),
    referred=st.sampled_from([False, False, True]),
)
ends = st.builds(
    EndFact,
    span,
    st.sampled_from(["dead", "excluded", "moved_out", "lost", "found", "refused", "consented", "reinstated"]),
)
people = st.builds(
    PersonFacts,
    filed_on=st.one_of(st.none(), span),
    visits=st.lists(visit_facts, max_size=8),
    transferred_in=st.lists(span, max_size=2),
    discharges=st.lists(span, max_size=2),
    referrals=st.lists(span, max_size=2),
    ends=st.lists(ends, max_size=3, unique_by=lambda end: (end.happened_on, end.kind)),
    division=st.sampled_from(["", TOWN, COMMUNITY]),
)


@given(people, st.randoms(use_true_random=False))
@settings(max_examples=300)
def test_the_order_of_entry_makes_no_difference(facts: PersonFacts, random: Any) -> None:
    parts = {
        name: list(getattr(facts, name))
        for name in ("visits", "transferred_in", "discharges", "referrals", "ends")
    }
    for part in parts.values():
        random.shuffle(part)
    assert fold(replace(facts, **parts)) == fold(facts)


@given(people)
@settings(max_examples=300)
def test_obligations_follow_each_other_and_only_the_last_is_open(facts: PersonFacts) -> None:
    items = fold(facts)
    assert all(item.outcome != "open" for item in items[:-1])
    assert len({item.period_key for item in items}) == len(items)
    served = [item.visit_key for item in items if item.visit_key] + [
        key for item in items for key in item.extra_visits
    ]
    assert len(set(served)) == len(served)
    for item in items:
        assert item.opened_on <= item.window_start <= item.due_on
        assert item.due_on > item.opened_on
        assert (item.outcome == "done") == bool(item.visit_key and item.timing)
        assert (item.closed_on is None) == (item.outcome == "open")
        assert item.closed_on is None or item.closed_on >= item.opened_on
    for one, two in pairwise(items):
        assert one.closed_on is not None
        assert one.closed_on <= two.opened_on


@given(people, visit_facts)
@settings(max_examples=300)
def test_a_visit_entered_late_leaves_what_was_closed_before_it_untouched(
    facts: PersonFacts, late: VisitFact
) -> None:
    def closed(items: list[ObligationFact]) -> list[ObligationFact]:
        return [item for item in items if item.closed_on and item.closed_on < late.visit_date]

    with_late = fold(replace(facts, visits=[*facts.visits, late]))
    assert closed(with_late) == closed(fold(facts))


@given(st.lists(visit_facts, min_size=1, max_size=5))
def test_no_next_visit_is_later_than_three_months(visits: list[VisitFact]) -> None:
    found = next_due(PersonFacts(visits=visits))
    assert found
    assert found.due_on <= add_months(max(item.visit_date for item in visits), 3)


@clause("N3/action/1", "N3/action/2", "N3/action/3", "N3/action/all", "QYS24/adherence", "MHL/no-locking")
def test_the_steps_follow_the_class_and_the_date() -> None:
    def steps(**changes: Any) -> set[str]:
        return {step.code for step in propose(stable(**changes)).actions}

    every = {"health_education", "rehab_guidance", "family_support"}
    assert steps() == every | {"continue_plan", "visit_in_3_months"}
    assert steps(risk=4) == every | {
        "refer_now",
        "inform_police_if_needed",
        "joint_visit",
        "visit_within_2_weeks",
        "ask_psychiatrist",
    }
    assert steps(risk=1) == every | {"ask_psychiatrist", "find_cause", "visit_again_in_2_weeks"}
    assert {"support_adherence", "arrange_unlocking"} <= steps(adherence="3", locked="2")
    assert "assess_self_harm" in steps(danger_acts={"5": 1})
    assert "record_incident" in steps(danger_acts={"2": 1})
    assert not {"refer_now", "joint_visit"} & steps(risk=4, hospital="1")
    assert {step.code for step in propose({"visit_date": D(2026, 11, 1), "lost_reason": "3"}).actions} == {
        "report_lost"
    }
    assert propose({"visit_date": D(2026, 11, 1), "death_date": D(2026, 10, 1)}).actions == ()
