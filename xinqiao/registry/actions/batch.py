"""One person of a batch: what was given, and what was decided about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from xinqiao.accounts.models import User
from xinqiao.kernel.errors import Problem
from xinqiao.places import queries as places

from ..models import Person

Source = Literal["form", "import"]
Outcome = Literal["new", "unchanged", "changed"]

#: Record keys that are columns of the person, as they are. What is dated lies in facts.
COLUMNS = [
    "sex",
    "birth_on",
    "ethnic",
    "phone",
    "resident_kind",
    "form_edition",
    "education",
    "occupation",
    "marital",
    "insurance",
    "workplace",
    "contact_name",
    "contact_phone",
    "hukou_kind",
    "employment",
    "economy",
    "committee_contact",
    "committee_phone",
    "police_station",
    "lives_with",
    "management_mode",
    "no_guardian",
    "past_symptoms",
    "past_symptoms_note",
    "past_locked",
    "past_outpatient",
    "first_antipsychotic_on",
    "admissions",
    "last_effect",
    "past_danger",
    "specialist_advice",
    "filled_by",
    "no_id_reason",
]


@dataclass(frozen=True, slots=True)
class NewPerson:
    """One person to register: `record` has the keys of `rules.FIELDS`; `managing_code` is the village that counts (the
    present address when empty); `different_because` says why an equal document number names somebody else; a `partial` one is typed
    by hand and completed later: only the core is required."""

    op_id: UUID
    record: Mapping[str, Any]
    managing_code: str = ""
    different_because: str = ""
    partial: bool = False


@dataclass
class Row:
    """One person of the batch, decided. `person` is the file already there."""

    given: NewPerson
    clean: dict[str, Any]
    flags: list[str]
    problems: list[Problem]
    managing_code: str = ""
    number_hash: bytes | None = None
    outcome: Outcome = "new"
    person: Person | None = None
    by_op_id: bool = False
    changed: list[str] = field(default_factory=list)
    serving: places.Serving | None = None
    worker: User | None = None
    worker_name: str = ""
