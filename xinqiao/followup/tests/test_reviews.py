"""Review: a visit passes or goes back with a reason, nobody judges his own, and each decision stays readable."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import NORTH, NORTH_1, County
from tests.factories.people import make_person
from xinqiao.audit.models import Event
from xinqiao.followup.actions import Recorded, amend_visit, review_visits
from xinqiao.followup.models import Obligation, Review, Standing, Visit
from xinqiao.followup.queries import review_queue
from xinqiao.followup.queries.rehearsal import rehearse_recovered_insight
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed
from xinqiao.kernel.ids import uuid7
from xinqiao.policy import deployment
from xinqiao.policy.models import LocalValue
from xinqiao.registry.models import Person

from .records import BASIC, visit
from .test_pages import TYPED, text_of

Acting = Callable[[str], AbstractContextManager[None]]
Record = Callable[..., Recorded]
SignedIn = Callable[[str], Client]


@pytest.fixture
def judge(county: County, clock: FixedClock, acting_as: Acting) -> Callable[..., int]:
    def run(*ids: UUID, by: str = "township", decision: str = "1", reason: str = "") -> int:
        with acting_as(by):
            return review_visits(
                actor=county.actors[by], clock=clock, visit_ids=ids, decision=decision, reason=reason
            )

    return run


def test_a_returned_visit_no_longer_counts_until_it_is_amended(
    person: Person,
    record: Record,
    judge: Callable[..., int],
    county: County,
    clock: FixedClock,
    acting_as: Acting,
) -> None:
    done = record(person, by="village")
    with pytest.raises(Invalid):
        judge(done.visit_id, decision="2")
    assert judge(done.visit_id, decision="2", reason="用药请核对") == 1
    assert judge(done.visit_id, decision="2", reason="用药请核对") == 0
    assert Standing.objects.get(person=person).last_visit_id is None
    assert Event.objects.filter(action="return_visit").count() == 1
    with acting_as("village"):
        actor = county.actors["village"]
        new = amend_visit(
            actor=actor, clock=clock, visit_id=done.visit_id, op_id=uuid7(), record=visit(person, note="已核对").record,
            reason="补记用药",
        )  # fmt: skip
    fresh = Visit.objects.get(pk=new.visit_id)
    assert (fresh.review_status, fresh.amend_reason, fresh.amends_id) == ("0", "补记用药", done.visit_id)
    assert Standing.objects.get(person=person).last_visit_id == new.visit_id
    assert Obligation.objects.filter(person=person, outcome="open").count() == 1
    assert judge(new.visit_id) == 1
    assert list(Review.objects.order_by("recorded_at", "pk").values_list("visit_id", "decision")) == [
        (done.visit_id, "2"),
        (new.visit_id, "1"),
    ]


def test_a_village_doctor_amends_only_what_was_returned(
    person: Person, record: Record, county: County, clock: FixedClock, acting_as: Acting
) -> None:
    done = record(person, by="village")
    with acting_as("village"), pytest.raises(NotAllowed):
        amend_visit(
            actor=county.actors["village"], clock=clock, visit_id=done.visit_id, op_id=uuid7(),
            record=visit(person, note="x").record,
        )  # fmt: skip


def test_nobody_reviews_his_own_unless_the_place_allows_it_and_then_it_is_marked(
    person: Person, record: Record, judge: Callable[..., int]
) -> None:
    done = record(person, by="township")
    with pytest.raises(NotAllowed):
        judge(done.visit_id)
    assert judge(done.visit_id, by="township_2", decision="2", reason="看错日期") == 1
    LocalValue.objects.create(
        thing="followup/own_review", division_code=NORTH, valid_from=date(2026, 1, 1), value="own_marked",
        source="本镇只有一名工作人员", author="演示",
    )  # fmt: skip
    deployment.forget()
    assert judge(done.visit_id) == 1
    assert Review.objects.get(decision="1").own
    deployment.forget()


def test_the_queue_shows_village_doctors_first_and_what_is_conspicuous(
    county: County, person: Person, record: Record, clock: FixedClock, acting_as: Acting
) -> None:
    other = make_person(NORTH_1, county.institutions[NORTH])
    record(other, by="township", visit_date=date(2026, 10, 1))
    record(person, by="village", adherence="3", drugs=[])
    with acting_as("township_2"):
        queue = review_queue(actor=county.actors["township_2"], clock=clock)
    assert [row.visit.person_id for row in queue.rows] == [person.pk, other.pk]
    assert [row.by_village for row in queue.rows] == [True, False]
    assert all(row.may for row in queue.rows)
    assert queue.count == 2


def test_several_pass_together_after_the_list_was_shown(
    signed_in: SignedIn, county: County, person: Person, record: Record
) -> None:
    ids = [record(person, visit_date=date(2026, month, 2), by="village").visit_id for month in (7, 9)]
    client = signed_in("township")
    address = reverse("followup:reviews-together")
    shown = client.post(address, {"visit": [str(one) for one in ids]})
    assert "全部通过" in text_of(shown)
    assert Visit.objects.filter(review_status="1").count() == 0
    assert client.post(address, {"visit": [str(one) for one in ids], "act": "pass"}).status_code == 302
    assert Visit.objects.filter(review_status="1").count() == 2
    assert Event.objects.filter(action="pass_visit").count() == 1
    assert client.post(address, {}).status_code == 422


def test_the_author_finds_the_returned_visit_with_its_reason_on_todays_page(
    signed_in: SignedIn, person: Person, record: Record, judge: Callable[..., int]
) -> None:
    done = record(person, by="village")
    judge(done.visit_id, decision="2", reason="用药请核对")
    client = signed_in("village")
    assert "被退回：用药请核对" in text_of(client.get(reverse("followup:today")))
    address = reverse("followup:amend", args=[done.visit_id])
    assert "审核退回：用药请核对" in text_of(client.get(address))
    assert client.post(address, TYPED).status_code == 422
    assert client.post(address, {**TYPED, "amend_reason": "补记"}).status_code == 302
    page = text_of(client.get(reverse("followup:versions", args=[done.visit_id])))
    assert "更正理由：补记" in page
    assert "被退回" not in text_of(client.get(reverse("followup:today")))


def test_the_rehearsal_counts_who_would_become_stable_and_changes_nothing(
    county: County, person: Person, record: Record, clock: FixedClock, acting_as: Acting
) -> None:
    other = make_person(NORTH_1, county.institutions[NORTH])
    record(person, insight="2")
    record(other, insight="2", soc_study="3")
    for by in ("township", "county"):
        with acting_as(by):
            found = rehearse_recovered_insight(actor=county.actors[by], today=clock.today())
        assert (found.basically_stable, found.moved, found.in_force) == (2, 1, "partial")
    assert set(Standing.objects.values_list("visit_class", flat=True)) == {"2"}


def test_one_tap_takes_partial_insight_as_recovered_and_says_so(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    client = signed_in("township")
    address = reverse("followup:record", args=[person.pk])
    done = client.post(address, {**TYPED, "insight": "2", "insight_recovered": "1"})
    assert done.status_code == 302
    kept = Visit.objects.get()
    assert (kept.proposed_class, kept.visit_class, kept.insight_recovered) == ("3", "3", True)
    assert "insight_recovered" in kept.flags
    assert "按“自知力基本恢复”判定" in text_of(client.get(reverse("followup:visit", args=[kept.pk])))


def test_a_call_that_was_answered_is_kept_and_is_no_miss(
    signed_in: SignedIn, person: Person, record: Record
) -> None:
    record(person, BASIC, visit_date=date(2026, 8, 1))
    client = signed_in("village")
    address = reverse("followup:attempt", args=[person.pk])
    for day, outcome in (("2026-11-18", "no_answer"), ("2026-11-18", "hung_up"), ("2026-11-19", "answered")):
        done = client.post(address, {"happened_on": day, "form": "3", "outcome": outcome})
        assert done.status_code == 302
    assert Standing.objects.get(person=person).attempts_since == 1
    for day in ("2026-11-19", "2026-11-20"):
        client.post(address, {"happened_on": day, "form": "2", "outcome": "nobody_home"})
    assert Standing.objects.get(person=person).attempts_since == 3
    assert "待核失访" in text_of(client.get(reverse("followup:today")))
    # In one place only: with whoever looks for people.
    township = signed_in("township")
    assert person.name not in text_of(township.get(reverse("followup:confirmations")))
    assert person.name in text_of(township.get(reverse("tracing:list")))
