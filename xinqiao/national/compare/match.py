"""Holding the rows of an exported list against the people of a county. Pure: no database, no clock."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..choices import FIELDS, Kind
from ..rules import same
from .values import ThereRow

#: Two rows there for one person.
REPEATED = "repeated"
#: Compared by these when a person is found; the number only when it was not what the person was found by.
COMPARED = tuple(key for key in FIELDS if key != "id_number")


@dataclass(slots=True)
class Here:
    """One person of the register with normal values by field; `listed`: belongs on the list today."""

    person_id: UUID
    managing_code: str
    values: dict[str, str]
    listed: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One difference. `identity` names who in a way that the next comparison repeats; `here`, `there` normal values."""

    kind: str
    field: str
    identity: str
    person_id: UUID | None
    place: str
    here: str = ""
    there: str = ""
    who: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Result:
    """All differences, and how many rows were the same, matched by number or by name, or without a usable number."""

    found: list[Found]
    same: int = 0
    by_number: int = 0
    by_name: int = 0
    lost_digits: int = 0


def match(
    rows: Iterable[ThereRow],
    people: Sequence[Here],
    numbers: Mapping[Any, UUID],
    *,
    number_key: Any,
    phone_same: Any,
    county: str,
    compared: frozenset[str],
) -> Result:
    """`numbers`: key of a document number → person; `number_key(text)` makes such a key; `phone_same(person_id, text)` says
    whether a telephone is the person's; `compared`: fields that the list has a column for."""
    by_id = {one.person_id: one for one in people}
    by_name: dict[tuple[str, str, str], list[Here]] = {}
    for one in people:
        by_name.setdefault(_name_key(one.values), []).append(one)
    result = Result([])
    seen: dict[UUID, int] = {}
    for row in rows:
        result.lost_digits += row.lost_digits
        person, how = _person(row, by_id, numbers, by_name, number_key)
        if person is None:
            result.found.append(
                Found(Kind.THERE, "", row.identity, None, row.place or county, who=dict(row.values))
            )
            continue
        if person.person_id in seen:
            result.found.append(
                Found(
                    Kind.THERE, REPEATED, f"{person.person_id}", person.person_id, person.managing_code,
                    there=str(row.number), who=dict(row.values),
                )
            )  # fmt: skip
            continue
        seen[person.person_id] = row.number
        if how == "number":
            result.by_number += 1
        else:
            result.by_name += 1
        before = len(result.found)
        result.found += _differences(row, person, how, compared, phone_same)
        result.same += len(result.found) == before
    result.found += [
        Found(Kind.HERE, "", str(one.person_id), one.person_id, one.managing_code)
        for one in people
        if one.listed and one.person_id not in seen
    ]
    return result


def _person(
    row: ThereRow,
    by_id: Mapping[UUID, Here],
    numbers: Mapping[Any, UUID],
    by_name: Mapping[tuple[str, str, str], list[Here]],
    number_key: Any,
) -> tuple[Here | None, str]:
    number = row.values.get("id_number")
    if number:
        found = by_id.get(numbers.get(number_key(number)))  # type: ignore[arg-type]
        if found is not None:
            return found, "number"
    key = _name_key(row.values)
    same_name = by_name.get(key, []) if all(key) else []
    return (same_name[0], "name") if len(same_name) == 1 else (None, "")


def _name_key(values: Mapping[str, str]) -> tuple[str, str, str]:
    return values.get("name", ""), values.get("sex", ""), values.get("birth_on", "")


def _differences(
    row: ThereRow, person: Here, how: str, compared: frozenset[str], phone_same: Any
) -> list[Found]:
    found = []

    def differs(name: str, here: str, there: str) -> None:
        found.append(
            Found(
                Kind.DIFFERS, name, str(person.person_id), person.person_id, person.managing_code, here, there
            )
        )

    if how == "name" and row.values.get("id_number"):
        differs("id_number", "", row.values["id_number"])
    for name in COMPARED:
        there = row.values.get(name, "")
        if name not in compared or (name == "last_visit_on" and not there and not person.values.get(name)):
            continue
        if name == "phone":
            if there and not phone_same(person.person_id, there):
                differs(name, "", there)
        elif not same(name, person.values.get(name, ""), there):
            differs(name, person.values.get(name, ""), there)
    return found
