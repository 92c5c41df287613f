"""Which table holds which kind of dated row, and how a checked answer becomes its columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .fields import keyed_hash
from .models import (
    Address,
    CarePlacement,
    Certificate,
    Consent,
    Diagnosis,
    Guardian,
    HouseholdMember,
    Identifier,
    LifeEvent,
    OtherNumber,
    PersonName,
    Relative,
    ResponsiblePerson,
    Support,
)
from .scoped import Fact

#: Kind (`rules.dated.DATED`) → table.
TABLES: Mapping[str, type[Fact]] = {
    "name": PersonName,
    "number": OtherNumber,
    "address": Address,
    "guardian": Guardian,
    "relative": Relative,
    "certificate": Certificate,
    "support": Support,
    "keeper": ResponsiblePerson,
    "placement": CarePlacement,
    "household": HouseholdMember,
}
#: What may be voided besides: facts that are corrected by recording a new one.
VOIDABLE: Mapping[str, type[Fact]] = {
    **TABLES,
    "identifier": Identifier,
    "diagnosis": Diagnosis,
    "consent": Consent,
    "life_event": LifeEvent,
}
#: Column → (column of its keyed hash, what it is a hash of).
_HASHES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("number", "number"): ("number_hash", "id"),
    ("certificate", "number"): ("number_hash", "id"),
    ("guardian", "phone"): ("phone_hash", "phone"),
    ("guardian", "phone2"): ("phone2_hash", "phone"),
}


def columns_of(kind: str, clean: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a row: the answers, and the hashes by which sealed ones are found."""
    columns = dict(clean)
    for (of, column), (hashed, what) in _HASHES.items():
        if of == kind and clean.get(column):
            columns[hashed] = keyed_hash(what, clean[column])
    if kind == "placement":
        columns["group_id"] = columns.pop("group")
    return columns


def answers_of(kind: str, row: Fact, keys: tuple[str, ...]) -> dict[str, Any]:
    """The answers a row holds, under the keys of its form."""
    found = {key: getattr(row, key) for key in keys if key != "group" and hasattr(row, key)}
    if isinstance(row, CarePlacement):
        found["group"] = str(row.group_id)
    return found
