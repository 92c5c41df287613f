"""What each stored field says about a person: the register that encryption, masking and exports follow.

Every field of every table with personal data has a class here or in the `privacy.py` of its domain; a test fails for a
field without one, and for a sealed field that is not encrypted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps


class Privacy(StrEnum):
    """Classes, from harmless to most careful."""

    PROCESS = "process"  # keys, scopes, dates of recording, rule versions: says nothing by itself
    PERSONAL = "personal"  # who and how somebody lives; shown to whoever holds the record
    CLINICAL = "clinical"  # health, risk, treatment; never in logs, messages or the trail
    NAMING = "naming"  # names a person; kept readable because lists are searched by it; never in logs
    SEALED = "sealed"  # names a person beyond doubt; encrypted, masked on pages, unmasking logged


P = Privacy
CLASSES: dict[str, dict[str, Privacy]] = {}
_SCOPED = {"id": P.PROCESS, "managing_code": P.PERSONAL, "shared_codes": P.PROCESS}
_FACT = _SCOPED | {
    "person": P.PROCESS,
    "recorded_at": P.PROCESS,
    "recorded_by": P.PROCESS,
    "voided_at": P.PROCESS,
    "voided_by": P.PROCESS,
    "voided_reason": P.PERSONAL,
}


def gather() -> None:
    """Import the `privacy.py` of every domain, so that the registers here are whole."""
    for app in apps.get_app_configs():
        if find_spec(f"{app.name}.privacy"):
            import_module(f"{app.name}.privacy")


def each(privacy: Privacy, names: str) -> dict[str, Privacy]:
    """The same class for several fields, named in one string."""
    return dict.fromkeys(names.split(), privacy)


def declare(label: str, *parts: Mapping[str, Privacy], fact: bool = True) -> None:
    """Set the classes of one model's fields (`registry.Person`); a domain calls this once per table."""
    fields: dict[str, Privacy] = dict(_FACT if fact else _SCOPED)
    for part in parts:
        fields.update(part)
    CLASSES[label] = fields


