"""The search of a county and what somebody decides about a pair."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.factories.county import EAST_1, NORTH_1, County
from tests.factories.people import make_person
from xinqiao.audit.models import Event, Read
from xinqiao.duplicates.actions import begin_hunt, decide_pair, keep_pairs
from xinqiao.duplicates.models import Hunt, Merge, Pair
from xinqiao.duplicates.rules import Found
from xinqiao.duplicates.tasks import run_hunt
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Identifier, Person

from .conftest import Two

Acting = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]


def _pair(two: Two, kind: str = "same", score: int = 990) -> Found:
    first, second = sorted((two.winner, two.loser))
    return Found(first, second, kind, score, ("name_sound", "birth"))


@pytest.fixture
def pair(county: County, clock: FixedClock, acting_as: Acting, two: Two) -> Pair:
    with acting_as("county"):
        keep_pairs(actor=county.actors["county"], clock=clock, found=[_pair(two)])
    return Pair.objects.get()


def test_a_search_finds_the_two_and_leaves_nothing_behind(
    county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    actor = county.actors["county"]
    make_person(EAST_1, county.institutions["990102100000"], name="马小军")
    before = set(Path(tempfile.gettempdir()).glob("xinqiao-*"))
    with acting_as("county"):
        hunt = begin_hunt(actor=actor, clock=clock)
        assert begin_hunt(actor=actor, clock=clock).pk == hunt.pk
    run_hunt(actor=actor, clock=clock, hunt_id=hunt.pk)
    done = Hunt.objects.get()
    assert (done.state, done.people, done.done, done.found, done.added) == ("done", 2, 2, 1, 1)
    found = Pair.objects.get()
    assert {found.first_id, found.second_id} == {two.winner, two.loser}
    assert (found.state, found.kind) == ("open", "same")
    assert {"name_sound", "birth", "number_differs"} <= set(found.agreed)
    left = set(Path(tempfile.gettempdir()).glob("xinqiao-*")) - before
    assert not [one for one in left if one.is_dir()]
    assert Merge.objects.count() == 0


def test_a_search_that_fails_says_so(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("xinqiao.duplicates.tasks.find", broken)
    with acting_as("county"):
        hunt = begin_hunt(actor=county.actors["county"], clock=clock)
    with pytest.raises(MemoryError):
        run_hunt(actor=county.actors["county"], clock=clock, hunt_id=hunt.pk)
    assert Hunt.objects.values_list("state", "failure").get() == ("failed", "MemoryError")


def test_a_decided_pair_is_never_asked_again(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, pair: Pair
) -> None:
    actor = county.actors["county"]
    with acting_as("county"):
        decide_pair(actor=actor, clock=clock, pair_id=pair.pk, state="different", reason="双胞胎，见过两人")
        decide_pair(actor=actor, clock=clock, pair_id=pair.pk, state="different", reason="双胞胎，见过两人")
        assert keep_pairs(actor=actor, clock=clock, found=[_pair(two, score=999)]) == 0
    kept = Pair.objects.get()
    assert (kept.state, kept.reason, kept.score) == ("different", "双胞胎，见过两人", 999)
    assert Event.objects.filter(action="decide_pair").count() == 1


def test_one_number_of_two_people_says_why_from_then_on(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, pair: Pair
) -> None:
    number = Identifier.objects.get(person_id=two.winner)
    Identifier.objects.filter(person_id=two.loser).update(number_hash=number.number_hash)
    with acting_as("county"):
        decide_pair(
            actor=county.actors["county"], clock=clock, pair_id=pair.pk, state="different", reason="借用证件"
        )
    reasons = set(Identifier.objects.values_list("different_because", flat=True))
    assert reasons == {"", "借用证件"}


def test_a_decision_needs_its_reason_its_role_and_both_people(
    county: County, clock: FixedClock, acting_as: Acting, two: Two, pair: Pair
) -> None:
    given: dict[str, Any] = {"clock": clock, "pair_id": pair.pk, "state": "different", "reason": "x"}
    with acting_as("county"), pytest.raises(Invalid):
        decide_pair(actor=county.actors["county"], **(given | {"reason": " "}))
    with acting_as("county"), pytest.raises(Invalid):
        decide_pair(actor=county.actors["county"], **(given | {"state": "merged"}))
    with acting_as("township"), pytest.raises(NotAllowed):
        decide_pair(actor=county.actors["township"], **given)
    Person.objects.filter(pk=pair.second_id).update(managing_code=EAST_1)
    with acting_as("county"), pytest.raises(NotFound):
        decide_pair(actor=county.actors["county"], **given)


def test_the_list_holds_pairs_of_both_visible_people_and_is_read_in_a_fixed_number_of_statements(
    county: County,
    clock: FixedClock,
    acting_as: Acting,
    signed_in: SignedIn,
    pair: Pair,
    count_sql: Callable[[], Any],
) -> None:
    client = signed_in("county")
    counts = []
    for more in (0, 6):
        others = [make_person(NORTH_1, county.institutions["990101100000"]).pk for _ in range(more)]
        pairs = [Found(*sorted((a, b)), "twins", 900, ("birth",)) for a, b in pairwise(others)]
        with acting_as("county"):
            keep_pairs(actor=county.actors["county"], clock=clock, found=pairs)
        client.get(reverse("duplicates:list"))
        with count_sql() as sql:
            page = client.get(reverse("duplicates:list"))
        assert page.status_code == 200
        counts.append(len(sql.captured_queries_after))
    assert counts[0] == counts[1]
    assert "马小军" in page.content.decode()
    assert "6 对" in page.content.decode()
    Person.objects.filter(pk=pair.second_id).update(managing_code=EAST_1)
    page = client.get(reverse("duplicates:list"))
    assert "马" not in page.content.decode().split("<main")[1]
    assert "5 对" in page.content.decode()


def test_two_files_side_by_side_are_written_into_both_read_logs(
    signed_in: SignedIn, two: Two, pair: Pair
) -> None:
    page = signed_in("county").get(reverse("duplicates:pair", args=[pair.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert "砖厂" in text
    assert text.count('name="pick-name"') == 2
    left, right = text.split('class="timelines"')[1].split("<ol")[1:]
    assert ("2026-03-02" in left, "2026-10-08" in left) == (True, False)
    assert ("2026-03-02" in right, "2026-10-08" in right) == (False, True)
    assert set(Read.objects.get(kind="page").person_ids) == {two.winner, two.loser}


def test_merging_and_undoing_by_the_pages(signed_in: SignedIn, two: Two, pair: Pair) -> None:
    client = signed_in("county")
    address = reverse("duplicates:pair", args=[pair.pk])
    sent = {
        "winner": str(two.winner), "reason": "", "op_id": str(uuid7()), "pick-name": str(two.loser),
        "pick-id_number": str(two.winner),
    }  # fmt: skip
    assert client.post(address, sent).status_code == 422
    answer = client.post(address, {**sent, "reason": "入户核实"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("registry:person", args=[two.winner]))
    assert Person.objects.get(pk=two.winner).name == "马晓军"
    assert Pair.objects.get().state == "merged"
    assert "马晓军" in client.get(reverse("duplicates:list") + "?state=merged").content.decode()
    assert client.get(address).status_code == 404
    merge = Merge.objects.get()
    page = client.get(reverse("duplicates:merge", args=[merge.pk]))
    assert "随访" in page.content.decode()
    undo = reverse("duplicates:unmerge", args=[merge.pk])
    assert client.post(undo, {"reason": ""}).status_code == 422
    assert client.post(undo, {"reason": "两人同时到场"}).status_code == 302
    assert Pair.objects.get().state == "open"
    assert client.get(address).status_code == 200


def test_decisions_by_the_page(signed_in: SignedIn, pair: Pair) -> None:
    client = signed_in("county")
    address = reverse("duplicates:decide", args=[pair.pk])
    assert client.post(address, {"state": "different", "why": ""}).status_code == 422
    assert client.post(address, {"state": "later"}).status_code == 302
    assert Pair.objects.get().state == "later"
    assert client.post(address, {"state": "different", "why": "同名同生日"}).status_code == 302
    assert Pair.objects.get().reason == "同名同生日"


def test_a_search_whose_worker_was_killed_can_be_begun_anew(
    county: County, clock: FixedClock, acting_as: Acting, signed_in: SignedIn, two: Two
) -> None:
    """Too many files for doing it within the request; the job of the dead worker stays "doing" for ever."""
    with acting_as("county"):
        hunt = begin_hunt(actor=county.actors["county"], clock=clock)
    Hunt.objects.filter(pk=hunt.pk).update(state="comparing", people=90_000)
    client = signed_in("county")
    address = reverse("duplicates:list")
    assert "重新排队查找" in client.get(address).content.decode()
    for _press in range(2):
        client.post(reverse("duplicates:hunt"))
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from procrastinate_jobs where status = 'todo' and args ->> 'hunt_id' = %s",
            [str(hunt.pk)],
        )
        assert cursor.fetchone() == (1,)
    assert "重新排队查找" not in client.get(address).content.decode()


def test_a_search_within_the_request_where_no_worker_is(signed_in: SignedIn, two: Two) -> None:
    client = signed_in("county")
    assert client.post(reverse("duplicates:hunt"), {"here": "1"}).status_code == 302
    assert Pair.objects.count() == 1
    assert "马小军" in client.get(reverse("duplicates:list")).content.decode()
