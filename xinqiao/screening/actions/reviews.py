"""Asking a psychiatrist and writing the answer down. The hospital sees its question and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.accounts.scope import as_system
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor, of_institution
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.registry.choices import AddressKind
from xinqiao.registry.models import Address, Guardian, Identifier, Person

from ..choices import OPEN_STATES, CloseReason, ClueState, Purpose, Result, ReviewState
from ..clocks import CLUE, ENROLLED, REVIEW, corrected_since, negates
from ..models import Clue, Rediagnosis
from ..queries import age_of, find_clue, find_review
from ..rules import check_answer, may_send, requested_in_time, state_after

CLOSES = {Result.EXCLUDE: CloseReason.EXCLUDED, Result.OTHER: CloseReason.REFERRED}


@dataclass(frozen=True, slots=True)
class NewReview:
    """Who is asked, for what, and who brought the person. `hospital_id` None: a hospital on paper, by `hospital_name`."""

    op_id: UUID
    hospital_id: UUID | None = None
    hospital_name: str = ""
    purpose: str = Purpose.CLUE.value
    asked_on: date | None = None
    sent_by: str = ""
    sent_on: date | None = None
    question: str = ""
    concluded_on: date | None = None


def ask_about_clue(*, actor: Actor, clock: Clock, clue_id: UUID, new: NewReview) -> Rediagnosis:
    """Ask for the re-diagnosis of a clue. Repeated by `op_id` without harm; one question at a time."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if known := Rediagnosis.objects.filter(op_id=new.op_id, clue=clue).first():
            return known
        if clue.state not in OPEN_STATES or clue.state == ClueState.CONCLUDED:
            raise Conflict(_("这条线索已有结论，不再提请复核。"), code="conflict.clue_state")
        if Rediagnosis.objects.filter(clue=clue, state=ReviewState.ASKED).exists():
            raise Conflict(_("已经提请复核，等待答复；要改送别处，请先撤回。"), code="conflict.review_open")
        problems = [*_faults(new, clue.found_on, clock.today()), *_sending(new, clue, clock.today())]
        if problems:
            raise Invalid(problems)
        made = _ask(
            actor,
            clock,
            new,
            clue.managing_code,
            clue=clue,
            urgent=clue.urgent,
            **_copy_of(clue, clock.today()),
        )
        clue.state, clue.state_on = ClueState.SENT, made.asked_on
        clue.brought_on = clue.brought_on or made.sent_on
        clue.row_version += 1
        clue.save()
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        settle(clock=clock, kind=REVIEW, subjects=[made.pk])
    return made


