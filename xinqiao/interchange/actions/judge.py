"""What each staged row says and what it would do, by the same rules as the write path, without writing a person or a visit.

A row is judged by itself first (`judge_people`, `judge_visits`), then beside the other rows of the file (`relate`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from xinqiao.followup.actions.entry import COMPUTED
from xinqiao.followup.actions.visits import record_of
from xinqiao.followup.models import Visit
from xinqiao.followup.rules import check_record
from xinqiao.kernel import words
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.actions import NewPerson, plan_people
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import Identifier, Person
from xinqiao.registry.queries import alike_rows
from xinqiao.registry.rules.check import FLAG_LABELS
from xinqiao.registry.rules.fields import FIELDS as PERSON_FIELDS
from xinqiao.registry.rules.identity import check_id_number

from ..choices import Outcome
from ..excel.records import Reading, read_row, to_json
from ..models import Row
from .places import Villages

#: Problems of the plan that `relate` says better, naming the other row.
_SAID_BY_RELATE = frozenset({"id_twice"})
#: A gap in an imported register is normal; it is counted, not listed row by row.
_QUIET = ("missing:",)


@dataclass(slots=True)
class Candidate:
    """Somebody a visit may belong to: from the file, or already on the register."""

    name: str
    birth_on: date | None
    filed_on: date | None
    person_id: UUID | None = None
    key: bytes | None = None


@dataclass(slots=True)
class Judged:
    """A row decided. `record` is what would be written; `problems` refuse, `flags` go along."""

    row: Row
    cells: dict[str, str]
    record: dict[str, Any] = field(default_factory=dict)
    aside: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    flags: list[Problem] = field(default_factory=list)
    outcome: str = Outcome.NEW
    key: bytes | None = None
    again: bytes | None = None
    content: bytes | None = None

    def put(self) -> Row:
        """The row with everything set, ready to be written."""
        said = self.problems + self.flags
        self.row.payload = json.dumps(
            {
                "cells": self.cells,
                "record": {key: to_json(value) for key, value in self.record.items()},
                "aside": self.aside,
                "messages": [words.to_json(problem.message) for problem in said],
            },
            ensure_ascii=False,
            default=str,
        )
        self.row.problems = [
            {"field": problem.field, "code": problem.code, "flag": index >= len(self.problems)}
            for index, problem in enumerate(said)
        ]
        self.row.outcome = Outcome.PROBLEM if self.problems else self.outcome
        self.row.key, self.row.again, self.row.content = self.key, self.again, self.content
        return self.row


def cells_of(row: Row) -> dict[str, str]:
    """The typed cells of a staged row."""
    found: dict[str, str] = json.loads(row.payload)["cells"]
    return found


def _hash(*parts: object) -> bytes | None:
    return keyed_hash("id", "|".join(str(part) for part in parts))


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def judge_people(
    rows: Sequence[Row],
    *,
    actor: Actor,
    clock: Clock,
    villages: Villages,
    people: dict[bytes, list[Candidate]],
) -> list[Judged]:
    """Judge rows of the register; those that could be kept are added to `people` under their keys."""
    judged = []
    batch = []
    for row in rows:
        cells = cells_of(row)
        reading = read_row("people", cells)
        _village(reading, villages)
        found = Judged(row, cells, reading.record, reading.aside, list(reading.problems))
        judged.append(found)
        batch.append(new_person(row.pk, reading.record, reading.aside))
    plan = plan_people(actor=actor, clock=clock, batch=batch, source="import")
    for found, planned in zip(judged, plan.rows, strict=True):
        unread = {problem.field.split(".")[0] for problem in found.problems}
        if "village" in unread:
            unread.add("live_code")
        found.problems += [
            _own(problem)
            for problem in planned.problems
            if problem.field not in unread and problem.code not in _SAID_BY_RELATE
        ]
        found.flags = [_flag(code) for code in planned.flags if not code.startswith(_QUIET)]
        found.outcome = planned.outcome
        keys = keys_of(planned.number_hash, found.aside)
        found.key = keys[0] if keys else None
        found.again = None if found.aside.get("different_because") else planned.number_hash
        clean = planned.clean
        known = planned.person.pk if planned.person else None
        who = Candidate(
            str(clean.get("name", "")), clean.get("birth_on"), clean.get("filed_on"), known, found.key
        )
        for key in keys:
            people.setdefault(key, []).append(who)
    _alike(judged, [row.clean for row in plan.rows], actor)
    return judged


def _alike(judged: Sequence[Judged], clean: Sequence[Mapping[str, Any]], actor: Actor) -> None:
    """Say which new people may have a file already, under another number or none. One statement."""
    fresh = [
        (one, record)
        for one, record in zip(judged, clean, strict=True)
        if one.outcome == Outcome.NEW and not one.problems and not one.aside.get("different_because")
    ]
    for place in alike_rows(actor=actor, records=[record for _one, record in fresh]):
        fresh[place][0].flags.append(Problem("name", "alike", sentence("可能与已有档案是同一人")))


def keys_of(number_hash: bytes | None, aside: Mapping[str, Any]) -> list[bytes]:
    """The keys under which visits may name a person."""
    keys = [number_hash, _hash("no", aside["file_no"]) if aside.get("file_no") else None]
    return [key for key in keys if key]


def new_person(op_id: UUID, record: Mapping[str, Any], aside: Mapping[str, Any]) -> NewPerson:
    """A row of the register as the write path takes it."""
    known = {key: value for key, value in record.items() if key in PERSON_FIELDS}
    return NewPerson(op_id, known, different_because=str(aside.get("different_because", "")))


def _village(reading: Reading, villages: Villages) -> None:
    """Fill in the village's code from names, in its own column or in two."""
    record, aside = reading.record, reading.aside
    typed = str(record.get("live_code", ""))
    if typed and not typed.replace(" ", "").isdigit():
        found = villages.find(
            str(aside.get("township", "")) if aside.get("township", "") not in typed else "", typed
        )
        field_name = "live_code"
    elif not typed and aside.get("village"):
        found = villages.find(str(aside.get("township", "")), str(aside["village"]))
        field_name = "village"
    else:
        return
    if isinstance(found, Problem):
        record.pop("live_code", None)
        reading.problems.append(Problem(field_name, found.code, found.message, found.value))
    else:
        record["live_code"] = found


