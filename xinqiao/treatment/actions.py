"""Writing exams: record one (or that it was refused), correct it, void it. Every other app hears of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.bulk import once_only
from xinqiao.registry.listeners import facts_changed
from xinqiao.registry.models import LifeEvent, Person

from .choices import TAKEN
from .models import Exam, ExamRefusal
from .rules import abnormal_parts, check_exam, missing_parts

audit.register_actions(
    {
        "record_exam": "登记健康体检",
        "record_exam_refusal": "登记未体检原因",
        "amend_exam": "更正健康体检",
        "void_exam": "作废健康体检",
    }
)

__all__ = ["NewExam", "Recorded", "amend_exam", "record_exam", "record_exams", "void_exam"]

_STORED = (
    "consent_by", "org", "general", "general_note", "sbp", "dbp", "weight", "wbc", "neutrophils", "lymphocytes", "alt",
    "glucose", "glucose_kind", "ecg", "ecg_note", "missing_reason", "advice", "refer_suggest",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was written: `taken` False when the exam was refused. `abnormal` and `missing` name parts by their keys."""

    person_id: UUID
    fact_id: UUID
    taken: bool
    happened_on: date
    abnormal: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewExam:
    """One exam or refusal to write; `record` has the keys of `rules.FIELDS`."""

    op_id: UUID
    person_id: UUID
    record: Mapping[str, Any]


def record_exam(
    *, actor: Actor, clock: Clock, person_id: UUID, op_id: UUID, record: Mapping[str, Any]
) -> Recorded:
    """Write one exam or one refusal. The same `op_id` again answers as before. A batch of one."""
    return record_exams(actor=actor, clock=clock, batch=[NewExam(op_id, person_id, record)])[0]


def record_exams(*, actor: Actor, clock: Clock, batch: Sequence[NewExam]) -> list[Recorded]:
    """Write many, all or nothing, in a fixed number of statements; answers in order.

    Invalid with a sentence per field (of a batch, each says which one); also for a second exam of the same person and day.
    NotFound when a person is not the actor's; Conflict when an operation's number was used for somebody else.
    """
    require(actor, Permission.RECORD_VISIT)
    with transaction.atomic():
        people = _locked({one.person_id for one in batch})
        known = _known(batch)
        fresh = [one for one in batch if one.op_id not in known]
        made = _write(people, fresh, actor=actor, clock=clock)
        if fresh:
            ids = sorted({one.person_id for one in fresh})
            facts_changed(actor, clock, ids, ordinary=ids)
        return [known.get(one.op_id) or made[one.op_id] for one in batch]


def amend_exam(
    *, actor: Actor, clock: Clock, exam_id: UUID, op_id: UUID, record: Mapping[str, Any], reason: str
) -> Recorded:
    """Correct an exam: a new row takes its place, the old one stays readable as void with the reason."""
    require(actor, Permission.AMEND_VISIT)
    with transaction.atomic():
        old = _exam(exam_id, Exam)
        people = _locked({old.person_id})
        new = NewExam(op_id, old.person_id, record)
        known = _known([new])
        if op_id in known:
            return known[op_id]
        old.refresh_from_db()
        if old.voided_at is not None:
            raise Conflict(sentence("这次体检已经更正或作废，请重新打开。"), code="conflict.exam_voided")
        _void(old, _reason(reason), actor=actor, clock=clock)
        made = _write(people, [new], actor=actor, clock=clock, amends=old.pk)[op_id]
        facts_changed(actor, clock, [old.person_id], ordinary=[old.person_id])
    return made


def void_exam(*, actor: Actor, clock: Clock, exam_id: UUID, reason: str) -> UUID:
    """Void an exam or a refusal with a reason; the person's id. Void already: nothing happens."""
    require(actor, Permission.AMEND_VISIT)
    with transaction.atomic():
        fact = _exam(exam_id, Exam, ExamRefusal)
        words = _reason(reason)
        _locked({fact.person_id})
        fact.refresh_from_db()
        if fact.voided_at is None:
            _void(fact, words, actor=actor, clock=clock)
            audit.record(
                actor=actor, clock=clock, action="void_exam", object_type="exam", object_id=fact.pk,
                place=fact.managing_code, detail={"person": str(fact.person_id)},
            )  # fmt: skip
            facts_changed(actor, clock, [fact.person_id], ordinary=[fact.person_id])
    return fact.person_id


def _locked(ids: Collection[UUID]) -> dict[UUID, Person]:
    people = Person.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    found = {one.pk: one for one in people.only("pk", "sex", "birth_on", "managing_code", "shared_codes")}
    if len(found) != len(ids):
        raise NotFound(code="not_found.person")
    return found


def _exam(exam_id: UUID, *tables: type[Exam] | type[ExamRefusal]) -> Exam | ExamRefusal:
    for table in tables:
        found: Exam | ExamRefusal | None = table._default_manager.filter(pk=exam_id).first()
        if found is not None:
            return found
    raise NotFound(code="not_found.exam")


