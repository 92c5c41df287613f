"""Every column that can hold a division code is decided about, by the models and by the database's own catalogue."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from tests.factories.county import County
from xinqiao.boundaries.coverage import COLUMNS, Rule, columns, twelve_digits


def test_every_column_of_twelve_digits_is_decided_about_and_none_is_only_on_paper() -> None:
    assert twelve_digits() - COLUMNS.keys() == set(), "say in boundaries/coverage.py what becomes of it"
    assert COLUMNS.keys() - twelve_digits() == set(), "no such column any more"


def test_the_catalogue_knows_no_column_of_twelve_characters_that_the_models_do_not(county: County) -> None:
    """Tables made without a model (kept counts) are named here, with why they need nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select c.relname || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
            where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not a.attisdropped and a.attnum > 0
              and a.attgenerated = '' and a.atttypmod = 16 and a.atttypid in ('varchar'::regtype, 'varchar[]'::regtype)
              and a.attname <> 'managing_code'"""
        )
        stored = {row[0] for row in cursor.fetchall()}
    known = set()
    for label in COLUMNS:
        app, model, field = label.split(".")
        made = apps.get_model(app, model)
        known.add(f"{made._meta.db_table}.{made._meta.get_field(field).column}")
    kept = {  # counts of villages and days as they were then, and the log of counting
        "indicators_tally.code", "indicators_tallied.county", "indicators_mark.code", "indicators_run.kind",
        "indicators_run.place",
    }  # fmt: skip
    assert {
        one for one in stored - known - kept if not one.startswith(("django_", "procrastinate_", "auth_"))
    } == set()


def test_every_carried_column_is_one_the_function_can_carry() -> None:
    for rule in (Rule.CARRIED, Rule.OPEN, Rule.COUNTY, Rule.KEYS):
        assert all(one.count(".") == 1 for one in columns(rule))
