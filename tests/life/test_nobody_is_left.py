"""责任未落实 stays empty: whatever happens to people, everybody on the register is counted by exactly one institution on
every day, and at least one institution and worker answer. A hand-over under way names both sides; what is under way ends with the
file; the counts balance; the clocks are what their events say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.factories.county import COUNTY, EAST, NEXT_COUNTY, NORTH_1, SOUTH_1, County
from tests.factories.records import person_record, visit_record
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.boundaries.actions import NewChange, assign_village, carry_out, plan_change
from xinqiao.boundaries.models import Assignment
from xinqiao.clocks.actions import settle_all
from xinqiao.duplicates.actions import merge_people, unmerge_people
from xinqiao.duplicates.models import Merge
from xinqiao.followup.actions import NewAttempt, NewVisit, record_attempt, record_visits
from xinqiao.followup.models import Standing
from xinqiao.indicators.engines import Area
from xinqiao.indicators.queries.balances import balanced
from xinqiao.indicators.queries.tables import direct_children
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import NATION, county_of, township_of
from xinqiao.kernel.errors import XinqiaoError
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.periods import add_months
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.places.models import Institution
from xinqiao.registry.actions import (
    NewCorrection,
    NewLifeEvent,
    NewPerson,
    change_responsibility,
    decide_correction,
    hand_over_people,
    move_person,
    record_life_events,
    register_people,
    request_correction,
)
from xinqiao.registry.models import LifeEvent, Person, Responsibility
from xinqiao.registry.queries import Filters, people_list
from xinqiao.registry.rules import state_on
from xinqiao.rosters.queries import list_for, list_page
from xinqiao.tracing.actions import Loss, NewSearch, confirm_loss, open_search
from xinqiao.tracing.choices import OPEN_STAGES
from xinqiao.tracing.models import Search
from xinqiao.transfers import actions
from xinqiao.transfers.choices import OPEN
from xinqiao.transfers.models import Listing, Transfer

BEGIN, END = date(2026, 3, 2), date(2026, 11, 21)
#: So often borders change in one life, at most: seldom, as out there.
CHANGES = 3
LIVES = 4
some = st.integers(min_value=0, max_value=9)


class Life(RuleBasedStateMachine):
    """What may happen. What is refused has not happened; that each thing did happen somewhere is asked at the end."""

    county: ClassVar[County]
    happened: ClassVar[set[str]] = set()

    @initialize()
    def begin(self) -> None:
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        places.forget()
        self.day, self.serial, self.changes = BEGIN, 0, 0
        self.people: list[UUID] = []
        self.actors: dict[str, Actor] = {}
        Institution.objects.filter(place=EAST).update(in_charge_id=self.county.users["other_county"].pk)
        for village in (NORTH_1, SOUTH_1):
            self._register(village)

    def teardown(self) -> None:
        if hasattr(self, "atomic"):
            try:
                self.every_day_has_one_counting_institution()
                self.the_counts_balance_in_every_month()
                self.recomputing_the_clocks_gives_what_is_stored()
            finally:
                transaction.set_rollback(True)
                self.atomic.__exit__(None, None, None)
                places.forget()

    # ── what may happen ────────────────────────────────────────────────────────────────────────────────────────────

    @rule(days=st.integers(min_value=1, max_value=40))
    def time_passes(self, days: int) -> None:
        self.day = min(self.day + timedelta(days=days), END)

    @rule(where=some)
    def register(self, where: int) -> None:
        self._register(self._village(where))

    @rule(
        who=some,
        where=some,
        above=st.sampled_from(["", "township", "county"]),
        reason=st.sampled_from("1234"),
    )
    def send(self, who: int, where: int, above: str, reason: str) -> None:
        person, village = self._person(who), self._village(where)
        to_code = {"": village, "township": township_of(village), "county": county_of(village)}[above]
        new = actions.NewTransfer(uuid7(), person.pk, reason, to_code)
        self._do("send", self._office(person.managing_code), actions.send_transfer, new=new)

    @rule(who=some)
    def send_out_of_the_system(self, who: int) -> None:
        person = self._person(who)
        new = actions.NewTransfer(uuid7(), person.pk, "1", outside="外省")
        self._do("send_out", self._office(person.managing_code), actions.send_transfer, new=new)

    @rule(which=some, where=some)
    def accept(self, which: int, where: int) -> None:
        if row := self._open(which):
            fitting = [one for one in self._villages() if row.at_code in (township_of(one), county_of(one))]
            if fitting:
                new = actions.Acceptance(row.pk, fitting[where % len(fitting)])
                self._do("accept", self._office(row.at_code), actions.accept_transfer, new=new)

    @rule(who=some, where=some)
    def a_whole_hand_over(self, who: int, where: int) -> None:
        """Sent to the county alone, passed on to the township, accepted there."""
        person, village = self._person(who), self._village(where)
        office, there = self._office(person.managing_code), self._office(village)
        new = actions.NewTransfer(uuid7(), person.pk, "1", county_of(village))
        if row := self._do("send", office, actions.send_transfer, new=new):
            key = {"transfer_id": row.pk}
            self._do("pass_on", there, actions.pass_on_transfer, **key, to_code=township_of(village))
            self._do("accept", there, actions.accept_transfer, new=actions.Acceptance(row.pk, village))

    @rule(which=some, reason=st.sampled_from("1234"))
    def send_back(self, which: int, reason: str) -> None:
        if row := self._open(which):
            office = self._office(row.at_code or row.managing_code)
            self._do("return", office, actions.return_transfer, transfer_id=row.pk, reason=reason)

    @rule(which=some, where=some)
    def pass_on(self, which: int, where: int) -> None:
        if row := self._open(which):
            office, to_code = self._office(row.at_code or row.managing_code), self._village(where)
            self._do("pass_on", office, actions.pass_on_transfer, transfer_id=row.pk, to_code=to_code)

    @rule(which=some)
    def take_back(self, which: int) -> None:
        if row := self._open(which):
            office = self._office(row.managing_code)
            self._do("withdraw", office, actions.withdraw_transfer, transfer_id=row.pk)

    @rule(which=some)
    def the_receipt_comes(self, which: int) -> None:
        if row := self._open(which):
            self._do(
                "left", self._office(row.managing_code), actions.confirm_left, transfer_id=row.pk, on=self.day,
                receiver="王某",
            )  # fmt: skip

    @rule(who=some, where=some)
    def move(self, who: int, where: int) -> None:
        person = self._person(who)
        self._do(
            "move", self._office(person.managing_code), move_person, person_id=person.pk, village=self._village(where),
            since=self.day, reason="address",
        )  # fmt: skip

    @rule(who=some, where=some)
    def list_twice(self, who: int, where: int) -> None:
        person, home = self._person(who), self._village(where)
        self._do(
            "list_twice", self._office(person.managing_code), actions.list_twice, person_id=person.pk, hukou_code=home,
            op_id=uuid7(),
        )  # fmt: skip

    @rule(
        who=some, key=st.sampled_from(["township", "township_2", "other_township", "village", "other_county"])
    )
    def change_worker(self, who: int, key: str) -> None:
        person = self._person(who)
        self._do(
            "change_worker", self._office(person.managing_code), change_responsibility, person_id=person.pk,
            worker_id=self.county.users[key].pk, since=self.day,
        )  # fmt: skip

    @rule(leaver=st.sampled_from(["village", "village_2", "township", "township_2"]))
    def a_worker_hands_over(self, leaver: str) -> None:
        next_one = self.county.users["township_2" if leaver != "township_2" else "township"].pk
        self._do(
            "hand_over", self._actor("county"), hand_over_people, worker_id=self.county.users[leaver].pk,
            successors={one: next_one for one in self._villages() if county_of(one) == COUNTY},
        )  # fmt: skip

    @rule(who=some, kind=st.sampled_from(["lost", "found", "admitted", "discharged", "died"]))
    def something_happens(self, who: int, kind: str) -> None:
        person = self._person(who)
        # Nobody is found who was not lost, nor discharged who was not in hospital.
        for step in {"found": ("lost", "found"), "discharged": ("admitted", "discharged")}.get(kind, (kind,)):
            if step in ("found", "discharged"):
                self._tomorrow()
            event = NewLifeEvent(person.pk, step, self.day, "1" if step in ("lost", "died") else "")
            self._do(step, self._office(person.managing_code), record_life_events, events=[event])

    @rule(who=some, kind=st.sampled_from(["exclude", "undo_exclude", "undo_death"]))
    def two_people_correct(self, who: int, kind: str) -> None:
        person = self._person(who)
        if county_of(person.managing_code) != COUNTY:
            return
        # No death and no exclusion is taken back without one.
        if kind == "undo_death":
            event = NewLifeEvent(person.pk, "died", self.day, "1")
            self._do("died", self._actor("county"), record_life_events, events=[event])
        for step in ("exclude", "undo_exclude") if kind == "undo_exclude" else (kind,):
            new = NewCorrection(person.pk, step, "复核", self.day if step == "exclude" else None)
            for key in ("township", "other_township"):  # whichever of the two holds the person
                if asked := self._do("ask", self._actor(key), request_correction, new=new):
                    given = {"correction_id": asked.pk, "approve": True}
                    self._do(step, self._actor("county"), decide_correction, **given)
            self._tomorrow()

    @rule(who=some, what=st.sampled_from(["met", "phone", "dead", "lost"]))
    def a_visit(self, who: int, what: str) -> None:
        person, day = self._person(who), self.day
        ended = {"visit_date": day.isoformat(), "form": "2", "doctor": "周大夫"}
        record = {
            "met": visit_record(day),
            "phone": visit_record(day, form="3"),
            "dead": ended | {"death_date": day.isoformat(), "death_cause": "4"},
            "lost": ended | {"lost_reason": "4"},
        }[what]
        self._do(
            f"visit_{what}", self._office(person.managing_code), record_visits, entry_mode="full",
            batch=[NewVisit(uuid7(), person.pk, record)],
        )  # fmt: skip

    @rule(who=some, tries=st.integers(min_value=1, max_value=3))
    def nobody_answers(self, who: int, tries: int) -> None:
        """So many tries on different days; after the third one the township may confirm the loss."""
        person = self._person(who)
        office = self._office(person.managing_code)
        for _number in range(tries):
            self._tomorrow()
            new = NewAttempt(uuid7(), person.pk, self.day, "3", "no_answer")
            self._do("try", office, record_attempt, attempt=new)
        self._confirm(person, office, Loss("4", self.day))

    @rule(who=some)
    def walks_off(self, who: int) -> None:
        person = self._person(who)
        office = self._office(person.managing_code)
        new = NewSearch(uuid7(), person.pk, "walked", self.day, "邻居说昨天走的")
        if self._do("search", office, open_search, new=new):
            self._confirm(person, office, Loss("3", self.day, "邻居说"))

    @rule(who=some, other=some)
    def two_files_become_one(self, who: int, other: int) -> None:
        winner, loser = self._person(who), self._person(other)
        done = self._do(
            "join", self._actor("county"), merge_people, op_id=uuid7(), winner_id=winner.pk, loser_id=loser.pk,
            reason="同一人",
        )  # fmt: skip
        if done and other % 2:
            self._do(
                "unmerge", self._actor("county"), unmerge_people, merge_id=done.merge_id, reason="两个人"
            )

    @rule(which=some)
    def one_file_is_two_again(self, which: int) -> None:
        rows = list(Merge.objects.filter(undone_at=None).order_by("merged_at", "id"))
        if rows:
            merge = rows[which % len(rows)]
            self._do("unmerge", self._actor("county"), unmerge_people, merge_id=merge.pk, reason="两个人")

    @rule(
        kind=st.sampled_from(["recode", "split", "merge", "village_merge", "village_split"]),
        where=some,
        other=some,
    )
    def borders_change(self, kind: str, where: int, other: int) -> None:
        if self.changes == CHANGES:
            return
        village = self._village(where)
        town = township_of(village)
        own = [one for one in self._villages() if township_of(one) == town]
        given: dict[str, Any] = {"subject": town, "name": f"新{self.serial}{where}{other}镇"}
        if kind == "split":
            given["villages"] = own[:1]
        elif kind == "merge":
            given |= {"target": township_of(self._village(other)), "name": ""}
        elif kind == "village_merge":
            given |= {"subject": village, "target": own[other % len(own)], "name": ""}
        elif kind == "village_split":
            given |= {"subject": village, "name": f"新{self.serial}{where}{other}村"}
        new = NewChange(kind=kind, effective_on=self.day, document="批复", **given)
        if change := self._do("plan", self._actor("system"), plan_change, new=new):
            self._do(kind, self._actor("system"), carry_out, change_id=change.pk)
            places.forget()
            self.actors = {}
            self.changes += 1
            if other % 2:
                self._settle_split(where)
            # Who else sees a clock follows the borders in the night.
            list(settle_all(NATION, write_down=True))

    @rule(where=some)
    def a_split_village_is_settled(self, where: int) -> None:
        self._settle_split(where)

    def _settle_split(self, where: int) -> None:
        for row in Assignment.objects.filter(settled_at=None).order_by("id"):
            fitting = sorted({one.new_code for one in row.change.rows.exclude(new_code="")})
            village = fitting[where % len(fitting)]
            self._do("assign", self._actor("county"), assign_village, assignment_id=row.pk, village=village)

    # ── what must hold ─────────────────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def the_list_is_empty(self) -> None:
        if not hasattr(self, "people"):
            return
        for key in ("county", "other_county"):
            actor = self._actor(key)
            with acting(actor):
                found = list_page(actor=actor, today=self.day, wanted=list_for(actor, "nobody"))
                assert (found.count, found.rows) == (0, []), key

    @invariant()
    def both_sides_are_named_while_a_hand_over_is_under_way(self) -> None:
        sent = set(Transfer.objects.filter(state="sent").values_list("person_id", flat=True))
        rows = Responsibility.objects.filter(kind="receiving", valid_to=None, voided_at=None)
        assert sent == {one.person_id for one in rows}
        assert len(sent) == rows.count()

    @invariant()
    def what_is_under_way_is_about_somebody_on_the_register(self) -> None:
        """Hand-overs, second listings and searches end with the file, and follow-up knows of those that are open."""
        standing = {one.person_id: one for one in Standing.objects.exclude(managing_code=NATION)}
        open_ones = {one.person_id: one for one in Transfer.objects.filter(state__in=OPEN)}
        searches = {
            one.person_id: one for one in Search.objects.filter(stage__in=[str(one) for one in OPEN_STAGES])
        }
        for person_id, row in open_ones.items():
            here = standing[person_id]
            assert here.state in ("registered", "lost"), (row.pk, here.state)
            assert township_of(here.managing_code) == township_of(row.managing_code), row.pk
        for row in Listing.objects.filter(until=None):
            here = standing[row.person_id]
            assert here.state in ("registered", "lost"), (row.pk, here.state)
            assert township_of(here.managing_code) == township_of(row.residence_code), row.pk
            # Borders may bring both places into one township; the next fact about the person ends the listing.
            apart = township_of(here.managing_code) != township_of(row.managing_code)
            assert apart or self.changes, row.pk
        for person_id, one in standing.items():
            assert one.handed_since == (open_ones[person_id].sent_on if person_id in open_ones else None)
            search = searches.get(person_id)
            assert one.searched_since == (search.opened_on if search else None), (person_id, one.state)
            assert search is None or one.state in ("registered", "lost"), (person_id, one.state)
            assert search is not None or one.state != "lost", person_id

    def every_day_has_one_counting_institution(self) -> None:
        """On each day from filing to now on which somebody was on the register."""
        for key in ("county", "other_county"):
            actor = self._actor(key)
            with acting(actor):
                assert people_list(actor=actor, today=self.day, filters=Filters(state="nobody")).count == 0
        for person in Person.objects.filter(pk__in=self.people).exclude(managing_code=NATION):
            events = list(
                LifeEvent.objects.filter(person=person, voided_at=None).exclude(managing_code=NATION)
            )
            rows = list(Responsibility.objects.filter(person=person, voided_at=None))
            day = person.filed_on
            while day <= self.day:
                if state_on(events, day).on_register:
                    holds = [
                        one
                        for one in rows
                        if one.valid_from <= day and (one.valid_to is None or day < one.valid_to)
                    ]
                    counting = [one for one in holds if one.kind == "counting"]
                    assert len(counting) == 1, (person.pk, day)
                    named = [
                        one
                        for one in holds
                        if one.kind == "responsible" and (one.worker_id or one.worker_name)
                    ]
                    assert named, (person.pk, day)
                    assert counting[0].institution.place[:6] == counting[0].counted_code[:6]
                day += timedelta(days=1)
            now = [one for one in rows if one.kind == "counting" and one.valid_to is None]
            assert [one.counted_code for one in now] == [person.managing_code]

    def the_counts_balance_in_every_month(self) -> None:
        """Opening + came − went = closing, for the county and each place below it; what left one place entered another."""
        for place in (COUNTY, NEXT_COUNTY):
            month = BEGIN.replace(day=1)
            while month <= self.day:
                made = balanced(Area.below(place), direct_children(place), place, month, self.day)
                assert made.holds, (place, month, made.faults)
                month = add_months(month, 1)

    def recomputing_the_clocks_gives_what_is_stored(self) -> None:
        kinds = ("transfer", "transfer_call", "tracing")
        assert [one for one in settle_all(NATION, write_down=False) if one.kind in kinds] == []

    # ── hands ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _do(self, name: str, actor: Actor, act: Callable[..., Any], **given: Any) -> Any:
        """The act as that account; a refusal is no event."""
        try:
            with acting(actor):
                done = act(actor=actor, clock=FixedClock(self.day), **given)
        except XinqiaoError:
            return None
        self.happened.add(name)
        return True if done is None else done

    def _register(self, village: str) -> None:
        self.serial += 1
        name = "安" + "".join("零一二三四五六七八九"[int(digit)] for digit in f"{self.serial:02d}")
        record = person_record(name, village, filed_on=self.day, serial=600 + self.serial)
        made = self._do(
            "register",
            self._office(village),
            register_people,
            batch=[NewPerson(uuid7(), record)],
            source="form",
        )
        if made:
            self.people.append(made[0].person_id)

    def _confirm(self, person: Person, office: Actor, loss: Loss) -> None:
        if search := Search.objects.filter(person=person, stage="waiting").first():
            self._do("confirm_loss", office, confirm_loss, search_id=search.pk, loss=loss)

    def _tomorrow(self) -> None:
        self.day = min(self.day + timedelta(days=1), END)

    def _person(self, who: int) -> Person:
        rows = Person.objects.filter(pk__in=self.people).exclude(managing_code=NATION).order_by("pk")
        return rows[who % len(rows)]

    def _open(self, which: int) -> Transfer | None:
        rows = list(Transfer.objects.filter(state__in=OPEN).order_by("sent_at", "id"))
        return rows[which % len(rows)] if rows else None

    def _villages(self) -> list[str]:
        """Those of today, also where borders have changed."""
        return [
            one.code
            for place in (COUNTY, NEXT_COUNTY)
            for one in places.places_below(place, (Level.VILLAGE,))
        ]

    def _village(self, where: int) -> str:
        found = self._villages()
        return found[where % len(found)]

    def _actor(self, key: str) -> Actor:
        """The account as it is today: where it works moves with the borders."""
        if key not in self.actors:
            self.actors[key] = actor_of(User.objects.get(pk=self.county.users[key].pk), FixedClock(self.day))
        return self.actors[key]

    def _office(self, place: str) -> Actor:
        return self._actor("county" if county_of(place) == COUNTY else "other_county")


EVERYTHING = {
    "register", "send", "send_out", "accept", "return", "pass_on", "withdraw", "left", "move", "change_worker", "hand_over",
    "lost", "found", "admitted", "discharged", "died", "exclude", "undo_exclude", "undo_death", "visit_met", "visit_phone",
    "visit_dead", "visit_lost", "try", "search", "confirm_loss", "list_twice", "join", "unmerge", "recode", "split", "merge",
    "village_merge", "village_split", "assign",
}  # fmt: skip


def test_whatever_happens_nobody_is_left_without_somebody_responsible(county: County) -> None:
    places.forget()
    Life.county, Life.happened = county, set()
    for number in range(LIVES):
        run_state_machine_as_test(  # type: ignore[no-untyped-call]
            # A seed for each: examples of one run are mostly variations of one another.
            seed(number)(Life),
            settings=settings(
                max_examples=6,
                stateful_step_count=45,
                deadline=None,
                database=None,
                # A failing sequence is printed as it is: making it short costs minutes on a database.
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
    assert sorted(EVERYTHING - Life.happened) == [], (
        "these never happened: the sequences prove nothing about them"
    )