def ask_about_person(*, actor: Actor, clock: Clock, person_id: UUID, new: NewReview) -> Rediagnosis:
    """Ask about somebody on the register: doubt about the diagnosis, a second diagnosis (article 32), first assessment."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        person = Person.objects.select_for_update().filter(pk=person_id).first()
        if person is None:
            raise NotFound(code="not_found.person")
        if known := Rediagnosis.objects.filter(op_id=new.op_id, person=person).first():
            return known
        problems = _faults(new, date(1990, 1, 1), clock.today())
        if new.purpose not in (Purpose.DOUBT, Purpose.AGAIN, Purpose.FIRST):
            problems.append(Problem("purpose", "missing", _("事项没有选择。")))
        if new.purpose == Purpose.AGAIN:
            problems += _second(new)
        if problems:
            raise Invalid(problems)
        made = _ask(
            actor,
            clock,
            new,
            person.managing_code,
            person=person,
            urgent=False,
            **_copy_of_person(person, clock.today()),
        )
        settle(clock=clock, kind=REVIEW, subjects=[made.pk])
    return made


def _second(new: NewReview) -> list[Problem]:
    if new.concluded_on is None:
        return [Problem("concluded_on", "missing", _("再次诊断要填写收到诊断结论的日期。"))]
    if new.asked_on is not None and new.concluded_on > new.asked_on:
        return [Problem("concluded_on", "order", _("收到结论的日期晚于提出请求的日期，请核对。"))]
    return []


def second_in_time(one: Rediagnosis) -> bool:
    """Whether the second diagnosis was asked for within the days of article 32."""
    return one.concluded_on is not None and requested_in_time(one.concluded_on, one.asked_on)


def _faults(new: NewReview, earliest: date, today: date) -> list[Problem]:
    problems = []
    if new.hospital_id is None and not new.hospital_name.strip():
        problems.append(Problem("hospital", "missing", _("医院没有选择，也没有填写名称。")))
    if new.asked_on is None:
        problems.append(Problem("asked_on", "missing", _("提请日期没有填写，或不是有效日期。")))
    elif new.asked_on > today or new.asked_on < earliest:
        text = _("提请日期“%(day)s”应在 %(first)s 与今天之间。")
        words = {"day": new.asked_on.isoformat(), "first": earliest.isoformat()}
        problems.append(Problem("asked_on", "order", text % words, new.asked_on.isoformat()))
    return problems


def _sending(new: NewReview, clue: Clue, today: date) -> list[Problem]:
    """Who brought the person, if anybody did yet; it must fit article 28."""
    problems = []
    if new.sent_by:
        if wrong := may_send(new.sent_by, danger=clue.urgent, vagrant=clue.vagrant):
            problems.append(Problem("sent_by", "article_28", wrong, new.sent_by))
        if new.sent_on is None:
            problems.append(Problem("sent_on", "missing", _("送诊日期没有填写，或不是有效日期。")))
    if new.sent_on is not None:
        if not new.sent_by:
            problems.append(Problem("sent_by", "missing", _("送诊人没有选择。")))
        if new.sent_on > today or new.sent_on < clue.found_on:
            problems.append(
                Problem("sent_on", "order", _("送诊日期应在调查日期与今天之间。"), new.sent_on.isoformat())
            )
    return problems


def _ask(actor: Actor, clock: Clock, new: NewReview, place: str, **copied: Any) -> Rediagnosis:
    hospital = None
    if new.hospital_id is not None:
        hospital = Institution.objects.filter(
            pk=new.hospital_id, kind=InstitutionKind.PSYCHIATRIC_HOSPITAL, valid_to=None
        ).first()
        if hospital is None:
            raise NotFound(code="not_found.hospital")
    if new.asked_on is None:
        raise Invalid([Problem("asked_on", "missing", _("提请日期没有填写，或不是有效日期。"))])
    made = Rediagnosis.objects.create(
        op_id=new.op_id, managing_code=place, shared_codes=[of_institution(hospital.pk)] if hospital else [],
        purpose=new.purpose, hospital=hospital, hospital_name=hospital.name if hospital else new.hospital_name.strip()[:100],
        asked_on=new.asked_on, asked_by=actor.user_id, asked_name=actor.display_name, sent_by=new.sent_by,
        sent_on=new.sent_on, question=new.question.strip()[:1000], concluded_on=new.concluded_on,
        recorded_at=clock.now(), **copied,
    )  # fmt: skip
    audit.record(
        actor=actor, clock=clock, action="ask_rediagnosis", object_type="rediagnosis", object_id=made.pk, place=place,
        op_id=new.op_id, detail={"purpose": new.purpose, "hospital": str(hospital.pk) if hospital else ""},
    )  # fmt: skip
    return made


def _copy_of(clue: Clue, today: date) -> dict[str, Any]:
    """What a psychiatrist needs of a clue. Informants are not among it."""
    return {
        "name": clue.name, "sex": clue.sex, "age": age_of(clue, today), "id_number": clue.id_number,
        "address": clue.address, "phone": clue.phone, "guardian_name": clue.guardian_name,
        "guardian_phone": clue.guardian_phone, "items": clue.items,
    }  # fmt: skip


def _copy_of_person(person: Person, today: date) -> dict[str, Any]:
    now = {"person": person, "voided_at": None, "valid_to": None}
    number = Identifier.objects.filter(**now).first()
    live = Address.objects.filter(**now, kind=AddressKind.LIVE).first()
    guardian = Guardian.objects.filter(**now).first()
    born = person.birth_on
    return {
        "name": person.name, "sex": person.sex if person.sex in ("1", "2") else "0",
        "age": today.year - born.year - ((today.month, today.day) < (born.month, born.day)),
        "id_number": number.number if number else "", "address": live.detail if live else "", "phone": person.phone,
        "guardian_name": guardian.name if guardian else "", "guardian_phone": guardian.phone if guardian else "",
    }  # fmt: skip


def answer_review(*, actor: Actor, clock: Clock, review_id: UUID, record: Mapping[str, Any]) -> Rediagnosis:
    """The psychiatrist's answer: typed by the hospital that was asked, or by the township from the paper of a hospital
    that does not work here. What follows for the clue is written in the same transaction."""
    if not may(actor, Permission.DIAGNOSE):
        require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        one = find_review(actor=actor, review_id=review_id, lock=True)
        _may_answer(actor, one)
        if one.state != ReviewState.ASKED:
            raise Conflict(_("这项复核已经答复或撤回。"), code="conflict.review_state")
        read = check_answer(
            record,
            purpose=one.purpose,
            of_file=one.person_id is not None,
            asked_on=one.asked_on,
            today=clock.today(),
        )
        if read.problems:
            raise Invalid(read.problems)
        for key, value in read.clean.items():
            setattr(one, key, value)
        one.state, one.answered_at, one.answered_by = ReviewState.ANSWERED, clock.now(), actor.user_id
        one.save()
        _follow(clock, one)
        audit.record(
            actor=actor, clock=clock, action="answer_rediagnosis", object_type="rediagnosis", object_id=one.pk,
            place=one.managing_code, detail={"purpose": one.purpose, "paper": one.hospital_id is None},
        )  # fmt: skip
    return one


def _may_answer(actor: Actor, one: Rediagnosis) -> None:
    if one.hospital_id is None:
        require(actor, Permission.REVIEW_CLUE)
    elif not may(actor, Permission.DIAGNOSE):
        raise NotAllowed(
            _("这项复核由医院在系统里答复；改用纸质结论的，请先撤回再登记。"), code="not_allowed.diagnose"
        )


def _follow(clock: Clock, one: Rediagnosis) -> None:
    """The clue and the clocks lie at the clue's place, which a hospital does not hold: what follows is written there."""
    with as_system(one.managing_code):
        if one.clue_id is not None:
            clue = Clue.objects.select_for_update().get(pk=one.clue_id)
            if clue.state in OPEN_STATES:
                _lead_on(clue, one)
            settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        settle(clock=clock, kind=REVIEW, subjects=[one.pk])
        if one.person_id is not None and one.purpose == Purpose.FIRST:
            settle(clock=clock, kind=ENROLLED, subjects=[one.person_id])


