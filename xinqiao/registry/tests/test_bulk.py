"""The bulk insert keeps every value as Django's own would, and obeys row-level security."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from tests.factories.county import NORTH, NORTH_1, SOUTH_1, County
from tests.factories.people import at, make_person
from xinqiao.accounts.scope import acting
from xinqiao.kernel.ids import uuid7
from xinqiao.registry import bulk
from xinqiao.registry.models import Guardian, Person


def _people(code: str, number: int) -> list[Person]:
    return [
        Person(
            op_id=uuid7(),
            managing_code=code,
            shared_codes=["org:1", "引号\"'\\"],
            name=f"买买提·{n}𠮷",
            sex="2",
            birth_on=date(1990, 2, 28),
            filed_on=date(2020, 1, 1),
            recorded_at=at(date(2020, 1, 1)),
            phone="13900000000" if n % 2 else "",
            phone_hash=b"\x00\xff\\x" if n % 2 else None,
            past_symptoms=["1", "12"],
            past_danger={"2": n},
            onset_on=None,
            past_symptoms_note='第一行\n第二行\t\\ " {}',
        )
        for n in range(number)
    ]


def test_what_was_inserted_reads_back_the_same(county: County) -> None:
    made = _people(NORTH_1, 5)
    with acting(county.actors["township"]):
        assert bulk.insert(made) == 5
        back = {p.pk: p for p in Person.objects.all()}
    for row in made:
        found = back[row.pk]
        for field in Person._meta.concrete_fields:
            one, other = getattr(row, field.attname), getattr(found, field.attname)
            assert (bytes(one) if isinstance(one, bytes) else one) == (
                bytes(other) if isinstance(other, memoryview | bytes) else other
            ), field.name


def test_nothing_is_a_row_less(county: County) -> None:
    assert bulk.insert([]) == 0


def test_a_foreign_place_is_refused_by_the_policy(county: County) -> None:
    with acting(county.actors["township"]), pytest.raises(DatabaseError), transaction.atomic():
        bulk.insert(_people(SOUTH_1, 1))


def test_sealed_fields_are_sealed(county: County) -> None:
    person = make_person(NORTH_1, county.institutions[NORTH])
    guardian = Guardian(
        person=person,
        managing_code=NORTH_1,
        recorded_at=at(date(2020, 1, 1)),
        name="李",
        relation="1",
        phone="13911112222",
        valid_from=date(2020, 1, 1),
    )
    bulk.insert([guardian])
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select phone, address from registry_guardian where id = %s", [guardian.pk])
        phone, address = cursor.fetchone()
    assert b"139" not in bytes(phone)
    assert bytes(address) == b""
    assert Guardian.objects.get(pk=guardian.pk).phone == "13911112222"
