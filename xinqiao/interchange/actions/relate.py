"""What is wrong between rows of one file: a number twice, a visit twice, a visit of nobody. Pure: no database, no payloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from ..choices import RowKind

RELATIONS = frozenset({"twice", "same_row", "unknown_person", "person_row"})


@dataclass(slots=True)
class Place:
    """What `relate` needs of a row."""

    id: UUID
    sheet: int
    number: int
    kind: str
    skipped: bool
    key: bytes | None
    again: bytes | None
    problems: list[dict[str, Any]]
    outcome: str
    content: bytes | None = None

    @property
    def sound(self) -> bool:
        return not self.skipped and not any(
            not p["flag"] and p["code"] not in RELATIONS for p in self.problems
        )


def relate(places: Sequence[Place], registered: set[bytes]) -> dict[UUID, list[dict[str, Any]]]:
    """Problems between rows, by row: a number twice in the register, a visit twice, a visit of nobody.

    `registered`: keys that name somebody on the register already. Pure.
    """
    found: dict[UUID, list[dict[str, Any]]] = {}
    first: dict[bytes, Place] = {}
    people: dict[bytes, list[Place]] = {}
    for place in places:
        if place.kind == RowKind.PERSON and place.key:
            people.setdefault(place.key, []).append(place)
        if place.skipped or place.again is None:
            continue
        other = first.setdefault(place.again, place)
        if other is place:
            continue
        field_name = "id_number" if place.kind == RowKind.PERSON else "visit_date"
        if place.content is not None and place.content == other.content and place.sound:
            # The same visit written down twice says nothing new: it counts once, and the receipt says how often.
            same = {"field": field_name, "code": "same_row", "flag": True}
            found.setdefault(place.id, []).append(same | {"sheet": other.sheet, "row": other.number})
            continue
        found.setdefault(place.id, []).append(_twice(field_name, other))
        if place.kind == RowKind.PERSON and other.id not in found:
            # Which of the two is right only the person who brought the file can say.
            found.setdefault(other.id, []).append(_twice(field_name, place))
    for place in places:
        if place.kind != RowKind.VISIT or place.skipped or place.key is None or place.key in registered:
            continue
        rows = people.get(place.key, [])
        if not rows:
            found.setdefault(place.id, []).append(
                {"field": "id_number", "code": "unknown_person", "flag": False}
            )
        elif not any(row.sound for row in rows):
            other = rows[0]
            found.setdefault(place.id, []).append(
                {
                    "field": "id_number",
                    "code": "person_row",
                    "flag": False,
                    "sheet": other.sheet,
                    "row": other.number,
                }
            )
    return found


def _twice(field_name: str, other: Place) -> dict[str, Any]:
    return {"field": field_name, "code": "twice", "flag": False, "sheet": other.sheet, "row": other.number}