def _lead_on(clue: Clue, one: Rediagnosis) -> None:
    day = one.diagnosed_on or one.asked_on
    clue.brought_on = clue.brought_on or day
    clue.state, clue.state_on = state_after(one.result, one.outcome, consent=one.consent), day
    if clue.state == ClueState.CONCLUDED:
        clue.confirmed_on = day
    elif clue.state == ClueState.WATCH:
        clue.look_on = one.look_on
    elif clue.state == ClueState.CLOSED:
        clue.closed_on = day
        clue.close_reason = (
            CloseReason.REFUSED
            if one.result == Result.SIX
            else CLOSES.get(Result(one.result), CloseReason.REFERRED)
        )
    clue.row_version += 1
    clue.save()


def return_review(*, actor: Actor, clock: Clock, review_id: UUID, reason: str) -> Rediagnosis:
    """The hospital cannot answer: nobody came, the wrong hospital. Article 28 forbids to turn away who was brought."""
    require(actor, Permission.DIAGNOSE)
    with transaction.atomic():
        one = find_review(actor=actor, review_id=review_id, lock=True)
        if one.state != ReviewState.ASKED:
            raise Conflict(_("这项复核已经答复或撤回。"), code="conflict.review_state")
        if one.sent_on is not None:
            raise Conflict(
                _(
                    "已经送到医院的，不得拒绝诊断（精神卫生法第二十八条）：请填写诊断结论；还不能确诊的选“继续观察”。"
                ),
                code="conflict.sent",
            )
        if not reason.strip():
            raise Invalid([Problem("reason", "missing", _("退回要写明原因，如本人未到、应由别的医院诊断。"))])
        one.state, one.returned_reason = ReviewState.RETURNED, reason.strip()[:200]
        one.answered_at, one.answered_by = clock.now(), actor.user_id
        one.save()
        with as_system(one.managing_code):
            _back(one)
            settle(clock=clock, kind=REVIEW, subjects=[one.pk])
            if one.clue_id is not None:
                settle(clock=clock, kind=CLUE, subjects=[one.clue_id])
        audit.record(
            actor=actor, clock=clock, action="return_rediagnosis", object_type="rediagnosis", object_id=one.pk,
            place=one.managing_code,
        )  # fmt: skip
    return one


