"""Keys of other places inside a form: an address of one's own, and in the body somebody else's visit, operation or worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from tests.access.test_register import NAMES, SERIALS, TODAY, World, world  # noqa: F401 -- a fixture
from tests.factories.county import EAST_1, NORTH_1, SOUTH_1
from tests.factories.records import person_record, visit_record
from xinqiao.audit.models import Read
from xinqiao.followup.forms import values_of
from xinqiao.followup.models import Visit, VisitAttempt
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.choices.printed import NO_DANGER
from xinqiao.registry.models import Person, Responsibility

EARLIER = TODAY.replace(day=2)


@pytest.fixture
def before(world: World) -> tuple[int, ...]:  # noqa: F811
    return _counts()


def _counts() -> tuple[int, ...]:
    return (
        Person.objects.count(),
        Visit.objects.count(),
        Visit.objects.filter(superseded=True).count(),
        VisitAttempt.objects.count(),
        Responsibility.objects.count(),
    )


def _visit(**more: Any) -> dict[str, Any]:
    return {
        **values_of({**visit_record(EARLIER), "visit_date": EARLIER}),
        "act": "",
        "op_id": str(uuid7()),
        **more,
    }


def _new(village: str, **more: Any) -> dict[str, Any]:
    record = person_record("安试新", village, filed_on=TODAY, serial=555)
    return {
        **{k: v for k, v in record.items() if not isinstance(v, dict)},
        "past_danger": [NO_DANGER],
        "step": "save",
        "op_id": str(uuid7()),
        **more,
    }


def _file(client: Client, values: dict[str, Any]) -> Any:
    """Post a new file as somebody does who was asked about people alike, and goes on."""
    answer = client.post(reverse("registry:new"), values)
    asked = re.search(r'name="alike_asked" value="([0-9a-f]+)"', answer.content.decode())
    if answer.status_code != 409 or asked is None:
        return answer
    return client.post(reverse("registry:new"), {**values, "alike_asked": asked[1]})


def _said_nothing(response: Any, status: set[int]) -> None:
    assert response.status_code in status
    assert not any(name in response.content.decode() for place, name in NAMES.items() if place != "north")


@pytest.mark.parametrize("place", ["south", "east"])
def test_a_foreign_operation_number_is_refused_and_not_explained(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    before: tuple[int, ...],
    place: str,
) -> None:
    """Nobody's queries see it; the unique index does. The answer is a sentence, not a server error."""
    client, person = signed_in("township"), world.things["north"]["person"]
    visited = Visit.objects.get(pk=world.things[place]["visit"]).op_id
    filed = Person.objects.get(pk=world.things[place]["person"]).op_id
    _said_nothing(client.post(reverse("followup:record", args=[person]), _visit(op_id=str(visited))), {409})
    _said_nothing(client.post(reverse("registry:new"), _new(NORTH_1, op_id=str(filed))), {409})
    assert _counts() == before


def test_an_operation_number_of_another_person_of_ones_own_is_refused(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    before: tuple[int, ...],
) -> None:
    tried = {
        "happened_on": TODAY.isoformat(),
        "form": "3",
        "outcome": "nobody",
        "note": "",
        "op_id": str(uuid7()),
    }
    client = signed_in("county")
    north, south = (reverse("followup:attempt", args=[world.things[p]["person"]]) for p in ("north", "south"))
    outcome = client.get(north).content.decode().split('name="outcome"')[1].split('value="')[1].split('"')[0]
    tried["outcome"] = outcome
    assert client.post(north, tried).status_code == 302
    assert client.post(south, tried).status_code == 409
    foreign = {**tried, "op_id": str(tried["op_id"])}
    assert signed_in("other_township").post(south, foreign).status_code == 409
    visited = Visit.objects.get(pk=world.things["north"]["visit"]).op_id
    record = reverse("followup:record", args=[world.things["south"]["person"]])
    assert client.post(record, _visit(op_id=str(visited))).status_code == 409
    assert _counts() == (*before[:3], before[3] + 1, before[4])


