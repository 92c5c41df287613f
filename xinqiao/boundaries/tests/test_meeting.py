"""Where two places become one, what each of them had once meets; and a plan that is no longer whole stops."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest

from tests.factories.county import (
    COUNTY,
    NEXT_COUNTY,
    NORTH,
    NORTH_1,
    NORTH_2,
    SOUTH,
    SOUTH_1,
    SOUTH_2,
    County,
)
from tests.factories.people import make_person
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.boundaries.actions import NewChange, carry_out, plan_change
from xinqiao.boundaries.queries import rehearse
from xinqiao.clocks.actions import settle_all
from xinqiao.clocks.models import Clock
from xinqiao.followup.models import Obligation
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Invalid
from xinqiao.kernel.ids import uuid7
from xinqiao.places.choices import ChangeKind
from xinqiao.places.models import DivisionChange
from xinqiao.registry.listeners import facts_changed
from xinqiao.registry.models import Person
from xinqiao.reporting.actions import receive_card
from xinqiao.reporting.tests.desk import Desk
from xinqiao.screening.actions import VillageDone, mark_village, open_sweep
from xinqiao.screening.models import Sweep, SweepVillage
from xinqiao.transfers.actions import NewTransfer, send_transfer
from xinqiao.transfers.models import Hop, Transfer

from .test_carrying import CLOCK, DAY, TODAY, admin, done, now  # noqa: F401 -- a fixture

Acting = Callable[[str], AbstractContextManager[None]]


def sweep(county: County, key: str) -> Sweep:
    with acting(county.actors[key]):
        return open_sweep(actor=county.actors[key], clock=CLOCK, year=2026, quarter=4)


def mark(county: County, key: str, village: str, households: int) -> None:
    actor = county.actors[key]
    with acting(actor):
        row = SweepVillage.objects.get(managing_code=village)
        told = VillageDone(TODAY, households, households * 3)
        mark_village(actor=actor, clock=CLOCK, row_id=row.pk, done=told)


def clocks_agree() -> None:
    assert [one.code for one in settle_all(COUNTY, write_down=False)] == []


@pytest.mark.parametrize(("both", "expected"), [(False, None), (True, TODAY)])
def test_two_villages_of_a_sweep_become_one_which_is_done_when_both_were(
    county: County,
    admin: Actor,  # noqa: F811
    both: bool,
    expected: date | None,
) -> None:
    made = sweep(county, "township")
    mark(county, "township", NORTH_1, 10)
    if both:
        mark(county, "township", NORTH_2, 5)
    done(admin, NewChange("village_merge", DAY, "批复", NORTH_2, target=NORTH_1))
    row = SweepVillage.objects.get(sweep=made)
    assert (row.managing_code, row.done_on) == (NORTH_1, expected)
    assert (row.households, row.people) == ((15, 45) if both else (None, None))
    assert Clock.objects.filter(code="D33", outcome="cancelled").count() == 1
    clocks_agree()


def test_two_townships_that_sweep_become_one_with_one_sweep(county: County, admin: Actor) -> None:  # noqa: F811
    gone, kept = sweep(county, "other_township"), sweep(county, "township")
    mark(county, "other_township", SOUTH_1, 7)
    change = done(admin, NewChange("merge", DAY, "批复", SOUTH, target=NORTH))
    became = dict(change.rows.values_list("old_code", "new_code"))
    found = SweepVillage.objects.filter(sweep=kept).values_list("managing_code", "done_on")
    assert dict(found) == {NORTH_1: None, NORTH_2: None, became[SOUTH_1]: TODAY, became[SOUTH_2]: None}
    gone.refresh_from_db()
    assert (gone.closed_on is not None, gone.villages.count()) == (True, 0)
    clocks_agree()
    with acting(now(county, "other_township")):
        row = SweepVillage.objects.get(managing_code=became[SOUTH_2])
        told = VillageDone(TODAY, 3, 9)
        mark_village(actor=now(county, "other_township"), clock=CLOCK, row_id=row.pk, done=told)


def test_what_is_past_stays_where_it_was(county: County, admin: Actor) -> None:  # noqa: F811
    old = Sweep.objects.create(place=NORTH, year=2025, quarter=1, opened_on=date(2025, 1, 2))
    for code in (NORTH_1, NORTH_2):
        SweepVillage.objects.create(
            sweep=old, managing_code=code, done_on=date(2025, 2, 1), households=1, people=2
        )
    done(admin, NewChange("village_merge", DAY, "批复", NORTH_2, target=NORTH_1))
    assert list(old.villages.order_by("managing_code").values_list("managing_code", "households")) == [
        (NORTH_1, 1), (NORTH_2, 1),
    ]  # fmt: skip


def test_a_village_that_came_after_the_plan_is_not_left_behind(county: County, admin: Actor) -> None:  # noqa: F811
    make_person(NORTH_1, county.institutions[NORTH])
    with acting(admin):
        plan = plan_change(
            actor=admin, clock=CLOCK, new=NewChange("recode", TODAY, "批复", NORTH, code="990101155000")
        )
    later = done(admin, NewChange("village_split", DAY, "批复", NORTH_1, name="新柳村"))
    assert later.rows.get(old_code="").new_name == "新柳村"
    with acting(admin):
        assert any("新柳村" in one for one in rehearse(actor=admin, change_id=plan.pk, today=TODAY).blocks)
        with pytest.raises(Invalid, match="新柳村"):
            carry_out(actor=admin, clock=CLOCK, change_id=plan.pk)
    assert DivisionChange.objects.get(pk=plan.pk).state == "planned"


def test_the_rehearsal_says_who_will_no_longer_serve_a_township_besides(county: County, admin: Actor) -> None:  # noqa: F811
    User.objects.filter(pk=county.users["township"].pk).update(further_places=[SOUTH])
    with acting(admin):
        plan = plan_change(
            actor=admin, clock=CLOCK, new=NewChange("move", DAY, "批复", SOUTH, target=NEXT_COUNTY)
        )
        notes = rehearse(actor=admin, change_id=plan.pk, today=TODAY).notes
    assert any("1 个账号" in one for one in notes)


def test_what_lies_at_a_township_is_shown_to_the_county_where_it_is_now(county: County, admin: Actor) -> None:  # noqa: F811
    person = make_person(NORTH_1, county.institutions[NORTH])
    actor = county.actors["township"]
    with acting(actor):
        new = NewTransfer(uuid7(), person.pk, "1", to_code=SOUTH_1)
        sent = send_transfer(actor=actor, clock=CLOCK, new=new)
        clocks_of = set(Clock.objects.filter(subject=sent.pk).values_list("code", flat=True))
    done(admin, NewChange("move", DAY, "批复", SOUTH, target=NEXT_COUNTY))
    for key in ("other_county", "other_township"):
        with acting(now(county, key)):
            assert Transfer.objects.get().pk == sent.pk, key
            assert Hop.objects.get().kind == "sent", key
            assert set(Clock.objects.values_list("code", flat=True)) == clocks_of, key
            assert Person.objects.count() == 0, key
    clocks_agree()


@pytest.mark.parametrize(
    ("kind", "target", "receiver"),
    [("move", NEXT_COUNTY, "other_county"), ("merge", NORTH, "township"), ("recode", "", "other_township")],
)
def test_a_card_that_lies_at_a_township_goes_along_with_its_clock(
    county: County,
    admin: Actor,  # noqa: F811
    acting_as: Acting,
    kind: str,
    target: str,
    receiver: str,
) -> None:
    desk = Desk(county, acting_as)
    sent, received = desk.send(1, SOUTH_1), desk.send(2, SOUTH_1, name="安定")
    desk.receive(received, "other_township")
    done(admin, NewChange(kind, DAY, "批复", SOUTH, target=target, code="" if target else "990101155000"))
    clocks_agree()
    actor = now(county, receiver)
    with acting(actor):
        assert set(Clock.objects.filter(outcome="open").values_list("subject", "code")) == {
            (sent.pk, "D5"), (received.pk, "D6"),
        }  # fmt: skip
    taker = now(county, "other_township")
    with acting(taker):
        receive_card(actor=taker, clock=CLOCK, card_id=sent.pk, op_id=uuid7())
    clocks_agree()


KINDS = {
    "rename": {"subject": NORTH, "name": "新北镇"},
    "recode": {"subject": SOUTH, "code": "990101155000"},
    "move": {"subject": SOUTH, "target": NEXT_COUNTY},
    "merge": {"subject": SOUTH, "target": NORTH},
    "split": {"subject": NORTH, "name": "石磨镇", "villages": [NORTH_2], "institution_name": "石磨镇卫生院"},
    "village_merge": {"subject": NORTH_2, "target": NORTH_1},
    "village_split": {"subject": NORTH_1, "name": "新柳村"},
}


def held_at() -> dict[str, tuple[int, int, int]]:
    """Village or township → people, open obligations, open clocks."""
    found = {}
    for model, rows in enumerate((Person.objects.all(), Obligation.objects.filter(outcome="open"), Clock.objects.filter(outcome="open"))):  # fmt: skip
        for code in rows.values_list("managing_code", flat=True):
            counts = found.setdefault(code, [0, 0, 0])
            counts[model] += 1
    return {code: (people, owed, clocks) for code, (people, owed, clocks) in found.items()}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_the_rehearsal_says_is_what_happens(
    county: County,
    admin: Actor,  # noqa: F811
    acting_as: Acting,
    kind: str,
) -> None:
    assert set(KINDS) == set(ChangeKind.values)
    desk, actor = Desk(county, acting_as), county.actors["county"]
    desk.send(1, SOUTH_1)
    desk.file(desk.receive(desk.send(2, NORTH_2, name="安定")))
    people = [
        make_person(code, county.institutions[township])
        for code, township in ((NORTH_1, NORTH), (NORTH_2, NORTH), (SOUTH_1, SOUTH), (SOUTH_2, SOUTH))
    ]
    with acting(actor):
        facts_changed(actor, CLOCK, [one.pk for one in people])
        send_transfer(actor=actor, clock=CLOCK, new=NewTransfer(uuid7(), people[0].pk, "1", to_code=SOUTH_1))
    accounts = {str(county.users["township_2"].pk): "go"} if kind == "split" else {}
    before, named = held_at(), Person.objects.count()
    with acting(admin):
        new = NewChange(kind, DAY, "批复", accounts=accounts, **KINDS[kind])
        plan = plan_change(actor=admin, clock=CLOCK, new=new)
        said = rehearse(actor=admin, change_id=plan.pk, today=TODAY)
        assert said.blocks == []
        made = carry_out(actor=admin, clock=CLOCK, change_id=plan.pk)
    after = held_at()
    assert Person.objects.count() == named
    assert made.counts["carried"] == sum(one.people for one in said.rows if one.row.carries)
    expected = dict(before)
    for one in said.rows:
        if one.row.old_code:
            assert (one.people, one.owed, one.clocks) == before.get(one.row.old_code, (0, 0, 0))
        if one.row.carries:
            moved = expected.pop(one.row.old_code, (0, 0, 0))
            there = expected.get(one.row.new_code, (0, 0, 0))
            expected[one.row.new_code] = tuple(a + b for a, b in zip(moved, there, strict=True))  # type: ignore[assignment]
    assert {code: counts for code, counts in expected.items() if any(counts)} == after
    clocks_agree()