declare(
    "registry.Person",
    each(P.PROCESS, "op_id recorded_at recorded_by row_version source form_edition"),
    each(P.NAMING, "name name_key pinyin initials file_no contact_name"),
    each(P.SEALED, "phone contact_phone"),
    each(
        P.PERSONAL,
        "sex birth_on filed_on phone_hash resident_kind ethnic education occupation marital insurance workplace hukou_kind"
        " employment economy committee_contact committee_phone no_guardian filled_by no_id_reason police_station lives_with management_mode",
    ),
    each(
        P.CLINICAL,
        "onset_on onset_precision past_symptoms past_symptoms_note past_locked past_outpatient first_antipsychotic_on"
        " admissions last_effect past_danger specialist_advice",
    ),
    fact=False,
)
declare(
    "registry.Identifier",
    each(P.SEALED, "number"),
    each(P.PERSONAL, "kind number_hash last4_hash different_because valid_from valid_to"),
)
declare(
    "registry.Address", each(P.SEALED, "detail"), each(P.PERSONAL, "kind division_code valid_from valid_to")
)
declare(
    "registry.Guardian",
    each(P.NAMING, "name"),
    each(P.SEALED, "phone phone2 address"),
    each(P.PERSONAL, "relation phone_hash phone2_hash valid_from valid_to"),
)
declare("registry.Diagnosis", each(P.CLINICAL, "icd10 category hospital happened_on"))
declare(
    "registry.Consent",
    each(P.NAMING, "signer_name"),
    each(
        P.PERSONAL,
        "basis decision signer incapacity_note text_version notifier happened_on withdrawn reason note",
    ),
)
declare(
    "registry.LifeCorrection",
    each(P.CLINICAL, "kind happened_on reason decision_note"),
    each(P.PROCESS, "event scan decision decided_by decided_at"),
)
declare("registry.LifeEvent", each(P.CLINICAL, "kind happened_on reason note"), each(P.PROCESS, "visit_id"))
declare(
    "registry.Responsibility",
    each(P.PERSONAL, "kind institution worker worker_name counted_code counted_now valid_from valid_to"),
    each(P.PROCESS, "reason"),
)
declare("registry.PersonRevision", each(P.PROCESS, "keys source op_id row_version"), each(P.SEALED, "former"))
declare(
    "registry.Background",
    each(P.PERSONAL, "kitchen fuel water toilet livestock valid_from valid_to"),
    each(
        P.CLINICAL,
        "blood_type rh allergies allergies_note exposures past_diseases past_diseases_note surgery injury transfusion"
        " family_father family_mother family_siblings family_children family_note mental_kin hereditary hereditary_note"
        " disabilities disabilities_note",
    ),
)
declare(
    "registry.PersonName",
    each(P.NAMING, "name name_key pinyin initials"),
    each(P.PERSONAL, "kind valid_from valid_to"),
)
declare(
    "registry.OtherNumber",
    each(P.SEALED, "number"),
    each(P.PERSONAL, "kind number_hash issuer valid_from valid_to"),
)
declare("registry.HouseholdMember", each(P.PERSONAL, "household relation valid_from valid_to"))
declare(
    "registry.Relative",
    each(P.NAMING, "name"),
    each(P.SEALED, "phone"),
    each(P.PERSONAL, "relation birth_year together can_care note valid_from valid_to"),
)
declare(
    "registry.Certificate",
    each(P.SEALED, "number"),
    each(P.CLINICAL, "kinds level"),
    each(P.PERSONAL, "number_hash expires_on valid_from valid_to"),
)
declare("registry.Support", each(P.PERSONAL, "kind answer amount per detail valid_from valid_to"))
declare(
    "registry.ResponsiblePerson",
    each(P.NAMING, "name"),
    each(P.SEALED, "phone"),
    each(P.PERSONAL, "role organisation valid_from valid_to"),
)
declare(
    "registry.CareGroup",
    each(P.PERSONAL, "name since until"),
    each(P.PROCESS, "recorded_at recorded_by"),
    fact=False,
)
declare(
    "registry.CareMember",
    each(P.NAMING, "name"),
    each(P.SEALED, "phone"),
    each(P.PERSONAL, "role organisation valid_from valid_to"),
    each(P.PROCESS, "group recorded_at recorded_by"),
    fact=False,
)
declare("registry.CarePlacement", each(P.PROCESS, "group"), each(P.PERSONAL, "valid_from valid_to"))
declare(
    "registry.Attachment",
    each(P.PROCESS, "op_id content_type size pages visit_id consent"),
    each(P.CLINICAL, "kind happened_on note"),
    each(P.SEALED, "body preview"),
)
declare(
    "registry.Inquiry",
    each(P.PROCESS, "asked_by asked_on asked_at by answered_at answered_by seen_at"),
    each(P.SEALED, "asked"),
    each(P.PERSONAL, "answer answer_note"),
    fact=False,
)


@dataclass(frozen=True, slots=True)
class Hashed:
    """How a keyed hash follows from a sealed field of the same row: which key, and how much of the end (0 = the whole)."""

    kind: str
    sealed: str
    last: int = 0


#: Every column with a keyed hash: what it is computed from. Going over to new keys computes them anew from here.
HASHED: dict[str, dict[str, Hashed]] = {
    "registry.Person": {"phone_hash": Hashed("phone", "phone")},
    "registry.Identifier": {
        "number_hash": Hashed("id", "number"),
        "last4_hash": Hashed("last4", "number", last=4),
    },
    "registry.OtherNumber": {"number_hash": Hashed("id", "number")},
    "registry.Certificate": {"number_hash": Hashed("id", "number")},
    "registry.Guardian": {
        "phone_hash": Hashed("phone", "phone"),
        "phone2_hash": Hashed("phone", "phone2"),
    },
}
