"""The present facts of people who are there already, and what a record says differently."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from ..choices import ResponsibilityKind
from ..models import Address, Consent, Diagnosis, Guardian, Identifier, Person, Responsibility
from .batch import COLUMNS, Row
from .besides import Besides, besides_changes, known_besides

#: Record keys about the guardian besides the name.
GUARDIAN_KEYS = ("guardian_relation", "guardian_phone", "guardian_phone2", "guardian_address")


@dataclass
class Known:
    """The present facts of the people who are there already, by person."""

    addresses: dict[tuple[UUID, str], Address] = field(default_factory=dict)
    guardians: dict[UUID, list[Guardian]] = field(default_factory=dict)
    diagnoses: dict[UUID, list[Diagnosis]] = field(default_factory=dict)
    consents: dict[UUID, list[Consent]] = field(default_factory=dict)
    responsible: dict[UUID, list[Responsibility]] = field(default_factory=dict)
    numbers: set[tuple[UUID, bytes]] = field(default_factory=set)
    identifiers: dict[UUID, list[UUID]] = field(default_factory=dict)
    besides: Besides = field(default_factory=Besides)


def known_facts(ids: list[UUID], keys: Set[str]) -> Known:
    """The present facts; of what the forms ask besides, only what the record keys `keys` speak of."""
    known = Known()
    if not ids:
        return known
    now = {"person_id__in": ids, "voided_at": None}
    for address in Address.objects.filter(**now, valid_to=None):
        known.addresses[address.person_id, address.kind] = address
    for guardian in Guardian.objects.filter(**now, valid_to=None):
        known.guardians.setdefault(guardian.person_id, []).append(guardian)
    for diagnosis in Diagnosis.objects.filter(**now):
        known.diagnoses.setdefault(diagnosis.person_id, []).append(diagnosis)
    for consent in Consent.objects.filter(**now):
        known.consents.setdefault(consent.person_id, []).append(consent)
    for duty in Responsibility.objects.filter(**now, valid_to=None, kind=ResponsibilityKind.RESPONSIBLE):
        known.responsible.setdefault(duty.person_id, []).append(duty)
    for pk, person, number in Identifier.objects.filter(**now, valid_to=None).values_list(
        "pk", "person_id", "number_hash"
    ):
        known.numbers.add((person, bytes(number)))
        known.identifiers.setdefault(person, []).append(pk)
    known.besides = known_besides(ids, keys)
    return known


def changed_keys(row: Row, person: Person, known: Known) -> list[str]:
    """Record keys whose answer differs from the file. What was left empty never counts as a difference."""
    clean, pk = row.clean, person.pk
    changed = [key for key in COLUMNS if key in clean and getattr(person, key) != clean[key]]
    if row.by_op_id and clean.get("name") != person.name:
        changed.append("name")
    if "onset_on" in clean and clean["onset_on"] != (person.onset_on, person.onset_precision):
        changed.append("onset_on")
    for kind in ("live", "hukou"):
        changed += _address_changes(clean, kind, known.addresses.get((pk, kind)))
    if "guardian_name" in clean:
        same = next((g for g in known.guardians.get(pk, []) if g.name == clean["guardian_name"]), None)
        pairs = {key: key.removeprefix("guardian_") for key in GUARDIAN_KEYS}
        if same is None:
            changed.append("guardian_name")
        else:
            changed += [
                key for key, column in pairs.items() if key in clean and clean[key] != getattr(same, column)
            ]
    if "icd10" in clean and not any(_same_diagnosis(clean, one) for one in known.diagnoses.get(pk, [])):
        changed.append("icd10")
    if "consent" in clean and not any(_same_consent(clean, one) for one in known.consents.get(pk, [])):
        changed.append("consent")
    if clean.get("report_type") == "1" and not any(
        c.basis == "statutory" for c in known.consents.get(pk, [])
    ):
        changed.append("report_type")
    if row.number_hash is not None and (pk, row.number_hash) not in known.numbers:
        changed.append("id_number")
    if clean.get("worker") and not any(_same_worker(row, one) for one in known.responsible.get(pk, [])):
        changed.append("worker")
    changed += besides_changes(clean, pk, known.besides)
    if row.managing_code and row.managing_code != person.managing_code:
        row.flags.append("place_differs")
    if "filed_on" in clean and clean["filed_on"] != person.filed_on:
        row.flags.append("filed_on_differs")
    return changed


def _address_changes(clean: Mapping[str, Any], kind: str, now: Address | None) -> list[str]:
    changed = []
    code, detail = clean.get(f"{kind}_code"), clean.get(f"{kind}_detail")
    if code and (now is None or now.division_code != code):
        changed.append(f"{kind}_code")
    if detail and (now is None or now.detail != detail):
        changed.append(f"{kind}_detail")
    return changed


def _same_diagnosis(clean: Mapping[str, Any], one: Diagnosis) -> bool:
    on, hospital = clean.get("diagnosed_on"), clean.get("dx_hospital")
    return (
        one.icd10 == clean["icd10"]
        and on in (None, one.happened_on)
        and (hospital is None or hospital == one.hospital)
    )


def _same_consent(clean: Mapping[str, Any], one: Consent) -> bool:
    signed = clean.get("signed_on")
    return one.basis == "consent" and one.decision == clean["consent"] and signed in (None, one.happened_on)


def _same_worker(row: Row, one: Responsibility) -> bool:
    return one.worker_id == row.worker.pk if row.worker else one.worker_name == row.worker_name
