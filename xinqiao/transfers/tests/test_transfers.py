"""Handing over: who sees what before it is theirs, who counts meanwhile, and what each end of it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from tests.factories.county import (
    COUNTY,
    EAST,
    EAST_1,
    NEXT_COUNTY,
    NORTH,
    NORTH_1,
    NORTH_2,
    SOUTH,
    SOUTH_1,
    SOUTH_2,
    County,
)
from xinqiao.accounts.scope import acting
from xinqiao.clocks.models import Clock
from xinqiao.followup.models import Obligation, Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewLifeEvent, change_responsibility, move_person, record_life_events
from xinqiao.registry.models import Address, LifeEvent, Person, Responsibility
from xinqiao.transfers.actions import (
    Acceptance,
    NewTransfer,
    accept_transfer,
    confirm_left,
    pass_on_transfer,
    record_call,
    return_transfer,
    send_transfer,
    withdraw_transfer,
)
from xinqiao.transfers.choices import KIND, KIND_CALL
from xinqiao.transfers.models import Transfer
from xinqiao.transfers.queries import preview_of

TODAY = date(2026, 11, 21)
Send = Callable[..., Transfer]


def seen_by(county: County, key: str, row: Transfer) -> bool:
    with acting(county.actors[key]):
        return Transfer.objects.filter(pk=row.pk).exists()


def counting(person: UUID) -> list[tuple[str, date, date | None]]:
    rows = Responsibility.objects.filter(person_id=person, kind="counting").order_by("valid_from", "id")
    return [(one.counted_code, one.valid_from, one.valid_to) for one in rows]


def receiving(person: UUID) -> list[UUID]:
    rows = Responsibility.objects.filter(person_id=person, kind="receiving", valid_to=None)
    return [one.institution_id for one in rows]


# ── sent ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_until_it_is_accepted_the_origin_counts_and_both_sides_are_responsible(
    county: County, person: UUID, send: Send
) -> None:
    row = send(SOUTH_1)
    assert row.at_code == SOUTH
    assert counting(person) == [(NORTH_1, date(2024, 3, 1), None)]
    assert receiving(person) == [county.institutions[SOUTH].pk]
    assert Responsibility.objects.filter(person_id=person, kind="responsible", valid_to=None).count() == 1


def test_the_other_side_sees_the_preview_and_not_one_row_of_the_file(
    county: County, person: UUID, send: Send
) -> None:
    row = send(SOUTH)
    with acting(county.actors["other_township"]):
        seen = Transfer.objects.get(pk=row.pk)
        assert preview_of(seen) == {
            "name": "安北一", "sex": "1", "id_number": preview_of(row)["id_number"],
            "address": "北桥镇 柳树村 柳树村9组7号", "guardian_phone": "13900001111", "visit_class": "3", "risk": 0,
        }  # fmt: skip
        assert not Person.objects.filter(pk=person).exists()
        assert not Visit.objects.filter(person_id=person).exists()
        assert not Responsibility.objects.filter(person_id=person).exists()


@pytest.mark.parametrize(
    ("to_code", "key", "sees"),
    [
        (SOUTH_1, "other_township", True),
        (SOUTH_1, "county", True),
        (SOUTH_1, "village", True),  # the village left
        (SOUTH_1, "village_2", False),
        (SOUTH_1, "other_county", False),
        (SOUTH_1, "hospital", False),
        (SOUTH_1, "police", False),
        (SOUTH_1, "programme", False),
        (NEXT_COUNTY, "other_county", True),
        (NEXT_COUNTY, "other_township", False),
        (COUNTY, "other_township", False),
        (COUNTY, "county", True),
    ],
)
def test_only_both_sides_see_a_hand_over(
    county: County, send: Send, to_code: str, key: str, sees: bool
) -> None:
    assert seen_by(county, key, send(to_code)) is sees


def test_a_township_of_another_county_is_reached_by_its_office(county: County, send: Send) -> None:
    row = send(EAST_1)
    assert (row.to_code, row.at_code) == (EAST_1, NEXT_COUNTY)


@pytest.mark.parametrize(
    ("to_code", "code"),
    [
        (NORTH_2, "same_township"),
        (NORTH, "here"),
        ("990101101999", "place"),
        ("990100000000", "place"),
        ("", "missing"),
    ],
)
def test_a_place_that_is_no_destination_is_refused(send: Send, to_code: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        send(to_code)
    assert [one.code for one in refused.value.problems] == [code]


def test_a_reason_is_asked(send: Send) -> None:
    with pytest.raises(Invalid) as refused:
        send(SOUTH, reason="7")
    assert refused.value.problems[0].field == "reason"


def test_two_hand_overs_of_one_person_are_not_open_at_once(send: Send) -> None:
    send(SOUTH)
    with pytest.raises(Conflict):
        send(NEXT_COUNTY)


def test_sending_again_under_the_same_operation_is_the_same_hand_over(
    county: County, person: UUID, clock: FixedClock
) -> None:
    new = NewTransfer(uuid7(), person, "1", SOUTH)
    with acting(county.actors["township"]):
        made = [send_transfer(actor=county.actors["township"], clock=clock, new=new).pk for _ in range(2)]
    assert len(set(made)) == 1


@pytest.mark.parametrize("key", ["other_township", "other_county"])
def test_nobody_sends_away_somebody_else_s_people(send: Send, key: str) -> None:
    with pytest.raises(NotFound):
        send(SOUTH, key=key)


def test_a_village_doctor_sends_nobody_away(send: Send) -> None:
    with pytest.raises(NotAllowed):
        send(SOUTH, key="village")


def test_a_file_that_has_ended_is_not_handed_over(
    county: County, person: UUID, clock: FixedClock, send: Send
) -> None:
    with acting(county.actors["township"]):
        record_life_events(
            actor=county.actors["township"], clock=clock, events=[NewLifeEvent(person, "died", TODAY)]
        )
    with pytest.raises(Conflict):
        send(SOUTH)


def test_nobody_is_moved_past_a_hand_over_that_is_under_way(
    county: County, person: UUID, clock: FixedClock, send: Send
) -> None:
    send(EAST)
    actor = county.actors["county"]
    with acting(actor), pytest.raises(Conflict):
        move_person(
            actor=actor, clock=clock, person_id=person, village=SOUTH_1, since=TODAY, reason="address"
        )


def test_a_change_of_worker_meanwhile_leaves_the_other_side_named(
    county: County, person: UUID, clock: FixedClock, send: Send
) -> None:
    send(SOUTH)
    with acting(county.actors["township"]):
        change_responsibility(
            actor=county.actors["township"],
            clock=clock,
            person_id=person,
            worker_id=county.users["township_2"].pk,
        )
    assert receiving(person) == [county.institutions[SOUTH].pk]


# ── accepted ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_on_acceptance_the_whole_file_comes_and_the_origin_keeps_a_trace(
    county: County, person: UUID, send: Send, accept: Any
) -> None:
    row = send(SOUTH, on=TODAY - timedelta(days=3))
    accept(row, SOUTH_1, address="渡口村2组")
    with acting(county.actors["other_township"]):
        assert Person.objects.get(pk=person).managing_code == SOUTH_1
        assert Visit.objects.filter(person_id=person).count() == 1
        assert Address.objects.get(person_id=person, kind="live", valid_to=None).detail == "渡口村2组"
    with acting(county.actors["township"]):
        assert not Person.objects.filter(pk=person).exists()
        trace = Transfer.objects.get(pk=row.pk)
        assert (trace.state, trace.accepted_code, trace.closed_on) == ("accepted", SOUTH_1, TODAY)
    assert counting(person) == [(NORTH_1, date(2024, 3, 1), TODAY), (SOUTH_1, TODAY, None)]
    assert receiving(person) == []
    kinds = LifeEvent.objects.filter(person_id=person, happened_on=TODAY)
    assert sorted(one.kind for one in kinds) == ["moved_in", "moved_out"]


def test_fourteen_days_after_acceptance_a_visit_is_due(
    county: County, person: UUID, send: Send, accept: Any
) -> None:
    accept(send(SOUTH), SOUTH_1)
    owed = Obligation.objects.get(person_id=person, outcome="open")
    assert owed.due_on == TODAY + timedelta(days=14)
    assert owed.managing_code == SOUTH_1


def test_the_county_may_accept_for_its_township(
    county: County, person: UUID, send: Send, accept: Any
) -> None:
    accept(send(SOUTH), SOUTH_2, key="county")
    assert counting(person)[-1][0] == SOUTH_2


def test_accepting_twice_is_accepting_once(county: County, person: UUID, send: Send, accept: Any) -> None:
    row = send(SOUTH)
    accept(row, SOUTH_1)
    accept(row, SOUTH_1)
    assert len(counting(person)) == 2
    with pytest.raises(Conflict):
        accept(row, SOUTH_2)


@pytest.mark.parametrize(
    ("key", "village"),
    [
        ("township", NORTH_2),
        ("other_county", EAST_1),
        ("other_township", NORTH_1),
        ("other_township", "990101101999"),
    ],
)
def test_only_the_office_where_it_lies_accepts_and_only_into_its_villages(
    person: UUID, send: Send, accept: Any, key: str, village: str
) -> None:
    with pytest.raises(NotFound):
        accept(send(SOUTH), village, key=key)
    assert len(counting(person)) == 1


def test_the_function_of_the_owner_refuses_by_itself(county: County, person: UUID, send: Send) -> None:
    row = send(SOUTH)
    for key, village in (
        ("township", NORTH_2), ("other_township", NORTH_1), ("other_county", EAST_1), ("hospital", SOUTH_1),
        ("village", NORTH_1), ("county", NORTH_2),
    ):  # fmt: skip
        with acting(county.actors[key]), connection.cursor() as cursor:
            cursor.execute("select transfers_take_over(%s, %s, %s)", [row.pk, village, TODAY])
            assert cursor.fetchone() == (None,), key
    assert Person.objects.get(pk=person).managing_code == NORTH_1


def test_who_died_meanwhile_is_not_accepted_but_returned(
    county: County, person: UUID, clock: FixedClock, send: Send, accept: Any
) -> None:
    row = send(SOUTH)
    with acting(county.actors["township"]):
        record_life_events(
            actor=county.actors["township"], clock=clock, events=[NewLifeEvent(person, "died", TODAY)]
        )
    with pytest.raises(Conflict):
        accept(row, SOUTH_1)
    assert Person.objects.get(pk=person).managing_code == NORTH_1


# ── returned, withdrawn, passed on ─────────────────────────────────────────────────────────────────────────────────


def test_a_returned_one_leaves_everything_as_it_was_and_says_why(
    county: County, person: UUID, clock: FixedClock, send: Send
) -> None:
    row = send(SOUTH)
    actor = county.actors["other_township"]
    with acting(actor):
        return_transfer(actor=actor, clock=clock, transfer_id=row.pk, reason="1", note="村里没有这个人")
    with acting(county.actors["township"]):
        back = Transfer.objects.get(pk=row.pk)
        assert (back.state, back.return_reason) == ("returned", "1")
        assert back.hops.get(kind="returned").note == "村里没有这个人"
    assert counting(person) == [(NORTH_1, date(2024, 3, 1), None)]
    assert receiving(person) == []
    send(NEXT_COUNTY)


@pytest.mark.parametrize(("reason", "note"), [("", ""), ("8", ""), ("9", " ")])
def test_returning_needs_a_reason(
    county: County, clock: FixedClock, send: Send, reason: str, note: str
) -> None:
    row, actor = send(SOUTH), county.actors["other_township"]
    with acting(actor), pytest.raises(Invalid):
        return_transfer(actor=actor, clock=clock, transfer_id=row.pk, reason=reason, note=note)


def test_only_the_sender_takes_it_back_and_only_while_it_is_open(
    county: County, person: UUID, clock: FixedClock, send: Send
) -> None:
    row = send(SOUTH)
    with acting(county.actors["other_township"]), pytest.raises(NotFound):
        withdraw_transfer(actor=county.actors["other_township"], clock=clock, transfer_id=row.pk)
    actor = county.actors["township"]
    with acting(actor):
        withdraw_transfer(actor=actor, clock=clock, transfer_id=row.pk)
    assert receiving(person) == []
    with acting(actor), pytest.raises(Conflict):
        withdraw_transfer(actor=actor, clock=clock, transfer_id=row.pk)


def test_crossing_counties_it_goes_by_the_office_which_passes_it_on(
    county: County, person: UUID, clock: FixedClock, send: Send
) -> None:
    row, office = send(EAST), county.actors["other_county"]
    with acting(office):
        pass_on_transfer(actor=office, clock=clock, transfer_id=row.pk, to_code=EAST)
        seen = Transfer.objects.get(pk=row.pk)
        assert seen.at_code == EAST
        assert [one.to_code for one in seen.hops.order_by("recorded_at", "id")] == [NEXT_COUNTY, EAST]
    assert receiving(person) == [county.institutions[EAST].pk]
    assert seen_by(county, "other_county", row)


def test_passed_on_twice_every_hop_is_kept_and_the_last_office_accepts(
    county: County, person: UUID, clock: FixedClock, send: Send, accept: Any
) -> None:
    row = send(SOUTH)
    south = county.actors["other_township"]
    with acting(south):
        pass_on_transfer(actor=south, clock=clock, transfer_id=row.pk, to_code=NEXT_COUNTY)
    with pytest.raises(NotFound):
        accept(row, SOUTH_1)
    Responsibility.objects.filter(kind="receiving")  # the row at the origin has been renewed by the function
    assert receiving(person) == [county.institutions[NEXT_COUNTY].pk]
    accept(row, EAST_1, key="other_county", worker_id=county.users["other_county"].pk)
    assert counting(person)[-1][0] == EAST_1
    steps = Transfer.objects.get(pk=row.pk).hops.order_by("recorded_at", "id")
    assert [(one.kind, one.to_code) for one in steps] == [
        ("sent", SOUTH), ("passed", NEXT_COUNTY), ("accepted", EAST_1),
    ]  # fmt: skip


def test_it_is_not_passed_back_to_the_origin_nor_to_nowhere(
    county: County, clock: FixedClock, send: Send
) -> None:
    row, south = send(SOUTH), county.actors["other_township"]
    for code in (NORTH, NORTH_1, SOUTH, "", "990100000000", "990101109000"):
        with acting(south), pytest.raises(Invalid):
            pass_on_transfer(actor=south, clock=clock, transfer_id=row.pk, to_code=code)


def test_a_village_without_anybody_in_charge_asks_for_a_worker(
    county: County, person: UUID, send: Send, accept: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        accept(send(EAST), EAST_1, key="other_county")
    assert refused.value.problems[0].field == "worker"
    assert Person.objects.get(pk=person).managing_code == NORTH_1


# ── outside the system ─────────────────────────────────────────────────────────────────────────────────────────────


def test_who_leaves_the_system_counts_at_the_origin_until_the_receipt_is_there(
    county: County, person: UUID, clock: FixedClock, send: Send
) -> None:
    row, actor = (
        send("", outside="外省某市，纸质档案挂号寄出", on=TODAY - timedelta(days=9)),
        county.actors["township"],
    )
    assert row.state == "leaving"
    assert not LifeEvent.objects.filter(person_id=person, kind="moved_out").exists()
    with acting(actor):
        with pytest.raises(Invalid):
            confirm_left(actor=actor, clock=clock, transfer_id=row.pk, on=TODAY, receiver=" ")
        with pytest.raises(Invalid):
            confirm_left(
                actor=actor, clock=clock, transfer_id=row.pk, on=TODAY + timedelta(1), receiver="王某"
            )
        confirm_left(actor=actor, clock=clock, transfer_id=row.pk, on=TODAY - timedelta(2), receiver="王某")
    left = LifeEvent.objects.get(person_id=person, kind="moved_out")
    assert left.happened_on == TODAY - timedelta(days=2)
    assert Transfer.objects.get(pk=row.pk).state == "left"


# ── clocks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def clocks(row: Transfer) -> list[tuple[str, str, str, date]]:
    rows = Clock.objects.filter(kind__in=(KIND, KIND_CALL), subject=row.pk).order_by("code", "period")
    return [(one.code, one.period, one.outcome, one.due_on) for one in rows]


def test_receiving_takes_five_working_days_and_the_origin_phones_every_week(send: Send) -> None:
    # Thursday; 25 September (Mid-Autumn) and 1 to 7 October are off: 28, 29, 30 September, 8, 9 October.
    row = send(SOUTH, on=date(2026, 9, 24))
    assert clocks(row) == [
        ("D17", "1", "open", date(2026, 10, 9)),
        ("D17P", "1", "open", date(2026, 10, 1)),
    ]


def test_clocks_stand_on_both_sides_and_end_with_the_hand_over(
    county: County, send: Send, accept: Any
) -> None:
    row = send(SOUTH, on=TODAY - timedelta(days=10))
    for key in ("township", "other_township"):
        with acting(county.actors[key]):
            assert {one.code for one in Clock.objects.filter(subject=row.pk)} == {"D17", "D17P"}
    accept(row, SOUTH_1)
    assert [(code, outcome) for code, _period, outcome, _due in clocks(row)] == [
        ("D17", "late"),
        ("D17P", "cancelled"),
    ]
    # Nobody phoned for ten days: that it was overdue when it was no longer owed stays readable.
    call = Clock.objects.get(subject=row.pk, code="D17P")
    assert call.ended_on == TODAY
    assert call.due_on < TODAY


def test_a_call_that_reached_somebody_begins_the_next_and_one_that_did_not_does_not(
    county: County, clock: FixedClock, send: Send
) -> None:
    row, actor = send(SOUTH, on=TODAY - timedelta(days=10)), county.actors["village"]
    with acting(actor):
        record_call(actor=actor, clock=clock, transfer_id=row.pk, on=TODAY - timedelta(days=6), reached=False)
        record_call(actor=actor, clock=clock, transfer_id=row.pk, on=TODAY - timedelta(days=5), reached=True)
    assert [one for one in clocks(row) if one[0] == "D17P"] == [
        ("D17P", "1", "done", TODAY - timedelta(days=3)),
        ("D17P", "2", "open", TODAY + timedelta(days=2)),
    ]


def test_each_office_has_its_own_time_to_receive(county: County, clock: FixedClock, send: Send) -> None:
    row, office = send(EAST, on=TODAY - timedelta(days=4)), county.actors["other_county"]
    with acting(office):
        pass_on_transfer(actor=office, clock=clock, transfer_id=row.pk, to_code=EAST)
    found = Clock.objects.filter(subject=row.pk, code="D17").order_by("period")
    assert [(one.managing_code, one.outcome) for one in found] == [(NEXT_COUNTY, "done"), (EAST, "open")]


def test_a_hand_over_taken_back_leaves_no_clock_running(
    county: County, clock: FixedClock, send: Send
) -> None:
    row, actor = send(SOUTH), county.actors["township"]
    with acting(actor):
        withdraw_transfer(actor=actor, clock=clock, transfer_id=row.pk)
    assert {outcome for _code, _period, outcome, _due in clocks(row)} == {"cancelled"}


def test_acceptance_costs_a_bounded_number_of_statements(
    county: County, clock: FixedClock, send: Send, count_sql: Any
) -> None:
    row, actor = send(SOUTH), county.actors["other_township"]
    with acting(actor), count_sql() as sql:
        accept_transfer(actor=actor, clock=clock, new=Acceptance(row.pk, SOUTH_1))
    assert len(sql.captured_queries_after) <= 60
