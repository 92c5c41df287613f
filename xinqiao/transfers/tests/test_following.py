"""What becomes of a hand-over by what happens to the person meanwhile: it ends with the file, and every contact is a call."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.county import COUNTY, EAST, NEXT_COUNTY, NORTH_1, NORTH_2, SOUTH, SOUTH_1, County
from tests.factories.records import visit_record
from xinqiao.accounts.scope import acting
from xinqiao.clocks.models import Clock
from xinqiao.followup.actions import (
    NewAttempt,
    NewVisit,
    record_attempt,
    record_visits,
    review_visits,
    undo_visit,
)
from xinqiao.followup.models import Standing
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import (
    NewCorrection,
    NewLifeEvent,
    decide_correction,
    move_person,
    record_life_events,
    request_correction,
)
from xinqiao.registry.models import Address, Responsibility
from xinqiao.transfers.actions import confirm_left, list_twice, return_transfer
from xinqiao.transfers.choices import CALL, KIND, KIND_CALL
from xinqiao.transfers.models import Hop, Listing, Transfer
from xinqiao.transfers.queries import by_month, inbox

TODAY = date(2026, 11, 21)
Send = Callable[..., Transfer]


def state_of(row: Transfer) -> tuple[str, str, date | None]:
    row.refresh_from_db()
    ended = row.hops.filter(kind="ended").first()
    return row.state, ended.reason if ended else "", row.closed_on


def running(row: Transfer) -> list[str]:
    rows = Clock.objects.filter(kind__in=(KIND, KIND_CALL), subject=row.pk, outcome="open")
    return sorted(rows.values_list("code", flat=True))


def receiving(person: UUID) -> int:
    return Responsibility.objects.filter(person_id=person, kind="receiving", valid_to=None).count()


def marked(person: UUID) -> date | None:
    return Standing.objects.get(person_id=person).handed_since


def visit(county: County, person: UUID, on: date = TODAY, key: str = "village", **changes: Any) -> UUID:
    actor = county.actors[key]
    with acting(actor):
        done = record_visits(
            actor=actor, clock=FixedClock(TODAY), entry_mode="full",
            batch=[NewVisit(uuid7(), person, visit_record(on, **changes))],
        )  # fmt: skip
    found = done[0].visit_id
    assert found is not None
    return found


def happens(county: County, person: UUID, kind: str, key: str = "township", on: date = TODAY) -> None:
    with acting(county.actors[key]):
        record_life_events(
            actor=county.actors[key], clock=FixedClock(TODAY), events=[NewLifeEvent(person, kind, on)]
        )


# ── ends with the file ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("destination", [SOUTH, NEXT_COUNTY, ""])
def test_who_dies_is_handed_over_no_longer(
    county: County, person: UUID, send: Send, destination: str
) -> None:
    row = send(destination, on=TODAY - timedelta(days=3), outside="" if destination else "外省")
    assert running(row) == (["D17", "D17P"] if destination else ["D17P"])
    happens(county, person, "died")
    assert state_of(row) == ("ended", "1", TODAY)
    assert (receiving(person), running(row), marked(person)) == (0, [], None)


def test_a_death_that_a_village_doctor_writes_on_the_visit_form_ends_it_too(
    county: County, person: UUID, send: Send
) -> None:
    row = send(NEXT_COUNTY, on=TODAY - timedelta(days=3))
    record = {
        "visit_date": TODAY.isoformat(), "form": "2", "doctor": "周大夫",
        "death_date": (TODAY - timedelta(days=1)).isoformat(), "death_cause": "4",
    }  # fmt: skip
    actor = county.actors["village"]
    with acting(actor):
        record_visits(
            actor=actor, clock=FixedClock(TODAY), entry_mode="full", batch=[NewVisit(uuid7(), person, record)]
        )
    assert state_of(row) == ("ended", "1", TODAY)


def test_an_exclusion_ends_it_and_the_other_side_hears_nothing_of_a_diagnosis(
    county: County, clock: FixedClock, person: UUID, send: Send, signed_in: Callable[[str], Client]
) -> None:
    row, asks, decides = send(SOUTH), county.actors["township"], county.actors["county"]
    with acting(asks):
        wanted = request_correction(
            actor=asks, clock=clock, new=NewCorrection(person, "exclude", "复核诊断不符", TODAY)
        )
    with acting(decides):
        decide_correction(actor=decides, clock=clock, correction_id=wanted.pk, approve=True)
    assert state_of(row) == ("ended", "2", TODAY)
    body = signed_in("other_township").get(reverse("transfers:transfer", args=[row.pk])).content.decode()
    assert "已自动终止：档案已结束" in body
    assert "诊断" not in body.split("</header>")[-1]


def test_both_sides_are_told_on_their_pages_and_the_other_side_cannot_accept(
    county: County, person: UUID, send: Send, accept: Any, signed_in: Callable[[str], Client]
) -> None:
    row = send(SOUTH, on=TODAY - timedelta(days=3))
    happens(county, person, "died")
    with pytest.raises(Conflict):
        accept(row, SOUTH_1)
    for key in ("township", "other_township"):
        client = signed_in(key)
        page = client.get(reverse("transfers:transfer", args=[row.pk])).content.decode()
        assert "已自动终止：已死亡" in page, key
        assert "有 1 张流转单自动终止" in client.get(reverse("transfers:transfers")).content.decode(), key
        closed = client.get(reverse("transfers:transfers") + "?box=closed").content.decode()
        assert "已终止" in closed, key


def test_who_left_with_a_receipt_has_left_and_nothing_ended_by_itself(
    county: County, clock: FixedClock, person: UUID, send: Send
) -> None:
    row, actor = send("", outside="外省", on=TODAY - timedelta(days=9)), county.actors["township"]
    with acting(actor):
        confirm_left(actor=actor, clock=clock, transfer_id=row.pk, on=TODAY, receiver="王某")
    assert state_of(row) == ("left", "", TODAY)
    assert marked(person) is None


def test_who_was_accepted_was_accepted_and_nothing_ended_by_itself(
    person: UUID, send: Send, accept: Any
) -> None:
    row = send(SOUTH)
    assert marked(person) == TODAY
    accept(row, SOUTH_1)
    assert state_of(row) == ("accepted", "", TODAY)
    assert marked(person) is None


def test_who_is_managed_in_another_township_meanwhile_is_not_expected_outside_any_more(
    county: County, clock: FixedClock, person: UUID, send: Send
) -> None:
    row, actor = send("", outside="外省", on=TODAY - timedelta(days=9)), county.actors["county"]
    with acting(actor):
        move_person(
            actor=actor, clock=clock, person_id=person, village=SOUTH_1, since=TODAY, reason="address"
        )
    assert state_of(row) == ("ended", "3", TODAY)
    assert (running(row), marked(person)) == ([], None)


def test_another_village_of_the_same_township_changes_nothing(
    county: County, clock: FixedClock, person: UUID, send: Send
) -> None:
    row, actor = send("", outside="外省", on=TODAY - timedelta(days=9)), county.actors["township"]
    with acting(actor):
        move_person(
            actor=actor, clock=clock, person_id=person, village=NORTH_2, since=TODAY, reason="address"
        )
    assert state_of(row) == ("leaving", "", None)
    visit(county, person, key="village_2")
    assert row.hops.filter(kind="called", reached=True).count() == 1


# ── contacts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def calls(row: Transfer) -> list[tuple[str, date]]:
    rows = Clock.objects.filter(subject=row.pk, code=CALL).exclude(outcome="cancelled").order_by("period")
    return [(one.outcome, one.due_on) for one in rows]


def contacts(row: Transfer) -> list[tuple[date, bool | None, str]]:
    rows = row.hops.filter(kind="called", voided_at=None).order_by("happened_on")
    return [(one.happened_on, one.reached, one.by_name) for one in rows]


def test_an_ordinary_visit_of_the_origin_is_the_call_that_it_owes(
    county: County, person: UUID, send: Send
) -> None:
    row, day = send(SOUTH, on=TODAY - timedelta(days=8)), TODAY - timedelta(days=2)
    assert calls(row) == [("open", TODAY - timedelta(days=1))]
    visit(county, person, on=day, form="3")
    assert contacts(row) == [(day, True, "演示village")]
    assert calls(row) == [("done", TODAY - timedelta(days=1)), ("open", day + timedelta(days=7))]


def test_a_visit_of_an_earlier_day_is_no_call(county: County, person: UUID, send: Send) -> None:
    row = send(SOUTH, on=TODAY - timedelta(days=3))
    visit(county, person, on=TODAY - timedelta(days=4))
    assert contacts(row) == []


@pytest.mark.parametrize(
    ("outcome", "reached"), [("no_answer", False), ("answered", True), ("relative", True), ("away", False)]
)
def test_a_try_is_written_down_with_what_came_of_it(
    county: County, person: UUID, send: Send, outcome: str, reached: bool
) -> None:
    row, actor = send(SOUTH, on=TODAY - timedelta(days=3)), county.actors["village"]
    with acting(actor):
        record_attempt(
            actor=actor, clock=FixedClock(TODAY), attempt=NewAttempt(uuid7(), person, TODAY, "3", outcome)
        )
    assert contacts(row) == [(TODAY, reached, "演示village")]
    assert len(calls(row)) == (2 if reached else 1)


def test_a_visit_that_is_undone_or_returned_was_no_call(county: County, person: UUID, send: Send) -> None:
    row = send(SOUTH, on=TODAY - timedelta(days=3))
    first = visit(county, person, form="3")
    with acting(county.actors["village"]):
        undo_visit(actor=county.actors["village"], clock=FixedClock(TODAY), visit_id=first, reason="填错了人")
    assert (contacts(row), len(calls(row))) == ([], 1)
    second = visit(county, person, form="2")
    for decision, there in (("2", 0), ("1", 1)):
        with acting(county.actors["township"]):
            review_visits(
                actor=county.actors["township"], clock=FixedClock(TODAY), visit_ids=[second],
                decision=decision, reason="日期不对" if decision == "2" else "",
            )  # fmt: skip
        assert len(contacts(row)) == there
    assert Hop.objects.filter(transfer=row, kind="called").count() == 2  # nothing is deleted


def test_a_call_says_nothing_of_what_was_found(
    county: County, person: UUID, send: Send, signed_in: Callable[[str], Client]
) -> None:
    row = send(SOUTH, on=TODAY - timedelta(days=3))
    visit(county, person, form="3", risk=1, doctor="周大夫")
    body = signed_in("other_township").get(reverse("transfers:transfer", args=[row.pk])).content.decode()
    assert "电话联系 · 联系上" in body
    assert "周大夫" not in body
    assert "1 级" not in body


def test_recomputing_the_clocks_gives_what_is_stored(county: County, person: UUID, send: Send) -> None:
    from xinqiao.clocks.actions import settle_all

    send(SOUTH, on=TODAY - timedelta(days=9))
    visit(county, person, on=TODAY - timedelta(days=1), form="3")
    assert [one for one in settle_all(COUNTY, write_down=False) if one.kind in (KIND, KIND_CALL)] == []


# ── second listings ────────────────────────────────────────────────────────────────────────────────────────────────


def listed(county: County, person: UUID, place: str) -> Listing:
    actor = county.actors["township"]
    with acting(actor):
        return list_twice(
            actor=actor, clock=FixedClock(TODAY), person_id=person, hukou_code=place, op_id=uuid7()
        )


@pytest.mark.parametrize("key", ["village", "township"])
def test_the_place_of_the_register_hears_of_a_death(county: County, person: UUID, key: str) -> None:
    row = listed(county, person, EAST)
    if key == "village":
        record = {
            "visit_date": TODAY.isoformat(), "form": "2", "doctor": "周大夫",
            "death_date": TODAY.isoformat(), "death_cause": "4",
        }  # fmt: skip
        with acting(county.actors[key]):
            record_visits(
                actor=county.actors[key], clock=FixedClock(TODAY), entry_mode="full",
                batch=[NewVisit(uuid7(), person, record)],
            )  # fmt: skip
    else:
        happens(county, person, "died", key)
    row.refresh_from_db()
    assert (row.until, row.ended) == (TODAY, "died")


def test_who_moves_to_another_township_is_listed_from_there(
    county: County, clock: FixedClock, person: UUID
) -> None:
    Address.objects.create(
        person_id=person, managing_code=NORTH_1, kind="hukou", division_code=EAST, valid_from=TODAY,
        recorded_at=clock.now(),
    )  # fmt: skip
    row, actor = listed(county, person, EAST), county.actors["county"]
    with acting(actor):
        move_person(
            actor=actor, clock=clock, person_id=person, village=SOUTH_1, since=TODAY, reason="address"
        )
    row.refresh_from_db()
    assert (row.until, row.ended) == (TODAY, "moved")
    now = Listing.objects.get(person_id=person, until=None)
    assert (now.managing_code, now.residence_code) == (EAST, SOUTH_1)


def test_who_moves_home_is_listed_no_longer(county: County, clock: FixedClock, person: UUID) -> None:
    row, actor = listed(county, person, SOUTH), county.actors["county"]
    with acting(actor):
        move_person(
            actor=actor, clock=clock, person_id=person, village=SOUTH_1, since=TODAY, reason="address"
        )
    row.refresh_from_db()
    assert (row.until, row.ended) == (TODAY, "home")


# ── who sees what of the person ────────────────────────────────────────────────────────────────────────────────────


def test_who_sent_it_back_keeps_the_name_and_nothing_more(
    county: County, send: Send, signed_in: Callable[[str], Client]
) -> None:
    row, actor = send(SOUTH), county.actors["other_township"]
    with acting(actor):
        return_transfer(actor=actor, clock=FixedClock(TODAY), transfer_id=row.pk, reason="1")
    assert marked(row.person_id) is None
    client = signed_in("other_township")
    page = client.get(reverse("transfers:transfer", args=[row.pk])).content.decode()
    assert "安北一" in page
    for word in ("病情分类", "监护人电话", "柳树村9组7号", "139****1111"):
        assert word not in page, word
    closed = client.get(reverse("transfers:transfers") + "?box=closed").content.decode()
    assert "安北一" in closed
    assert "0 级" not in closed


def test_an_office_that_passed_it_on_finds_no_name_on_its_lists_nor_at_its_clocks(
    county: County, send: Send, accept: Any, signed_in: Callable[[str], Client]
) -> None:
    row, client = send(SOUTH, on=TODAY - timedelta(days=8)), signed_in("other_township")
    client.post(reverse("transfers:pass-on", args=[row.pk]), {"to_code": NEXT_COUNTY})
    assert "安北一" not in client.get(reverse("clocks:inbox")).content.decode()
    with acting(county.actors["other_township"]):
        mine = Clock.objects.filter(subject=row.pk)
        assert [(one.code, one.managing_code) for one in mine] == [("D17", SOUTH)]
        page = reverse("clocks:clock", args=[mine[0].pk])
    assert "安北一" not in client.get(page).content.decode()
    accept(row, "990102100201", key="other_county", worker_id=county.users["other_county"].pk)
    body = client.get(reverse("transfers:transfers") + "?box=closed").content.decode()
    assert "已接收" in body
    assert "安北一" not in body


# ── the functions of the owner ─────────────────────────────────────────────────────────────────────────────────────


def ask(sql: str, *given: Any) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return [row[0] for row in cursor.fetchall()]


def test_who_is_under_way_is_told_of_people_asked_about_and_only_while_it_is_open(
    county: County, clock: FixedClock, person: UUID, send: Send
) -> None:
    row = send(SOUTH)
    with acting(county.actors["village"]):
        assert ask("select transfers_under_way(%s)", [person, uuid7()]) == [person]
        assert ask("select transfers_under_way(%s)", [uuid7()]) == []
    with acting(county.actors["other_township"]):
        return_transfer(actor=county.actors["other_township"], clock=clock, transfer_id=row.pk, reason="1")
    with acting(county.actors["village"]):
        assert ask("select transfers_under_way(%s)", [person]) == []
    listed(county, person, EAST)
    with acting(county.actors["village"]):
        assert ask("select transfers_under_way(%s)", [person]) == [person]


def test_the_person_is_locked_before_the_hand_over(
    county: County, clock: FixedClock, send: Send, count_sql: Any
) -> None:
    row, actor = send(SOUTH), county.actors["other_township"]
    with acting(actor), count_sql() as sql:
        return_transfer(actor=actor, clock=clock, transfer_id=row.pk, reason="1")
    order = [one["sql"] for one in sql.captured_queries_after]
    first = next(n for n, text in enumerate(order) if "transfers_hold" in text)
    assert first < next(n for n, text in enumerate(order) if "FOR UPDATE" in text)


def test_holding_tells_nothing_and_holds_nothing_that_is_out_of_scope(county: County, send: Send) -> None:
    row = send(SOUTH)
    for key in ("other_township", "other_county", "hospital"):
        with acting(county.actors[key]):
            assert ask("select transfers_hold(%s)", row.pk) == [""], key


# ── several townships ──────────────────────────────────────────────────────────────────────────────────────────────


def test_who_serves_two_townships_finds_and_answers_what_lies_at_the_second(
    county: County, clock: FixedClock, send: Send, accept: Any
) -> None:
    from xinqiao.accounts.models import User
    from xinqiao.accounts.sessions import actor_of

    row = send(SOUTH, key="township_2")
    User.objects.filter(pk=county.users["township"].pk).update(further_places=[SOUTH])
    actor = county.actors["township"] = actor_of(User.objects.get(pk=county.users["township"].pk), clock)
    with acting(actor):
        found = inbox(actor=actor, today=TODAY, box="in")
    assert ([one.row.pk for one in found.lines], found.counts["in"]) == ([row.pk], 1)
    accept(row, SOUTH_1, key="township")
    with acting(actor):
        assert by_month(actor=actor, first=date(2026, 11, 1), after=date(2026, 12, 1))["accepted_here"] == 1