def _own(problem: Problem) -> Problem:
    if problem.code == "not_found" and problem.field == "live_code":
        return Problem(
            problem.field,
            "outside",
            sentence("现住址代码“%(code)s”不在本县管理范围，或没有这个村；请核对代码", code=problem.value),
            problem.value,
        )
    return problem


def _flag(code: str) -> Problem:
    return Problem(code.rsplit(":", 1)[-1] if ":" in code else "", code, FLAG_LABELS.get(code, code))


# ── visits ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def judge_visits(
    rows: Sequence[Row], *, clock: Clock, people: Mapping[bytes, list[Candidate]], registered: set[bytes]
) -> list[Judged]:
    """Judge rows of visits beside the people of the file and of the register. Three statements for any number of rows.

    Keys of people who are on the register already are added to `registered`.
    """
    judged = []
    for row in rows:
        cells = cells_of(row)
        reading = read_row("visits", cells)
        found = Judged(row, cells, reading.record, reading.aside, list(reading.problems))
        _key(found, clock)
        judged.append(found)
    known = _registered({found.key for found in judged if found.key}, judged)
    registered.update(known)
    standing: list[tuple[Judged, Candidate]] = []
    for found in judged:
        who = _whose(found, people, known)
        if who is not None and who.key is not None:
            found.key = who.key
        checked = check_record(
            found.record,
            today=clock.today(),
            birth_on=who.birth_on if who else None,
            filed_on=who.filed_on if who else None,
            mode="import",
        )
        unread = {problem.field.split(".")[0] for problem in found.problems}
        found.problems += [p for p in checked.problems if p.field.split(".")[0] not in unread]
        found.flags = [Problem(f.field, f.code, f.message) for f in checked.flags if f.code != "missing"]
        found.record = checked.clean
        if found.key and checked.clean.get("visit_date"):
            # Two people under one key (twins, a borrowed number) are told apart by name.
            found.again = _hash(
                found.key.hex(),
                found.aside.get("name", ""),
                checked.clean["visit_date"],
                checked.clean.get("form"),
            )
            found.content = _hash(
                found.again.hex() if found.again else "",
                json.dumps(_said(found.record), ensure_ascii=False, sort_keys=True, default=str),
            )
        if who is not None and who.person_id is not None and not found.problems:
            standing.append((found, who))
    beside = beside_register([(who.person_id, found.record) for found, who in standing if who.person_id])
    for (found, _person), (outcome, _visit) in zip(standing, beside, strict=True):
        found.outcome = outcome
    return judged


