"""Correcting a clue: what was typed wrongly, what becomes known later, and what its course contradicts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, NORTH_2, SOUTH_1, County
from tests.factories.numbers import id_number
from xinqiao.accounts.scope import acting
from xinqiao.audit.models import Event
from xinqiao.clocks.models import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound
from xinqiao.screening import actions, queries
from xinqiao.screening.models import Clue, Rediagnosis

from .conftest import CLOCK, TODAY, Noted, clue_record

Asked = Callable[..., Rediagnosis]


def _correct(
    county: County, clue: Clue, key: str = "township", version: int | None = None, **changes: Any
) -> Clue:
    actor, record = county.actors[key], clue_record(clue.managing_code, *clue.items) | changes
    with acting(actor):
        return actions.correct_clue(
            actor=actor, clock=CLOCK, clue_id=clue.pk, row_version=version or clue.row_version, record=record
        )


def test_somebody_nobody_knew_gets_a_name_and_a_village(county: County, noted: Noted) -> None:
    clue = noted("township", clue_record(NORTH, "4", name="", vagrant="1", description="集市口，约五十岁"))
    number = id_number(TODAY.replace(year=1976), "1", 71)
    done = _correct(county, clue, name="安归", id_number=number, age="", place=NORTH_1)
    assert (done.name, done.managing_code, done.clue_no) == ("安归", NORTH_1, clue.clue_no)
    assert {row.managing_code for row in Clock.objects.filter(subject=clue.pk)} == {NORTH_1}
    doctor = county.actors["village"]
    with acting(doctor):
        assert queries.find_clue(actor=doctor, clue_id=clue.pk).name == "安归"
    event = Event.objects.get(action="correct_clue")
    assert {"name", "id_number", "place"} <= set(event.detail["changed"])
    assert "安归" not in str(event.detail)
    with acting(county.actors["township"]):
        found = queries.matches(name="", sex="1", birth_on=None, age=None, on=TODAY, id_number=number)
    assert [one.pk for one in found.clues] == [clue.pk]


def test_an_item_that_was_forgotten_may_mean_danger(county: County, noted: Noted, asked: Asked) -> None:
    clue = noted()
    one = asked(clue)
    clue.refresh_from_db()
    done = _correct(county, clue, q9="1")
    assert done.urgent
    assert Clock.objects.get(subject=clue.pk, code="D30").outcome == "open"
    one.refresh_from_db()
    assert (one.urgent, one.items) == (True, ["5", "9"])


def test_danger_that_was_told_is_not_corrected_away(county: County, noted: Noted) -> None:
    clue, actor = noted(), county.actors["township"]
    with acting(actor):
        actions.add_act(
            actor=actor, clock=CLOCK, clue_id=clue.pk, op_id=clue.pk, kind="danger", on=TODAY, note="持刀"
        )
    clue.refresh_from_db()
    assert _correct(county, clue, name="安改名").urgent


def test_who_changed_it_first_is_not_overwritten(county: County, noted: Noted) -> None:
    clue = noted()
    _correct(county, clue, name="安先改")
    with pytest.raises(Conflict):
        _correct(county, clue, name="安后改")
    assert Clue.objects.get(pk=clue.pk).name == "安先改"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"q5": "0"}, "q1"), ({"sex": ""}, "sex"), ({"found_on": TODAY.isoformat()}, "found_on")],
)
def test_what_the_course_contradicts_is_said(
    county: County, noted: Noted, changes: dict[str, str], field: str
) -> None:
    early = TODAY - timedelta(days=5)
    clue, actor = (
        noted("township", clue_record(NORTH_1, "5", found_on=early.isoformat())),
        county.actors["township"],
    )
    with acting(actor):
        actions.judge_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, judgement="six", on=early)
    clue.refresh_from_db()
    with pytest.raises(Invalid) as wrong:
        _correct(county, clue, **({"found_on": early.isoformat()} | changes))
    assert set(wrong.value.by_field()) == {field}


def test_a_clue_stays_within_the_writers_places_and_ends_with_its_closing(
    county: County, noted: Noted
) -> None:
    clue = noted("village")
    for key, place in (("village", NORTH_2), ("township", SOUTH_1)):
        with pytest.raises(NotFound):
            _correct(county, clue, key, place=place)
    with pytest.raises(NotFound):
        _correct(county, clue, "village_2")
    actor = county.actors["township"]
    with acting(actor):
        actions.close_clue(actor=actor, clock=CLOCK, clue_id=clue.pk, reason="twice", on=TODAY)
    clue.refresh_from_db()
    with pytest.raises(Conflict):
        _correct(county, clue)


def test_the_form_opens_with_what_stands_there_and_keeps_what_is_typed(
    county: County, noted: Noted, signed_in: Callable[[str], Client]
) -> None:
    clue, client = noted("village"), signed_in("village")
    page = reverse("screening:correct", args=[clue.pk])
    assert page in client.get(reverse("screening:clue", args=[clue.pk])).content.decode()
    text = client.get(page).content.decode()
    for words in ("安寻之", "13900000003", "李邻居", "近两个月常自言自语"):
        assert words in text
    sent = clue_record(NORTH_1, "5", name="安改正", guardian_phone="12") | {"row_version": "1"}
    refused = client.post(page, sent)
    assert (refused.status_code, "安改正" in refused.content.decode()) == (422, True)
    assert client.post(page, sent | {"guardian_phone": ""}).status_code == 302
    stale = client.post(page, sent | {"guardian_phone": "", "name": "安又改"})
    assert (stale.status_code, "安又改" in stale.content.decode()) == (409, True)
    assert 'name="row_version" value="2"' in stale.content.decode()
