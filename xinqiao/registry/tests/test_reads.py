"""The read log of one person: who, from where, how and what for; portions; and reading it is a look too."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories.county import EAST_1, County
from xinqiao.audit import actions as audit
from xinqiao.audit.models import Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.actions import plan_people
from xinqiao.registry.queries import reads_of

from .records import new_person

Enter = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]
Count = Callable[[], AbstractContextManager[CaptureQueriesContext]]


def _look(county: County, clock: FixedClock, people: list[UUID], kind: str = "page") -> None:
    audit.read(actor=county.actors["township"], clock=clock, kind=kind, person_ids=people, purpose="worklist")


def test_every_look_is_there_once_over_all_portions(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID, count_sql: Count
) -> None:
    for number in range(7):
        _look(county, clock, [north, south] if number % 2 else [north])
    _look(county, clock, [south])
    expected = set(Read.objects.filter(person_ids__contains=[north]).values_list("pk", flat=True))
    seen: list[UUID] = []
    after = ""
    with acting_as("village"):
        for _ in range(4):
            with count_sql() as sql:
                page = reads_of(actor=county.actors["village"], person_id=north, after=after, most=2)
            assert len(sql.captured_queries_after) <= 3
            seen += [look.id for look in page.looks]
            after = page.after
    assert (len(seen), set(seen), after) == (len(expected), expected, "")


def test_a_list_or_download_that_included_the_person_says_with_how_many(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID
) -> None:
    _look(county, clock, [north, south], kind="download")
    with acting_as("township"):
        look = reads_of(actor=county.actors["township"], person_id=north).looks[0]
    assert (look.kind, look.people, look.purpose, look.role) == ("download", 2, "worklist", "township_worker")
    assert look.place.startswith("北桥镇")


@pytest.mark.parametrize("key", ["village_2", "other_township", "other_county"])
def test_a_stranger_sees_no_look_even_with_the_key_of_one(
    key: str, county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    _look(county, clock, [north])
    known = Read.objects.filter(person_ids__contains=[north]).latest("at").pk
    with acting_as(key):
        assert not reads_of(actor=county.actors[key], person_id=north).looks
        assert not reads_of(actor=county.actors[key], person_id=north, after=str(known)).looks


def test_a_look_at_another_person_is_no_place_to_go_on_from(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID, south: UUID
) -> None:
    _look(county, clock, [north])
    _look(county, clock, [south])
    foreign = Read.objects.filter(person_ids=[south]).latest("id").pk
    with acting_as("township"):
        assert not reads_of(actor=county.actors["township"], person_id=north, after=str(foreign)).looks


def test_reading_the_log_is_a_look_itself(signed_in: SignedIn, north: UUID) -> None:
    client = signed_in("township")
    page = client.get(reverse("registry:reads", args=[north])).content.decode()
    assert Read.objects.filter(kind="reads", person_ids=[north]).count() == 1
    assert "查看查阅记录" in page
    client.get(reverse("registry:person", args=[north]), {"tab": "reads"})
    assert Read.objects.filter(kind="reads", person_ids=[north]).count() == 2
    assert signed_in("other_township").get(reverse("registry:reads", args=[north])).status_code == 404


def test_an_import_that_is_told_of_a_file_elsewhere_stands_in_that_persons_log(
    county: County, acting_as: Enter, clock: FixedClock, south: UUID, north: UUID
) -> None:
    neighbour = county.actors["other_county"]
    batch = [
        new_person(id_number="990101198507081258", live_code=EAST_1),
        new_person(id_number="990101199001011230", birth_on="1990-01-01", live_code=EAST_1),
    ]
    with acting_as("other_county"):
        plan = plan_people(actor=neighbour, clock=clock, batch=batch, source="import")
    assert "id_elsewhere" in {one.code for one in plan.rows[0].problems}
    look = Read.objects.get(purpose="import_check")
    assert (look.kind, look.person_ids, look.actor_id) == ("lookup", [south], neighbour.user_id)
