"""Leave cover: seen from the first to the last day, and not a day longer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.factories.county import NORTH_1, NORTH_2, County
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.followup.models import Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound
from xinqiao.registry.models import Person, Responsibility
from xinqiao.staff import actions
from xinqiao.staff.models import Leave

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)
FIRST, LAST = TODAY + timedelta(days=2), TODAY + timedelta(days=5)


def _arrange(county: County, key: str = "township", **changes: Any) -> Leave:
    actor = county.actors[key]
    new = {
        "absent_id": county.users["village"].pk,
        "substitute_id": county.users["village_2"].pk,
        "first_day": FIRST,
        "last_day": LAST,
    } | changes
    with acting(actor):
        return actions.arrange_leave(actor=actor, clock=CLOCK, new=actions.NewLeave(**new))


def _seen(user: User, day: date, people: list[UUID]) -> int:
    with acting(actor_of(user, FixedClock(day))):
        return Person.objects.filter(pk__in=people).count()


def test_the_substitute_sees_the_village_from_the_first_to_the_last_day(
    county: County, people: list[UUID]
) -> None:
    _arrange(county)
    substitute = county.users["village_2"]
    for day, seen in (
        (FIRST - timedelta(days=1), 0),
        (FIRST, 3),
        (LAST, 3),
        (LAST + timedelta(days=1), 0),
    ):
        assert _seen(substitute, day, people) == seen, day


def test_a_session_that_goes_over_midnight_sees_the_village_from_the_new_day(
    county: County, people: list[UUID], signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    _arrange(county)
    client = signed_in("village_2")
    for day, status in (
        (FIRST - timedelta(days=1), 404),
        (FIRST, 200),
        (LAST, 200),
        (LAST + timedelta(days=1), 404),
    ):
        monkeypatch.setenv("XINQIAO_TODAY", day.isoformat())
        assert client.get(f"/people/{people[0]}/").status_code == status, day


def test_a_visit_by_the_substitute_says_so_and_the_one_on_leave_stays_responsible(
    county: County, people: list[UUID], visit: Callable[..., Any]
) -> None:
    _arrange(county, first_day=TODAY)
    substitute = county.users["village_2"]
    county.actors["village_2"] = actor_of(substitute, CLOCK)
    recorded = visit("village_2", people[0], TODAY)
    found = Visit.objects.get(pk=recorded.visit_id)
    assert (found.visited_by, found.recorded_by) == (substitute.pk, substitute.pk)
    worker = Responsibility.objects.get(person_id=people[0], kind="responsible", valid_to=None).worker_id
    assert worker == county.users["village"].pk


def test_ended_early_it_is_over_the_same_day(county: County, people: list[UUID]) -> None:
    made = _arrange(county, first_day=TODAY)
    substitute = county.users["village_2"]
    day = TODAY + timedelta(days=1)
    actor = county.actors["township"]
    assert _seen(substitute, day, people) == 3
    with acting(actor):
        actions.end_leave(actor=actor, clock=FixedClock(day), leave_id=made.pk)
    assert _seen(substitute, day, people) == 0
    assert actor_of(substitute, FixedClock(day)).villages == (NORTH_2,)
    with acting(actor), pytest.raises(Conflict):
        actions.end_leave(actor=actor, clock=FixedClock(day), leave_id=made.pk)


def test_called_off_before_it_began_it_never_was(county: County, people: list[UUID]) -> None:
    made = _arrange(county)
    actor = county.actors["township"]
    with acting(actor):
        actions.end_leave(actor=actor, clock=CLOCK, leave_id=made.pk)
    assert actor_of(county.users["village_2"], FixedClock(FIRST)).villages == (NORTH_2,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last_day": FIRST - timedelta(days=1)}, "last_day"),
        ({"first_day": TODAY - timedelta(days=1)}, "first_day"),
        ({"last_day": FIRST + timedelta(days=400)}, "last_day"),
        ({"substitute_id": "village"}, "substitute"),
        ({"absent_id": "township", "substitute_id": "village"}, "substitute"),
    ],
)
def test_wrong_days_and_people_are_refused_with_a_sentence(
    county: County, changes: dict[str, Any], field: str
) -> None:
    given = {k: county.users[v].pk if isinstance(v, str) else v for k, v in changes.items()}
    with pytest.raises(Invalid) as wrong:
        _arrange(county, **given)
    assert field in {p.field for p in wrong.value.problems}


def test_nobody_is_covered_twice_for_the_same_days_and_a_stranger_arranges_nothing(county: County) -> None:
    _arrange(county)
    with pytest.raises(Invalid):
        _arrange(county, first_day=LAST, last_day=LAST)
    with pytest.raises(NotFound):
        _arrange(county, "other_township")
    assert NORTH_1 in Leave.objects.get().villages


def test_the_pages_of_leave_work(county: County, signed_in: Callable[[str], Client]) -> None:
    head = signed_in("township")
    form = {
        "absent": county.users["village"].pk,
        "substitute": county.users["village_2"].pk,
        "first_day": "2026-11-23",
        "last_day": "2026-11-26",
    }
    assert head.post("/staff/leave/new/", form | {"last_day": "morgen"}).status_code == 422
    assert head.post("/staff/leave/new/", {}).status_code == 422
    assert head.post("/staff/leave/new/", form).status_code == 302
    assert "演示village_2" in signed_in("village").get("/staff/leave/").content.decode()
    assert head.post(f"/staff/leave/{Leave.objects.get().pk}/end/").status_code == 302
