"""The code opens the set-up once, and only while there is no account; the steps say what is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client

from tests.factories.county import COUNTY, EAST_1, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_2, County
from tests.factories.people import make_person
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.errors import Invalid, NotAllowed, NotFound
from xinqiao.kernel.terms import Role
from xinqiao.opening import actions, rules
from xinqiao.opening.actions.beginning import holds
from xinqiao.opening.queries import state_of
from xinqiao.places import actions as places
from xinqiao.places.models import Division, Institution, ServiceArea

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)
OWN = {
    "display_name": "周明",
    "username": "helan-guanli",
    "password": "linzhong-de-lu-9",
    "again": "linzhong-de-lu-9",
}


def _events(action: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from audit_event where action = %s", [action])
        return int(cursor.fetchone()[0])


# ── the code ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_the_code_is_kept_as_a_hash_and_accepted_however_it_is_typed() -> None:
    code = actions.make_code(clock=CLOCK)
    with connection.cursor() as cursor:
        cursor.execute("select row_to_json(c)::text from opening_openingcode c")
        assert rules.plain(code) not in cursor.fetchone()[0]
    found = actions.check_code(clock=CLOCK, typed=" " + code.lower().replace("-", " "))
    assert found is not None
    assert holds(found, CLOCK)
    assert not holds(found, FixedClock(TODAY + timedelta(days=2)))


@pytest.mark.django_db
def test_without_a_code_on_the_console_nothing_opens() -> None:
    assert actions.check_code(clock=CLOCK, typed="") is None
    assert actions.check_code(clock=CLOCK, typed="AAAA") is None
    assert _events("opening_code_refused") == 2


@pytest.mark.django_db
def test_an_old_a_replaced_and_a_much_tried_code_are_worth_nothing() -> None:
    first = actions.make_code(clock=CLOCK)
    second = actions.make_code(clock=CLOCK)
    assert actions.check_code(clock=CLOCK, typed=first) is None
    assert actions.check_code(clock=FixedClock(TODAY + timedelta(days=2)), typed=second) is None
    for _try in range(rules.TRIES):
        actions.check_code(clock=CLOCK, typed="WRONG")
    assert actions.check_code(clock=CLOCK, typed=second) is None


@pytest.mark.django_db
def test_the_code_is_spent_by_the_first_account() -> None:
    found = actions.check_code(clock=CLOCK, typed=actions.make_code(clock=CLOCK))
    assert found is not None
    with pytest.raises(Invalid) as wrong:
        actions.begin_deployment(clock=CLOCK, code_id=found, county="640999", **OWN | {"again": "other"})
    assert {problem.field for problem in wrong.value.problems} == {"county", "again"}
    user = actions.begin_deployment(clock=CLOCK, code_id=found, county="640122", **OWN)
    assert (user.role, user.place) == (Role.SYSTEM_ADMIN, "640122000000")
    assert Division.objects.filter(code="640122000000").exists()
    assert _events("begin_deployment") == 1
    with pytest.raises(NotFound):
        actions.begin_deployment(clock=CLOCK, code_id=found, county="640122", **OWN | {"username": "second"})
    with pytest.raises(NotFound):
        actions.make_code(clock=CLOCK)


# ── a stranger ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_once_there_is_an_account_a_stranger_finds_no_set_up(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    stranger = Client()
    for address in ("/setup/", "/setup/county/"):
        assert stranger.get(address).status_code == 404
        assert stranger.post(address, {"code": "AAAA"}).status_code == 404
        assert signed_in("county").get(address).status_code == 404
    assert stranger.get("/sign-in/").status_code == 200
    assert stranger.get("/setup/steps/").status_code == 302
    User.objects.update(is_active=False)  # closed accounts are accounts: the door stays shut
    assert stranger.get("/setup/").status_code == 404


@pytest.mark.django_db
def test_on_an_empty_database_every_way_leads_to_the_code_and_not_past_it() -> None:
    stranger = Client()
    assert stranger.get("/", follow=True).redirect_chain[-1][0] == "/setup/"
    assert stranger.get("/setup/county/").url == "/setup/"
    assert stranger.post("/setup/county/", OWN | {"at": "640122"}).url == "/setup/"
    wrong = stranger.post("/setup/", {"code": "AAAA-BBBB"})
    assert (wrong.status_code, "开通码不对或已失效" in wrong.content.decode()) == (422, True)
    assert not User.objects.exists()


# ── putting divisions right ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_village_is_added_renamed_from_a_day_and_keeps_its_former_name(county: County) -> None:
    system = county.actors["system"]
    made = places.add_division(actor=system, clock=CLOCK, parent=NORTH, name="新村", since=date(2026, 1, 1))
    assert made.code == "990101100900"
    assert places.add_division(actor=system, clock=CLOCK, parent=NORTH, name="新村").pk == made.pk
    places.rename_division(actor=system, clock=CLOCK, code=made.code, name="新柳村", since=date(2026, 6, 1))
    rows = Division.objects.filter(code=made.code).order_by("valid_from").values_list("name", "valid_to")
    assert list(rows) == [("新村", date(2026, 6, 1)), ("新柳村", None)]
    assert [_events(name) for name in ("add_division", "rename_division")] == [1, 1]


@pytest.mark.parametrize("code", ["990101101999", "99010110020", "990101100201"])
def test_a_code_of_another_township_a_short_one_and_a_used_one_are_refused(county: County, code: str) -> None:
    with pytest.raises(Invalid) as wrong:
        places.add_division(actor=county.actors["system"], clock=CLOCK, parent=NORTH, name="新村", code=code)
    assert [problem.field for problem in wrong.value.problems] == ["code"]


def test_a_place_with_somebody_in_it_is_not_closed(county: County) -> None:
    system = county.actors["system"]
    with pytest.raises(Invalid) as wrong:
        places.close_division(actor=system, clock=CLOCK, code=NORTH_1, burden=3, staff=1)
    assert len(wrong.value.problems) == 3  # people, accounts and the clinic that works there
    places.close_division(actor=system, clock=CLOCK, code=SOUTH_2, burden=0, staff=0)
    assert Division.objects.get(code=SOUTH_2).valid_to == TODAY
    assert _events("close_division") == 1


def test_only_the_own_county_is_put_right_and_only_by_its_administrator(county: County) -> None:
    with pytest.raises(NotAllowed):
        places.rename_division(actor=county.actors["county"], clock=CLOCK, code=NORTH_1, name="新")
    with pytest.raises(NotFound):
        places.rename_division(actor=county.actors["system"], clock=CLOCK, code=EAST_1, name="新")


def test_the_page_of_a_place_opens_for_its_administrator_and_looks_missing_elsewhere(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    assert signed_in("system").get(f"/setup/division/?code={NORTH_1}").status_code == 200
    for code in (EAST_1, "1", "", COUNTY):
        assert signed_in("system").get(f"/setup/division/?code={code}").status_code == 404
    assert signed_in("county").get(f"/setup/division/?code={NORTH_1}").status_code == 403
    for page in ("divisions", "institutions", "accounts"):
        assert signed_in("system").get(f"/setup/{page}/?at={NORTH}").status_code == 200
        assert signed_in("system").get(f"/setup/{page}/?at=990102100000").status_code == 404


def test_people_in_a_village_keep_it_open_without_being_named(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    person = make_person(SOUTH_2, county.institutions[SOUTH])
    answer = signed_in("system").post(f"/setup/division/?code={SOUTH_2}", {"act": "close"})
    words = answer.content.decode()
    assert (answer.status_code, "还有 1 名服务对象" in words, person.name in words) == (422, True, False)


# ── institutions, residents, accounts ───────────────────────────────────────────────────────────────────────────────


def test_a_clinic_shared_by_two_villages_serves_both(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("system")
    first, second = "990101101201", SOUTH_2
    form = {f"serve-{first}": "own", f"name-{first}": "渡口村卫生室", f"serve-{second}": first}
    for _again in range(2):  # sent twice, opened once
        assert client.post(f"/setup/institutions/?at={SOUTH}", form).status_code == 302
    clinic = Institution.objects.get(name="渡口村卫生室")
    assert set(ServiceArea.objects.filter(institution=clinic).values_list("division_code", flat=True)) == {
        first,
        second,
    }


def test_residents_that_are_no_number_are_named_with_their_value(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    form = {"year": "2025", "source": "公报", f"people-{COUNTY}": "40,500", f"people-{NORTH}": "约两万"}
    answer = signed_in("system").post("/setup/population/", form)
    words = answer.content.decode()
    assert (answer.status_code, "“约两万”不是人数" in words, "40,500" in words) == (422, True, True)
    form[f"people-{NORTH}"] = "22 000"
    assert signed_in("system").post("/setup/population/", form).status_code == 302


def test_accounts_are_opened_all_or_none_and_each_has_its_slip(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    client = signed_in("county")
    form = {
        f"name-{NORTH}": "新同事",
        f"username-{NORTH}": "beiqiao1",
        f"name-{SOUTH}": "另一位",
        f"username-{SOUTH}": "x",
    }
    before = User.objects.count()
    answer = client.post("/setup/accounts/", form)
    assert (answer.status_code, User.objects.count()) == (422, before)
    form[f"username-{SOUTH}"] = "nanqiao1"
    words = client.post("/setup/accounts/", form).content.decode()
    assert words.count('class="first-password"') == 2
    assert User.objects.get(username="nanqiao1").must_change_password
    assert (
        "name-990101000000" not in client.get("/setup/accounts/").content.decode()
    )  # no account of its own rung


def test_the_list_says_which_places_lack_what(county: County) -> None:
    with acting(county.actors["system"]):
        now = state_of(COUNTY, TODAY)
    assert now.done == {
        "county": True,
        "institutions": True,
        "population": True,
        "accounts": True,
        "import": False,
    }
    Institution.objects.filter(place=SOUTH).update(valid_to=TODAY)
    User.objects.filter(username="other_township").update(is_active=False)
    with acting(county.actors["system"]):
        now = state_of(COUNTY, TODAY)
    assert not now.done["institutions"]
    assert not now.done["accounts"]
    assert {one.code for one in now.unserved} == {"990101101201", SOUTH_2}
    assert {one.place.code for one in now.townships if not one.workers} == {SOUTH}
    assert {one for town in now.townships for one in town.clinics} == {NORTH_1, NORTH_2}


@pytest.mark.parametrize("account", ["county", "other_county", "system"])
def test_every_step_opens_for_who_may_do_it(
    county: County, signed_in: Callable[[str], Client], account: str
) -> None:
    client = signed_in(account)
    for page in ("steps", "accounts", "import"):
        assert client.get(f"/setup/{page}/").status_code == 200
    for page in ("divisions", "institutions", "population"):
        assert client.get(f"/setup/{page}/").status_code == (200 if account == "system" else 403)
