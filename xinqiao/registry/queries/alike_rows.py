"""Which rows of a list may be somebody with a file: the question of `alike`, asked about many at once in one statement.

It finds who shares the sound or the look of the name and a birth date that is the same or one slip away, or a telephone; the
same rule judges. What only the numbers have in common is found for one who is typed, not here: a list would ask for hundreds of
numbers a row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from xinqiao.kernel.actor import Actor

from ..rules.alike import likeness
from .alike import COLUMNS, Typed, days_of, seen_of, typed, within

_STATEMENT = """
with asked as materialized (
  select r.n, r.sound, r.looks, r.days, r.phones
  from jsonb_to_recordset(%(rows)s::jsonb) r(n int, sound text[], looks text[], days date[], phones bytea[])
), found as materialized (
  (select a.n, near.id from asked a cross join lateral unnest(a.sound) s(key) cross join lateral (
    select p.id from registry_person p where p.pinyin = s.key and p.birth_on = any(a.days) and {within} limit 50) near)
  union (select a.n, near.id from asked a cross join lateral unnest(a.looks) s(key) cross join lateral (
    select p.id from registry_person p where p.name = s.key and p.birth_on = any(a.days) and {within} limit 50) near)
  union (select a.n, near.id from asked a cross join lateral unnest(a.phones) s(key) cross join lateral (
    select p.id from registry_person p where p.phone_hash = s.key
    union select g.person_id from registry_guardian g where g.phone_hash = s.key and g.voided_at is null
    union select g.person_id from registry_guardian g where g.phone2_hash = s.key and g.voided_at is null limit 50) near)
)
select found.n, {columns} from found join registry_person p using (id)
"""


def alike_rows(*, actor: Actor, records: Sequence[Mapping[str, Any]]) -> set[int]:
    """The places (from 0) of the records that are alike somebody with a file of the actor's area. One statement for any number
    of records. Says nothing about whom, so it is no look at anybody; permission is the caller's business."""
    asked = {n: one for n, record in enumerate(records) if (one := typed(record, near=False))}
    if not asked:
        return set()
    given = [
        {
            "n": n,
            "sound": sorted(one.seen.sound),
            "looks": list(one.looks),
            "days": [day.isoformat() for day in days_of(one)],
            "phones": ["\\x" + phone.hex() for phone in sorted(one.seen.guardian_phones | one.seen.phones)],
        }
        for n, one in asked.items()
    ]
    scope = actor.scope
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT.format(within=within(actor), columns=COLUMNS),
            {"rows": json.dumps(given), "lo": scope.lo, "hi": scope.hi, "codes": list(scope.codes)},
        )
        rows = cursor.fetchall()
    found: set[int] = set()
    whole: dict[int, Typed] = {}
    for n, *row in rows:
        if n in found:
            continue
        other = seen_of(row)
        if likeness(asked[n].seen, other).alike:
            found.add(n)
        elif asked[n].seen.numbers and other.numbers:
            # Only for these few: what the number adds when it is one slip away.
            one = whole.setdefault(n, typed(records[n]))
            if likeness(replace(asked[n].seen, near=one.seen.near), other).alike:
                found.add(n)
    return found
