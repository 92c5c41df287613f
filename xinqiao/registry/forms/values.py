"""From a typed page to a record and back: shape only, nothing is decided or saved here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from xinqiao.kernel.masks import mask_id, mask_phone

from ..actions.besides import AMOUNT, BACKGROUND, NUMBERS, SUPPORTS, Besides
from ..choices import printed
from ..queries import PersonPage
from ..rules import FIELDS
from ..shown import onset_words
from .questions import BY_EDITION, OLDER, asked_fields


def values_of(page: PersonPage, besides: Besides) -> dict[str, Any]:
    """The present answers of a file under the form's keys; what is encrypted is left out."""
    person, live = page.person, page.address("live")
    values: dict[str, Any] = {
        asked.key: getattr(person, asked.key)
        for asked in asked_fields()
        if hasattr(person, asked.key)
        and asked.kind not in {"counts", "bool", "partial_date"}
        and not asked.private
    }
    for key in BY_EDITION:
        if person.form_edition == OLDER:
            values[f"{key}.{OLDER}"] = values.pop(key)
    values |= _besides(besides, person.pk)
    values["birth_on"] = person.birth_on.isoformat()
    if person.first_antipsychotic_on:
        values["first_antipsychotic_on"] = person.first_antipsychotic_on.isoformat()
    values["no_guardian"] = "1" if person.no_guardian else ""
    values["onset_on"] = onset_words(person)
    values["past_danger"] = [code for code, n in person.past_danger.items() if n] or [printed.NO_DANGER]
    values |= {f"past_danger.{code}": n for code, n in person.past_danger.items()}
    values["live_code"] = live.division_code if live else person.managing_code
    values["id_kind"] = page.identifier.kind if page.identifier else printed.NO_DOCUMENT
    if page.present_guardians:
        guardian = page.present_guardians[0]
        values |= {"guardian_name": guardian.name, "guardian_relation": guardian.relation}
    if page.diagnosis:
        one = page.diagnosis
        values |= {
            "icd10": one.icd10,
            "dx_hospital": one.hospital,
            "diagnosed_on": one.happened_on.isoformat(),
        }
    return values


def masked_of(page: PersonPage, besides: Besides) -> dict[str, str]:
    """What is encrypted, as it may be shown without unmasking."""
    guardian = page.present_guardians[0] if page.present_guardians else None
    live, hukou = page.address("live"), page.address("hukou")
    return {
        "id_number": mask_id(page.identifier.number) if page.identifier else "",
        "phone": mask_phone(page.person.phone),
        "live_detail": _("已填写") if live and live.detail else "",
        "hukou_detail": _("已填写") if hukou and hukou.detail else "",
        "guardian_phone": mask_phone(guardian.phone) if guardian else "",
        "guardian_phone2": mask_phone(guardian.phone2) if guardian else "",
        "guardian_address": _("已填写") if guardian and guardian.address else "",
        "contact_phone": mask_phone(page.person.contact_phone),
    } | {key: mask_id(number) for key, number in numbers_of(besides, page.person.pk).items()}


def record_of(typed: QueryDict) -> dict[str, Any]:
    """The answers of a sent page as a record for the rules; empty answers are left out."""
    record: dict[str, Any] = {}
    for asked in asked_fields():
        if asked.kind in {"counts", "dated_codes"}:
            chosen = typed.getlist(asked.key)
            default = "1" if asked.kind == "counts" else ""
            if chosen:
                record[asked.key] = {code: typed.get(f"{asked.key}.{code}") or default for code in chosen}
        elif asked.kind == "events":
            if (found := _events(typed, asked.key)) is not None:
                record[asked.key] = found
        elif asked.kind == "multi":
            if chosen := typed.getlist(asked.key):
                record[asked.key] = chosen
        elif value := typed.get(asked.key, "").strip():
            record[asked.key] = value
    if record.get("form_edition") == OLDER:
        for key in BY_EDITION:
            record.pop(key, None)
            if value := typed.get(f"{key}.{OLDER}", "").strip():
                record[key] = value
    return record


def _events(typed: QueryDict, key: str) -> list[dict[str, str]] | None:
    """The lines that were filled in; an empty list when "none" is ticked; None when nothing was answered."""
    rows = [
        {"name": typed.get(f"{key}.{n}.name", "").strip(), "on": typed.get(f"{key}.{n}.on", "").strip()}
        for n in range(1, 11)
    ]
    rows = [row for row in rows if row["name"] or row["on"]]
    return rows or ([] if typed.get(key) else None)


def _besides(besides: Besides, pk: UUID) -> dict[str, Any]:
    """Health, surroundings and supports under the form's keys."""
    values: dict[str, Any] = {}
    background = besides.backgrounds.get(pk)
    for key in BACKGROUND if background else ():
        value = getattr(background, key)
        kind = FIELDS[key].kind
        if kind == "dated_codes" and value is not None:
            values[key] = list(value) or [printed.NONE]
            values |= {f"{key}.{code}": on for code, on in value.items()}
        elif kind == "events" and value is not None:
            values[key] = "" if value else "1"
            for n, one in enumerate(value, 1):
                values |= {f"{key}.{n}.name": one["name"], f"{key}.{n}.on": one["on"]}
        else:
            values[key] = value
    for key, support in SUPPORTS.items():
        if (row := besides.supports.get((pk, support))) is not None:
            values[key] = row.answer
            if row.amount is not None and key == "guardian_subsidy":
                values[AMOUNT] = f"{row.amount:f}"
    if (held := besides.certificates.get(pk)) is not None:
        values |= {"disability_cert": "1", "disability_level": held.level}
    return values


def numbers_of(besides: Besides, pk: UUID) -> dict[str, str]:
    """The sealed numbers under the form's keys."""
    found = {
        key: besides.numbers[pk, kind].number
        for key, kind in NUMBERS.items()
        if (pk, kind) in besides.numbers
    }
    if (held := besides.certificates.get(pk)) is not None and held.number:
        found["disability_no"] = held.number
    return found
