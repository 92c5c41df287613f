"""People of the actor's area who may be the one that is being typed in: found in one statement, judged by a pure rule.

Whoever lies outside the area is not looked at here: that is the narrow question of `actions.look_up_registered`. Screening
and reporting ask the same question before they make something of a person that may be known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.places import queries as places

from ..fields import keyed_hash
from ..naming import fold, keys_of, looks_key, looks_of
from ..naming.surnames import SINGLE, surname_of
from ..rules import age_on, check_id_number, read_date, read_phone
from ..rules.alike import Likeness, Seen, likeness, near_days, near_numbers, swapped

SHOWN = 5
#: Nobody looks at more; and a reading so common that more share it says nothing by itself.
EACH = 300

# Each arm is answered by an index that begins with what is compared, and holds the place so that only the actor's rows are
# read. All comparisons are leakproof: under row-level security no other kind uses an index.
_STATEMENT = """
with found as materialized (
  (select p.id from registry_person p where p.pinyin = any(%(sound)s) and {within}
   order by (p.birth_on = any(%(days)s)) desc limit {each})
  union (select p.id from registry_person p where p.name = any(%(looks)s) and {within} limit {each})
  union (select near.id from unnest(%(days)s::date[]) as born(day) cross join lateral (
    select p.id from registry_person p where p.birth_on = born.day and {within} limit 50) near)
  union (select p.id from registry_person p where p.phone_hash = any(%(phones)s) limit 50)
  union (select g.person_id from registry_guardian g where g.phone_hash = any(%(phones)s) and g.voided_at is null limit 50)
  union (select g.person_id from registry_guardian g where g.phone2_hash = any(%(phones)s) and g.voided_at is null limit 50)
  union (select i.person_id from registry_identifier i where i.number_hash = any(%(numbers)s) and i.voided_at is null limit 50)
  union (select n.person_id from registry_personname n where n.name_key = any(%(looks)s) and n.voided_at is null limit 50)
)
select {columns} from found join registry_person p using (id)
"""
#: What `seen_of` reads of a person p.
COLUMNS = """p.id, p.name, p.name_key, p.pinyin, p.sex, p.birth_on, p.managing_code, p.phone_hash,
  array(select n.name_key from registry_personname n where n.person_id = p.id and n.voided_at is null),
  array(select i.number_hash from registry_identifier i where i.person_id = p.id and i.voided_at is null),
  array(select h from registry_guardian g cross join lateral (values (g.phone_hash), (g.phone2_hash)) x(h)
        where g.person_id = p.id and g.voided_at is null and h is not null)"""


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody with a file who may be the same person: who, where, and what agrees."""

    id: UUID
    name: str
    sex: str
    birth_on: date
    age: int
    managing_code: str
    place: str
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody has typed so far, normalised by `typed`; empty answers ask for nothing."""

    seen: Seen
    looks: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        seen = self.seen
        return bool(seen.numbers or seen.near or (seen.name and (seen.birth_on or seen.guardian_phones)))


def typed(record: Mapping[str, Any], *, near: bool = True) -> Typed:
    """Read record keys (`name sex birth_on id_number guardian_phone phone live_code`) as they were typed; `near` also hashes
    the hundred and seventy numbers that are one slip away."""
    name = fold(str(record.get("name") or ""))
    number = check_id_number(record.get("id_number") or "").number
    phones = _hashed("phone", [record.get("guardian_phone"), record.get("guardian_phone2")])
    own = _hashed("phone", [record.get("phone")])
    slips = frozenset(keyed_hash("id", one) or b"" for one in near_numbers(number)) if near else frozenset()
    return Typed(
        Seen(
            name=name,
            sound=frozenset(_readings(name)),
            looks=looks_key(name),
            sex=str(record.get("sex") or ""),
            birth_on=read_date(record.get("birth_on") or ""),
            numbers=frozenset([keyed_hash("id", number) or b""]) if number else frozenset(),
            near=slips,
            guardian_phones=phones,
            phones=own,
            village=str(record.get("live_code") or ""),
        ),
        looks_of(name),
    )


def _hashed(kind: str, texts: Iterable[Any]) -> frozenset[bytes]:
    read = (read_phone(str(text)) for text in texts if text)
    return frozenset(keyed_hash(kind, one) or b"" for one in read if one)


def _readings(name: str) -> list[str]:
    """The reading that is stored, and those of a surname that families read in several ways."""
    pinyin = keys_of(name).pinyin
    surname = surname_of(name)
    if not pinyin or not surname:
        return [pinyin] if pinyin else []
    right, *others = SINGLE[surname]
    return [pinyin, *(one + pinyin[len(right) :] for one in others)]


def alike(
    *, actor: Actor, today: date, asked: Typed, but: Iterable[UUID] = (), most: int = SHOWN
) -> list[Alike]:
    """People of the actor's area who are alike enough to be looked at, likeliest first. One statement, none for too little, and
    one for names of places that are not in memory.

    The caller writes the read log for whoever is shown.
    """
    require(actor, Permission.LOOK_UP_REGISTERED)
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_statement(actor), _given(actor, asked))
        rows = cursor.fetchall()
    left_out = set(but)
    found: list[tuple[Likeness, Any]] = []
    for row in rows:
        if row[0] in left_out:
            continue
        close = likeness(asked.seen, seen_of(row))
        if close.alike:
            found.append((close, row))
    found = sorted(found, key=lambda one: (-one[0].score, one[1][1], str(one[1][0])))[:most]
    names = places.short_names(row[6] for _close, row in found)
    return [_alike(close, row, names, today) for close, row in found]


def _alike(close: Likeness, row: Any, names: Mapping[str, str], today: date) -> Alike:
    pk, name, _key, _pinyin, sex, birth_on, code, *_rest = row
    return Alike(pk, name, sex, birth_on, age_on(birth_on, today), code, names.get(code, code), close)


def within(actor: Actor) -> str:
    """The actor's area as a condition on p, for the planner; row-level security holds it anyway."""
    below = "p.managing_code >= %(lo)s and p.managing_code < %(hi)s"
    listed = "p.managing_code = any(%(codes)s)"
    if actor.scope.codes:
        return f"({below} or {listed})" if actor.scope.lo else listed
    return below


