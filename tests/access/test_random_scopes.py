"""Random scopes against the database: whatever the scope, a stranger's row is never seen, changed or written."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.county import EAST_1, NORTH, NORTH_1, NORTH_2, SOUTH, SOUTH_1, SOUTH_2, County
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting, nobody
from xinqiao.kernel.actor import Actor, at_place
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.terms import RECORD_ROLES, Role
from xinqiao.places.queries import codes_below
from xinqiao.registry.models import Address, Consent, Diagnosis, Identifier, LifeEvent, Person, Responsibility

VILLAGES = (NORTH_1, NORTH_2, SOUTH_1, SOUTH_2, EAST_1)
PLACES = sorted({code for village in VILLAGES for code in ancestors(village)})


@pytest.mark.django_db
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    role=st.sampled_from(list(Role)),
    place=st.sampled_from(PLACES),
    villages=st.lists(st.sampled_from(VILLAGES), max_size=3, unique=True),
    shared=st.lists(
        st.sampled_from(["org:1", "org:2", at_place(NORTH), at_place(SOUTH)]), max_size=2, unique=True
    ),
    further=st.lists(st.sampled_from(PLACES), max_size=2, unique=True),
)
def test_a_scope_sees_exactly_what_it_covers(
    county: County, role: Role, place: str, villages: list[str], shared: list[str], further: list[str]
) -> None:
    if not Person.objects.exists():
        for number, village in enumerate(VILLAGES):
            institution = next(iter(county.institutions.values()))
            make_person(
                village,
                institution,
                shared_codes={2: ["org:1"], 4: [at_place(NORTH), "org:2"]}.get(number, []),
            )
    everybody = list(Person.objects.values_list("pk", "managing_code", "shared_codes"))
    actor = Actor(
        uuid4(), "u", "某", role, place, villages=tuple(villages), shared=tuple(shared), further=tuple(further),
        further_codes=codes_below(further),
    )  # fmt: skip
    scope = actor.scope
    if role in RECORD_ROLES and role is not Role.VILLAGE_DOCTOR:
        assert all(scope.covers(code) for code in VILLAGES if actor.serves(code))
    expected = {
        pk for pk, code, with_whom in everybody if scope.covers(code) or set(with_whom) & set(scope.shared)
    }
    with acting(actor):
        assert set(Person.objects.values_list("pk", flat=True)) == expected
        for model in (Identifier, Diagnosis, Consent, LifeEvent, Responsibility):
            # Facts of a shared person carry their own list of shares; here only the person is shared.
            seen = set(model._default_manager.values_list("person_id", flat=True))
            assert seen == {pk for pk, code, _ in everybody if pk in expected and scope.covers(code)}
        changed = Person.objects.update(workplace="x")
        assert changed == len(expected)


def _fails(sql: str, params: list[object]) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, params)
    except DatabaseError:
        return True
    return False


def test_without_a_scope_nothing_is_seen(county: County) -> None:
    make_person(NORTH_1, county.institutions[NORTH_1])
    with nobody():
        assert Person.objects.count() == 0


def test_a_row_can_neither_be_written_into_nor_moved_to_a_foreign_place(county: County) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH_1])
    with acting(county.actors["township"]):
        assert _fails("update registry_person set managing_code = %s where id = %s", [SOUTH_1, person.pk])
        assert _fails("update registry_person set shared_codes = null where id = %s", [person.pk])
    with acting(county.actors["other_township"]):
        assert not Person.objects.filter(pk=person.pk).exists()
        assert Person.objects.filter(pk=person.pk).update(name="x") == 0


def test_what_is_shared_with_somebody_is_read_and_not_taken(county: County) -> None:
    """A key of another place opens the row for reading; it is no way to bring the file there, nor to put it out of sight."""
    person = make_person(NORTH_1, county.institutions[NORTH_1], shared_codes=[at_place(SOUTH)])
    with acting(county.actors["other_township"]), connection.cursor() as cursor:
        assert Person.objects.filter(pk=person.pk).exists()
        cursor.execute("select registry_move_person(%s, %s)", [person.pk, SOUTH_1])
        assert cursor.fetchone() == (False,)
        cursor.execute("select registry_move_person(%s, %s)", [person.pk, NORTH_2])
        assert cursor.fetchone() == (False,)
    with acting(county.actors["township"]), connection.cursor() as cursor:
        cursor.execute("select registry_move_person(%s, %s)", [person.pk, NORTH_2])
        assert cursor.fetchone() == (True,)
    person.refresh_from_db()
    assert person.managing_code == NORTH_2


def test_facts_cannot_be_deleted_or_rewritten_by_the_application(county: County) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH_1])
    with acting(county.actors["county"]):
        assert _fails("delete from registry_person where id = %s", [person.pk])
        assert _fails("delete from registry_lifeevent where person_id = %s", [person.pk])
        assert _fails("update registry_lifeevent set happened_on = %s", [date(2001, 1, 1)])
        assert _fails("update followup_visit set risk = %s", [0])
        assert _fails("delete from followup_visit", [])
        assert _fails("update registry_consent set decision = %s", ["1"])
        assert not _fails("update registry_lifeevent set voided_reason = %s", ["x"])
        assert Address.objects.count() == 0


def test_the_trail_can_only_be_added_to(county: County) -> None:
    with acting(county.actors["county"]):
        for table in ("audit_event", "audit_read"):
            assert _fails(f"select count(*) from {table}", []), table
            assert _fails(f"delete from {table}", []), table
            assert _fails(f"update {table} set at = now()", []), table


def test_the_read_log_of_a_person_is_shown_to_those_who_see_the_person(county: County) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH_1])
    from xinqiao.audit.actions import read
    from xinqiao.kernel.clock import FixedClock

    with acting(county.actors["county"]):
        read(
            actor=county.actors["county"],
            clock=FixedClock(date(2026, 1, 5)),
            kind="page",
            person_ids=[person.pk],
            purpose="care",
        )
    for key, rows in (("township", 1), ("village", 1), ("county", 1), ("other_township", 0), ("system", 0)):
        with acting(county.actors[key]), connection.cursor() as cursor:
            cursor.execute("select count(*) from registry_reads_of(%s, null, 50)", [person.pk])
            assert cursor.fetchone() == (rows,), key
