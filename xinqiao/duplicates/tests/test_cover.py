"""No table that refers to a person is forgotten by merging."""

from __future__ import annotations

import pytest
from django.db import connection

from xinqiao.duplicates.ledger import COVER, Strategy
from xinqiao.registry.moving import references


@pytest.mark.django_db
def test_every_column_that_refers_to_a_person_says_what_becomes_of_it() -> None:
    """Fails for a new table: add its column to `ledger.COVER`."""
    with connection.cursor() as cursor:
        cursor.execute("select tab || '.' || col from duplicates_references()")
        there = {row[0] for row in cursor.fetchall()}
    assert there - set(COVER) == set()
    assert set(COVER) - there == set()


def test_every_table_that_moves_with_a_person_is_covered() -> None:
    named = {f"{one.table}.{one.column}" for one in references() if not one.parent}
    assert named <= set(COVER)


def test_whatever_does_not_simply_move_says_why() -> None:
    assert [n for n, c in COVER.items() if (c.strategy is not Strategy.MOVE or c.when) and not c.why] == []


def test_visits_come_first() -> None:
    assert next(iter(COVER)) == "followup_visit.person_id"
