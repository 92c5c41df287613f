"""Writing a batch of people: one person typed or twenty thousand imported obey the same rules and the same statements."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Model

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors, bounds
from xinqiao.kernel.errors import Conflict, Invalid, NotFound
from xinqiao.places.queries import Serving

from .. import bulk
from ..choices import LifeEventKind, ResponsibilityKind, printed
from ..fields import keyed_hash
from ..listeners import facts_changed
from ..models import (
    Address,
    Consent,
    Diagnosis,
    Guardian,
    Identifier,
    LifeEvent,
    Person,
    PersonRevision,
    Responsibility,
)
from ..rules import category_of, file_number
from .plan import COLUMNS, Known, NewPerson, Outcome, Plan, Row, Source, plan_people

#: Advisory locks are taken on this many buckets at most, since each lock of a transaction takes room in shared memory.
BUCKETS = 1024
LOCK_SPACE = 0x5851
SIGNERS = {"1": "patient", "2": "guardian"}
WRITTEN: tuple[type[Model], ...] = (
    Person, Identifier, Address, Guardian, Diagnosis, Consent, LifeEvent, Responsibility, PersonRevision,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of one row. `changed` are record keys, `flags` what goes along (see `rules.FLAG_LABELS`)."""

    op_id: UUID
    person_id: UUID
    outcome: Outcome
    file_no: str
    flags: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class AlreadyRegistered(Conflict):
    """The document number has a file in the actor's own area; `person_id` is that file."""

    def __init__(self, message: str, person_id: UUID) -> None:
        super().__init__(message, code="conflict.already_registered")
        self.person_id = person_id


def register_person(*, actor: Actor, clock: Clock, person: NewPerson, source: Source = "form") -> Registered:
    """A batch of one. AlreadyRegistered when the number has a file here and no reason says it is somebody else."""
    return register_people(actor=actor, clock=clock, batch=[person], source=source)[0]


def register_people(
    *, actor: Actor, clock: Clock, batch: Sequence[NewPerson], source: Source
) -> list[Registered]:
    """Put people on the register, in order. All or nothing; repeated operations and re-imports answer the same.

    Writes the person, document number, addresses, guardian, diagnosis, consent, the event of filing, the counting
    institution and the responsible worker (the person in charge of the institution serving the village unless another is
    named), and one line of the trail. A person found again (same operation, or same document number in an import)
    is compared: what differs is added as dated facts, and the former values of the person's own columns are kept.
    Raises Invalid with all problems, NotFound for a village that is not there or not the actor's, AlreadyRegistered.
    """
    require(actor, Permission.IMPORT_REGISTER if source == "import" else Permission.REGISTER_PERSON)
    if not batch:
        return []
    with transaction.atomic():
        plan = plan_people(actor=actor, clock=clock, batch=batch, source=source, lock=_lock)
        _refuse(plan, source)
        return write_plan(plan, actor=actor, clock=clock, source=source)


def write_plan(plan: Plan, *, actor: Actor, clock: Clock, source: Source) -> list[Registered]:
    """Write a plan without problems, leave its line in the trail and tell the listeners. Inside the caller's transaction."""
    ids = _write(plan, actor=actor, clock=clock, source=source)
    result = [
        Registered(
            row.given.op_id, one, row.outcome, row.person.file_no if row.person else "", tuple(row.flags),
            tuple(row.changed),
        )
        for row, one in zip(plan.rows, ids, strict=True)
    ]  # fmt: skip
    written = [one.person_id for one in result if one.outcome != "unchanged"]
    if written:
        _audit(result, plan, actor=actor, clock=clock, source=source)
        facts_changed(actor, clock, written)
    return result


def _refuse(plan: Plan, source: Source) -> None:
    if any(one.code == "not_found" for row in plan.rows for one in row.problems):
        raise NotFound(code="not_found.place")
    if len(plan.rows) == 1 and (person := plan.rows[0].person) is not None:
        row = plan.rows[0]
        only = row.problems[0] if len(row.problems) == 1 else None
        if only is not None and only.code == "id_registered":
            raise AlreadyRegistered(only.message, person.pk)
        if row.by_op_id and source == "form" and row.changed and not row.problems:
            raise Conflict(
                "这份表已经保存过；后来的改动没有保存，请打开档案核对。", code="conflict.repeated_differs"
            )
    if plan.problems:
        raise Invalid(plan.problems)


def _lock(hashes: Sequence[bytes]) -> None:
    """Two who register the same number, or press twice, come one after the other; always in one order, so never a
    deadlock."""
    # The last bytes: the first ones of an operation's key are the time, the same for everybody who saves now.
    buckets = sorted({int.from_bytes(one[-4:], "big") % BUCKETS for one in hashes})
    if buckets:
        with connection.cursor() as cursor:
            cursor.execute(
                "select count(pg_advisory_xact_lock(%s, b)) from (select unnest(%s::int[]) as b) as wanted",
                [LOCK_SPACE, buckets],
            )