def _reason(reason: str) -> str:
    words = reason.replace("\x00", "").strip()
    if not words or len(words) > 200:
        raise Invalid(
            [Problem("reason", "missing", sentence("更正或作废要写明原因，最多 200 个字。"), words[:40])]
        )
    return words


def _void(fact: Exam | ExamRefusal, reason: str, *, actor: Actor, clock: Clock) -> None:
    type(fact)._default_manager.filter(pk=fact.pk).update(
        voided_at=clock.now(), voided_by=actor.user_id, voided_reason=reason
    )


def _known(batch: Sequence[NewExam]) -> dict[UUID, Recorded]:
    """What was written before under the same operation."""
    person_of = {one.op_id: one.person_id for one in batch}
    found: dict[UUID, Recorded] = {}
    for exam in Exam.objects.filter(op_id__in=person_of):
        found[exam.op_id] = _recorded(exam)
    for refusal in ExamRefusal.objects.filter(op_id__in=person_of):
        found[refusal.op_id] = _recorded(refusal)
    if any(person_of[op_id] != one.person_id for op_id, one in found.items()):
        raise Conflict(
            sentence("这次提交的编号已用于另一份记录，请重新打开页面再填。"), code="conflict.op_id"
        )
    return found


def _recorded(fact: Exam | ExamRefusal) -> Recorded:
    if isinstance(fact, Exam):
        return Recorded(
            fact.person_id, fact.pk, True, fact.happened_on, tuple(fact.abnormal), tuple(fact.missing)
        )
    return Recorded(fact.person_id, fact.pk, False, fact.happened_on)


def _write(
    people: Mapping[UUID, Person],
    batch: Sequence[NewExam],
    *,
    actor: Actor,
    clock: Clock,
    amends: UUID | None = None,
) -> dict[UUID, Recorded]:
    """Check, store, and leave one event; the answers by operation."""
    if not batch:
        return {}
    facts, problems = _facts_of(people, batch, actor=actor, clock=clock, amends=amends)
    if problems:
        raise Invalid(problems)
    exams = [one for one in facts if isinstance(one, Exam)]
    refusals = [one for one in facts if isinstance(one, ExamRefusal)]
    with once_only():
        if exams:
            Exam.objects.bulk_create(exams, batch_size=1_000)
        if refusals:
            ExamRefusal.objects.bulk_create(refusals, batch_size=1_000)
    first = facts[0]
    one = len(facts) == 1
    audit.record(
        actor=actor, clock=clock,
        action="amend_exam" if amends else "record_exam" if exams else "record_exam_refusal",
        object_type="exam", object_id=first.pk if one else None, place=first.managing_code if one else actor.place,
        op_id=first.op_id if one else None,
        detail={
            **({"person": str(first.person_id)} if one else {"exams": [str(fact.pk) for fact in facts]}),
            **({"amends": str(amends)} if amends else {}),
        },
    )  # fmt: skip
    return {fact.op_id: _recorded(fact) for fact in facts}


def _facts_of(
    people: Mapping[UUID, Person],
    batch: Sequence[NewExam],
    *,
    actor: Actor,
    clock: Clock,
    amends: UUID | None,
) -> tuple[list[Exam | ExamRefusal], list[Problem]]:
    died = dict(
        LifeEvent.objects.filter(person_id__in=people, kind="died", voided_at=None)
        .values_list("person_id")
        .annotate(day=Max("happened_on"))
    )
    taken = set(
        Exam.objects.filter(person_id__in=people, voided_at=None).values_list("person_id", "happened_on")
    )
    now, today = clock.now(), clock.today()
    facts: list[Exam | ExamRefusal] = []
    problems: list[Problem] = []
    for number, new in enumerate(batch, start=1):
        person = people[new.person_id]
        clean, wrong = check_exam(
            new.record, sex=person.sex, birth_on=person.birth_on, today=today, died_on=died.get(person.pk)
        )
        day = clean["exam_date"]
        if not wrong and clean["outcome"] == TAKEN and (person.pk, day) in taken:
            text = day.isoformat()
            wrong = [
                Problem(
                    "exam_date",
                    "twice",
                    sentence("%(text)s 已登记过一次体检；要改内容，请打开那一次更正。", text=text),
                    text,
                )
            ]
        if wrong:
            which = f"第 {number} 份：" if len(batch) > 1 else ""
            problems += [Problem(one.field, one.code, which + one.message, one.value) for one in wrong]
            continue
        taken.add((person.pk, day))
        common = {
            "op_id": new.op_id,
            "person_id": person.pk,
            "managing_code": person.managing_code,
            "shared_codes": person.shared_codes,
            "recorded_at": now,
            "recorded_by": actor.user_id,
            "happened_on": day,
            "doctor": clean["doctor"],
        }
        if clean["outcome"] == TAKEN:
            results = {key: clean[key] for key in _STORED}
            facts.append(
                Exam(
                    **common,
                    amends_id=amends,
                    abnormal=abnormal_parts(clean, person.sex),
                    missing=missing_parts(clean),
                    **results,
                )
            )
        else:
            reason = {key: clean[key] for key in ("refused_reason", "refused_note")}
            facts.append(ExamRefusal(**common, **reason))
    return facts, problems
