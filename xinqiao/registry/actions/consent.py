"""An answer to the offer of community service, given after the file was made or given anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..listeners import facts_changed
from ..models import Consent, Person


@dataclass(frozen=True, slots=True)
class Answer:
    """`decision` "1" agreed, "0" not; `signer` "1" the person, "2" a guardian (then `incapacity_note` says why alone)."""

    decision: str
    signer: str
    signed_on: date
    signer_name: str = ""
    incapacity_note: str = ""


def record_consent(*, actor: Actor, clock: Clock, person_id: UUID, answer: Answer) -> Consent:
    """Add an answer; the same decision on the same day again answers with the row that is there. Earlier answers stay."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        _check(answer, person, clock.today())
        there = Consent.objects.filter(
            person=person,
            basis="consent",
            decision=answer.decision,
            happened_on=answer.signed_on,
            voided_at=None,
        ).first()
        if there is not None:
            return there
        made = Consent.objects.create(
            person=person, managing_code=person.managing_code, shared_codes=person.shared_codes, basis="consent",
            decision=answer.decision, signer={"1": "patient", "2": "guardian"}[answer.signer],
            signer_name=answer.signer_name, incapacity_note=answer.incapacity_note, happened_on=answer.signed_on,
            recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        audit.record(
            actor=actor, clock=clock, action="record_consent", object_type="person", object_id=person.pk,
            place=person.managing_code, detail={"consent": str(made.pk)},
        )  # fmt: skip
        facts_changed(actor, clock, [person.pk])
    return made


def _check(answer: Answer, person: Person, today: date) -> None:
    problems = []
    day = answer.signed_on.isoformat()
    if answer.decision not in {"0", "1"}:
        problems.append(Problem("consent", "missing", sentence("知情同意没有选择。")))
    if answer.signer not in {"1", "2"}:
        problems.append(Problem("signer", "missing", sentence("签字人没有选择。")))
    if answer.signer == "2" and not answer.incapacity_note.strip():
        problems.append(
            Problem("incapacity_note", "missing", sentence("只由监护人签字时，要写明本人不能签字的原因。"))
        )
    if answer.signed_on > today:
        problems.append(
            Problem("signed_on", "future", sentence("签字日期 %(day)s 晚于今天，请核对。", day=day), day)
        )
    if answer.signed_on < person.birth_on:
        problems.append(
            Problem(
                "signed_on", "before_birth", sentence("签字日期 %(day)s 早于出生日期，请核对。", day=day), day
            )
        )
    if problems:
        raise Invalid(problems)