def _statement(actor: Actor) -> str:
    return _STATEMENT.format(within=within(actor), each=EACH, columns=COLUMNS)


def days_of(asked: Typed) -> list[date]:
    """The birth date, with day and month the other way round, and what one slip makes of it."""
    born = asked.seen.birth_on
    if born is None:
        return []
    turned = swapped(born)
    return [born, *([turned] if turned else []), *sorted(near_days(born))]


def _given(actor: Actor, asked: Typed) -> dict[str, Any]:
    seen = asked.seen
    return {
        "sound": sorted(seen.sound),
        "looks": list(asked.looks),
        "days": days_of(asked),
        "phones": sorted(seen.guardian_phones | seen.phones),
        "numbers": sorted(seen.numbers | seen.near),
        "lo": actor.scope.lo,
        "hi": actor.scope.hi,
        "codes": list(actor.scope.codes),
    }


def seen_of(row: Any) -> Seen:
    """One row of COLUMNS as the rule reads it."""
    _pk, _name, key, pinyin, sex, birth_on, code, phone, former, numbers, guardians = row
    return Seen(
        name=key,
        sound=frozenset([pinyin] if pinyin else []),
        looks=looks_key(key),
        former=frozenset(former),
        sex=sex,
        birth_on=birth_on,
        numbers=frozenset(bytes(one) for one in numbers),
        guardian_phones=frozenset(bytes(one) for one in guardians),
        phones=frozenset([bytes(phone)] if phone is not None else []),
        village=code,
    )
