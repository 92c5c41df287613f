"""Accounts of the county: who may open, change and close whose, and what each leaves behind."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from tests.factories.county import COUNTY, EAST_1, NORTH, NORTH_1, NORTH_2, PASSWORD, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.accounts import actions, queries
from xinqiao.accounts.models import User, VillageAssignment
from xinqiao.accounts.permissions import TABLE, WORDS, Permission
from xinqiao.accounts.roles_page import TARGET, page
from xinqiao.accounts.rules import PASSWORD_SIGNS, latest_end, username_fault
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound
from xinqiao.kernel.terms import Role
from xinqiao.registry.models import Responsibility

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)


def _new(**changes: object) -> actions.NewAccount:
    given = {
        "username": "beiqiao-li",
        "display_name": "李新",
        "role": Role.VILLAGE_DOCTOR,
        "place": NORTH_1,
        "villages": (NORTH_1,),
    } | changes
    return actions.NewAccount(**given)  # type: ignore[arg-type]


def _open(county: County, key: str = "county", **changes: object) -> tuple[User, str]:
    actor = county.actors[key]
    with acting(actor):
        return actions.create_account(actor=actor, clock=CLOCK, new=_new(**changes))


def _audit(action: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("select object_id, detail::text from audit_event where action = %s", [action])
        return cursor.fetchall()


def test_every_permission_has_words_and_somebody_who_holds_it() -> None:
    assert set(WORDS) == set(Permission)
    assert set().union(*TABLE.values()) == set(Permission)


def test_the_committed_page_of_roles_is_the_table() -> None:
    assert TARGET.read_text(encoding="utf-8") == page()


def test_everybody_reads_the_roles_and_finds_the_own_one(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    for key in county.actors:
        body = signed_in(key).get("/roles/").content.decode()
        assert "（您）" in body, key
        assert "管理账号" in body


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("li-ping", ""),
        ("Li", "shape"),
        ("1li", "shape"),
        ("张三", "shape"),
        ("a13912345678", "number"),
        ("ab", "shape"),
    ],
)
def test_a_user_name_is_small_letters_and_no_number_of_a_person(name: str, fault: str) -> None:
    assert username_fault(name) == fault


def test_a_new_account_must_set_its_own_password_first_and_the_first_one_is_shown_once(
    county: County, signed_in: Callable[[str], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    county_office = signed_in("county")
    answer = county_office.post(
        "/accounts/new/",
        {
            "role": "village_doctor",
            "at": NORTH,
            "username": "beiqiao-li",
            "display_name": "李新",
            "villages": [NORTH_1],
        },
    )
    word = re.search(r'class="first-password">.*?<b>([^<]+)</b>', answer.content.decode(), re.S)
    assert word
    assert set(word[1]) <= set(PASSWORD_SIGNS)
    assert "no-store" in answer["Cache-Control"]
    user = User.objects.get(username="beiqiao-li")
    for path in (f"/accounts/{user.pk}/", "/accounts/"):
        assert word[1] not in county_office.get(path).content.decode()
    client = Client()
    assert client.post("/sign-in/", {"username": "beiqiao-li", "password": word[1]}).status_code == 302
    assert client.get("/people/")["Location"] == "/password/"
    assert (user.valid_until, user.institution_id) == (latest_end(TODAY), county.institutions[NORTH_1].pk)
    assert len(_audit("create_account")) == 1
    assert "李新" not in str(_audit("create_account"))


def test_a_bad_account_is_refused_with_a_sentence_for_each_field(county: County) -> None:
    with pytest.raises(Invalid) as wrong:
        _open(county, username="township", display_name=" ", villages=(), valid_until=date(2036, 1, 1))
    assert {p.field for p in wrong.value.problems} == {"username", "display_name", "villages", "valid_until"}
    with pytest.raises(Invalid):
        _open(county, villages=(NORTH_1, SOUTH_1))
    assert not User.objects.filter(username="beiqiao-li").exists()


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("county", {"role": Role.COUNTY_OFFICE, "place": COUNTY}),
        ("county", {"role": Role.SYSTEM_ADMIN, "place": COUNTY}),
        ("county", {"place": EAST_1, "villages": (EAST_1,)}),
        ("system", {"role": Role.CITY_OFFICE, "place": "990100000000"}),
        ("township", {}),
        ("programme", {}),
        ("auditor", {}),
    ],
)
def test_nobody_opens_an_account_above_or_beside_the_own_level(
    county: County, key: str, changes: dict[str, object]
) -> None:
    with pytest.raises(NotAllowed):
        _open(county, key, **changes)


def test_the_own_account_and_foreign_ones_are_not_there_to_manage(county: County) -> None:
    actor = county.actors["county"]
    for key, error in (("county", NotFound), ("other_county", NotFound), ("system", NotFound)):
        with acting(actor), pytest.raises(error):
            actions.reset_password(actor=actor, clock=CLOCK, user_id=county.users[key].pk)
    system = county.actors["system"]
    with acting(system), pytest.raises(NotAllowed):
        actions.close_account(actor=system, clock=CLOCK, user_id=system.user_id, reason="left")


def test_the_last_county_account_stays(county: County) -> None:
    system = county.actors["system"]
    with acting(system), pytest.raises(Invalid, match="最后一个"):
        actions.close_account(actor=system, clock=CLOCK, user_id=county.users["county"].pk, reason="safety")
    second, _word = _open(county, "system", role=Role.COUNTY_OFFICE, place=COUNTY, villages=())
    with acting(system):
        actions.close_account(actor=system, clock=CLOCK, user_id=county.users["county"].pk, reason="safety")
    assert second.is_active


def test_a_closed_account_is_out_at_the_next_click(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township_2")
    assert client.get("/people/").status_code == 200
    answer = signed_in("county").post(f"/accounts/{county.users['township_2'].pk}/close/", {"reason": "left"})
    assert answer.status_code == 302
    assert client.get("/people/")["Location"].startswith("/sign-in/")
    user = User.objects.get(username="township_2")
    assert (user.is_active, user.closed_on, user.closed_because) == (False, TODAY, "left")


def test_a_new_first_password_ends_the_sessions_of_the_old_one(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("township_2")
    assert signed_in("county").post(f"/accounts/{county.users['township_2'].pk}/reset/").status_code == 200
    assert client.get("/people/")["Location"].startswith("/sign-in/")
    assert Client().post("/sign-in/", {"username": "township_2", "password": PASSWORD}).status_code == 422


def test_whoever_answers_for_people_is_not_closed_but_for_safety(county: County) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH_1])
    leaver = county.users["village"]
    Responsibility.objects.filter(person=person, kind="responsible").update(worker=leaver)
    actor = county.actors["county"]
    with acting(actor), pytest.raises(Invalid, match="1 名服务对象"):
        actions.close_account(actor=actor, clock=CLOCK, user_id=leaver.pk, reason="left")
    with acting(actor):
        actions.close_account(actor=actor, clock=CLOCK, user_id=leaver.pk, reason="safety")
        row = queries.rows_of([User.objects.get(pk=leaver.pk)], TODAY, CLOCK.now())[0]
    assert set(row.marks) == {"closed", "burdened"}


def test_a_closed_account_opens_again_with_a_new_first_password(county: County) -> None:
    user, word = _open(county)
    actor = county.actors["county"]
    with acting(actor):
        actions.close_account(actor=actor, clock=CLOCK, user_id=user.pk, reason="other")
        again = actions.reopen_account(actor=actor, clock=CLOCK, user_id=user.pk)
    user.refresh_from_db()
    assert again != word
    assert user.check_password(again)
    assert (user.is_active, user.must_change_password, user.closed_on) == (True, True, None)


def test_a_locked_account_is_unlocked_by_the_county(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    for _ in range(settings.AXES_FAILURE_LIMIT):
        Client().post("/sign-in/", {"username": "township", "password": "wrong"})
    client = signed_in("county")
    assert "已锁定" in client.get("/accounts/?state=locked").content.decode()
    client.post(f"/accounts/{county.users['township'].pk}/unlock/")
    assert Client().post("/sign-in/", {"username": "township", "password": PASSWORD}).status_code == 302


def test_a_village_is_served_from_the_first_day_to_the_day_before_the_last(county: County) -> None:
    actor, user = county.actors["county"], county.users["village"]
    since = TODAY + timedelta(days=3)
    with acting(actor):
        actions.set_villages(actor=actor, clock=CLOCK, user_id=user.pk, villages=[NORTH_2], since=since)
    for day, villages in ((TODAY, (NORTH_1,)), (since - timedelta(days=1), (NORTH_1,)), (since, (NORTH_2,))):
        assert actor_of(user, FixedClock(day)).villages == villages


def test_a_changed_role_is_kept_as_a_dated_posting(county: County) -> None:
    user, _word = _open(county)
    actor = county.actors["county"]
    with acting(actor):
        actions.change_account(
            actor=actor,
            clock=CLOCK,
            user_id=user.pk,
            change=actions.AccountChange("李新", Role.TOWNSHIP_WORKER, NORTH),
        )
    user.refresh_from_db()
    assert (user.role, user.place) == (Role.TOWNSHIP_WORKER, NORTH)
    assert [(p.role, p.place, p.valid_to) for p in user.postings.all()] == [
        ("village_doctor", NORTH_1, TODAY)
    ]
    assert not VillageAssignment.objects.filter(user=user, valid_to=None).exists()


def test_the_list_of_accounts_costs_a_fixed_number_of_statements(
    county: County, signed_in: Callable[[str], Client], count_sql: Callable[[], object]
) -> None:
    client = signed_in("county")
    client.get("/accounts/")
    with count_sql() as sql:  # type: ignore[attr-defined]
        client.get("/accounts/")
    assert len(sql.captured_queries_after) <= 13  # with session, user and place name


def test_the_system_administrator_sees_places_and_numbers_and_no_patient(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH], name="安北望")
    client = signed_in("system")
    for path in ("/accounts/", "/institutions/", "/divisions/", f"/divisions/?place={NORTH}"):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert person.name not in answer.content.decode()
    assert client.get("/people/").status_code == 403
    answer = client.post(f"/institutions/{county.institutions[NORTH].pk}/close/")
    assert answer.status_code == 422
    assert "1 名服务对象" in answer.content.decode()
    opened = client.post("/institutions/open/", {"name": "渡口村卫生室", "kind": "village", "place": SOUTH_1})
    assert opened.status_code == 302


def test_the_auditor_reads_the_own_area_by_day_account_action_and_record(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    user, _word = _open(county)
    Client().post("/sign-in/", {"username": "other_county", "password": PASSWORD})
    auditor = signed_in("auditor")
    body = auditor.get("/trail/").content.decode()
    assert "开通账号" in body
    assert str(county.users["other_county"].pk) not in body
    assert "other_county" not in body
    for query, found in (
        (f"object={user.pk}", True),
        ("who=county&what=create_account", True),
        ("who=township", False),
        ("from=2026-11-22", False),
        ("to=2026-11-20", False),
    ):
        assert ("beiqiao" in body, str(user.pk) in auditor.get(f"/trail/?{query}").content.decode()) == (
            False,
            found,
        )
    assert auditor.get("/trail/?object=7").status_code == 422
    assert auditor.get("/trail/?from=heute").status_code == 422
    assert auditor.get("/trail/?kind=looks").status_code == 200
    assert signed_in("system").get("/trail/").status_code == 403


def test_the_page_of_one_account_opens_changes_and_saves(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    client, user = signed_in("county"), county.users["village_2"]
    for path in ("", "change/", f"change/?role=township_worker&at={NORTH}", "change/?role=auditor&at=99"):
        assert client.get(f"/accounts/{user.pk}/{path}").status_code == 200, path
    form = {"role": "village_doctor", "at": NORTH_2, "display_name": "新名", "villages": [NORTH_1, NORTH_2]}
    assert client.post(f"/accounts/{user.pk}/change/", form | {"villages": []}).status_code == 422
    assert client.post(f"/accounts/{user.pk}/change/", form | {"valid_until": "7"}).status_code == 422
    assert client.post(f"/accounts/{user.pk}/change/", form).status_code == 302
    assert actor_of(User.objects.get(pk=user.pk), CLOCK).villages == (NORTH_1, NORTH_2)
    assert client.post(f"/accounts/{user.pk}/villages/", {"villages": [NORTH_2]}).status_code == 302
    assert client.post(f"/accounts/{user.pk}/villages/", {"since": "2020-01-01"}).status_code == 422
    assert client.post(f"/accounts/{user.pk}/close/", {}).status_code == 422
