"""Rows of who counts and answers that a change of borders writes get ids ordered by time, like every other row.

Of two rows that began on one day the one with the later id speaks (`registry.facts`). A random id put the row of the change after
that of a move on the same day, and the person went on counting where the borders had changed.
"""

from importlib import import_module

from django.db import migrations

_BEFORE: str = import_module("xinqiao.boundaries.migrations.0002_carrying").ROWS
_RANDOM, _ORDERED = "select gen_random_uuid(), p.managing_code", "select boundaries_uuid7(), p.managing_code"
if _BEFORE.count(_RANDOM) != 1:
    raise AssertionError("0002_carrying says it differently")
ROWS = _BEFORE.replace("create function", "create or replace function")

# 48 bits of milliseconds before a random rest, and the version 7 for the 4.
UUID7 = """
create function boundaries_uuid7() returns uuid
language sql volatile set search_path = public, pg_temp as $$
    select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) placing
        substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1), 'hex')::uuid
$$
"""


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0004_county_of_keys")]

    operations = [
        migrations.RunSQL(
            sql=[
                UUID7,
                "revoke all on function boundaries_uuid7() from public",
                ROWS.replace(_RANDOM, _ORDERED),
            ],
            reverse_sql=[ROWS, "drop function boundaries_uuid7()"],
        ),
    ]
