"""The rows that a checked person becomes: a new file, or what differs from the file that is there."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Model

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors
from xinqiao.places.queries import Serving

from ..choices import LifeEventKind, NameKind, ResponsibilityKind
from ..fields import keyed_hash
from ..models import (
    Address,
    Consent,
    Diagnosis,
    Guardian,
    Identifier,
    LifeEvent,
    Person,
    PersonName,
    PersonRevision,
    Responsibility,
)
from ..rules import category_of, file_number
from .batch import COLUMNS, Row, Source
from .besides import Besides, add_besides
from .known import GUARDIAN_KEYS, Known

SIGNERS = {"1": "patient", "2": "guardian"}


def common_columns(person: Person, actor: Actor, now: Any) -> dict[str, Any]:
    return {
        "person": person,
        "managing_code": person.managing_code,
        "shared_codes": person.shared_codes,
        "recorded_at": now,
        "recorded_by": actor.user_id,
    }


def new_person(row: Row, serial: int, actor: Actor, now: Any, source: Source) -> Person:
    clean = row.clean
    onset, precision = clean.get("onset_on", (None, "day"))
    columns = {key: clean[key] for key in COLUMNS if key in clean}
    return Person(
        managing_code=row.managing_code,
        op_id=row.given.op_id,
        file_no=file_number(row.managing_code, serial),
        name=clean["name"],
        filed_on=clean["filed_on"],
        recorded_at=now,
        recorded_by=actor.user_id,
        source=source,
        phone_hash=keyed_hash("phone", clean.get("phone", "")),
        onset_on=onset,
        onset_precision=precision,
        **columns,
    )


def new_facts(row: Row, made: dict[type[Model], list[Any]], common: dict[str, Any]) -> None:
    clean, since = row.clean, row.clean["filed_on"]
    _add_number(row, made, common, since)
    _add_address(clean, "live", made, common, since, row.managing_code)
    _add_address(clean, "hukou", made, common, since, "")
    if "guardian_name" in clean:
        made[Guardian].append(_guardian(clean, common, since))
    _add_diagnosis(clean, made, common, since)
    _add_consent(clean, made, common, since)
    add_besides(clean, clean, Besides(), made, {}, common, since)
    made[LifeEvent].append(LifeEvent(**common, kind=LifeEventKind.FILED, happened_on=since))
    if row.serving is not None:
        made[Responsibility].append(
            Responsibility(
                **common, kind=ResponsibilityKind.COUNTING, institution=row.serving.counting,
                counted_code=row.managing_code, valid_from=since,
            )
        )  # fmt: skip
        made[Responsibility].append(_responsible(row, row.serving, common, since))


def _responsible(row: Row, serving: Serving, common: dict[str, Any], since: date) -> Responsibility:
    institution_id = (
        row.worker.institution_id if row.worker and row.worker.institution_id else serving.responsible.pk
    )
    return Responsibility(
        **common,
        kind=ResponsibilityKind.RESPONSIBLE,
        institution_id=institution_id,
        worker=row.worker,
        worker_name=row.worker_name,
        counted_code=row.managing_code,
        valid_from=since,
    )


def _add_number(row: Row, made: dict[type[Model], list[Any]], common: dict[str, Any], since: date) -> None:
    number = row.clean.get("id_number")
    if number:
        made[Identifier].append(
            Identifier(
                **common, kind=row.clean["id_kind"], number=number, number_hash=row.number_hash,
                last4_hash=keyed_hash("last4", number[-4:]), different_because=row.given.different_because.strip(),
                valid_from=since,
            )
        )  # fmt: skip


def _add_address(
    clean: dict[str, Any],
    kind: str,
    made: dict[type[Model], list[Any]],
    common: dict[str, Any],
    since: date,
    default: str,
) -> None:
    code, detail = clean.get(f"{kind}_code", default), clean.get(f"{kind}_detail", "")
    if code or detail:
        # An address of which only the words are known is kept at the county it was written in.
        code = code or ancestors(common["managing_code"])[2]
        made[Address].append(
            Address(**common, kind=kind, division_code=code, detail=detail, valid_from=since)
        )


def _guardian(
    clean: dict[str, Any], common: dict[str, Any], since: date, former: Guardian | None = None
) -> Guardian:
    phone = clean.get("guardian_phone", former.phone if former else "")
    phone2 = clean.get("guardian_phone2", former.phone2 if former else "")
    return Guardian(
        **common,
        name=clean.get("guardian_name", former.name if former else ""),
        relation=clean.get("guardian_relation", former.relation if former else ""),
        phone=phone,
        phone_hash=keyed_hash("phone", phone),
        phone2=phone2,
        phone2_hash=keyed_hash("phone", phone2),
        address=clean.get("guardian_address", former.address if former else ""),
        valid_from=since,
    )


def _add_diagnosis(
    clean: dict[str, Any], made: dict[type[Model], list[Any]], common: dict[str, Any], since: date
) -> None:
    made[Diagnosis].append(
        Diagnosis(
            **common,
            icd10=clean["icd10"],
            category=category_of(clean["icd10"]),
            hospital=clean.get("dx_hospital", ""),
            happened_on=clean.get("diagnosed_on", since),
        )
    )


def _add_consent(
    clean: dict[str, Any], made: dict[type[Model], list[Any]], common: dict[str, Any], since: date
) -> None:
    """A legal basis is a row of its own and never an invented "agreed" (MHL 30 ¶2(2)); an answer is kept beside it."""
    if clean.get("report_type") == "1":
        made[Consent].append(_statutory(clean, common, since))
    if "consent" in clean:
        made[Consent].append(_answer(clean, common, since))


def _statutory(clean: dict[str, Any], common: dict[str, Any], since: date) -> Consent:
    on = clean.get("notified_on", since)
    return Consent(
        **common, basis="statutory", decision="", notifier=clean.get("notifier", ""), happened_on=on
    )


def _answer(clean: dict[str, Any], common: dict[str, Any], since: date) -> Consent:
    return Consent(
        **common,
        basis="consent",
        decision=clean["consent"],
        signer=SIGNERS.get(clean.get("signer", ""), ""),
        signer_name=clean.get("signer_name", ""),
        incapacity_note=clean.get("incapacity_note", ""),
        happened_on=clean.get("signed_on", since),
    )


def changed_facts(
    row: Row,
    person: Person,
    known: Known,
    made: dict[type[Model], list[Any]],
    ended: dict[type[Model], list[UUID]],
    common: dict[str, Any],
    today: date,
    source: Source,
) -> None:
    """Add what differs as facts from today on, end what they replace, and keep the former values of the columns."""
    clean, changed = row.clean, set(row.changed)
    former_name = person.name
    _revise(row, person, made, common, source)
    for kind in ("live", "hukou"):
        if changed & {f"{kind}_code", f"{kind}_detail"}:
            now = known.addresses.get((person.pk, kind))
            merged = dict(clean)
            if now is not None:
                ended.setdefault(Address, []).append(now.pk)
                merged.setdefault(f"{kind}_code", now.division_code)
                if merged[f"{kind}_code"] == now.division_code:
                    merged.setdefault(f"{kind}_detail", now.detail)
            _add_address(merged, kind, made, common, today, "")
    if changed & {"guardian_name", *GUARDIAN_KEYS}:
        there = known.guardians.get(person.pk, [])
        former = next((one for one in there if one.name == clean["guardian_name"]), None)
        ended.setdefault(Guardian, []).extend([former.pk] if former else [one.pk for one in there])
        made[Guardian].append(_guardian(clean, common, today, former))
    add_besides(clean, changed, known.besides, made, ended, common, today)
    if "name" in changed:
        made[PersonName].append(
            PersonName(
                **common, kind=NameKind.FORMER, name=former_name, valid_from=person.filed_on, valid_to=today
            )
        )
    if "icd10" in changed:
        _add_diagnosis(clean, made, common, today)
    if "consent" in changed:
        made[Consent].append(_answer(clean, common, today))
    if "report_type" in changed:
        made[Consent].append(_statutory(clean, common, today))
    if "id_number" in changed:
        ended.setdefault(Identifier, []).extend(known.identifiers.get(person.pk, []))
        _add_number(row, made, common, today)
    if "worker" in changed and row.serving is not None:
        ended.setdefault(Responsibility, []).extend(one.pk for one in known.responsible.get(person.pk, []))
        made[Responsibility].append(_responsible(row, row.serving, common, today))


def _revise(
    row: Row, person: Person, made: dict[type[Model], list[Any]], common: dict[str, Any], source: Source
) -> None:
    """Keep what the person's own columns said, name everything that changed, and count the version up."""
    own = [key for key in row.changed if key in COLUMNS or key in ("name", "onset_on")]
    former: dict[str, Any] = {}
    for key in own:
        former[key] = getattr(person, key)
        if key == "onset_on":
            former["onset_precision"] = person.onset_precision
            person.onset_on, person.onset_precision = row.clean[key]
        else:
            setattr(person, key, row.clean[key])
    if "name" in own:
        person.fill_name_keys()
    if "phone" in own:
        person.phone_hash = keyed_hash("phone", person.phone)
    person.row_version += 1
    made[PersonRevision].append(
        PersonRevision(
            **common, keys=sorted(row.changed), former=json.dumps(former, default=str, ensure_ascii=False), source=source,
            op_id=row.given.op_id, row_version=person.row_version,
        )
    )  # fmt: skip
