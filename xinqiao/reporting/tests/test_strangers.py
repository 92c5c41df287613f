"""Another hospital, another station, and whatever is typed."""

from __future__ import annotations

import random
from datetime import date
from typing import Any
from urllib.parse import quote_from_bytes

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.county import COUNTY, NORTH, NORTH_1, SOUTH, County
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.reporting import actions
from xinqiao.reporting.models import AddressSearch, Card, CardDraft, CardEvent, CardVersion, SharedFacts

from .cards import MISSING, card_record, discharge_record
from .desk import Acting, Desk
from .test_pages import SignedIn, posted

NASTY: tuple[bytes, ...] = (
    b"", b"\x00", b"a\x00b", b"\xff\xfe", "²".encode(), b"-1", b"1e309", b"NaN", b"99999999999999999999", b"0001-01-01",
    b"9999-12-31", b"2026-02-30", b"0000-00-00", b"%", b"%(name)s", b"<script>alert(1)</script>", "长".encode() * 3000,
    b"00000000-0000-0000-0000-000000000000", b"not-a-uuid", b"640122", b"990102100201", b"000000000000", b"other", b"[]",
    b"7", b"died", b"{}", b"join", b"draft",
)  # fmt: skip


@pytest.fixture
def desk(county: County, acting_as: Acting, clock: FixedClock) -> Desk:
    made = Desk(county, acting_as)
    made.clock = clock
    return made


def _stranger(county: County, key: str, role: Role, kind: str, place: str, clock: FixedClock) -> User:
    """An account like the county's own one, of another institution at the same place."""
    house = Institution.objects.create(
        name=f"另一家{key}", kind=kind, place=place, valid_from=date(2004, 1, 1)
    )
    user = User.objects.create_user(
        username=f"other_{key}", password="long-enough-for-tests", display_name="演示", role=role, place=place, institution=house,
        must_change_password=False,
    )  # fmt: skip
    county.users[user.username], county.actors[user.username] = user, actor_of(user, clock)
    return user


def test_another_hospital_sees_no_card_no_draft_and_no_page(
    desk: Desk, signed_in: SignedIn, clock: FixedClock
) -> None:
    card = desk.send()
    draft = desk.act("hospital", actions.save_draft, new=actions.NewDraft(uuid7(), "F03", {"name": "安心"}))
    _stranger(
        desk.county, "hospital", Role.HOSPITAL_DOCTOR, InstitutionKind.PSYCHIATRIC_HOSPITAL, COUNTY, clock
    )
    with acting(desk.county.actors["other_hospital"]):
        for model in (Card, CardVersion, CardEvent, CardDraft, SharedFacts):
            assert not model._default_manager.exists()
    client = signed_in("other_hospital")
    for name, key in (
        ("own-card", card.pk), ("correct", card.pk), ("new-discharge", card.pk), ("open", card.pk), ("draft", draft.pk),
    ):  # fmt: skip
        address = f"reporting:{name}"
        assert (
            client.get(reverse(address, args=[key])).status_code
            == client.get(reverse(address, args=[uuid7()])).status_code
            == 404
        )
    assert client.post(reverse("reporting:withdraw", args=[card.pk])).status_code == 404
    assert card.name not in client.get(reverse("reporting:own")).content.decode()
    # The same person may be reported by both: neither is told of the other.
    sent = posted(card_record("安心", NORTH_1, serial=1))
    assert client.post(reverse("reporting:new-card"), sent).status_code == 302


def test_another_station_sees_no_request(desk: Desk, signed_in: SignedIn, clock: FixedClock) -> None:
    card = desk.receive(desk.send())
    station = desk.county.institutions["police"]
    search = desk.act("township", actions.ask_station, card_id=card.pk, op_id=uuid7(), station_id=station.pk)
    _stranger(desk.county, "police", Role.POLICE, InstitutionKind.POLICE_STATION, SOUTH, clock)
    with acting(desk.county.actors["other_police"]):
        assert not AddressSearch.objects.exists()
    client = signed_in("other_police")
    address = reverse("reporting:search", args=[search.pk])
    assert (
        client.get(address).status_code == client.post(address, {"outcome": "not_found"}).status_code == 404
    )
    assert card.name not in client.get(reverse("reporting:searches")).content.decode()
    assert AddressSearch.objects.get().outcome == ""


