"""How far an account reaches by its institution and its further places, and keys that somebody else used."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.county import COUNTY, NEXT_COUNTY, NORTH, SOUTH, County
from xinqiao.accounts import actions, queries
from xinqiao.accounts.models import User
from xinqiao.accounts.scope import acting
from xinqiao.accounts.sessions import actor_of
from xinqiao.kernel.actor import Actor, of_institution
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.codes import NATION
from xinqiao.kernel.errors import Invalid, NotFound
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.reporting.models import CardDraft
from xinqiao.screening.actions import open_sweep
from xinqiao.screening.models import SweepCheck, SweepVillage

TODAY = date(2026, 11, 21)
CLOCK = FixedClock(TODAY)
CITY = "990100000000"


def _administrator(place: str) -> Actor:
    user = User.objects.create_user(
        username=f"admin-{place[:6]}", password=None, display_name="管理", role=Role.SYSTEM_ADMIN, place=place
    )
    return actor_of(user, CLOCK)


def _hospital(place: str, name: str) -> Institution:
    return Institution.objects.create(
        name=name, kind=InstitutionKind.PSYCHIATRIC_HOSPITAL, place=place, valid_from=date(2004, 1, 1)
    )


def _open(
    actor: Actor, role: Role, place: str, username: str, institution: Institution | None = None
) -> User:
    new = actions.NewAccount(
        username=username, display_name="某", role=role, place=place,
        institution_id=institution.pk if institution else None,
    )  # fmt: skip
    with acting(actor):
        return actions.create_account(actor=actor, clock=CLOCK, new=new)[0]


def test_two_hospital_accounts_of_two_counties_belong_each_to_the_own_hospital(county: County) -> None:
    theirs = _hospital(NEXT_COUNTY, "邻水县安定医院")
    own = _open(county.actors["system"], Role.HOSPITAL_DOCTOR, COUNTY, "own-doctor", theirs)
    other = _open(_administrator(NEXT_COUNTY), Role.HOSPITAL_DOCTOR, NEXT_COUNTY, "their-doctor")
    assert own.institution == county.institutions["hospital"]
    assert other.institution == theirs
    assert actor_of(own, CLOCK).scope.shared == (of_institution(county.institutions["hospital"].pk),)


@pytest.mark.parametrize(
    ("role", "kind"),
    [
        (Role.HOSPITAL_DOCTOR, InstitutionKind.PSYCHIATRIC_HOSPITAL),
        (Role.POLICE, InstitutionKind.POLICE_STATION),
    ],
)
def test_an_institution_above_the_giver_is_not_the_givers_to_open_a_door_of(
    county: County, role: Role, kind: InstitutionKind
) -> None:
    """What is shared with a city's hospital comes from all its counties: no county lets somebody in there."""
    city = Institution.objects.create(name="演示市某院", kind=kind, place=CITY, valid_from=date(2004, 1, 1))
    low, high = _administrator(NEXT_COUNTY), _administrator(CITY)
    with pytest.raises(Invalid) as wrong:
        _open(low, role, NEXT_COUNTY, "too-high", city)
    assert [one.field for one in wrong.value.problems] == ["institution"]
    made = _open(high, role, NEXT_COUNTY, "right-high", city)
    assert made.institution == city
    with acting(low):
        for act in (actions.reset_password, actions.unlock_account):
            with pytest.raises(NotFound):
                act(actor=low, clock=CLOCK, user_id=made.pk)
        with pytest.raises(NotFound):
            queries.account_of(actor=low, user_id=made.pk)
        rows, _more = queries.accounts_of(
            actor=low, filters=queries.AccountFilters(), today=TODAY, now=timezone.now()
        )
    assert "right-high" not in {one.user.username for one in rows}
    with acting(high):
        assert queries.account_of(actor=high, user_id=made.pk) == made


def test_further_places_end_with_a_move_and_are_shown_as_long_as_they_last(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    user = county.users["township_2"]
    User.objects.filter(pk=user.pk).update(further_places=[SOUTH])
    page = reverse("accounts:account", args=[user.pk])
    assert "南桥镇" in signed_in("county").get(page).content.decode()

    def change(place: str) -> None:
        actor = county.actors["county"]
        new = actions.AccountChange(display_name="某", role=Role.TOWNSHIP_WORKER, place=place)
        with acting(actor):
            actions.change_account(actor=actor, clock=CLOCK, user_id=user.pk, change=new)
        user.refresh_from_db()

    change(NORTH)
    assert user.further_places == [SOUTH]
    change(SOUTH)
    assert user.further_places == []
    assert actor_of(user, CLOCK).further == ()
    with connection.cursor() as cursor:
        cursor.execute(
            "select detail->'ended' from audit_event where action = 'change_account' order by at, id"
        )
        assert cursor.fetchall()[-1] == (f'["{SOUTH}"]',)


def test_the_key_of_somebody_elses_draft_gives_a_sentence(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    theirs = CardDraft.objects.create(
        managing_code=NATION, shared_codes=[of_institution(uuid7())], form="F03", name="安别人", county=NEXT_COUNTY,
        hospital=_hospital(NEXT_COUNTY, "邻水县安定医院"), saved_at=CLOCK.now(), saved_by=uuid7(),
    )  # fmt: skip
    answer = signed_in("hospital").post(
        reverse("reporting:new-card"), {"act": "draft", "draft_id": str(theirs.pk), "name": "安自己"}
    )
    assert answer.status_code == 409
    assert "请重新打开表单" in answer.content.decode()
    assert "安别人" not in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.name == "安别人"
    assert CardDraft.objects.count() == 1


def test_the_operation_of_a_stranger_gives_a_sentence_and_saves_nothing(
    county: County, signed_in: Callable[[str], Client]
) -> None:
    for key in ("township", "other_township"):
        with acting(county.actors[key]):
            open_sweep(actor=county.actors[key], clock=CLOCK, year=2026, quarter=4)
    there, op_id = SweepVillage.objects.filter(managing_code__startswith=SOUTH[:9])[0], uuid7()
    SweepCheck.objects.create(
        op_id=op_id, village=there, managing_code=there.managing_code, checked_on=TODAY, recorded_by=uuid7()
    )
    nothing = {f"q{n}": "0" for n in range(1, 10)}
    typed = {
        "place": "990101100201", "name": "安某", "sex": "1", "age": "40", "source": "4", "found_on": TODAY.isoformat(),
        "investigator": "王某", "op_id": str(op_id),
    }  # fmt: skip
    answer = signed_in("township").post(reverse("screening:new"), typed | nothing)
    assert answer.status_code == 409
    assert "请重新打开表单" in answer.content.decode()
    assert SweepCheck.objects.count() == 1
