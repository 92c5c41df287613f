"""Drafts: for their author only, come back as typed, end by themselves, never overwrite another window."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.followup.actions import discard_draft, save_draft
from xinqiao.followup.actions.drafts import DraftElsewhere, end_drafts, find_draft
from xinqiao.followup.models import Draft, Visit
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Conflict, NotFound
from xinqiao.registry.models import Person

from .test_pages import TYPED, text_of

Acting = Callable[[str], AbstractContextManager[None]]
SignedIn = Callable[[str], Client]
Keep = Callable[..., Any]


@dataclass(frozen=True)
class Later:
    """The fixed clock some hours on."""

    clock: FixedClock
    hours: float

    def today(self) -> date:
        return self.clock.today()

    def now(self) -> datetime:
        return self.clock.now() + timedelta(hours=self.hours)


@pytest.fixture
def keep(county: County, person: Person, clock: FixedClock, acting_as: Acting) -> Keep:
    def run(text: str = "写到一半", *, by: str = "township", **given: Any) -> Any:
        asked: dict[str, Any] = {"op_id": uuid4(), "tab": uuid4(), "seen": 0, "form": "visit", **given}
        with acting_as(by):
            return save_draft(
                actor=county.actors[by], clock=clock, person_id=person.pk, values={"note": text}, **asked
            )

    return run


def test_a_draft_is_seen_by_its_author_only_and_is_unreadable_in_the_table(
    keep: Keep, county: County, person: Person, clock: FixedClock, acting_as: Acting
) -> None:
    keep("母亲说睡得少")
    for by, seen in {"township": True, "township_2": False, "county": False, "village": False}.items():
        with acting_as(by):
            assert Draft.objects.count() == seen
            found = find_draft(actor=county.actors[by], clock=clock, person_id=person.pk, form="visit")
            assert bool(found) is seen
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select body from followup_draft")
        assert "母亲".encode() not in bytes(cursor.fetchone()[0])


def test_another_window_does_not_overwrite_a_draft_in_silence(keep: Keep) -> None:
    first, second = uuid4(), uuid4()
    kept = keep("一", tab=first)
    assert keep("二", tab=first, seen=kept.revision).revision == 2
    with pytest.raises(DraftElsewhere):
        keep("另一页", tab=second, seen=0)
    assert keep("另一页", tab=second, seen=0, force=True).values == {"note": "另一页"}


def test_a_draft_ends_after_twelve_hours(
    keep: Keep, county: County, person: Person, clock: FixedClock, acting_as: Acting
) -> None:
    keep()
    actor = county.actors["township"]
    for hours, there in ((11, True), (13, False)):
        with acting_as("township"):
            late = Later(clock, hours)
            found = find_draft(actor=actor, clock=late, person_id=person.pk, form="visit")
            assert bool(found) is there
    assert end_drafts(clock=Later(clock, 11)) == 0
    assert end_drafts(clock=Later(clock, 13)) == 1
    assert not Draft.objects.exists()


def test_no_draft_of_somebody_elses_patient_and_none_after_the_form_was_saved(
    keep: Keep, county: County, clock: FixedClock, acting_as: Acting, record: Callable[..., Any]
) -> None:
    stranger = make_person(SOUTH_1, county.institutions["990101101000"])
    with acting_as("township"), pytest.raises(NotFound):
        discard_draft(actor=county.actors["township"], person_id=stranger.pk, form="visit")
    with acting_as("township"), pytest.raises(NotFound):
        save_draft(
            actor=county.actors["township"], clock=clock, person_id=stranger.pk, form="visit", op_id=uuid4(),
            tab=uuid4(), seen=0, values={},
        )  # fmt: skip
    saved = record(make_person("990101100201", county.institutions[NORTH]))
    with pytest.raises(Conflict):
        keep(op_id=Visit.objects.get(pk=saved.visit_id).op_id)


def test_what_was_typed_comes_back_and_is_gone_after_saving(signed_in: SignedIn, person: Person) -> None:
    client, op, tab = signed_in("township"), str(uuid4()), str(uuid4())
    typed = {**TYPED, "op_id": op, "tab": tab, "draft_form": "visit", "risk": "2", "note": "写到一半"}
    typed.pop("act")
    saved = client.post(reverse("followup:draft", args=[person.pk]), typed)
    assert saved.status_code == 200
    address = reverse("followup:record", args=[person.pk])
    page = text_of(client.get(address))
    assert "的草稿已恢复" in page
    assert "写到一半" in page
    assert op in page
    assert "等您处理" in text_of(client.get(reverse("followup:today")))
    assert "的草稿已恢复" not in text_of(signed_in("county").get(address))
    seen = saved.json()["revision"]
    done = client.post(address, {**TYPED, "op_id": op, "tab": tab, "draft_seen": seen})
    assert done.status_code == 302
    assert not Draft.objects.exists()


def test_a_draft_is_kept_by_its_button_alone(signed_in: SignedIn, person: Person) -> None:
    client = signed_in("village")
    answer = client.post(
        reverse("followup:record", args=[person.pk]),
        {"note": "明天接着", "act": "draft", "op_id": str(uuid4())},
    )
    assert answer.status_code == 302
    assert not Visit.objects.exists()
    assert "明天接着" in text_of(client.get(reverse("followup:record", args=[person.pk])))
    client.post(reverse("followup:draft-discard", args=[person.pk]), {"draft_form": "visit"})
    assert "明天接着" not in text_of(client.get(reverse("followup:record", args=[person.pk])))


def test_the_quick_form_asks_every_judgement_anew_and_carries_the_rest(
    signed_in: SignedIn, person: Person, record: Callable[..., Any]
) -> None:
    record(person, visit_date=date(2026, 8, 21))
    client = signed_in("village")
    address = reverse("followup:record", args=[person.pk])
    page = text_of(client.get(address, {"carry": 1}))
    assert "其余与上次相同" in page
    import re

    for name in ("risk", "symptoms", "insight", "danger_any", "locked", "hospital", "adherence", "adr"):
        assert not re.search(rf'name="{name}"[^>]*checked', page), name
    assert re.search(r'name="sleep"[^>]*checked', page)
    done = client.post(address, {**TYPED, "carry": "1"})
    assert done.status_code == 302
    assert Visit.objects.get(visit_date=date(2026, 11, 21)).entry_mode == "unchanged"