def _key(found: Judged, clock: Clock) -> None:
    typed = found.aside.get("id_number")
    if typed:
        checked = check_id_number(typed, today=clock.today())
        if checked.ok:
            found.key = keyed_hash("id", checked.number)
        else:
            found.problems += checked.problems
    elif found.aside.get("file_no"):
        found.key = _hash("no", found.aside["file_no"])
    elif not any(problem.field == "id_number" for problem in found.problems):
        found.problems.append(
            Problem(
                "id_number", "missing", sentence("没有填写身份证号或档案编号，无法对应到人；请补上其中一项")
            )
        )


def _registered(keys: set[bytes], judged: Iterable[Judged]) -> dict[bytes, list[Candidate]]:
    """People already on the register in the actor's scope, by the keys that visits name them with."""
    known: dict[bytes, list[Candidate]] = {}
    if not keys:
        return known
    rows = Identifier.objects.filter(number_hash__in=keys, voided_at=None).values_list(
        "number_hash", "person__name", "person__birth_on", "person__filed_on", "person_id"
    )
    for number, name, birth_on, filed_on, person_id in rows:
        known.setdefault(bytes(number), []).append(Candidate(name, birth_on, filed_on, person_id))
    numbers = {
        str(f.aside["file_no"]) for f in judged if f.aside.get("file_no") and not f.aside.get("id_number")
    }
    if numbers:
        for person in Person.objects.filter(file_no__in=numbers).only(
            "file_no", "name", "birth_on", "filed_on"
        ):
            key = _hash("no", person.file_no)
            if key:
                known.setdefault(key, []).append(
                    Candidate(person.name, person.birth_on, person.filed_on, person.pk)
                )
    return known


def _whose(
    found: Judged, people: Mapping[bytes, list[Candidate]], known: Mapping[bytes, list[Candidate]]
) -> Candidate | None:
    """The one person a visit speaks of, or None with the problem said (nobody at all is said by `relate`)."""
    if found.key is None:
        return None
    in_file = people.get(found.key, [])
    at_hand = {c.person_id for c in in_file if c.person_id}
    candidates = [*in_file, *(c for c in known.get(found.key, []) if c.person_id not in at_hand)]
    if not candidates:
        return None
    name = found.aside.get("name")
    named = [c for c in candidates if name and c.name == name]
    if name and not named:
        found.problems.append(
            Problem(
                "name",
                "other_name",
                sentence("姓名“%(name)s”与名册上这个号码的姓名不符；请核对姓名和号码", name=str(name)[:30]),
                str(name),
            )
        )
        return None
    chosen = named or candidates
    if len(chosen) > 1:
        found.problems.append(
            Problem("name", "ambiguous_person", sentence("这个号码对应不止一人，请填写姓名以便区分"))
        )
        return None
    return chosen[0]


def beside_register(visits: Sequence[tuple[UUID, Mapping[str, Any]]]) -> list[tuple[str, UUID | None]]:
    """For each person and record: new, unchanged (the same visit is there) or changed (another of that day and form is
    there), and the visit that is there. Two statements for any number of visits."""
    given = [
        (person_id, {key: to_json(value) for key, value in record.items()}) for person_id, record in visits
    ]
    there = {}
    if given:
        ids, days = {person_id for person_id, _ in given}, {record["visit_date"] for _, record in given}
        for one in Visit.objects.filter(
            person_id__in=ids, visit_date__in=days, voided_at=None, superseded=False
        ):
            there[one.person_id, one.visit_date.isoformat(), one.form] = one
    found: list[tuple[str, UUID | None]] = []
    for person_id, record in given:
        visit = there.get((person_id, record["visit_date"], record.get("form", "")))
        if visit is None:
            found.append((Outcome.NEW, None))
            continue
        stored = _said({key: to_json(value) for key, value in record_of(visit).items()})
        # A class that the file leaves open is worked out again, and the same.
        said = _said({"visit_class": stored.get("visit_class", ""), **record})
        found.append((Outcome.UNCHANGED if stored == said else Outcome.CHANGED, visit.pk))
    return found


def _said(record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in record.items()
        if value not in ("", [], {}, None, False) and key not in COMPUTED
    }
