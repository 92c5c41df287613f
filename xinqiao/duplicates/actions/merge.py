"""One file taken into another: which file stays, and for each answer that differs which value."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import county_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.actions.batch import COLUMNS
from xinqiao.registry.actions.rows import common_columns
from xinqiao.registry.bulk import once_only
from xinqiao.registry.choices import AddressKind, NameKind, NumberKind, ResponsibilityKind
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.listeners import facts_changed
from xinqiao.registry.models import (
    Address,
    Guardian,
    Identifier,
    LifeEvent,
    OtherNumber,
    Person,
    PersonName,
    PersonRevision,
    Responsibility,
)
from xinqiao.registry.models.named import KEYS

from ..choices import PairState
from ..ledger import plan
from ..models import Merge, Pair
from ..rules import Course, Held, Joined, Unfit, join
from ..under_way import under_way
from .clocks import settle_people

#: Rows of who answers that the file which stays takes over for the time before it was opened.
ANSWERING = (ResponsibilityKind.COUNTING, ResponsibilityKind.RESPONSIBLE)


@dataclass(frozen=True, slots=True)
class Merged:
    """The merge, and the file that stayed."""

    merge_id: UUID
    winner_id: UUID


@dataclass
class _Facts:
    """Open rows of both files that a merge has to choose between."""

    numbers: list[Identifier]
    addresses: list[Address]
    guardians: list[Guardian]


def merge_people(
    *,
    actor: Actor,
    clock: Clock,
    op_id: UUID,
    winner_id: UUID,
    loser_id: UUID,
    reason: str,
    take: Collection[str] = (),
) -> Merged:
    """Take `loser` into `winner`; `take` are the keys (`queries.compare.CHOOSABLE`) whose value is the loser's.

    An answer that the winner has not is the loser's anyway. Every row that moves, is put away or ended is written into the
    ledger; both document numbers, both file numbers and both names are kept. While both were open the winner says how things
    stood; the time before is the loser's (`rules.courses`). Repeatable by `op_id`. NotFound for somebody out of scope, Invalid
    without a reason or for two counties, Conflict while a hand-over is under way, for a winner who is lost or gone when the loser
    is not, and when just one of the two is excluded.
    """
    require(actor, Permission.CORRECT_RECORD)
    reason = reason.strip()[:200]
    with transaction.atomic():
        if (done := Merge.objects.filter(op_id=op_id).first()) is not None:
            return Merged(done.pk, done.winner_id)
        winner, loser = _both(winner_id, loser_id)
        if not reason:
            raise Invalid([Problem("reason", "missing", sentence("合并要写明依据。"))])
        _refuse(winner, loser)
        now, today = clock.now(), clock.today()
        facts = _facts([winner.pk, loser.pk])
        answering = _answering(winner, loser)
        joined = _join(winner, loser, answering, today)
        before, after = _choose(winner, loser, take)
        if joined.filed_on != winner.filed_on:
            # Since when somebody is on the register is no answer that is chosen: it is the earlier of the two days.
            before["filed_on"], after["filed_on"] = winner.filed_on, joined.filed_on
        merge = Merge(
            managing_code=winner.managing_code, shared_codes=winner.shared_codes, op_id=op_id, winner=winner, loser=loser,
            merged_at=now, merged_by=actor.user_id, reason=reason, row_version=winner.row_version + 1,
            before=_json(before), after=_json(after),
        )  # fmt: skip
        with once_only():
            merge.save(force_insert=True)
        common = common_columns(winner, actor, now)
        made = _kept_besides(winner, loser, facts, "id_number" in take, common, today)
        if winner.name != loser.name:
            # Both stay findable, whichever of them the file carries from now on.
            name = winner.name if "name" in after else loser.name
            made.append(PersonName(**common, kind=NameKind.ALIAS, name=name, valid_from=loser.filed_on))
        if before:
            made.append(
                PersonRevision(
                    **common, keys=sorted(before), former=_json(before), source="merge", op_id=op_id,
                    row_version=winner.row_version + 1,
                )
            )  # fmt: skip
        made += _carried(joined, answering, common)
        for row in made:
            row.save(force_insert=True)
        parks = _parked(facts, winner, loser, "id_number" in take)
        parks += [{"table": "registry_lifeevent", "id": str(pk)} for pk in joined.parks]
        ends = _ended(facts, winner, loser, "live_code" in take)
        _change(winner, after)
        _move(merge, parks, ends, made, today)
        state = Pair.objects.filter(first_id__in=[winner.pk, loser.pk], second_id__in=[winner.pk, loser.pk])
        state.update(state=PairState.MERGED, decided_at=now, decided_by=actor.user_id)
        audit.record(
            actor=actor, clock=clock, action="merge_people", object_type="person", object_id=winner.pk,
            place=winner.managing_code, op_id=op_id,
            detail={"merge": str(merge.pk), "loser": str(loser.pk), "changed": sorted(after)},
        )  # fmt: skip
        facts_changed(actor, clock, [winner.pk])
        settle_people(clock, [winner.pk])
    return Merged(merge.pk, winner.pk)


def _both(winner_id: UUID, loser_id: UUID) -> tuple[Person, Person]:
    found = {
        one.pk: one
        for one in Person.objects.select_for_update().filter(pk__in=[winner_id, loser_id]).order_by("pk")
    }
    if winner_id not in found or loser_id not in found or winner_id == loser_id:
        raise NotFound(code="not_found.person")
    return found[winner_id], found[loser_id]


def _refuse(winner: Person, loser: Person) -> None:
    if county_of(winner.managing_code) != county_of(loser.managing_code):
        raise Invalid([Problem("", "two_counties", sentence("两份档案不在同一个县，请先办理流转，再合并。"))])
    receiving = Responsibility.objects.filter(
        person__in=[winner, loser], kind=ResponsibilityKind.RECEIVING, valid_to=None, voided_at=None
    )
    if under_way([winner.pk, loser.pk]) or receiving.exists():
        raise Conflict(
            sentence("其中一份档案正在流转，请等接收或退回后再合并。"), code="conflict.transfer_under_way"
        )


def _answering(winner: Person, loser: Person) -> list[Responsibility]:
    rows = Responsibility.objects.filter(person__in=[winner, loser], kind__in=ANSWERING, voided_at=None)
    return list(rows.order_by("valid_from", "id"))


def _join(winner: Person, loser: Person, answering: list[Responsibility], today: date) -> Joined:
    events = list(LifeEvent.objects.filter(person__in=[winner, loser], voided_at=None).order_by("id"))

    def course(person: Person) -> Course:
        return Course(
            person.filed_on,
            [Held(one.pk, one.kind, one.happened_on) for one in events if one.person_id == person.pk],
            [
                Held(row.pk, row.kind, row.valid_from, row.valid_to)
                for row in answering
                if row.person_id == person.pk
            ],
        )

    try:
        return join(course(winner), course(loser), today)
    except Unfit as unfit:
        if unfit.code == "excluded":
            words = sentence(
                "其中一份档案已诊断排除，另一份没有：确为同一人时，请先办理更正诊断排除，或对另一份也办理诊断排除，再合并。"
            )
        else:
            words = sentence("要保留的档案已失访或迁出，另一份仍在册：请保留仍在册的那一份。")
        raise Conflict(words, code=f"conflict.{unfit.code}") from unfit


def _carried(joined: Joined, answering: list[Responsibility], common: dict[str, Any]) -> list[Any]:
    """Who counted and answered before the winner's file was opened, and what joins the two courses."""
    rows = {row.pk: row for row in answering}
    made: list[Any] = [LifeEvent(**common, kind=kind, happened_on=day) for kind, day in joined.made]
    for pk, since, until in joined.carry:
        row = rows[pk]
        made.append(
            Responsibility(
                **(common | {"recorded_at": row.recorded_at, "recorded_by": row.recorded_by}), kind=row.kind,
                institution_id=row.institution_id, worker_id=row.worker_id, worker_name=row.worker_name,
                counted_code=row.counted_code, counted_now=row.counted_now, reason=row.reason, valid_from=since,
                valid_to=until,
            )
        )  # fmt: skip
    return made


