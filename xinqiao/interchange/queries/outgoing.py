"""Visits that stand, as records for a workbook, in the order of places, people and days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from xinqiao.followup.rules.fields import FIELDS
from xinqiao.kernel.codes import bounds
from xinqiao.registry.fields import keyring

#: More than this is asked for in parts: a spreadsheet of more rows helps nobody, and the request would not end.
MOST_VISITS = 60_000
_COLUMNS = {"class_reason": "class_note"}
_KEYS = tuple(FIELDS)
_JSON = frozenset({"danger_acts", "drugs", "drug_advice"})

_WHERE = """
  from followup_visit v where v.voided_at is null and not v.superseded and v.visit_date >= %s and v.visit_date <= %s
    and v.managing_code >= %s and v.managing_code < %s
"""
_SELECT = f"""
select v.person_id, {", ".join("v." + _COLUMNS.get(key, key) for key in _KEYS)} {_WHERE}
order by v.managing_code, v.person_id, v.visit_date, v.form
"""
_PEOPLE = """
select p.id, p.name, p.file_no,
       (select i.number from registry_identifier i where i.person_id = p.id and i.voided_at is null and i.kind = '01' limit 1)
from registry_person p where p.id in (select distinct v.person_id {where})
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Visits of a place (a prefix of twelve digits) from one day to another, both included."""

    place: str
    first: date
    last: date

    @property
    def given(self) -> list[Any]:
        return [self.first, self.last, *bounds(self.place)]


def visits_counted(wanted: Wanted) -> int:
    """How many there would be, of what the actor may see."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*)" + _WHERE, wanted.given)
        return int(cursor.fetchone()[0])


def people_of(wanted: Wanted) -> dict[UUID, dict[str, Any]]:
    """Whose visits they are: name, file number and ID number, opened once a person."""
    ring = keyring()
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE.format(where=_WHERE), wanted.given)
        return {
            row[0]: {
                "name": row[1],
                "file_no": row[2] or "",
                "id_number": ring.open(bytes(row[3])) if row[3] else "",
            }
            for row in cursor.fetchall()
        }


def visit_records(wanted: Wanted, people: dict[UUID, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One record a visit, under the keys of the form. `answered` says whether acts were asked about at all."""
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, wanted.given)
        while rows := cursor.fetchmany(2_000):
            for person_id, *values in rows:
                record = dict(zip(_KEYS, values, strict=True))
                for key in _JSON:
                    if isinstance(record[key], str):
                        record[key] = json.loads(record[key])
                record["answered"] = record["risk"] is not None
                yield record | people[person_id]
