"""Answers to the offer of community service after the file was made, taking an agreement back, and the notice by law."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..choices import RefusalReason
from ..listeners import facts_changed
from ..models import Consent, Person
from ..rules.service import newest_answer
from ..wordings import wording_on

_SIGNERS = {"1": "patient", "2": "guardian"}
MOST_WORDS = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """`decision` "1" agreed, "0" not; `signer` "1" the person, "2" a guardian (then `incapacity_note` says why alone).

    `text_version` is the text that was read; empty: the one in force on the day. `reason` (of `RefusalReason`) and `note` are
    asked of a no, never required.
    """

    decision: str
    signer: str
    signed_on: date
    signer_name: str = ""
    incapacity_note: str = ""
    text_version: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An agreement taken back from `from_on` on, by the person ("1") or a guardian alone ("2", with the reason)."""

    from_on: date
    signer: str
    signer_name: str = ""
    incapacity_note: str = ""
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """依法报告: told on `told_on` by `notifier` that the law reports without consent."""

    told_on: date
    notifier: str
    note: str = ""


def record_consent(*, actor: Actor, clock: Clock, person_id: UUID, answer: Answer) -> Consent:
    """Add an answer; the same decision again, when it is what speaks on that day already, answers with the row that is there. Who
    took an agreement back and agrees again on the same day has given a new answer. Earlier answers stay."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        person = _person(person_id)
        problems = _signed(
            answer.signer, answer.incapacity_note, answer.signed_on, "signed_on", person, clock.today()
        )
        if answer.decision not in {"0", "1"}:
            problems.insert(0, Problem("consent", "missing", sentence("知情同意没有选择。")))
        problems += _said(answer.reason if answer.decision == "0" else "", answer.note)
        if problems:
            raise Invalid(problems)
        there = _speaks(person, answer.signed_on)
        if there is not None and there.decision == answer.decision and not there.withdrawn:
            return there
        version = answer.text_version or wording_on(answer.signed_on, person.managing_code).version
        made = _write(
            person, actor, clock, happened_on=answer.signed_on, basis="consent", decision=answer.decision,
            signer=_SIGNERS[answer.signer], signer_name=answer.signer_name.strip(),
            incapacity_note=answer.incapacity_note.strip() if answer.signer == "2" else "", text_version=version,
            reason=answer.reason if answer.decision == "0" else "", note=answer.note.strip(),
        )  # fmt: skip
        _tell("record_consent", made, person, actor, clock)
    return made


def withdraw_consent(*, actor: Actor, clock: Clock, person_id: UUID, withdrawal: Withdrawal) -> Consent:
    """Take the agreement back from a day on: an answer of its own, the agreement stays readable. Repeated: the same row.

    Invalid when the last answer up to that day is not an agreement.
    """
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        person = _person(person_id)
        problems = _signed(
            withdrawal.signer,
            withdrawal.incapacity_note,
            withdrawal.from_on,
            "from_on",
            person,
            clock.today(),
        )
        problems += _said(withdrawal.reason, withdrawal.note)
        there = _speaks(person, withdrawal.from_on)
        if there is not None and there.withdrawn and not problems:
            return there
        newest = newest_answer(_answers(person), withdrawal.from_on)
        if newest is None or newest.decision != "1":
            day = withdrawal.from_on.isoformat()
            problems.append(
                Problem(
                    "from_on",
                    "nothing",
                    sentence("到 %(day)s 为止，最近一次答复不是同意，没有可以撤回的。", day=day),
                    day,
                )
            )
        if problems:
            raise Invalid(problems)
        made = _write(
            person, actor, clock, happened_on=withdrawal.from_on, basis="consent", decision="0", withdrawn=True,
            signer=_SIGNERS[withdrawal.signer], signer_name=withdrawal.signer_name.strip(),
            incapacity_note=withdrawal.incapacity_note.strip() if withdrawal.signer == "2" else "",
            reason=withdrawal.reason, note=withdrawal.note.strip(),
        )  # fmt: skip
        _tell("withdraw_consent", made, person, actor, clock)
    return made


def record_notice(*, actor: Actor, clock: Clock, person_id: UUID, notice: Notice) -> Consent:
    """Record that the law reported without consent and that the family was told: a basis, never an "agreed"."""
    require(actor, Permission.REGISTER_PERSON)
    with transaction.atomic():
        person = _person(person_id)
        problems = _dated(notice.told_on, "told_on", sentence("告知日期"), person, clock.today())
        if not notice.notifier.strip() or len(notice.notifier.strip()) > 30:
            problems.append(Problem("notifier", "missing", sentence("要写明由谁告知，最多 30 个字。")))
        problems += _said("", notice.note)
        if problems:
            raise Invalid(problems)
        same = Consent.objects.filter(
            person=person, basis="statutory", happened_on=notice.told_on, voided_at=None
        )
        there = same.first()
        if there is not None:
            return there
        made = _write(
            person, actor, clock, happened_on=notice.told_on, basis="statutory", decision="",
            notifier=notice.notifier.strip(), note=notice.note.strip(),
        )  # fmt: skip
        _tell("record_notice", made, person, actor, clock)
    return made


def _person(person_id: UUID) -> Person:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotFound(code="not_found.person")
    return person


def _answers(person: Person) -> QuerySet[Consent]:
    return Consent.objects.filter(person=person, basis="consent", voided_at=None)


def _speaks(person: Person, day: date) -> Consent | None:
    """Of the answers of one day the one that holds at its end."""
    rows = {one.pk: one for one in _answers(person).filter(happened_on=day)}
    newest = newest_answer(rows.values(), day)
    return None if newest is None else rows[newest.pk]  # type: ignore[attr-defined]


def _write(person: Person, actor: Actor, clock: Clock, **columns: Any) -> Consent:
    return Consent.objects.create(
        person=person, managing_code=person.managing_code, shared_codes=person.shared_codes,
        recorded_at=clock.now(), recorded_by=actor.user_id, **columns,
    )  # fmt: skip


def _tell(action: str, made: Consent, person: Person, actor: Actor, clock: Clock) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="person", object_id=person.pk,
        place=person.managing_code, detail={"consent": str(made.pk)},
    )  # fmt: skip
    facts_changed(actor, clock, [person.pk])


def _signed(
    signer: str, incapacity: str, day: date, field: str, person: Person, today: date
) -> list[Problem]:
    problems = []
    if signer not in _SIGNERS:
        problems.append(Problem("signer", "missing", sentence("签字人没有选择。")))
    if signer == "2" and not incapacity.strip():
        problems.append(
            Problem("incapacity_note", "missing", sentence("只由监护人签字时，要写明本人不能签字的原因。"))
        )
    label = sentence("签字日期") if field == "signed_on" else sentence("撤回日期")
    return problems + _dated(day, field, label, person, today)


def _dated(on: date, field: str, label: str, person: Person, today: date) -> list[Problem]:
    day = on.isoformat()
    if on > today:
        words = sentence("%(label)s %(day)s 晚于今天，请核对。", label=label, day=day)
        return [Problem(field, "future", words, day)]
    if on < person.birth_on:
        words = sentence("%(label)s %(day)s 早于出生日期，请核对。", label=label, day=day)
        return [Problem(field, "before_birth", words, day)]
    return []


def _said(reason: str, note: str) -> list[Problem]:
    problems = []
    if reason and reason not in RefusalReason.values:
        problems.append(
            Problem("reason", "code", sentence("没有“%(code)s”这种原因。", code=reason[:20]), reason[:20])
        )
    if len(note.strip()) > MOST_WORDS:
        problems.append(Problem("note", "too_long", sentence("说明最多 %(n)s 个字。", n=MOST_WORDS)))
    return problems