def _facts(ids: list[UUID]) -> _Facts:
    open_rows: dict[str, Any] = {"person_id__in": ids, "voided_at": None, "valid_to": None}
    return _Facts(
        list(Identifier.objects.filter(**open_rows).order_by("-valid_from", "-id")),
        list(Address.objects.filter(**open_rows).order_by("-valid_from", "-id")),
        list(Guardian.objects.filter(**open_rows).order_by("-valid_from", "-id")),
    )


def _choose(winner: Person, loser: Person, take: Collection[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The winner's columns that change: as they are, and as they will be."""
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for key in ("name", *COLUMNS, "onset_on"):
        mine, other = getattr(winner, key), getattr(loser, key)
        if mine == other or _empty(other) or not (key in take or _empty(mine)):
            continue
        before[key], after[key] = mine, other
        if key == "onset_on":
            before["onset_precision"], after["onset_precision"] = (
                winner.onset_precision,
                loser.onset_precision,
            )
    if ("education" in after or "occupation" in after) and winner.form_edition != loser.form_edition:
        # Codes of another print of the form: they go together or not at all.
        for key in ("education", "occupation", "form_edition"):
            before[key], after[key] = getattr(winner, key), getattr(loser, key)
    return before, after


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {}, False)


def _change(winner: Person, after: dict[str, Any]) -> None:
    for key, value in after.items():
        setattr(winner, key, value)
    winner.row_version += 1
    columns = {*after, "row_version"}
    if "name" in after:
        columns |= {"name", *KEYS}
    if "phone" in after:
        winner.phone_hash = keyed_hash("phone", winner.phone)
        columns.add("phone_hash")
    winner.save(update_fields=columns)


def _number_of(facts: _Facts, person: Person) -> Identifier | None:
    return next((one for one in facts.numbers if one.person_id == person.pk), None)


def _parked(facts: _Facts, winner: Person, loser: Person, loser_number: bool) -> list[dict[str, str]]:
    """Numbers that no longer name the file, and the loser's guardians whom the winner has too."""
    mine, other = _number_of(facts, winner), _number_of(facts, loser)
    gone = []
    if mine is not None and other is not None:
        gave_way = winner if loser_number else loser
        gone = [one for one in facts.numbers if one.person_id == gave_way.pk]
    rows = [{"table": "registry_identifier", "id": str(one.pk)} for one in gone]
    known = [one for one in facts.guardians if one.person_id == winner.pk]
    for one in facts.guardians:
        if one.person_id == loser.pk and any(_same_guardian(one, there) for there in known):
            rows.append({"table": "registry_guardian", "id": str(one.pk)})
    return rows


def _same_guardian(one: Guardian, other: Guardian) -> bool:
    return one.name == other.name and bytes(one.phone_hash or b"") in (b"", bytes(other.phone_hash or b""))


def _ended(facts: _Facts, winner: Person, loser: Person, loser_address: bool) -> list[dict[str, str]]:
    """Of two present addresses of one kind one ends."""
    rows = []
    for kind in AddressKind.values:
        mine = [one for one in facts.addresses if one.kind == kind and one.person_id == winner.pk]
        other = [one for one in facts.addresses if one.kind == kind and one.person_id == loser.pk]
        if mine and other:
            rows += mine if loser_address and kind == AddressKind.LIVE else other
    return [{"table": "registry_address", "id": str(one.pk)} for one in rows]


def _kept_besides(
    winner: Person, loser: Person, facts: _Facts, loser_number: bool, common: dict[str, Any], today: date
) -> list[Any]:
    """The number and the name that no longer name the file, and the loser's file number: found by them it still is."""
    mine, other = _number_of(facts, winner), _number_of(facts, loser)
    made: list[Any] = []
    if mine is not None and other is not None and bytes(mine.number_hash) != bytes(other.number_hash):
        gave_way = mine if loser_number else other
        kind = gave_way.kind if gave_way.kind in NumberKind.values else NumberKind.OTHER
        made.append(
            OtherNumber(
                **common, kind=kind, number=gave_way.number, number_hash=keyed_hash("id", gave_way.number),
                valid_from=gave_way.valid_from,
            )
        )  # fmt: skip
    if loser.file_no:
        made.append(
            OtherNumber(
                **common, kind=NumberKind.FORMER_FILE, number=loser.file_no, number_hash=keyed_hash("id", loser.file_no),
                valid_from=loser.filed_on, valid_to=max(today, loser.filed_on),
            )
        )  # fmt: skip
    return made


def _move(
    merge: Merge, parks: list[dict[str, str]], ends: list[dict[str, str]], made: list[Any], today: date
) -> None:
    given = [
        plan(merge.loser_id),
        parks,
        ends,
        [{"table": row._meta.db_table, "id": str(row.pk)} for row in made],
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "select duplicates_merge_people(%s, %s::jsonb, %s::jsonb, %s::jsonb, %s::jsonb, %s)",
            [merge.pk, *(json.dumps(one) for one in given), today],
        )


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, default=str, ensure_ascii=False, sort_keys=True) if values else ""
