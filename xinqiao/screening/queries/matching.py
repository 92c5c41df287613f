"""Whether somebody who was noticed is known already: on the register, or as another open clue. Only within the asker's scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import Identifier, Person
from xinqiao.registry.naming import fold

from ..choices import OPEN_STATES
from ..models import Clue
from ..rules import Known, may_be_same

MOST = 20


@dataclass(frozen=True, slots=True)
class Match:
    """Somebody who may be the same: `by` is id or details."""

    pk: UUID
    name: str
    sex: str
    birth_on: date | None
    age: int | None
    place: str
    by: str
    state: str = ""
    clue_no: str = ""


@dataclass(frozen=True, slots=True)
class Matches:
    """People on the register and open clues; both only those the asker may see anyway."""

    people: list[Match] = field(default_factory=list)
    clues: list[Match] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.people or self.clues)


def matches(
    *,
    name: str,
    sex: str,
    birth_on: date | None,
    age: int | None,
    on: date,
    id_number: str,
    but: UUID | None = None,
) -> Matches:
    """Inside the actor's scope, three statements at most. By the whole ID number, or by name, sex and birth date or age."""
    wanted = Known(fold(name), sex, birth_on, age, on)
    hashed = keyed_hash("id", id_number)
    return Matches(_people(wanted, hashed), _clues(wanted, hashed, but))


def _people(wanted: Known, hashed: bytes | None) -> list[Match]:
    found: dict[UUID, Match] = {}
    if hashed is not None:
        rows = Identifier.objects.filter(number_hash=hashed, voided_at=None).select_related("person")[:MOST]
        for one in rows:
            found[one.person_id] = _person(one.person, "id")
    if wanted.name_key:
        for person in Person.objects.filter(name_key=wanted.name_key).order_by("id")[:MOST]:
            same = may_be_same(wanted, Known(person.name_key, person.sex, person.birth_on))
            if same and person.pk not in found:
                found[person.pk] = _person(person, "details")
    return list(found.values())


def _person(one: Person, by: str) -> Match:
    return Match(one.pk, one.name, one.sex, one.birth_on, None, one.managing_code, by)


def _clues(wanted: Known, hashed: bytes | None, but: UUID | None) -> list[Match]:
    where = Q()
    if hashed is not None:
        where |= Q(id_hash=hashed)
    if wanted.name_key:
        where |= Q(name_key=wanted.name_key)
    if not where:
        return []
    rows: Any = Clue.objects.filter(where, state__in=OPEN_STATES, erased_at=None)
    if but is not None:
        rows = rows.exclude(pk=but)
    found = []
    for one in rows.order_by("id")[:MOST]:
        by_id = hashed is not None and one.id_hash is not None and bytes(one.id_hash) == hashed
        other = Known(one.name_key, one.sex, one.birth_on, one.age, one.found_on)
        if by_id or may_be_same(wanted, other):
            found.append(
                Match(
                    one.pk,
                    one.name,
                    one.sex,
                    one.birth_on,
                    one.age,
                    one.managing_code,
                    "id" if by_id else "details",
                    one.state,
                    one.clue_no,
                )
            )
    return found
