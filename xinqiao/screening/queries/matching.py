"""Whether somebody who was noticed is known already: on the register, or as another open clue. Only within the asker's scope."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Q, Value, When

from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import Identifier, Person
from xinqiao.registry.naming import fold

from ..choices import OPEN_STATES
from ..models import Clue
from ..rules import AGE_SLACK, Known, may_be_same

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
        for person in Person.objects.filter(_born_about(wanted), name_key=wanted.name_key).order_by("id")[
            :MOST
        ]:
            same = may_be_same(wanted, Known(person.name_key, person.sex, person.birth_on))
            if same and person.pk not in found:
                found[person.pk] = _person(person, "details")
    return list(found.values())


def _born_about(wanted: Known) -> Q:
    """What the database can tell apart of people with one name, so that a common name does not use up the places."""
    where = Q(sex__in=[wanted.sex, "0", "9"]) if wanted.sex in ("1", "2") else Q()
    if wanted.birth_on:
        return where & Q(birth_on=wanted.birth_on)
    if wanted.age is not None and wanted.asked_on:
        year = wanted.asked_on.year - wanted.age
        return where & Q(birth_on__year__range=(year - AGE_SLACK, year + AGE_SLACK))
    return where


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
    by_number = (
        Case(When(id_hash=hashed, then=Value(0)), default=Value(1)) if hashed is not None else Value(1)
    )
    rows: Any = Clue.objects.filter(where, state__in=OPEN_STATES, erased_at=None).annotate(rank=by_number)
    if but is not None:
        rows = rows.exclude(pk=but)
    found: list[Match] = []
    for one in rows.order_by("rank", "id")[: 20 * MOST]:
        if len(found) == MOST:
            break
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
