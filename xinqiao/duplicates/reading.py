"""The files of an area as the finder compares them, read in portions under the actor's scope: hashes, no number in clear."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from xinqiao.registry.naming import looks_key

AT_ONCE = 5_000
_START = UUID(int=0)

_STATEMENT = """
select p.id, p.name_key, p.pinyin, p.sex, p.birth_on, p.managing_code,
  (select encode(i.number_hash, 'hex') || ' ' || encode(i.last4_hash, 'hex') from registry_identifier i
   where i.person_id = p.id and i.voided_at is null and i.valid_to is null order by i.id desc limit 1),
  array(select distinct encode(h, 'hex') from (
    select p.phone_hash as h union all
    select g.phone_hash from registry_guardian g where g.person_id = p.id and g.voided_at is null union all
    select g.phone2_hash from registry_guardian g where g.person_id = p.id and g.voided_at is null) x where h is not null)
from registry_person p where p.id > %s order by p.id limit %s
"""


def portion(after: UUID | None) -> list[tuple[Any, ...]]:
    """The next files in the order of their keys, as rows of `finder.COLUMNS`. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [after or _START, AT_ONCE])
        return [_row(row) for row in cursor.fetchall()]


def _row(row: Any) -> tuple[Any, ...]:
    pk, name, pinyin, sex, birth_on, village, numbers, phones = row
    number, _, last4 = (numbers or "").partition(" ")
    birth = birth_on.strftime("%Y%m%d")
    return (
        str(pk), name, pinyin, looks_key(name), sex, birth, number or None, last4 or None, sorted(phones), village,
    )  # fmt: skip
