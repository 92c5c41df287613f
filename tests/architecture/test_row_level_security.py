"""Every table with personal data is behind row-level security, and a stranger sees nothing in any of them."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from tests.factories.county import NORTH_1, SOUTH_1, County
from tests.factories.people import make_person
from xinqiao.accounts.scope import acting
from xinqiao.registry.models import Identifier, Person
from xinqiao.registry.scoped import ScopedModel

SCOPED = [m for m in apps.get_models() if issubclass(m, ScopedModel)]


@pytest.mark.django_db
def test_every_scoped_table_has_the_policy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select c.relname from pg_class c join pg_policy p on p.polrelid = c.oid and p.polname = 'scope'"
            " where c.relrowsecurity"
        )
        protected = {row[0] for row in cursor.fetchall()}
    assert {m._meta.db_table for m in SCOPED} == protected


@pytest.mark.django_db
def test_what_may_be_written_is_what_may_be_seen_and_there_is_one_policy() -> None:
    """The same three comparisons everywhere, for reading and for writing, for every command and for everybody. Only a draft is
    narrower still: its author's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select polname::text, polrelid::regclass::text, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),"
            " polcmd::text, polpermissive, polroles::text from pg_policy"
        )
        rows = cursor.fetchall()
    others = {
        (name, table, permissive) for name, table, *_rest, permissive, _roles in rows if name != "scope"
    }
    assert others == {("author", "followup_draft", False)}
    assert [row for row in rows if row[2] != row[3] or row[4] != "*" or row[6] != "{0}"] == []
    [scope] = {row[2] for row in rows if row[0] == "scope"}
    for setting in ("app.lo", "app.hi", "app.codes", "app.shared"):
        assert f"current_setting('{setting}'::text, true)" in scope


@pytest.mark.django_db
def test_every_table_that_points_to_a_person_is_scoped() -> None:
    pointing = {
        m
        for m in apps.get_models()
        for f in m._meta.get_fields()
        if getattr(f, "related_model", None) is Person and getattr(f, "concrete", False)
    }
    assert pointing <= set(SCOPED)


def test_each_role_sees_its_own_people_and_nobody_else(county: County) -> None:
    north = make_person(NORTH_1, county.institutions["990101100000"])
    south = make_person(SOUTH_1, county.institutions["990101101000"])
    expected = {
        "village": {north.pk},
        "village_2": set(),
        "township": {north.pk},
        "other_township": {south.pk},
        "county": {north.pk, south.pk},
        "other_county": set(),
        "city": set(),
        "province": set(),
        "programme": set(),
        "system": set(),
        "auditor": set(),
        "hospital": set(),
        "police": set(),
    }
    for key, ids in expected.items():
        with acting(county.actors[key]):
            assert set(Person.objects.values_list("pk", flat=True)) == ids, key
            assert set(Identifier.objects.values_list("person_id", flat=True)) == ids, key
