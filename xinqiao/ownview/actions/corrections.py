"""A request to put the record right, and its answer. The record itself is corrected on its own pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.bulk import once_only
from xinqiao.registry.models import Person

from ..choices import Answer, Asker, Section
from ..clocks import CORRECTIONS
from ..models import CorrectionRequest

LONGEST = 500


@dataclass(frozen=True, slots=True)
class NewCorrection:
    """`about` a section of the record; `says` in the asker's own words what is wrong and what would be right."""

    op_id: UUID
    person_id: UUID
    asker: str
    about: str
    says: str
    asked_on: date
    asker_name: str = ""


def ask_correction(*, actor: Actor, clock: Clock, new: NewCorrection) -> CorrectionRequest:
    """Keep what somebody says is wrong. The same operation again answers the same."""
    require(actor, Permission.GIVE_ACCESS)
    with transaction.atomic():
        person = Person.objects.filter(pk=new.person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        there = CorrectionRequest.objects.filter(op_id=new.op_id, person=person).first()
        if there is not None:
            return there
        if problems := _faults(new, person, clock.today()):
            raise Invalid(problems)
        with once_only():
            made = CorrectionRequest.objects.create(
                op_id=new.op_id, person=person, managing_code=person.managing_code, shared_codes=person.shared_codes,
                asker=new.asker, asker_name=new.asker_name.strip()[:60], about=new.about, says=new.says.strip(),
                asked_on=new.asked_on, recorded_at=clock.now(), recorded_by=actor.user_id,
            )  # fmt: skip
        _say(actor, clock, "ask_correction", made, new.op_id)
    return made


def answer_correction(
    *, actor: Actor, clock: Clock, request_id: UUID, answer: str, reason: str
) -> CorrectionRequest:
    """Answer in words, once. What was put right is put right on the pages of the record, which keep the former value."""
    require(actor, Permission.GIVE_ACCESS)
    problems = []
    if answer not in Answer.values:
        problems.append(Problem("answer", "missing", sentence("请选择答复。"), answer[:20]))
    if not reason.strip():
        problems.append(
            Problem("reason", "missing", sentence("“答复说明”没有填写，应写明改了什么，或为什么不改。"))
        )
    elif len(reason.strip()) > LONGEST:
        problems.append(_too_long("reason", "答复说明", reason))
    with transaction.atomic():
        found = CorrectionRequest.objects.select_for_update().filter(pk=request_id).first()
        if found is None:
            raise NotFound(code="not_found.correction_request")
        if found.answer:
            raise Conflict(sentence("这份申请已经答复。"), code="conflict.correction_answered")
        if problems:
            raise Invalid(problems)
        found.answer, found.answer_reason = answer, reason.strip()
        found.answered_on, found.answered_by = clock.today(), actor.user_id
        found.save(update_fields=["answer", "answer_reason", "answered_on", "answered_by"])
        _say(actor, clock, "answer_correction", found)
    return found


def _faults(new: NewCorrection, person: Person, today: date) -> list[Problem]:
    found = []
    if new.asker not in Asker.values:
        found.append(Problem("asker", "missing", sentence("请选择是本人还是监护人申请。"), new.asker[:20]))
    if new.asker == Asker.GUARDIAN and not new.asker_name.strip():
        found.append(Problem("asker_name", "missing", sentence("监护人申请时，“申请人姓名”没有填写。")))
    if new.about not in Section.values:
        found.append(Problem("about", "missing", sentence("请选择是档案的哪一部分。"), new.about[:20]))
    if not new.says.strip():
        found.append(Problem("says", "missing", sentence("“哪里不对、应该怎样”没有填写。")))
    elif len(new.says.strip()) > LONGEST:
        found.append(_too_long("says", "哪里不对、应该怎样", new.says))
    if not person.birth_on <= new.asked_on <= today:
        day = new.asked_on.isoformat()
        text = sentence("“申请日期”%(day)s 应在出生之后、不晚于今天。", day=day)
        found.append(Problem("asked_on", "range", text, day))
    return found


def _too_long(field: str, label: str, text: str) -> Problem:
    words = sentence(
        "“%(label)s”有 %(n)s 字，应不超过 %(most)s 字。", label=label, n=len(text.strip()), most=LONGEST
    )
    return Problem(field, "long", words)


def _say(actor: Actor, clock: Clock, action: str, row: CorrectionRequest, op_id: UUID | None = None) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="correction_request", object_id=row.pk,
        place=row.managing_code, op_id=op_id, detail={"person": str(row.person_id), "about": row.about},
    )  # fmt: skip
    settle(clock=clock, kind=CORRECTIONS, subjects=[row.pk])