def withdraw_review(*, actor: Actor, clock: Clock, review_id: UUID) -> Rediagnosis:
    """Take a question back; the hospital no longer sees it."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        one = find_review(actor=actor, review_id=review_id, lock=True)
        if one.state != ReviewState.ASKED:
            raise Conflict(_("这项复核已经答复或撤回。"), code="conflict.review_state")
        one.state, one.answered_at = ReviewState.WITHDRAWN, clock.now()
        one.save()
        _back(one)
        settle(clock=clock, kind=REVIEW, subjects=[one.pk])
        if one.clue_id is not None:
            settle(clock=clock, kind=CLUE, subjects=[one.clue_id])
        audit.record(
            actor=actor, clock=clock, action="withdraw_rediagnosis", object_type="rediagnosis", object_id=one.pk,
            place=one.managing_code,
        )  # fmt: skip
    return one


def _back(one: Rediagnosis) -> None:
    if one.clue_id is not None:
        Clue.objects.filter(pk=one.clue_id, state=ClueState.SENT).update(
            state=ClueState.CHECKING, state_on=one.asked_on
        )


def tell_brought(
    *, actor: Actor, clock: Clock, review_id: UUID, sent_by: str, sent_on: date | None
) -> Rediagnosis:
    """Somebody brought the person to the hospital that was asked: who, and when. It must fit article 28."""
    require(actor, Permission.RECORD_CLUE)
    with transaction.atomic():
        one = find_review(actor=actor, review_id=review_id, lock=True)
        if one.clue_id is None:
            raise NotFound(code="not_found.review")
        clue = find_clue(actor=actor, clue_id=one.clue_id, lock=True)
        if one.state != ReviewState.ASKED or one.sent_on is not None:
            raise Conflict(_("已经登记过送诊，或复核已经结束。"), code="conflict.review_state")
        new = NewReview(one.op_id, sent_by=sent_by, sent_on=sent_on)
        missing = [] if sent_by else [Problem("sent_by", "missing", _("送诊人没有选择。"))]
        if problems := missing or _sending(new, clue, clock.today()):
            raise Invalid(problems)
        one.sent_by, one.sent_on = sent_by, sent_on
        one.save(update_fields=["sent_by", "sent_on"])
        clue.brought_on = clue.brought_on or sent_on
        clue.row_version += 1
        clue.save()
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        audit.record(
            actor=actor, clock=clock, action="tell_brought", object_type="rediagnosis", object_id=one.pk,
            place=one.managing_code, detail={"by": sent_by},
        )  # fmt: skip
    return one


def tell_corrected(*, actor: Actor, clock: Clock, review_id: UUID) -> Rediagnosis:
    """The register was put right after a diagnosis was disproved: ends the clock, if it really was."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        one = find_review(actor=actor, review_id=review_id, lock=True)
        if one.person_id is None or not negates(one):
            raise NotFound(code="not_found.review")
        day = corrected_since(one)
        if day is None:
            raise Conflict(
                _("档案还没有改：请先更正诊断，或登记“诊断排除”（须另一人核准），再来确认。"),
                code="conflict.not_corrected",
            )
        one.corrected_on = day
        one.save(update_fields=["corrected_on"])
        settle(clock=clock, kind=REVIEW, subjects=[one.pk])
        audit.record(
            actor=actor, clock=clock, action="tell_corrected", object_type="rediagnosis", object_id=one.pk,
            place=one.managing_code,
        )  # fmt: skip
    return one


__all__ = [
    "NewReview",
    "answer_review",
    "ask_about_clue",
    "ask_about_person",
    "return_review",
    "second_in_time",
    "tell_brought",
    "tell_corrected",
    "withdraw_review",
]
