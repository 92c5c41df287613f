"""A law: whatever order the same visits are entered in, the same is due and the same counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.factories.county import NORTH, NORTH_1, County
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import record_visits
from xinqiao.followup.models import Obligation, Standing, Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.models import LifeEvent

from .records import BASIC, IN_HOSPITAL, LOST, STABLE, UNSTABLE, visit

TODAY = date(2026, 11, 21)
KINDS: dict[str, dict[str, Any]] = {
    "stable": STABLE,
    "basic": BASIC,
    "unstable": UNSTABLE,
    "hospital": IN_HOSPITAL,
    "out": {**STABLE, "hospital": "2"},
    "lost": LOST,
    "referred": {
        **BASIC,
        "refer_suggest": "2",
        "refer_reason": "病情波动",
        "referred": "2",
        "refer_to": "县医院",
    },
}
one = st.tuples(st.integers(0, 150), st.sampled_from(sorted(KINDS)), st.sampled_from(["1", "2", "3"]))
courses = st.lists(one, min_size=2, max_size=5, unique_by=lambda item: (item[0], item[2]))


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(course=courses, data=st.data())
def test_order_of_entry_changes_neither_what_is_due_nor_what_counts(
    county: County, clock: FixedClock, course: list[tuple[int, str, str]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(course))
    assert entered(county, clock, sorted(course)) == entered(county, clock, shuffled)


def entered(county: County, clock: FixedClock, course: Sequence[tuple[int, str, str]]) -> tuple[object, ...]:
    person = make_person(NORTH_1, county.institutions[NORTH], filed_on=date(2026, 6, 1))
    actor = county.actors["township"]
    for offset, kind, form in course:
        day = TODAY - timedelta(days=offset)
        answers = {**KINDS[kind], "visit_date": day, "form": form}
        if kind == "out":
            answers["last_discharge"] = day - timedelta(days=1)
        with acting(actor):
            record_visits(
                actor=actor,
                clock=clock,
                batch=[visit(person, answers, risk_reason="集体评估")],
                entry_mode="full",
            )
    skip = {"id", "person_id", "visit_id", "last_visit_id", "policy_version"}
    due = Obligation.objects.filter(person=person).exclude(outcome="cancelled", closed_on=TODAY)
    return (
        [{k: v for k, v in row.items() if k not in skip} for row in due.order_by("period").values()],
        [
            {k: v for k, v in row.items() if k not in skip}
            for row in Standing.objects.filter(person=person).values()
        ],
        list(
            Visit.objects.filter(person=person)
            .order_by("visit_date", "form")
            .values_list("visit_date", "form", "counted_class", "counted_risk", "timing")
        ),
        sorted(
            LifeEvent.objects.filter(person=person, kind__in=["lost", "discharged"]).values_list(
                "kind", "happened_on"
            )
        ),
    )


@pytest.mark.django_db
def test_a_late_entry_redates_what_was_due(county: County, clock: FixedClock) -> None:
    early = entered(county, clock, [(100, "stable", "2"), (20, "basic", "2")])
    late = entered(county, clock, [(20, "basic", "2"), (100, "stable", "2")])
    assert early == late


@pytest.mark.django_db
def test_a_stay_told_by_two_visits_began_with_the_first_whichever_is_entered_first(
    county: County, clock: FixedClock
) -> None:
    early = entered(county, clock, [(82, "hospital", "3"), (13, "hospital", "1")])
    late = entered(county, clock, [(13, "hospital", "1"), (82, "hospital", "3")])
    assert early == late
    assert {row.referred_on for row in Standing.objects.all()} == {TODAY - timedelta(days=82)}


@pytest.mark.django_db
def test_a_stay_that_began_and_ended_on_one_day_has_ended_whichever_is_entered_first(
    county: County, clock: FixedClock
) -> None:
    early = entered(county, clock, [(66, "hospital", "3"), (92, "hospital", "3"), (91, "out", "2")])
    late = entered(county, clock, [(66, "hospital", "3"), (91, "out", "2"), (92, "hospital", "3")])
    assert early == late