def test_the_neighbour_townships_page_looks_like_a_missing_one(desk: Desk, signed_in: SignedIn) -> None:
    card = desk.send()
    for who in ("other_township", "other_county"):
        client = signed_in(who)
        assert client.get(reverse("reporting:card", args=[card.pk])).status_code == 404
        assert client.get(reverse("reporting:file", args=[card.pk])).status_code == 404
        assert client.post(reverse("reporting:receive", args=[card.pk])).status_code == 404
        assert card.name not in client.get(reverse("reporting:list")).content.decode()
    assert Card.objects.get().state == "sent"


def test_a_card_cannot_be_moved_by_who_only_shares_it(desk: Desk) -> None:
    from django.db import connection

    card = desk.send()
    for who in ("hospital", "other_township", "police"):
        with desk.acting_as(who), connection.cursor() as cursor:
            cursor.execute("select reporting_pass_on(%s, %s)", [card.pk, SOUTH])
            assert cursor.fetchone()[0] is False
    assert Card.objects.get().managing_code == NORTH_1


def _encoded(answers: dict[str, Any]) -> str:
    pairs = []
    for key, value in answers.items():
        for one in value if isinstance(value, list) else [value]:
            raw = one if isinstance(one, bytes) else str(one).encode()
            pairs.append(f"{quote_from_bytes(key.encode())}={quote_from_bytes(raw)}")
    return "&".join(pairs)


def test_whatever_is_typed_is_answered_with_a_page(desk: Desk, signed_in: SignedIn) -> None:
    dice = random.Random(20261121)
    waiting, ready = desk.send(serial=50), desk.receive(desk.send(serial=51))
    lost = desk.receive(
        desk.send(
            serial=52,
            village=NORTH,
            address_unknown="1",
            live_detail=None,
            hukou_same=None,
            hukou_code=NORTH_1,
            hukou_detail="1组",
        )
    )
    report = desk.send(serial=53)
    back = desk.send(serial=54)
    desk.act("township", actions.return_card, card_id=back.pk, op_id=uuid7(), reason="1")
    station = desk.county.institutions["police"]
    search = desk.act("township", actions.ask_station, card_id=lost.pk, op_id=uuid7(), station_id=station.pk)
    pages: list[tuple[str, str, Any, dict[str, Any]]] = [
        ("hospital", "new-card", None, posted(card_record("安心", NORTH_1, serial=60))),
        ("hospital", "new-card", None, posted(card_record("安心", NORTH_1, serial=61), act="draft")),
        ("hospital", "new-discharge", report.pk, posted(discharge_record())),
        ("hospital", "correct", back.pk, posted(card_record("安心", NORTH_1, serial=54))),
        ("township", "file", ready.pk, {"act": "file", "op_id": "", **MISSING}),
        ("township", "file", ready.pk, {"act": "join", "person": str(uuid7()), "row_version": "1", "take": ["marital"]}),
        ("township", "return", waiting.pk, {"reason": "5", "note": "x"}),
        ("township", "pass", waiting.pk, {"to_code": SOUTH, "note": "x"}),
        ("township", "ask", lost.pk, {"station": str(station.pk)}),
        ("township", "locate", lost.pk, {"place": NORTH_1, "detail": "x", "note": "x"}),
        ("county", "paper", None, posted(card_record("安心", NORTH_1, serial=62), hospital_name="某院", paper_on="2026-11-20")),
        ("police", "search", search.pk, {"outcome": "other", "note": "x", "place": NORTH_1, "detail": "x"}),
    ]  # fmt: skip
    clients: dict[str, Client] = {}
    wrong = []
    for who, name, key, answers in pages:
        client = clients.setdefault(who, signed_in(who))
        client.raise_request_exception = False
        address = reverse(f"reporting:{name}", args=[key] if key else None)
        for _round in range(4):
            spoilt = dict(answers)
            for field in dice.sample(sorted(spoilt), min(len(spoilt), 3)):
                spoilt[field] = (
                    [dice.choice(NASTY), dice.choice(NASTY)] if dice.random() < 0.2 else dice.choice(NASTY)
                )
            status = client.post(
                address, _encoded(spoilt), content_type="application/x-www-form-urlencoded"
            ).status_code
            if status >= 500:
                wrong.append((name, status, spoilt))
    for who, name in (("hospital", "own"), ("township", "list"), ("police", "searches")):
        for query in ("after", "state", "part", "q", "form"):
            for nasty in NASTY:
                status = (
                    clients[who]
                    .get(reverse(f"reporting:{name}") + f"?{query}={quote_from_bytes(nasty)}")
                    .status_code
                )
                if status >= 500:
                    wrong.append((name, status, {query: nasty}))
    assert wrong == []


