"""Keys of other places in the forms of a file's life: somebody else's person, worker, station, paper, place or operation in the
body of a form that one may send. Nothing happens, nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.test_register import NAMES, TODAY, World, world  # noqa: F401 -- a fixture
from tests.factories.county import EAST_1, NEXT_COUNTY, NORTH, NORTH_1, SOUTH, SOUTH_1
from xinqiao.accounts.scope import acting
from xinqiao.campaigns.actions import NewCampaign, start_campaign
from xinqiao.campaigns.models import Campaign
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.registry.models import Guardian, Identifier, LifeCorrection, Person
from xinqiao.reporting import actions as reporting
from xinqiao.reporting.models import AddressSearch, Card
from xinqiao.reporting.tests.cards import card_record
from xinqiao.screening import actions as screening
from xinqiao.screening.models import Clue, RoundPerson
from xinqiao.screening.tests.conftest import answer_record, clue_record
from xinqiao.tracing.actions import NewSearch, open_search
from xinqiao.tracing.models import Asked, Search
from xinqiao.transfers.actions import NewTransfer, send_transfer
from xinqiao.transfers.models import Transfer

CLOCK = FixedClock(TODAY)
SignedIn = Callable[[str], Client]


def _nothing_said(answer: Any, statuses: set[int]) -> None:
    body = answer.content.decode()
    assert answer.status_code in statuses, answer.status_code
    assert not any(name in body for place, name in NAMES.items() if place != "north")


@pytest.fixture
def stranger(world: World) -> Any:  # noqa: F811
    return world.things["south"]["person"]


def test_a_clue_is_not_tied_to_somebody_else_s_person(
    world: World,  # noqa: F811
    stranger: Any,
    signed_in: SignedIn,
) -> None:
    actor = world.county.actors["township"]
    with acting(actor):
        clues = [
            screening.record_clue(
                actor=actor, clock=CLOCK, new=screening.NewClue(uuid7(), clue_record(NORTH_1, "5", name=name))
            ).clue_id
            for name in ("安北甲", "安北乙")
        ]
        asked = screening.NewReview(uuid7(), None, "某院", asked_on=TODAY)
        review = screening.ask_about_clue(actor=actor, clock=CLOCK, clue_id=clues[0], new=asked)
        screening.answer_review(actor=actor, clock=CLOCK, review_id=review.pk, record=answer_record())
        one = screening.plan_round(
            actor=actor, clock=CLOCK, new=screening.NewRound(uuid7(), NORTH, TODAY, "某院", "沈医师")
        )
    client = signed_in("township")
    link = client.post(reverse("screening:link", args=[clues[0]]), {"person": str(stranger)})
    close = {"reason": "known", "person": str(stranger), "closed_on": TODAY.isoformat()}
    _nothing_said(link, {404})
    _nothing_said(client.post(reverse("screening:close", args=[clues[1]]), close), {404})
    chosen = {"purpose": "advice", "person": [str(stranger)]}
    _nothing_said(client.post(reverse("screening:round-add", args=[one.pk]), chosen), {404})
    assert not Clue.objects.exclude(person=None).exists()
    assert not RoundPerson.objects.exists()


def test_a_card_is_not_joined_to_somebody_else_s_file_nor_asked_about_in_another_county(
    world: World,  # noqa: F811
    stranger: Any,
    signed_in: SignedIn,
) -> None:
    hospital, township = world.county.actors["hospital"], world.county.actors["township"]
    number = Identifier.objects.get(person_id=stranger).number
    record = card_record("安北辰", NORTH_1, serial=300) | {"id_number": number}
    with acting(hospital):
        card = reporting.send_card(actor=hospital, clock=CLOCK, new=reporting.NewCard(uuid7(), "F03", record))
    with acting(township):
        reporting.receive_card(actor=township, clock=CLOCK, card_id=card.pk, op_id=uuid7())
    far = Institution.objects.create(
        name="东岸派出所", kind=InstitutionKind.POLICE_STATION, place=NEXT_COUNTY, valid_from=date(2004, 1, 1)
    )
    client = signed_in("township")
    # The same number has a file in the next township: neither the card's page nor the filing screen say so.
    for page in ("card", "file"):
        _nothing_said(client.get(reverse(f"reporting:{page}", args=[card.pk])), {200})
    join = {"act": "join", "person": str(stranger), "row_version": "1", "take": ["name"]}
    _nothing_said(client.post(reverse("reporting:file", args=[card.pk]), join), {404})
    _nothing_said(client.post(reverse("reporting:ask", args=[card.pk]), {"station": str(far.pk)}), {422})
    _nothing_said(client.post(reverse("reporting:pass", args=[card.pk]), {"to_code": NEXT_COUNTY}), {422})
    assert Card.objects.get().person_id is None
    assert not AddressSearch.objects.exists()


def test_a_hand_over_is_accepted_into_own_villages_and_by_own_workers_only(
    world: World,  # noqa: F811
    signed_in: SignedIn,
) -> None:
    person, actor = world.things["north"]["person"], world.county.actors["township"]
    with acting(actor):
        row = send_transfer(actor=actor, clock=CLOCK, new=NewTransfer(uuid7(), person, "1", SOUTH))
    client, accept = signed_in("other_township"), reverse("transfers:accept", args=[row.pk])
    for village in (NORTH_1, EAST_1):
        assert client.post(accept, {"village": village}).status_code == 404
    worker = str(world.county.users["other_county"].pk)
    assert client.post(accept, {"village": SOUTH_1, "worker": worker}).status_code in {404, 422}
    row.refresh_from_db()
    assert row.state == "sent"
    assert Person.objects.get(pk=person).managing_code == NORTH_1


def test_an_action_is_begun_with_own_people_places_and_heads_only(
    world: World,  # noqa: F811
    stranger: Any,
    signed_in: SignedIn,
) -> None:
    own = str(world.things["north"]["person"])
    typed = {
        "act": "start", "op_id": str(uuid7()), "title": "走访", "kind": "other", "target": "list", "list": "register",
        "starts_on": TODAY.isoformat(), "deadline": TODAY.isoformat(), "counts": "none", "picked": "1", "source": "名单",
        "person": [own],
    }  # fmt: skip
    client = signed_in("township")
    for wrong in (
        {"person": [own, str(stranger)]},
        {"owner": str(world.county.users["other_county"].pk)},
        {"place": NEXT_COUNTY},
    ):
        _nothing_said(client.post(reverse("campaigns:new"), typed | wrong), {404})
    assert not Campaign.objects.exists()


def test_a_paper_of_another_file_proves_nothing(
    world: World,  # noqa: F811
    signed_in: SignedIn,
) -> None:
    person, client = world.things["north"]["person"], signed_in("township")
    paper = str(world.things["south"]["attachment"])
    begun = {"reason": "walked", "opened_on": TODAY.isoformat(), "note": "家属来说", "op_id": str(uuid7())}
    answer = client.post(reverse("tracing:begin", args=[person]), begun)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    search = Search.objects.get()
    step = {
        "kind": "neighbours",
        "pick": "neighbours:clue",
        "note": "见过",
        "attachment": paper,
        "op_id": str(uuid7()),
    }
    _nothing_said(client.post(reverse("tracing:step", args=[search.pk]), step), {422})
    asked = {"kind": "exclude", "happened_on": TODAY.isoformat(), "reason": "某院复核", "scan": paper}
    _nothing_said(client.post(reverse("registry:request-correction", args=[person]), asked), {422})
    assert not Asked.objects.exists()
    assert not LifeCorrection.objects.exists()


def test_a_foreign_operation_in_any_of_these_forms_is_a_sentence(
    world: World,  # noqa: F811
    signed_in: SignedIn,
) -> None:
    """What the next county did under these operations is found by nobody here; only the unique index knows it."""
    other, far = world.county.actors["other_county"], world.things["east"]["person"]
    tomorrow = FixedClock(TODAY.replace(day=TODAY.day + 1))
    with acting(other):
        sent = send_transfer(actor=other, clock=CLOCK, new=NewTransfer(uuid7(), far, "1", outside="外省"))
        looked = open_search(
            actor=other, clock=tomorrow, new=NewSearch(uuid7(), far, "walked", tomorrow.today(), "家属来说")
        )
        begun = NewCampaign(uuid7(), "走访", "other", "people", TODAY, TODAY, "名单", [far])
        action = start_campaign(actor=other, clock=CLOCK, new=begun)
    guardian = str(Guardian.objects.filter(person_id=far)[0].pk)
    client, person = signed_in("township"), world.things["north"]["person"]
    campaign = {
        "act": "start", "title": "另一个", "kind": "other", "target": "list", "list": "register", "counts": "none",
        "starts_on": TODAY.isoformat(), "deadline": TODAY.isoformat(), "picked": "1", "person": [str(person)],
        "op_id": str(action.op_id),
    }  # fmt: skip
    forms: list[tuple[str, list[Any], dict[str, Any]]] = [
        ("transfers:new", [person], {"reason": "1", "to_code": SOUTH, "op_id": str(sent.op_id)}),
        ("tracing:begin", [person], {"reason": "walked", "opened_on": TODAY.isoformat(), "note": "家属来说", "op_id": str(looked.op_id)}),
        ("registry:add-row", [person], {
            "kind": "guardian", "name": "安北守", "relation": "5", "phone": "13900002222", "valid_from": TODAY.isoformat(),
            "op_id": guardian,
        }),
        ("campaigns:new", [], campaign),
    ]  # fmt: skip
    for name, keys, typed in forms:
        answer = client.post(reverse(name, args=keys), typed)
        _nothing_said(answer, {409})
        assert "请重新打开表单" in answer.content.decode(), name
    assert (Transfer.objects.count(), Search.objects.count(), Campaign.objects.count()) == (1, 1, 1)
