"""A worker leaves: nobody falls through, nothing changes before both sides said so, and then everything at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from tests.factories.county import NORTH, NORTH_1, NORTH_2, County
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.followup.actions import review_visits
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.places.models import Institution
from xinqiao.registry.models import Person, Responsibility
from xinqiao.staff import actions, queries, sections
from xinqiao.staff.models import HandedPerson, HandOver

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)


def _draw(county: County, key: str = "township", **changes: Any) -> HandOver:
    actor = county.actors[key]
    new = {
        "leaver_id": county.users["village"].pk,
        "successors": {NORTH_1: county.users["village_2"].pk},
        "last_day": TODAY,
        "paper_files": 3,
    } | changes
    with acting(actor):
        return actions.draw_up_hand_over(actor=actor, clock=CLOCK, new=actions.NewHandOver(**new))


def _confirm(county: County, key: str, made: HandOver, **changes: Any) -> None:
    actor = county.actors[key]
    with acting(actor):
        actions.confirm_hand_over(actor=actor, clock=CLOCK, hand_over_id=made.pk, **changes)


def _complete(county: County, made: HandOver, key: str = "township", on: date = TODAY) -> HandOver:
    actor = county.actors[key]
    with acting(actor):
        return actions.complete_hand_over(actor=actor, clock=FixedClock(on), hand_over_id=made.pk)


def _both(county: County, made: HandOver) -> None:
    _confirm(county, "village", made, for_leaver=True)
    _confirm(county, "village_2", made, successor_id=county.users["village_2"].pk)


def _responsible(person: UUID, on: date) -> set[UUID | None]:
    rows = Responsibility.objects.filter(
        person_id=person, kind="responsible", valid_from__lte=on, voided_at=None
    )
    return {row.worker_id for row in rows if row.valid_to is None or row.valid_to > on}


def test_a_hand_over_moves_people_villages_and_the_clinic_and_closes_the_account(
    county: County, people: list[UUID]
) -> None:
    leaver, successor = county.users["village"], county.users["village_2"]
    made = _draw(county)
    assert made.counts["people"] == 3
    _both(county, made)
    _complete(county, made)
    for person in people:
        for day in (TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1)):
            assert _responsible(person, day) == ({leaver.pk} if day < TODAY else {successor.pk})
    leaver.refresh_from_db()
    assert (leaver.is_active, leaver.closed_on) == (False, TODAY)
    assert actor_of(successor, CLOCK).villages == (NORTH_1, NORTH_2)
    assert actor_of(leaver, CLOCK).villages == ()
    assert Institution.objects.get(place=NORTH_1).in_charge_id == successor.pk
    with acting(actor_of(successor, CLOCK)):
        assert Person.objects.filter(pk__in=people).count() == 3
        assert HandedPerson.objects.filter(hand_over=made).count() == 3


def test_until_it_is_completed_the_leaver_answers_and_the_successor_sees_numbers_only(
    county: County, people: list[UUID], signed_in: Callable[[str], Client]
) -> None:
    made = _draw(county)
    _both(county, made)
    assert _responsible(people[0], TODAY) == {county.users["village"].pk}
    body = signed_in("village_2").get(f"/staff/hand-over/{made.pk}/").content.decode()
    assert "服务对象" in body
    assert "安北" not in body
    for path in ("paper", "book"):
        assert signed_in("village_2").get(f"/staff/hand-over/{made.pk}/{path}/").status_code == 200
    assert "安北甲" in signed_in("township").get(f"/staff/hand-over/{made.pk}/").content.decode()


def test_nothing_is_completed_before_both_sides_confirmed_and_the_last_day_came(
    county: County, people: list[UUID]
) -> None:
    made = _draw(county, last_day=TODAY + timedelta(days=2))
    with pytest.raises(Invalid) as early:
        _complete(county, made)
    assert {p.code for p in early.value.problems} == {"early", "leaver", "successor"}
    _both(county, made)
    with pytest.raises(Invalid):
        _complete(county, made, on=TODAY + timedelta(days=1))
    assert _complete(county, made, on=TODAY + timedelta(days=2)).state == "done"


def test_the_head_confirms_for_somebody_absent_only_with_a_reason(county: County, people: list[UUID]) -> None:
    made = _draw(county)
    with pytest.raises(Invalid):
        _confirm(county, "township", made, for_leaver=True)
    with pytest.raises(NotAllowed):
        _confirm(county, "village_2", made, for_leaver=True, reason="代他")
    _confirm(county, "township", made, for_leaver=True, reason="已离岗，电话确认")
    made.refresh_from_db()
    assert (made.leaver_confirmed_by, made.leaver_absent_reason) == (
        county.users["township"].pk,
        "已离岗，电话确认",
    )


@pytest.mark.parametrize(
    "key", ["other_township", "other_county", "village_2", "system", "programme", "auditor"]
)
def test_others_do_not_draw_it_up(county: County, people: list[UUID], key: str) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        _draw(county, key)


def test_a_successor_of_another_township_or_a_closed_one_is_refused(
    county: County, people: list[UUID]
) -> None:
    with pytest.raises(Invalid):
        _draw(county, successors={NORTH_1: county.users["other_township"].pk})
    with pytest.raises(Invalid):
        _draw(county, successors={})
    made = _draw(county)
    _both(county, made)
    User.objects.filter(username="village_2").update(is_active=False)
    with pytest.raises(Invalid, match="重新起草"):
        _complete(county, made)
    assert _responsible(people[0], TODAY) == {county.users["village"].pk}


def test_drawing_up_anew_withdraws_the_former_one_and_its_confirmations(
    county: County, people: list[UUID]
) -> None:
    first = _draw(county)
    _confirm(county, "village", first, for_leaver=True)
    second = _draw(county)
    first.refresh_from_db()
    assert first.state == "withdrawn"
    assert second.leaver_confirmed_at is None
    with pytest.raises(Conflict):
        _complete(county, first)


def test_nobody_hands_over_oneself_and_a_withdrawn_one_changes_nothing(
    county: County, people: list[UUID]
) -> None:
    with pytest.raises(NotAllowed):
        _draw(county, leaver_id=county.users["township"].pk)
    made = _draw(county)
    actor = county.actors["township"]
    with acting(actor):
        actions.withdraw_hand_over(actor=actor, clock=CLOCK, hand_over_id=made.pk)
    assert _responsible(people[0], TODAY) == {county.users["village"].pk}
    assert User.objects.get(username="village").is_active


def test_upper_domains_add_their_own_line(
    county: County, people: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sections, "_sections", {})
    sections.register(sections.Section("made_up", "待录别处", lambda leaver, ids, today: len(ids) + 4))
    made = _draw(county)
    assert made.counts["made_up"] == 7
    actor = county.actors["township"]
    with acting(actor):
        found = queries.hand_over_page(actor=actor, hand_over_id=made.pk, today=TODAY)
    assert ("待录别处", 7) in found.counts


def test_a_hand_over_costs_the_same_for_three_people_as_for_one(
    county: County, people: list[UUID], count_sql: Callable[[], Any]
) -> None:
    made = _draw(county)
    _both(county, made)
    with count_sql() as sql:
        _complete(county, made)
    assert len(sql.captured_queries_after) <= 75
    assert HandedPerson.objects.filter(hand_over=made).count() == len(people)


def test_the_pages_of_a_hand_over_work_from_choosing_to_completing(
    county: County, people: list[UUID], signed_in: Callable[[str], Client]
) -> None:
    leaver, successor = county.users["village"], county.users["village_2"]
    head = signed_in("township")
    assert head.get("/staff/hand-over/new/").status_code == 200
    assert "3" in head.get(f"/staff/hand-over/new/?leaver={leaver.pk}").content.decode()
    assert head.post("/staff/hand-over/new/", {"leaver": leaver.pk, "paper_files": "x"}).status_code == 422
    form = {
        "leaver": leaver.pk,
        f"to-{NORTH_1}": successor.pk,
        "reason": "left",
        "last_day": "2026-11-21",
        "paper_files": "3",
    }
    answer = head.post("/staff/hand-over/new/", form)
    assert answer.status_code == 302
    page = answer["Location"]
    assert signed_in("village").post(page + "confirm/", {"side": "leaver"}).status_code == 302
    assert signed_in("village_2").post(page + "confirm/", {"side": successor.pk}).status_code == 302
    client = signed_in("village")
    assert head.post(page + "complete/").status_code == 302
    assert client.get("/people/")["Location"].startswith("/sign-in/")
    assert head.get(page + "paper/")["Content-Type"] == "application/pdf"
    assert NORTH in str(HandOver.objects.get().place[:9] + "000")


def test_visits_not_yet_in_the_national_system_stand_on_the_paper(
    county: County, people: list[UUID], visit: Callable[..., Any]
) -> None:
    recorded = visit("village", people[0], TODAY)
    actor = county.actors["township"]
    with acting(actor):
        review_visits(actor=actor, clock=CLOCK, visit_ids=[recorded.visit_id], decision="1")
    assert _draw(county).counts["national"] == 1
