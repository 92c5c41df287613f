"""Is this person already registered? Narrow, limited, and in the read log of whoever was asked about."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import pytest
from django.db import connection

from tests.factories.county import County
from xinqiao.audit.models import Event, Read
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, TooMany
from xinqiao.registry.actions import look_up_registered
from xinqiao.registry.actions import lookup as module
from xinqiao.registry.models import LookUp

Enter = Callable[[str], AbstractContextManager[None]]
SOUTH_ID = "990101198507081258"


def test_the_township_is_told_which_institution_to_ask(
    county: County, acting_as: Enter, clock: FixedClock, south: UUID
) -> None:
    with acting_as("township"):
        answer = look_up_registered(actor=county.actors["township"], clock=clock, id_number=SOUTH_ID)
    assert answer.answer == "elsewhere"
    assert answer.institution.startswith("南桥镇")
    look = Read.objects.get(kind="lookup")
    assert (look.person_ids, look.actor_id) == ([south], county.users["township"].pk)


def test_in_the_own_area_the_answer_says_here(
    county: County, acting_as: Enter, clock: FixedClock, north: UUID
) -> None:
    with acting_as("township"):
        answer = look_up_registered(
            actor=county.actors["township"], clock=clock, id_number="990101198507081231"
        )
    assert answer.answer == "here"


def test_a_village_doctor_is_told_only_that_it_is_handed_in(
    county: County, acting_as: Enter, clock: FixedClock, south: UUID
) -> None:
    with acting_as("village"):
        known = look_up_registered(actor=county.actors["village"], clock=clock, id_number=SOUTH_ID)
        unknown = look_up_registered(
            actor=county.actors["village"], clock=clock, id_number="11010519491231002X"
        )
    assert known == unknown
    assert (known.answer, known.institution) == ("handed_in", "")
    assert sorted(LookUp.objects.values_list("found", flat=True)) == [False, True]


def test_four_facts_together_find_somebody_without_a_number(
    county: County, acting_as: Enter, clock: FixedClock, south: UUID
) -> None:
    facts = {"name": "沈南方", "sex": "1", "birth_on": "1985-07-08", "guardian_phone": "139 0000 0007"}
    with acting_as("township"):
        found = look_up_registered(actor=county.actors["township"], clock=clock, **facts)
        other = look_up_registered(actor=county.actors["township"], clock=clock, **{**facts, "sex": "2"})
    assert (found.answer, other.answer) == ("elsewhere", "none")


@pytest.mark.parametrize("missing", ["name", "sex", "birth_on", "guardian_phone"])
def test_three_of_four_facts_are_not_enough(
    missing: str, county: County, acting_as: Enter, clock: FixedClock
) -> None:
    facts = {
        "name": "沈南方",
        "sex": "1",
        "birth_on": "1985-07-08",
        "guardian_phone": "13900000007",
        missing: "",
    }
    with acting_as("township"), pytest.raises(Invalid) as caught:
        look_up_registered(actor=county.actors["township"], clock=clock, **facts)
    assert [one.field for one in caught.value.problems] == [missing]


def test_part_of_a_number_is_not_answered(
    county: County, acting_as: Enter, clock: FixedClock, south: UUID
) -> None:
    with acting_as("township"), pytest.raises(Invalid):
        look_up_registered(actor=county.actors["township"], clock=clock, id_number="1258")
    assert not LookUp.objects.exists()


def test_looking_up_ends_after_the_days_limit(
    county: County, acting_as: Enter, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DAILY_LIMIT", 2)
    with acting_as("township"):
        for _ in range(2):
            look_up_registered(actor=county.actors["township"], clock=clock, id_number=SOUTH_ID)
        with pytest.raises(TooMany):
            look_up_registered(actor=county.actors["township"], clock=clock, id_number=SOUTH_ID)
    with acting_as("township_2"):
        assert (
            look_up_registered(actor=county.actors["township_2"], clock=clock, id_number=SOUTH_ID).answer
            == "none"
        )


@pytest.mark.parametrize("key", ["city", "programme", "system", "auditor"])
def test_who_holds_no_records_may_not_ask(
    key: str, county: County, acting_as: Enter, clock: FixedClock
) -> None:
    with acting_as(key), pytest.raises(NotAllowed):
        look_up_registered(actor=county.actors[key], clock=clock, id_number=SOUTH_ID)


def test_the_trail_does_not_say_about_whom(
    county: County, acting_as: Enter, clock: FixedClock, south: UUID
) -> None:
    with acting_as("township"):
        look_up_registered(actor=county.actors["township"], clock=clock, id_number=SOUTH_ID)
    event = Event.objects.get(action="look_up_registered")
    assert (event.object_id, event.detail) == (None, {"by": "id", "found": True})


def test_the_function_gives_no_name_and_no_key(county: County, acting_as: Enter, south: UUID) -> None:
    with acting_as("township"), connection.cursor() as cursor:
        cursor.execute("select pg_get_function_result('registry_look_up'::regproc)")
        assert cursor.fetchone()[0] == "TABLE(institution text, institution_phone text, visible boolean)"
