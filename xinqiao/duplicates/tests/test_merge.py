"""Two files become one: what stays, what is kept beside, what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.county import EAST_1, NORTH_1, SOUTH_1, SOUTH_2, County
from tests.factories.people import make_person
from xinqiao.audit.actions import read
from xinqiao.audit.models import Event
from xinqiao.duplicates.actions import merge_people, unmerge_people
from xinqiao.duplicates.models import Merge
from xinqiao.followup.models import Obligation, Standing, Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Identifier, LifeEvent, OtherNumber, Person, PersonName, Responsibility
from xinqiao.registry.queries import reads_of, search
from xinqiao.transfers.actions import NewTransfer, send_transfer, withdraw_transfer

from .acts import dump, event, merge
from .conftest import Two

Acting = Callable[[str], AbstractContextManager[None]]


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


@pytest.mark.parametrize("kind", ["moved_out", "lost"])
def test_somebody_who_was_gone_at_the_other_place_is_still_here(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, kind: str
) -> None:
    event(county, clock, two.loser, kind, date(2026, 2, 1))
    before = dump(two)
    with acting_as("county"):
        done = merge(county, clock, two)
        assert Standing.objects.get(person_id=two.winner).state == "registered"
        assert Obligation.objects.filter(person_id=two.winner, outcome="open").exists()
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="不是同一人")
    assert [name for name, rows in dump(two).items() if rows != before[name]] == []


@pytest.mark.parametrize(
    ("winner", "loser", "code"),
    [
        ("moved_out", "", "other_first"),
        ("lost", "", "other_first"),
        ("excluded", "", "excluded"),
        ("", "excluded", "excluded"),
    ],
)
def test_two_files_that_do_not_fit_are_left_as_they_are(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, winner: str, loser: str, code: str
) -> None:
    for person, kind in ((two.winner, winner), (two.loser, loser)):
        if kind:
            event(county, clock, person, kind, date(2026, 9, 1))
    before = dump(two)
    with acting_as("county"), pytest.raises(Conflict) as refused:
        merge(county, clock, two)
    assert refused.value.code == f"conflict.{code}"
    assert dump(two) == before


@pytest.mark.parametrize("take", [[], ["name", "id_number", "live_code", "workplace"]])
def test_the_younger_file_may_stay_and_everything_comes_back(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, take: list[str]
) -> None:
    turned = Two(two.loser, two.winner)
    event(county, clock, two.winner, "lost", date(2025, 1, 1))
    event(county, clock, two.winner, "found", date(2026, 3, 2))
    before = dump(two)
    with acting_as("county"):
        done = merge(county, clock, turned, take=take)
        person = Person.objects.get()
        assert (person.pk, person.filed_on) == (two.loser, date(2024, 3, 1))
        rows = Responsibility.objects.filter(kind="counting", voided_at=None).order_by("valid_from")
        assert list(rows.values_list("counted_code", "valid_from", "valid_to")) == [
            (NORTH_1, date(2024, 3, 1), date(2025, 5, 1)), (SOUTH_1, date(2025, 5, 1), None),
        ]  # fmt: skip
        told = LifeEvent.objects.order_by("happened_on").values_list("kind", "happened_on")
        assert list(told) == [
            ("filed", date(2024, 3, 1)), ("lost", date(2025, 1, 1)), ("found", date(2025, 5, 1)),
        ]  # fmt: skip
        unmerge_people(actor=county.actors["county"], clock=clock, merge_id=done.pk, reason="不是同一人")
    assert {name: rows for name, rows in dump(two).items() if rows != before[name]} == {}


@pytest.mark.parametrize("to_code", [SOUTH_2, ""])
def test_a_hand_over_that_is_open_comes_first(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, to_code: str
) -> None:
    """Also one on paper to outside the system, where nobody here is named as receiving."""
    with acting_as("county"):
        new = NewTransfer(uuid7(), two.winner, "1", to_code=to_code, outside="" if to_code else "外省某县")
        sent = send_transfer(actor=county.actors["county"], clock=clock, new=new)
        with pytest.raises(Conflict) as refused:
            merge(county, clock, two)
        assert refused.value.code == "conflict.transfer_under_way"
        withdraw_transfer(actor=county.actors["county"], clock=clock, transfer_id=sent.pk)
        merge(county, clock, two)


def test_the_same_operation_again_changes_nothing(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    op_id = uuid7()
    with acting_as("county"):
        first = merge(county, clock, two, op_id=op_id)
        assert merge(county, clock, two, op_id=op_id).pk == first.pk
    assert Event.objects.filter(action="merge_people").count() == 1


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


def test_every_merge_can_be_reached_however_many_there_are(
    county: County, clock: FixedClock, acting_as: Acting, signed_in: Callable[[str], Client], monkeypatch: Any
) -> None:
    monkeypatch.setattr("xinqiao.duplicates.queries.pairs.SHOWN", 2)
    north = county.institutions["990101100000"]
    with acting_as("county"):
        for _each in range(3):
            pair = Two(*(make_person(NORTH_1, north).pk for _side in range(2)))
            merge(county, clock, pair)
    client, address, seen = signed_in("county"), reverse("duplicates:list") + "?state=merged", set()
    for _page in range(2):
        page = client.get(address).content.decode()
        seen |= {one for one in Merge.objects.values_list("pk", flat=True) if f"/{one}/" in page}
        link = re.search(r'href="([^"]*after=[^"]*)"', page)
        address = reverse("duplicates:list") + (link[1].replace("&amp;", "&") if link else "")
    assert len(seen) == 3
