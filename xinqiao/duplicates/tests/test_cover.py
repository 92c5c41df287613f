"""No table that refers to a person is forgotten by merging."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, connection

from tests.factories.county import County
from xinqiao.duplicates.ledger import COVER, Strategy
from xinqiao.kernel.clock import FixedClock
from xinqiao.registry.moving import references

from .acts import merge
from .conftest import Two

Acting = Callable[[str], AbstractContextManager[None]]


def there() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("select tab || '.' || col from duplicates_references()")
        return {row[0] for row in cursor.fetchall()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "columns",
    [
        "person_id uuid",  # by its name, without a key
        "told_person_id uuid",
        "person_ids uuid[]",
        "whom uuid references registry_person",  # by its key, whatever its name
    ],
)
def test_a_table_that_came_later_is_seen_and_merging_stops(
    columns: str, county: County, clock: FixedClock, acting_as: Acting, two: Two
) -> None:
    before = there()
    with connection.cursor() as cursor:
        cursor.execute(f"create table later_thing (id uuid primary key, managing_code char(12), {columns})")
    assert there() - before == {f"later_thing.{columns.split()[0]}"}
    with acting_as("county"), pytest.raises(DatabaseError, match="not covered: later_thing"):
        merge(county, clock, two)


@pytest.mark.django_db
def test_every_column_that_refers_to_a_person_says_what_becomes_of_it() -> None:
    """Fails for a new table: add its column to `ledger.COVER`."""
    assert there() - set(COVER) == set()
    assert set(COVER) - there() == set()


def test_every_table_that_moves_with_a_person_is_covered() -> None:
    named = {f"{one.table}.{one.column}" for one in references() if not one.parent}
    assert named <= set(COVER)


def test_whatever_does_not_simply_move_says_why() -> None:
    assert [n for n, c in COVER.items() if (c.strategy is not Strategy.MOVE or c.when) and not c.why] == []


def test_visits_come_first() -> None:
    assert next(iter(COVER)) == "followup_visit.person_id"