def _serials(rows: Iterable[Row]) -> dict[str, int]:
    """Take the next serials of each village in one statement; returns the last one given before."""
    wanted = Counter(row.managing_code for row in rows)
    codes = sorted(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_fileserial (code, last) select * from unnest(%s::text[], %s::int[])"
            " on conflict (code) do update set last = registry_fileserial.last + excluded.last returning code, last",
            [codes, [wanted[code] for code in codes]],
        )
        return {code: last - wanted[code] for code, last in cursor.fetchall()}


def _write(plan: Plan, *, actor: Actor, clock: Clock, source: Source) -> list[UUID]:
    """Returns the person of each row, in order."""
    now, today = clock.now(), clock.today()
    new = [row for row in plan.rows if row.outcome == "new"]
    serials = _serials(new) if new else {}
    made: dict[type[Model], list[Any]] = {model: [] for model in WRITTEN}
    ended: dict[type[Model], list[UUID]] = {}
    for row in new:
        serials[row.managing_code] += 1
        row.person = _person(row, serials[row.managing_code], actor, now, source)
        made[Person].append(row.person)
        common = _common(row.person, actor, now)
        _new_facts(row, made, common)
    touched = []
    for row in plan.rows:
        if row.outcome == "changed" and row.person is not None:
            touched.append(row.person)
            common = _common(row.person, actor, now)
            _changed_facts(row, row.person, plan.known, made, ended, common, today, source)
    if touched:
        columns = {*COLUMNS, "name", "phone_hash", "onset_on", "onset_precision", "row_version"}
        Person.objects.bulk_update(touched, sorted(columns))
    # A number put right was never this person's: it is voided. Everything else that is replaced was true until today.
    if wrong := ended.pop(Identifier, []):
        Identifier.objects.filter(pk__in=wrong).update(
            voided_at=now, voided_by=actor.user_id, voided_reason="证件号码更正"
        )
    for model, ids in ended.items():
        model._default_manager.filter(pk__in=ids).update(valid_to=today)
    for objects in made.values():
        if objects:
            bulk.insert(objects)
    return [row.person.pk for row in plan.rows if row.person is not None]


def _common(person: Person, actor: Actor, now: Any) -> dict[str, Any]:
    return {
        "person": person,
        "managing_code": person.managing_code,
        "shared_codes": person.shared_codes,
        "recorded_at": now,
        "recorded_by": actor.user_id,
    }


def _person(row: Row, serial: int, actor: Actor, now: Any, source: Source) -> Person:
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


def _new_facts(row: Row, made: dict[type[Model], list[Any]], common: dict[str, Any]) -> None:
    clean, since = row.clean, row.clean["filed_on"]
    _add_number(row, made, common, since)
    _add_address(clean, "live", made, common, since, row.managing_code)
    _add_address(clean, "hukou", made, common, since, "")
    if "guardian_name" in clean:
        made[Guardian].append(_guardian(clean, common, since))
    _add_diagnosis(clean, made, common, since)
    _add_consent(clean, made, common, since)
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
    return Guardian(
        **common,
        name=clean.get("guardian_name", former.name if former else ""),
        relation=clean.get("guardian_relation", former.relation if former else ""),
        phone=phone,
        phone_hash=keyed_hash("phone", phone),
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


def _changed_facts(
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
    if changed & {"guardian_name", "guardian_relation", "guardian_phone", "guardian_address"}:
        there = known.guardians.get(person.pk, [])
        former = next((one for one in there if one.name == clean["guardian_name"]), None)
        ended.setdefault(Guardian, []).extend([former.pk] if former else [one.pk for one in there])
        made[Guardian].append(_guardian(clean, common, today, former))
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
    if "phone" in own:
        person.phone_hash = keyed_hash("phone", person.phone)
    person.row_version += 1
    made[PersonRevision].append(
        PersonRevision(
            **common, keys=sorted(row.changed), former=json.dumps(former, default=str, ensure_ascii=False), source=source,
            op_id=row.given.op_id,
        )
    )  # fmt: skip


def _audit(result: Sequence[Registered], plan: Plan, *, actor: Actor, clock: Clock, source: Source) -> None:
    if len(result) == 1:
        one, row = result[0], plan.rows[0]
        audit.record(
            actor=actor, clock=clock, action="register_person", object_type="person", object_id=one.person_id,
            place=row.managing_code, op_id=one.op_id,
            detail={
                "source": source, "outcome": one.outcome, "changed": list(one.changed),
                "different_person": bool(row.given.different_because),
            },
        )  # fmt: skip
        return
    detail = {
        "source": source,
        "new": [str(one.person_id) for one in result if one.outcome == "new"],
        "changed": {str(one.person_id): list(one.changed) for one in result if one.outcome == "changed"},
        "unchanged": sum(1 for one in result if one.outcome == "unchanged"),
    }
    audit.record(
        actor=actor, clock=clock, action="register_people", object_type="batch", object_id=None,
        place=_common_place([row.managing_code for row in plan.rows]), detail=detail,
    )  # fmt: skip


def _common_place(codes: Sequence[str]) -> str:
    """The lowest division that holds all of them."""
    for place in ancestors(codes[0]):
        lo, hi = bounds(place)
        if all(lo <= code < hi for code in codes):
            return place
    return ancestors(codes[0])[-1]


__all__ = ["AlreadyRegistered", "NewPerson", "Registered", "printed", "register_people", "register_person"]
