"""Asking a psychiatrist: about a clue, about somebody on the register. The hospital sees its question and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor, of_institution
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.registry.bulk import once_only
from xinqiao.registry.choices import AddressKind
from xinqiao.registry.models import Address, Guardian, Identifier, Person

from ..choices import OPEN_STATES, ClueState, Purpose, ReviewState
from ..clocks import CLUE, REVIEW
from ..models import Clue, Rediagnosis
from ..queries import age_of, find_clue, find_round, no_kin_known
from ..rules import may_send, requested_in_time
from .common import save_clue, seen_by_psychiatrist


@dataclass(frozen=True, slots=True)
class NewReview:
    """Who is asked, for what, and who brought the person. `hospital_id` None: a hospital on paper, by `hospital_name`.
    `round_id`: the expert round at which it was asked, one of the actor's places."""

    op_id: UUID
    hospital_id: UUID | None = None
    hospital_name: str = ""
    purpose: str = Purpose.CLUE.value
    asked_on: date | None = None
    sent_by: str = ""
    sent_on: date | None = None
    question: str = ""
    concluded_on: date | None = None
    round_id: UUID | None = None


def ask_about_clue(*, actor: Actor, clock: Clock, clue_id: UUID, new: NewReview) -> Rediagnosis:
    """Ask for the re-diagnosis of a clue, also once more when its conclusion is doubted before there is a file. Repeated by
    `op_id` without harm; one question at a time."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if known := Rediagnosis.objects.filter(op_id=new.op_id, clue=clue).first():
            return known
        if clue.state not in OPEN_STATES:
            raise Conflict(_("这条线索已经办结，不再提请复核。"), code="conflict.clue_state")
        if Rediagnosis.objects.filter(clue=clue, state=ReviewState.ASKED).exists():
            raise Conflict(_("已经提请复核，等待答复；要改送别处，请先撤回。"), code="conflict.review_open")
        problems = [*_faults(new, clue.found_on, clock.today()), *sending_faults(new, clue, clock.today())]
        if problems:
            raise Invalid(problems)
        made = _ask(
            actor,
            clock,
            new,
            clue.managing_code,
            clue=clue,
            urgent=clue.urgent,
            sent_by=new.sent_by,
            sent_on=new.sent_on,
            **copy_of(clue, clock.today()),
        )
        clue.state, clue.state_on = ClueState.SENT, made.asked_on
        seen_by_psychiatrist(clue, made.sent_on)
        save_clue(clue)
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
        same = (
            Q(hospital_id=new.hospital_id) if new.hospital_id else Q(hospital_name=new.hospital_name.strip())
        )
        waiting = Rediagnosis.objects.filter(
            same, person=person, purpose=new.purpose, state=ReviewState.ASKED
        )
        if waiting.exists():
            raise Conflict(_("这家医院已有同一事项等待答复；要改的，请先撤回。"), code="conflict.review_open")
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


def sending_faults(new: NewReview, clue: Clue, today: date) -> list[Problem]:
    """Who brought the person, if anybody did yet; it must fit article 28."""
    problems = []
    if new.sent_by:
        if wrong := may_send(new.sent_by, danger=clue.urgent, vagrant=no_kin_known(clue)):
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
    if new.round_id is not None:
        find_round(actor=actor, round_id=new.round_id)
    with once_only():
        made = Rediagnosis.objects.create(
            op_id=new.op_id, managing_code=place, shared_codes=[of_institution(hospital.pk)] if hospital else [],
            purpose=new.purpose, hospital=hospital, hospital_name=hospital.name if hospital else new.hospital_name.strip()[:100],
            asked_on=new.asked_on, asked_by=actor.user_id, asked_name=actor.display_name, question=new.question.strip()[:1000],
            concluded_on=new.concluded_on, round_id=new.round_id, recorded_at=clock.now(), **copied,
        )  # fmt: skip
    audit.record(
        actor=actor, clock=clock, action="ask_rediagnosis", object_type="rediagnosis", object_id=made.pk, place=place,
        op_id=new.op_id, detail={"purpose": new.purpose, "hospital": str(hospital.pk) if hospital else ""},
    )  # fmt: skip
    return made


def copy_of(clue: Clue, today: date) -> dict[str, Any]:
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
