"""What the forms ask besides who somebody is: health, other names and numbers, supports, the certificate.

Each lies in a table of its own; a row is written only where something was answered, so that a batch costs one statement for
each table that gets rows at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model

from ..choices import NameKind, NumberKind, SupportKind
from ..fields import keyed_hash
from ..models import Background, Certificate, OtherNumber, PersonName, Support

#: Record keys that are columns of `Background`.
BACKGROUND = (
    "blood_type", "rh", "allergies", "allergies_note", "exposures", "past_diseases", "past_diseases_note", "surgery",
    "injury", "transfusion", "family_father", "family_mother", "family_siblings", "family_children", "family_note",
    "mental_kin", "hereditary", "hereditary_note", "disabilities", "disabilities_note", "kitchen", "fuel", "water",
    "toilet", "livestock",
)  # fmt: skip
#: Record key → kind of support.
SUPPORTS: Mapping[str, SupportKind] = {
    "targeted_poverty": SupportKind.TARGETED_POVERTY,
    "low_income": SupportKind.LOW_INCOME,
    "guardian_subsidy": SupportKind.GUARDIAN_SUBSIDY,
    "free_medicine": SupportKind.FREE_MEDICINE,
    "care_group": SupportKind.CARE_GROUP,
    "family_doctor": SupportKind.FAMILY_DOCTOR,
    "community_rehab": SupportKind.COMMUNITY_REHAB,
    "disability_cert": SupportKind.DISABILITY_CERTIFICATE,
}
NUMBERS: Mapping[str, NumberKind] = {
    "national_no": NumberKind.NATIONAL,
    "report_card_no": NumberKind.REPORT_CARD,
    "insurance_no": NumberKind.INSURANCE,
}
CERTIFICATE = ("disability_cert", "disability_level", "disability_no")
AMOUNT = "guardian_subsidy_amount"
KEYS = frozenset({*BACKGROUND, *SUPPORTS, *NUMBERS, *CERTIFICATE, AMOUNT, "former_name"})
TABLES: tuple[type[Model], ...] = (Background, PersonName, OtherNumber, Certificate, Support)


@dataclass
class Besides:
    """The open rows of the people asked about."""

    backgrounds: dict[UUID, Background] = field(default_factory=dict)
    supports: dict[tuple[UUID, str], Support] = field(default_factory=dict)
    certificates: dict[UUID, Certificate] = field(default_factory=dict)
    names: dict[UUID, set[str]] = field(default_factory=dict)
    numbers: dict[tuple[UUID, str], OtherNumber] = field(default_factory=dict)


def known_besides(ids: list[UUID], keys: Set[str]) -> Besides:
    """Only the tables that the record keys speak of are read, one statement each."""
    found = Besides()
    now: dict[str, Any] = {"person_id__in": ids, "voided_at": None, "valid_to": None}
    if keys & set(BACKGROUND):
        found.backgrounds = {one.person_id: one for one in Background.objects.filter(**now)}
    if keys & {*SUPPORTS, AMOUNT, *CERTIFICATE}:
        found.supports = {(one.person_id, one.kind): one for one in Support.objects.filter(**now)}
    if keys & set(CERTIFICATE):
        found.certificates = {one.person_id: one for one in Certificate.objects.filter(**now)}
    if "former_name" in keys:
        for one in PersonName.objects.filter(**now):
            found.names.setdefault(one.person_id, set()).add(one.name)
    if keys & set(NUMBERS):
        found.numbers = {(one.person_id, one.kind): one for one in OtherNumber.objects.filter(**now)}
    return found


def besides_changes(clean: Mapping[str, Any], pk: UUID, known: Besides) -> list[str]:
    """Record keys whose answer differs from the open rows."""
    background = known.backgrounds.get(pk, Background())
    changed = [key for key in BACKGROUND if key in clean and clean[key] != getattr(background, key)]
    held = known.certificates.get(pk)
    for key, kind in SUPPORTS.items():
        there = known.supports.get((pk, kind))
        if key == "disability_cert":
            if key in clean and clean[key] != ("1" if held else there.answer if there else None):
                changed.append(key)
        elif key in clean and (there is None or there.answer != clean[key]):
            changed.append(key)
    subsidy = known.supports.get((pk, SupportKind.GUARDIAN_SUBSIDY))
    if AMOUNT in clean and (subsidy is None or subsidy.amount != clean[AMOUNT]):
        changed.append(AMOUNT)
    for key, column in (("disability_level", "level"), ("disability_no", "number")):
        if key in clean and (held is None or getattr(held, column) != clean[key]):
            changed.append(key)
    if "former_name" in clean and clean["former_name"] not in known.names.get(pk, ()):
        changed.append("former_name")
    for key, number_kind in NUMBERS.items():
        number = known.numbers.get((pk, number_kind))
        if key in clean and (number is None or number.number != clean[key]):
            changed.append(key)
    return changed


def add_besides(
    clean: Mapping[str, Any],
    keys: Iterable[str],
    known: Besides,
    made: dict[type[Model], list[Any]],
    ended: dict[type[Model], list[UUID]],
    common: dict[str, Any],
    since: date,
) -> None:
    """Add the rows of `keys` (all answered ones of a new file, the changed ones of a known one), ending what they replace."""
    wanted = KEYS & set(keys)
    if not wanted:
        return
    pk = common["person"].pk

    def end(row: Any) -> None:
        if row is not None:
            ended.setdefault(type(row), []).append(row.pk)

    if wanted & set(BACKGROUND):
        former = known.backgrounds.get(pk)
        end(former)
        whole = {key: clean.get(key, getattr(former or Background(), key)) for key in BACKGROUND}
        made[Background].append(Background(**common, **whole, valid_from=since))
    _add_supports(clean, wanted, known, made, end, common, since)
    if wanted & set(CERTIFICATE):
        _add_certificate(clean, known, made, end, common, since)
    if "former_name" in wanted:
        made[PersonName].append(
            PersonName(**common, kind=NameKind.FORMER, name=clean["former_name"], valid_from=since)
        )
    for key in wanted & set(NUMBERS):
        end(known.numbers.get((pk, NUMBERS[key])))
        made[OtherNumber].append(
            OtherNumber(
                **common, kind=NUMBERS[key], number=clean[key], number_hash=keyed_hash("id", clean[key]), valid_from=since
            )
        )  # fmt: skip


def _add_supports(
    clean: Mapping[str, Any],
    wanted: Set[str],
    known: Besides,
    made: dict[type[Model], list[Any]],
    end: Any,
    common: dict[str, Any],
    since: date,
) -> None:
    """An amount without an answer is a yes."""
    keys = {"guardian_subsidy" if key == AMOUNT else key for key in wanted} & set(SUPPORTS)
    for key in sorted(keys - {"disability_cert"}):
        kind = SUPPORTS[key]
        former = known.supports.get((common["person"].pk, kind))
        answer = clean.get(key) or "1"
        amount = clean.get(AMOUNT) if key == "guardian_subsidy" and answer == "1" else None
        if former is not None and amount is None and answer == former.answer:
            amount = former.amount
        end(former)
        made[Support].append(
            Support(
                **common,
                kind=kind,
                answer=answer,
                amount=amount,
                per="year" if amount else "",
                valid_from=since,
            )
        )


def _add_certificate(
    clean: Mapping[str, Any],
    known: Besides,
    made: dict[type[Model], list[Any]],
    end: Any,
    common: dict[str, Any],
    since: date,
) -> None:
    """A certificate is a row; that there is none is a recorded no."""
    pk, kind = common["person"].pk, SupportKind.DISABILITY_CERTIFICATE
    held = known.certificates.get(pk)
    end(held)
    end(known.supports.get((pk, kind)))
    if clean.get("disability_cert") == "0":
        made[Support].append(Support(**common, kind=kind, answer="0", valid_from=since))
        return
    number = clean.get("disability_no", held.number if held else "")
    made[Certificate].append(
        Certificate(
            **common, kinds=held.kinds if held else ["7"], level=clean.get("disability_level", held.level if held else ""),
            number=number, number_hash=keyed_hash("id", number), expires_on=held.expires_on if held else None,
            valid_from=since,
        )
    )  # fmt: skip
