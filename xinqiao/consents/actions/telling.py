"""Telling the care group that somebody does not want the service, so that it can help persuade."""

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
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.models import Consent, Person
from xinqiao.registry.rules.service import newest_answer

from ..clocks import KIND
from ..models import CareReport


@dataclass(frozen=True, slots=True)
class NewReport:
    """Who was told, and when."""

    person_id: UUID
    told_on: date
    receiver: str
    note: str = ""


def tell_care_group(*, actor: Actor, clock: Clock, new: NewReport) -> CareReport:
    """Record that the group was told of the last no. Told again of the same answer on the same day: the same row."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=new.person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        answers = list(Consent.objects.filter(person=person, voided_at=None))
        last = newest_answer(answers, clock.today())
        no = next((one for one in answers if last is not None and one.pk == getattr(last, "pk", None)), None)
        problems = _problems(new, no, clock.today())
        if problems or no is None:
            raise Invalid(problems)
        there = CareReport.objects.filter(consent=no, happened_on=new.told_on, voided_at=None).first()
        if there is not None:
            return there
        made = CareReport.objects.create(
            person=person, managing_code=person.managing_code, shared_codes=person.shared_codes, consent=no,
            happened_on=new.told_on, receiver=new.receiver.strip(), note=new.note.strip(),
            recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
        audit.record(
            actor=actor, clock=clock, action="tell_care_group", object_type="person", object_id=person.pk,
            place=person.managing_code, detail={"report": str(made.pk), "consent": str(no.pk)},
        )  # fmt: skip
        settle(clock=clock, kind=KIND, subjects=[person.pk])
    return made


def _problems(new: NewReport, no: Consent | None, today: date) -> list[Problem]:
    problems = []
    day = new.told_on.isoformat()
    if no is None or no.decision != "0":
        problems.append(Problem("", "nothing", sentence("最近一次答复不是不同意，不需要告知帮扶小组。")))
    elif new.told_on < no.happened_on:
        words = sentence("告知日期 %(day)s 早于答复的日期，请核对。", day=day)
        problems.append(Problem("told_on", "before_answer", words, day))
    if new.told_on > today:
        problems.append(
            Problem("told_on", "future", sentence("告知日期 %(day)s 晚于今天，请核对。", day=day), day)
        )
    if not new.receiver.strip() or len(new.receiver.strip()) > 60:
        problems.append(Problem("receiver", "missing", sentence("要写明告知了谁，最多 60 个字。")))
    if len(new.note.strip()) > 200:
        problems.append(Problem("note", "too_long", sentence("说明最多 200 个字。")))
    return problems