@pytest.mark.parametrize("place", ["south", "east"])
def test_a_visit_that_amends_somebody_elses_is_refused(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    before: tuple[int, ...],
    place: str,
) -> None:
    client, foreign = signed_in("township"), world.things[place]["visit"]
    record = reverse("followup:record", args=[world.things["north"]["person"]])
    amending = {"amends": str(foreign), "amend_reason": "当时写错了"}
    _said_nothing(client.post(record, _visit(**amending)), {404, 409})
    _said_nothing(signed_in("village").post(record, _visit(**amending)), {403, 404, 409})
    assert _counts() == before


def test_a_person_cannot_be_filed_or_moved_where_one_does_not_serve(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    before: tuple[int, ...],
) -> None:
    client, person = signed_in("township"), world.things["north"]["person"]
    for village in (SOUTH_1, EAST_1, "990101100", "000000000000", "'; drop table"):
        _said_nothing(_file(client, _new(village)), {404, 422})
        answers = {
            **_new(village),
            "row_version": str(Person.objects.get(pk=person).row_version),
            "live_code": village,
        }
        answers.pop("id_number")
        response = client.post(reverse("registry:edit", args=[person]), answers)
        assert response.status_code in {302, 404, 409, 422}
        assert Person.objects.get(pk=person).managing_code == NORTH_1
    assert _counts()[0] == before[0]


def test_a_worker_of_another_place_cannot_be_made_responsible(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    before: tuple[int, ...],
) -> None:
    address = reverse("registry:responsible", args=[world.things["north"]["person"]])
    for key in ("other_township", "other_county", "village_2", "system", "auditor"):
        answers = {"worker": str(world.county.users[key].pk), "since": TODAY.isoformat(), "row_version": "1"}
        _said_nothing(signed_in("township").post(address, answers), {404, 422})
    assert _counts() == before


def test_nobody_confirms_his_own_and_no_stranger_confirms(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
) -> None:
    address = reverse("followup:confirm", args=[world.things["north"]["confirmation"]])
    for account, status in (
        ("county", 403),
        ("other_township", 404),
        ("other_county", 404),
        ("village", 403),
    ):
        assert signed_in(account).post(address, {"decision": "accept", "reason": "x"}).status_code == status
    assert signed_in("township").post(address, {"decision": "accept"}).status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example/",
        "https://evil.example/",
        "/\\evil.example",
        "javascript:alert(1)",
        "/x\r\nSet-Cookie: a=b",
        "///evil",
    ],
)
def test_no_address_leads_out_of_the_house(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    target: str,
) -> None:
    client, person = signed_in("township"), world.things["north"]["person"]
    answers = [
        client.get(reverse("accounts:sign-in"), {"next": target}),
        client.post(reverse("set_language"), {"language": "en", "next": target}),
        client.post(reverse("followup:record", args=[person]), _visit(back=target)),
    ]
    for answer in answers:
        assert answer.status_code in {200, 204, 302}
        location = answer.headers.get("Location", "/")
        assert location.startswith("/"), location
        assert not location.startswith(("//", "/\\")), location
        assert "evil" not in location
        assert "a" not in answer.cookies


def test_forms_from_elsewhere_are_refused(world: World, signed_in: Callable[[str], Client]) -> None:  # noqa: F811
    checking = Client(enforce_csrf_checks=True)
    checking.cookies = signed_in("township").cookies
    person: UUID = world.things["north"]["person"]
    for name in ("followup:record", "registry:unmask", "registry:responsible", "followup:plan"):
        assert checking.post(reverse(name, args=[person]), {}).status_code == 403
    assert checking.get("/", HTTP_HOST="evil.example").status_code == 400


