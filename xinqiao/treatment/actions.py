"""Writing exams: record one (or that it was refused), correct it, void it. Every other app hears of it."""

from __future__ import annotations

from collections.abc import Mapping
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

__all__ = ["Recorded", "amend_exam", "record_exam", "void_exam"]

_STORED = (
    "consent_by", "org", "general", "general_note", "sbp", "dbp", "weight", "wbc", "neutrophils", "lymphocytes", "alt",
    "glucose", "glucose_kind", "ecg", "ecg_note", "missing_reason", "advice", "refer_suggest", "doctor",
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


def record_exam(
    *, actor: Actor, clock: Clock, person_id: UUID, op_id: UUID, record: Mapping[str, Any]
) -> Recorded:
    """Write one exam or one refusal; `record` has the keys of `rules.FIELDS`. The same `op_id` again answers as before.

    Invalid with a sentence per field; Conflict for a second exam of the same person and day.
    """
    require(actor, Permission.RECORD_VISIT)
    with transaction.atomic():
        person = _locked(person_id)
        known = _known(op_id, person)
        if known is not None:
            return known
        return _write(person, record, op_id, actor=actor, clock=clock)


def amend_exam(
    *, actor: Actor, clock: Clock, exam_id: UUID, op_id: UUID, record: Mapping[str, Any], reason: str
) -> Recorded:
    """Correct an exam: a new row takes its place, the old one stays readable as void with the reason."""
    require(actor, Permission.AMEND_VISIT)
    with transaction.atomic():
        old = _exam(exam_id, Exam)
        if not isinstance(old, Exam):
            raise NotFound(code="not_found.exam")
        person = _locked(old.person_id)
        known = _known(op_id, person)
        if known is not None:
            return known
        old.refresh_from_db()
        if old.voided_at is not None:
            raise Conflict("这次体检已经更正或作废，请重新打开。", code="conflict.exam_voided")
        _void(old, _reason(reason), actor=actor, clock=clock)
        return _write(person, record, op_id, actor=actor, clock=clock, amends=old.pk)


def void_exam(*, actor: Actor, clock: Clock, exam_id: UUID, reason: str) -> UUID:
    """Void an exam or a refusal with a reason; the person's id. Void already: nothing happens."""
    require(actor, Permission.AMEND_VISIT)
    with transaction.atomic():
        fact = _exam(exam_id, Exam, ExamRefusal)
        words = _reason(reason)
        _locked(fact.person_id)
        fact.refresh_from_db()
        if fact.voided_at is None:
            _void(fact, words, actor=actor, clock=clock)
            audit.record(
                actor=actor, clock=clock, action="void_exam", object_type="exam", object_id=fact.pk,
                place=fact.managing_code, detail={"person": str(fact.person_id)},
            )  # fmt: skip
            facts_changed(actor, clock, [fact.person_id])
    return fact.person_id


def _locked(person_id: UUID) -> Person:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotFound(code="not_found.person")
    return person


def _exam(exam_id: UUID, *tables: type[Exam] | type[ExamRefusal]) -> Exam | ExamRefusal:
    for table in tables:
        found: Exam | ExamRefusal | None = table._default_manager.filter(pk=exam_id).first()
        if found is not None:
            return found
    raise NotFound(code="not_found.exam")


def _reason(reason: str) -> str:
    words = reason.replace("\x00", "").strip()
    if not words or len(words) > 200:
        raise Invalid([Problem("reason", "missing", "更正或作废要写明原因，最多 200 个字。", words[:40])])
    return words


def _void(fact: Exam | ExamRefusal, reason: str, *, actor: Actor, clock: Clock) -> None:
    type(fact)._default_manager.filter(pk=fact.pk).update(
        voided_at=clock.now(), voided_by=actor.user_id, voided_reason=reason
    )


def _known(op_id: UUID, person: Person) -> Recorded | None:
    exam = Exam.objects.filter(op_id=op_id).first()
    if exam is not None:
        _same_person(exam, person)
        return Recorded(
            exam.person_id, exam.pk, True, exam.happened_on, tuple(exam.abnormal), tuple(exam.missing)
        )
    refusal = ExamRefusal.objects.filter(op_id=op_id).first()
    if refusal is not None:
        _same_person(refusal, person)
        return Recorded(refusal.person_id, refusal.pk, False, refusal.happened_on)
    return None


def _same_person(fact: Exam | ExamRefusal, person: Person) -> None:
    if fact.person_id != person.pk:
        raise Conflict("这次提交的编号已用于另一份记录，请重新打开页面再填。", code="conflict.op_id")


def _write(
    person: Person,
    record: Mapping[str, Any],
    op_id: UUID,
    *,
    actor: Actor,
    clock: Clock,
    amends: UUID | None = None,
) -> Recorded:
    died_on = LifeEvent.objects.filter(person=person, kind="died", voided_at=None).aggregate(
        day=Max("happened_on")
    )["day"]
    clean, problems = check_exam(
        record, sex=person.sex, birth_on=person.birth_on, today=clock.today(), died_on=died_on
    )
    if problems:
        raise Invalid(problems)
    common = {
        "op_id": op_id,
        "person": person,
        "managing_code": person.managing_code,
        "shared_codes": person.shared_codes,
        "recorded_at": clock.now(),
        "recorded_by": actor.user_id,
        "happened_on": clean["exam_date"],
    }
    taken = clean["outcome"] == TAKEN
    if taken:
        day = clean["exam_date"]
        if Exam.objects.filter(person=person, happened_on=day, voided_at=None).exists():
            text = day.isoformat()
            raise Invalid(
                [
                    Problem(
                        "exam_date", "twice", f"{text} 已登记过一次体检；要改内容，请打开那一次更正。", text
                    )
                ]
            )
        exam = Exam.objects.create(
            **common,
            amends_id=amends,
            abnormal=abnormal_parts(clean, person.sex),
            missing=missing_parts(clean),
            **{key: clean[key] for key in _STORED},
        )
        made = Recorded(person.pk, exam.pk, True, exam.happened_on, tuple(exam.abnormal), tuple(exam.missing))
    else:
        refusal = ExamRefusal.objects.create(
            **common,
            refused_reason=clean["refused_reason"],
            refused_note=clean["refused_note"],
            doctor=clean["doctor"],
        )
        made = Recorded(person.pk, refusal.pk, False, refusal.happened_on)
    audit.record(
        actor=actor, clock=clock,
        action="amend_exam" if amends else "record_exam" if taken else "record_exam_refusal",
        object_type="exam", object_id=made.fact_id, place=person.managing_code, op_id=op_id,
        detail={"person": str(person.pk), **({"amends": str(amends)} if amends else {})},
    )  # fmt: skip
    facts_changed(actor, clock, [person.pk])
    return made