def test_who_serves_a_further_township_receives_its_cards_and_passes_them_on(
    desk: Desk, signed_in: SignedIn, clock: FixedClock
) -> None:
    worker = desk.county.users["other_township"]
    User.objects.filter(pk=worker.pk).update(further_places=[NORTH])
    worker.refresh_from_db()
    desk.county.actors["other_township"] = actor_of(worker, clock)
    card = desk.send()
    client = signed_in("other_township")
    assert card.name in client.get(reverse("reporting:list")).content.decode()
    desk.receive(card, who="other_township")
    passed = desk.act(
        "other_township",
        actions.pass_card,
        card_id=card.pk,
        op_id=uuid7(),
        to_code="990101000000",
        note="在县里",
    )
    assert passed.managing_code == "990101000000"
    assert CardVersion.objects.get().managing_code == "990101000000"
    # The county's card is not theirs, whatever they are shown of its way.
    with pytest.raises(NotFound):
        desk.act("other_township", actions.pass_card, card_id=card.pk, op_id=uuid7(), to_code=NORTH)


def test_a_station_that_has_answered_sees_no_whole_number_and_no_address_any_more(
    desk: Desk, signed_in: SignedIn
) -> None:
    card = desk.receive(desk.send())
    station = desk.county.institutions["police"]
    search = desk.act("township", actions.ask_station, card_id=card.pk, op_id=uuid7(), station_id=station.pk)
    client, address = signed_in("police"), reverse("reporting:search", args=[search.pk])
    body = client.get(address).content.decode()
    assert search.number in body
    assert search.last_address in body
    assert client.post(address, {"outcome": "not_found"}).status_code == 302
    for page in (address, reverse("reporting:searches") + "?part=answered"):
        body = client.get(page).content.decode()
        assert search.name in body
        assert search.number not in body
        assert search.last_address not in body


def test_the_hospital_reads_what_is_said_to_it_and_not_how_somebody_was_looked_for(
    desk: Desk, signed_in: SignedIn
) -> None:
    card = desk.receive(desk.send())
    desk.act(
        "township", actions.find_address_fault, card_id=card.pk, op_id=uuid7(), note="邻居说他去了女儿家"
    )
    address = reverse("reporting:own-card", args=[card.pk])
    body = signed_in("hospital").get(address).content.decode()
    assert "邻居说" not in body
    assert "邻居说" in signed_in("township").get(reverse("reporting:card", args=[card.pk])).content.decode()
    other = desk.send(serial=2, name="安另")
    desk.act(
        "township", actions.return_card, card_id=other.pk, op_id=uuid7(), reason="5", note="请补确诊日期"
    )
    address = reverse("reporting:own-card", args=[other.pk])
    assert "请补确诊日期" in signed_in("hospital").get(address).content.decode()