def test_a_form_is_no_quiet_way_of_asking_who_is_registered_elsewhere(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A half-empty form tells nothing; a whole one is kept as a look-up in that person's read log, and counted."""
    client, there = signed_in("township"), Person.objects.get(pk=world.things["east"]["person"])
    number = person_record(NAMES["east"], EAST_1, filed_on=TODAY, serial=SERIALS["east"])["id_number"]
    half = {**_new(NORTH_1, id_number=number), "guardian_name": "", "guardian_phone": ""}
    assert "其他机构" not in _file(client, half).content.decode()
    assert not Read.objects.filter(kind="lookup").exists()
    answer = _file(client, _new(NORTH_1, id_number=number))
    assert (answer.status_code, "其他机构" in answer.content.decode()) == (422, True)
    assert Read.objects.get(kind="lookup").person_ids == [there.pk]
    person = Person.objects.get(pk=world.things["north"]["person"])
    edit = {**_new(NORTH_1, id_number=number, name=person.name), "row_version": str(person.row_version)}
    assert client.post(reverse("registry:edit", args=[person.pk]), edit).status_code == 422
    assert Read.objects.filter(kind="lookup").count() == 2
    monkeypatch.setattr("xinqiao.registry.actions.lookup.DAILY_LIMIT", 2)
    answer = _file(client, _new(NORTH_1, id_number=number))
    assert (answer.status_code, "其他机构" in answer.content.decode()) == (429, False)


@pytest.mark.parametrize("text", ["a\x00b", "\x00"])
def test_a_character_no_column_can_keep_is_answered_with_a_sentence(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    text: str,
) -> None:
    person = world.things["north"]["person"]
    event = {"kind": "found", "happened_on": TODAY.isoformat(), "note": text}
    for answer in (
        signed_in("township").post(reverse("registry:event", args=[person]), event),
        signed_in("township").get(reverse("registry:search"), {"q": text}),
        Client().post(reverse("accounts:sign-in"), {"username": text, "password": "x"}),
    ):
        assert answer.status_code == 422
        assert "控制字符" in answer.content.decode()


def test_a_name_longer_than_any_account_is_simply_not_right(world: World) -> None:  # noqa: F811
    answer = Client().post(reverse("accounts:sign-in"), {"username": "x" * 70_000, "password": "x"})
    assert answer.status_code == 422


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2028-01-01"])
def test_a_day_out_of_reason_is_answered_with_a_sentence(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    day: str,
) -> None:
    person, client = world.things["south"]["person"], signed_in("other_township")
    reason = {"planned_reason": "外出"}
    assert (
        client.post(reverse("followup:plan", args=[person]), {"planned_on": day, **reason}).status_code == 422
    )
    for answers in (_visit(visit_date=day), _visit(planned_on=day, **reason)):
        assert client.post(reverse("followup:record", args=[person]), answers).status_code == 422
        assert client.post(reverse("followup:proposal", args=[person]), answers).status_code == 200


def test_numbers_shown_on_a_form_that_is_shown_again_are_in_the_read_log(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
) -> None:
    person = world.things["north"]["person"]
    answer = signed_in("village").post(reverse("followup:attempt", args=[person]), {"outcome": "x"})
    assert (answer.status_code, "13900000000" in answer.content.decode()) == (422, True)
    assert Read.objects.get(kind="unmask", purpose="call").person_ids == [person]


@pytest.mark.parametrize("after", ["²", "٣", "9" * 30, "-1"])
def test_a_page_number_that_is_none_begins_at_the_beginning(
    world: World,  # noqa: F811
    signed_in: Callable[[str], Client],
    after: str,
) -> None:
    client, batch = signed_in("county"), world.things["north"]["batch"]
    client.post(reverse("interchange:check", args=[batch]), {"here": "1"})
    answer = client.get(
        reverse("interchange:problems", args=[batch]), {"code": "x", "field": "y", "after": after}
    )
    assert answer.status_code in {200, 302}
