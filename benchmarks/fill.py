"""Fills the benchmark's database: one county through the product's own write paths, then copies of it by SQL.

Run as a module with `XINQIAO_VAR` pointing to the benchmark's folder. Copies get new keys, hashes and division codes; what
is encrypted is copied as it is (opening it is never part of what is measured, except on the page of one person).
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any

TEMPLATE = "990201"
FIRST = 1000

#: Tables in the order of their references, with the columns that hold keys of other copied rows.
TABLES: dict[str, tuple[str, ...]] = {
    "places_division": (),
    "registry_person": ("op_id",),
    "registry_identifier": ("person_id",),
    "registry_address": ("person_id",),
    "registry_guardian": ("person_id",),
    "registry_diagnosis": ("person_id",),
    "registry_consent": ("person_id",),
    "registry_responsibility": ("person_id",),
    "registry_background": ("person_id",),
    "registry_personname": ("person_id",),
    "registry_othernumber": ("person_id",),
    "registry_relative": ("person_id",),
    "registry_householdmember": ("person_id",),
    "registry_certificate": ("person_id",),
    "registry_support": ("person_id",),
    "registry_responsibleperson": ("person_id",),
    "followup_visit": ("person_id", "op_id", "amends_id"),
    "registry_lifeevent": ("person_id", "visit_id"),
    "followup_obligation": ("person_id", "visit_id"),
    "followup_standing": ("person_id", "last_visit_id"),
}
CODES = ("managing_code", "counted_code", "file_no", "code", "parent_code", "division_code")
HASHES = ("number_hash", "last4_hash", "phone_hash", "phone2_hash")


def _one_county(people: int) -> None:
    """Places, institutions, accounts, people and visits of the template county."""
    from datetime import date

    from tests.factories.county import make_county
    from xinqiao.accounts.models import User, VillageAssignment
    from xinqiao.accounts.scope import acting
    from xinqiao.accounts.sessions import actor_of
    from xinqiao.followup.actions import NewVisit, record_visits
    from xinqiao.kernel.clock import FixedClock
    from xinqiao.kernel.codes import ancestors, full_code, level_of, township_of
    from xinqiao.kernel.ids import uuid7
    from xinqiao.kernel.terms import Level, Role
    from xinqiao.places.choices import InstitutionKind
    from xinqiao.places.models import Division, Institution, Population, ServiceArea
    from xinqiao.registry.actions import NewPerson, register_people
    from xinqiao.synth.generate import generate, places
    from xinqiao.synth.spec import Spec

    today = date.fromisoformat(os.environ["XINQIAO_TODAY"])
    clock = FixedClock(today)
    make_county(today)
    spec = Spec(people=people, seed=1, on=today, division=TEMPLATE, years=2)
    known = places(spec)
    have = set(Division.objects.values_list("code", flat=True))
    since = date(2004, 1, 1)
    Division.objects.bulk_create(
        Division(
            code=p.code,
            name=p.name,
            level=p.level,
            parent_code=[*ancestors(p.code), ""][1],
            valid_from=since,
            source="made up",
        )
        for p in known
        if p.code not in have
    )
    county = full_code(TEMPLATE)
    townships = [p for p in known if level_of(p.code) is Level.TOWNSHIP]
    for code, kind in [(county, InstitutionKind.COUNTY_OFFICE)] + [
        (p.code, InstitutionKind.TOWNSHIP_HOSPITAL) for p in townships
    ]:
        institution = Institution.objects.create(
            name=f"机构{code[:9]}", kind=kind, place=code, valid_from=since
        )
        ServiceArea.objects.create(institution=institution, division_code=code, valid_from=since)
    Population.objects.create(
        division_code=county, year=today.year - 1, residents=people * 215, source="made up"
    )
    made = list(generate(spec, known))
    busiest = max({p.village for p in made}, key=[p.village for p in made].count)
    township = township_of(busiest)
    for username, role, place in (
        ("bench-county", Role.COUNTY_OFFICE, county),
        ("bench-township", Role.TOWNSHIP_WORKER, township),
        ("bench-village", Role.VILLAGE_DOCTOR, busiest),
    ):
        user = User.objects.create_user(
            username,
            "benchmark-only",
            display_name=username,
            role=role,
            place=place,
            must_change_password=False,
        )
        user.institution = Institution.objects.filter(place=township).first()
        user.save()
        if role is Role.VILLAGE_DOCTOR:
            VillageAssignment.objects.create(user=user, division_code=place, valid_from=since)
    Institution.objects.filter(place=township).update(
        in_charge_id=User.objects.get(username="bench-township").pk
    )
    actor = actor_of(User.objects.get(username="bench-county"), clock)
    began = time.monotonic()
    with acting(actor):
        batch = [NewPerson(uuid7(), _plain(p.record)) for p in made]
        registered = register_people(actor=actor, clock=clock, batch=batch, source="import")
        visits = [
            NewVisit(uuid7(), row.person_id, _plain(visit.record))
            for row, person in zip(registered, made, strict=True)
            for visit in person.visits
        ]
        for start in range(0, len(visits), 4000):
            record_visits(
                actor=actor,
                clock=clock,
                batch=visits[start : start + 4000],
                entry_mode="import",
                report_differences=True,
            )
    print(
        f"  one county: {len(made)} people, {len(visits)} visits in {time.monotonic() - began:.0f} s",
        flush=True,
    )


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in record.items()}


def _copy(cursor: Any, table: str, keys: tuple[str, ...], copies: int) -> None:
    cursor.execute(
        "select column_name from information_schema.columns"
        " where table_schema = 'public' and table_name = %s and is_generated = 'NEVER' order by ordinal_position",
        [table],
    )
    columns = [row[0] for row in cursor.fetchall()]
    values = [_value(name, keys) for name in columns]
    where = (
        f"where code like '{TEMPLATE}%%'"
        if table == "places_division"
        else f"where managing_code like '{TEMPLATE}%%'"
    )
    names = ", ".join(columns)
    cursor.execute(
        f"insert into {table} ({names}) select {', '.join(values)} from {table} t, generate_series(1, {copies}) k {where}",
        [],
    )


def _value(name: str, keys: tuple[str, ...]) -> str:
    if name == "id" or name in keys:
        return f"md5(t.{name}::text || k)::uuid"
    if name in CODES:
        return f"case when t.{name} like '{TEMPLATE}%%' then '99' || ({FIRST} + k) || substr(t.{name}, 7) else t.{name} end"
    if name in HASHES:
        return f"decode(md5(t.{name}::text || k), 'hex')"
    return f"t.{name}"


def main() -> None:
    """`python -m benchmarks.fill PEOPLE_PER_COUNTY COPIES`"""
    import django

    django.setup()
    from django.db import connections

    people, copies = int(sys.argv[1]), int(sys.argv[2])
    _one_county(people)
    with connections["owner"].cursor() as cursor:
        for table, keys in TABLES.items():
            began = time.monotonic()
            # The marks for the figures would only say that everything is new; nothing is counted ahead yet.
            cursor.execute(f"alter table {table} disable trigger user")
            _copy(cursor, table, keys, copies)
            rows = cursor.rowcount
            cursor.execute(f"alter table {table} enable trigger user")
            print(f"  {table}: {rows:,} rows in {time.monotonic() - began:.0f} s", flush=True)
        cursor.execute("vacuum (analyze)")


if __name__ == "__main__":
    main()
