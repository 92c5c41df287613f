"""Two files become one, and two again: every row is where it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.county import EAST_1, NORTH_1, County
from tests.factories.people import make_person
from tests.factories.records import visit_record
from xinqiao.audit.actions import read
from xinqiao.audit.models import Event
from xinqiao.duplicates.actions import merge_people, unmerge_people
from xinqiao.duplicates.ledger import COVER
from xinqiao.duplicates.models import Merge
from xinqiao.duplicates.queries import find_merge, now_at
from xinqiao.followup.actions import NewVisit, record_visits
from xinqiao.followup.models import Obligation, Standing, Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Identifier, OtherNumber, Person, PersonName, Responsibility
from xinqiao.registry.queries import reads_of, search

from .conftest import Two

Acting = Callable[[str], AbstractContextManager[None]]
#: Rows that follow from the facts: compared by what they say, not by their keys.
FOLDED = {"followup_obligation.person_id"}
#: Append-only, or the merge itself.
LEFT_OUT = {"audit_read.person_ids", "duplicates_merge.winner_id", "duplicates_merge.loser_id"}


def dump(people: Two) -> dict[str, list[str]]:
    """Every row of both people in every table that refers to a person, as the owner sees it."""
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        for name in ["registry_person.id", *COVER]:
            if name in LEFT_OUT:
                continue
            table, column = name.split(".")
            cursor.execute(
                f"select to_jsonb(t)::text from {table} t where t.{column} in (%s, %s) order by t.id",
                [people.winner, people.loser],
            )
            rows = [json.loads(row[0]) for row in cursor.fetchall()]
            if name in FOLDED:
                rows = sorted(
                    ({k: v for k, v in row.items() if k != "id"} for row in rows),
                    key=lambda row: (row["person_id"], row["period"]),
                )
            found[name] = [json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows]
    return found


def merge(county: County, clock: FixedClock, two: Two, **more: Any) -> Merge:
    done = merge_people(
        actor=county.actors["county"], clock=clock, op_id=more.pop("op_id", uuid7()), winner_id=two.winner,
        loser_id=two.loser, reason="入户核实为同一人", **more,
    )  # fmt: skip
    return Merge.objects.get(pk=done.merge_id)


def test_one_file_remains_with_the_visits_of_both(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    with acting_as("county"):
        merge(county, clock, two)
        assert set(Person.objects.values_list("pk", flat=True)) == {two.winner}
        days = Visit.objects.filter(person_id=two.winner).values_list("visit_date", flat=True)
        assert sorted(days) == [date(2026, 3, 2), date(2026, 5, 4), date(2026, 8, 3), date(2026, 10, 8)]
        assert set(Visit.objects.values_list("managing_code", flat=True)) == {NORTH_1}
        standing = Standing.objects.get()
        assert (standing.person_id, standing.last_visit_on) == (two.winner, date(2026, 10, 8))
        assert set(Obligation.objects.values_list("person_id", flat=True)) == {two.winner}
        counting = Responsibility.objects.filter(kind="counting", voided_at=None)
        assert counting.count() == 1
    assert Event.objects.get(action="merge_people").object_id == two.winner
    assert Person.objects.get(pk=two.loser).managing_code == NATION
    parked = Visit.objects.get(person_id=two.loser)
    assert (parked.visit_date, parked.managing_code) == (date(2026, 8, 3), NATION)


def test_both_numbers_both_file_numbers_and_both_names_are_kept(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    second = Person.objects.get(pk=two.loser)
    number = Identifier.objects.get(person_id=two.loser).number
    with acting_as("county"):
        merge(county, clock, two)
        others = {one.kind: one.number for one in OtherNumber.objects.filter(person_id=two.winner)}
        assert others == {"01": number, "file": second.file_no}
        assert Identifier.objects.filter(person_id=two.winner).count() == 1
        assert PersonName.objects.get(person_id=two.winner).name == "马晓军"
        for text in (number, second.file_no, "马晓军"):
            found = search(actor=county.actors["county"], today=clock.today(), text=text)
            assert [card.id for card in found.cards] == [two.winner], text


def test_chosen_answers_are_the_losers_and_gaps_are_filled(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    wanted = Identifier.objects.get(person_id=two.loser).number
    with acting_as("county"):
        merge(county, clock, two, take=["name", "id_number"])
        winner = Person.objects.get()
        assert (winner.name, winner.pinyin, winner.workplace) == ("马晓军", "maxiaojun", "砖厂")
        assert Identifier.objects.get(person_id=two.winner).number == wanted
        assert PersonName.objects.get(person_id=two.winner).name == "马小军"


@pytest.mark.parametrize("take", [[], ["name", "id_number", "live_code", "workplace"]])
def test_taking_apart_restores_every_row(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, take: list[str]
) -> None:
    before = dump(two)
    with acting_as("county"):
        done = merge(county, clock, two, take=take)
    assert dump(two) != before
    with acting_as("county"):
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="两人同时到场")
        again = unmerge_people(
            actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="再按一次"
        )
    assert again.undone_reason == "两人同时到场"
    after = dump(two)
    assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
    with acting_as("county"):
        merge(county, clock, two)
        assert Person.objects.count() == 1


def test_what_came_after_stays_with_the_file_that_stayed_and_is_listed(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    actor = county.actors["county"]
    with acting_as("county"):
        done = merge(county, clock, two)
        record_visits(
            actor=actor, clock=clock, entry_mode="full",
            batch=[NewVisit(uuid7(), two.winner, visit_record(date(2026, 11, 20)))],
        )  # fmt: skip
        page = find_merge(actor=actor, merge_id=done.pk)
        assert [(one.table, one.on) for one in page.added] == [("followup_visit", date(2026, 11, 20))]
        unmerge_people(actor=actor, clock=clock, merge_id=done.pk, reason="不是同一人")
        days = Visit.objects.filter(person_id=two.winner).values_list("visit_date", flat=True)
        assert sorted(days) == [date(2026, 3, 2), date(2026, 8, 3), date(2026, 11, 20)]
        assert Standing.objects.get(person_id=two.loser).last_visit_on == date(2026, 10, 8)


def test_an_answer_changed_since_stays_changed(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    with acting_as("county"):
        done = merge(county, clock, two, take=["name"])
        Person.objects.filter(pk=two.winner).update(workplace="水厂", row_version=9)
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="不是同一人")
        winner = Person.objects.get(pk=two.winner)
        assert (winner.name, winner.workplace, winner.row_version) == ("马小军", "水厂", 10)


def test_the_same_operation_again_changes_nothing(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    op_id = uuid7()
    with acting_as("county"):
        first = merge(county, clock, two, op_id=op_id)
        assert merge(county, clock, two, op_id=op_id).pk == first.pk
    assert Event.objects.filter(action="merge_people").count() == 1


def test_a_merged_file_is_undone_before_the_one_it_was_merged_into(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    third = make_person(NORTH_1, county.institutions["990101100000"], name="马筱军")
    with acting_as("county"):
        first = merge(county, clock, two)
        second = merge(county, clock, Two(third.pk, two.winner))
        assert now_at(two.loser) == third.pk
        with pytest.raises(Conflict):
            unmerge_people(actor=county.actors["county"], clock=clock, merge_id=first.pk, reason="x")
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=second.pk, reason="x")
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=first.pk, reason="x")
        assert now_at(two.loser) is None
        assert Person.objects.count() == 3


def test_who_may_not_and_whom_one_may_not(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    east = make_person(EAST_1, county.institutions["990102100000"])
    given: dict[str, Any] = {"clock": clock, "op_id": uuid7(), "reason": "x", "winner_id": two.winner}
    with acting_as("township"), pytest.raises(NotAllowed):
        merge_people(actor=county.actors["township"], loser_id=two.loser, **given)
    for loser in (east.pk, two.winner, uuid7()):
        with acting_as("county"), pytest.raises(NotFound):
            merge_people(actor=county.actors["county"], loser_id=loser, **given)
    with acting_as("county"), pytest.raises(Invalid):
        merge_people(actor=county.actors["county"], loser_id=two.loser, **(given | {"reason": " "}))
    with acting_as("county"), connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('duplicates_moved', 'select, insert, update, delete')")
        assert cursor.fetchone() == (False,)


def test_the_old_address_leads_to_the_file_that_stayed_for_whoever_may_see_it(
    county: County, clock: FixedClock, acting_as: Acting, signed_in: Callable[[str], Client], two: Two
) -> None:
    with acting_as("county"):
        merge(county, clock, two)
    old, new = (reverse("registry:person", args=[one]) for one in (two.loser, two.winner))
    for account in ("county", "township", "village"):
        answer = signed_in(account).get(old)
        assert (answer.status_code, answer["Location"]) == (302, new), account
    for account in ("other_township", "other_county"):
        assert signed_in(account).get(old).status_code == 404, account


def test_the_read_log_of_the_file_that_stayed_tells_who_read_the_other(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    reader: Any = county.actors["other_township"]
    with acting_as("other_township"):
        read(actor=reader, clock=clock, kind="page", person_ids=[two.loser], purpose="care")
    with acting_as("county"):
        done = merge(county, clock, two)
        looks = reads_of(actor=county.actors["county"], person_id=two.winner).looks
        assert [look.who for look in looks] == ["演示other_township"]
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="x")
        assert reads_of(actor=county.actors["county"], person_id=two.winner).looks == []
