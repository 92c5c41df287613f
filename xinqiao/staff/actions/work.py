"""The quarterly work record: signed by the doctor, countersigned by the township, open to appeal. Figures come from the
records; a correction counts them again and keeps both versions."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, Problem

from ..choices import WorkState
from ..models import WorkAppeal, WorkLine, WorkRecord
from ..queries.work import doctor, figures_of, lines_of
from ..rules import Quarter, allows


def _latest(user: User, quarter: Quarter) -> WorkRecord | None:
    rows = WorkRecord.objects.select_for_update().filter(
        doctor=user, year=quarter.year, quarter=quarter.number
    )
    return rows.order_by("-version").first()


def _freeze(user: User, quarter: Quarter, clock: Clock, version: int) -> WorkRecord:
    made = WorkRecord.objects.create(
        doctor=user, place=user.place, year=quarter.year, quarter=quarter.number, version=version,
        figures=figures_of(user.pk, quarter), made_at=clock.now(),
    )  # fmt: skip
    WorkLine.objects.bulk_create(
        WorkLine(
            managing_code=one.managing_code, record=made, person_id=one.person_id, visit_id=one.visit_id,
            visit_date=one.visit_date, kind=one.kind, reason=one.reason[:200],
        )
        for one in lines_of(user.pk, quarter)
    )  # fmt: skip
    return made


def _ready(record: WorkRecord | None, act: str, quarter: Quarter, clock: Clock) -> None:
    if not quarter.over(clock.today()):
        text = _("这个季度还没有结束，%(day)s 起可以签认。")
        raise Invalid([Problem("", "early", text % {"day": quarter.after.isoformat()})])
    if not allows(record.state if record else "", act):
        raise Conflict(_("这份记录的状态刚有变化，请刷新后再看。"), code="conflict.work_state")


def sign_work(*, actor: Actor, clock: Clock, doctor_id: UUID, quarter: Quarter) -> WorkRecord:
    """The doctor signs the own quarter: its figures are frozen as they are now. Signed again changes nothing."""
    require(actor, Permission.SIGN_OWN_WORK)
    with transaction.atomic():
        user = doctor(actor, doctor_id)
        if user.pk != actor.user_id:
            raise NotAllowed(code="not_allowed.sign_for_another")
        User.objects.select_for_update().get(pk=user.pk)
        record = _latest(user, quarter)
        if record is not None and record.state in (WorkState.SIGNED, WorkState.AGREED):
            return record
        _ready(record, "sign", quarter, clock)
        record = record or _freeze(user, quarter, clock, 1)
        record.state, record.signed_at = WorkState.SIGNED, clock.now()
        record.save(update_fields=["state", "signed_at"])
        _note(actor, clock, "sign_work", record)
    return record


def agree_work(*, actor: Actor, clock: Clock, doctor_id: UUID, quarter: Quarter) -> WorkRecord:
    """The township countersigns what the doctor signed."""
    require(actor, Permission.COUNTERSIGN_WORK)
    with transaction.atomic():
        user = doctor(actor, doctor_id)
        record = _latest(user, quarter)
        if record is not None and record.state == WorkState.AGREED:
            return record
        _ready(record, "agree", quarter, clock)
        assert record is not None  # noqa: S101 -- nothing may be agreed that was not signed
        record.state, record.agreed_by, record.agreed_at = WorkState.AGREED, actor.user_id, clock.now()
        record.save(update_fields=["state", "agreed_by", "agreed_at"])
        _note(actor, clock, "agree_work", record)
    return record


def appeal_work(*, actor: Actor, clock: Clock, doctor_id: UUID, quarter: Quarter, text: str) -> WorkAppeal:
    """The doctor objects, before or after signing; the version objected to is frozen and waits for an answer."""
    require(actor, Permission.SIGN_OWN_WORK)
    words = text.strip()
    with transaction.atomic():
        user = doctor(actor, doctor_id)
        if user.pk != actor.user_id:
            raise NotAllowed(code="not_allowed.sign_for_another")
        if not 1 <= len(words) <= 500:
            raise Invalid([Problem("text", "missing", _("请写明哪一项不对、应为多少，500 字以内。"))])
        User.objects.select_for_update().get(pk=user.pk)
        record = _latest(user, quarter)
        _ready(record, "appeal", quarter, clock)
        record = record or _freeze(user, quarter, clock, 1)
        made = WorkAppeal.objects.create(record=record, text=words, made_at=clock.now())
        record.state = WorkState.APPEALED
        record.save(update_fields=["state"])
        _note(actor, clock, "appeal_work", record)
    return made


def answer_appeal(
    *, actor: Actor, clock: Clock, doctor_id: UUID, quarter: Quarter, answer: str, correct: bool
) -> WorkRecord:
    """Answer: keep the version, or count the records again as a new version for the doctor to sign.

    Figures are never typed: what is wrong is put right in the records first (a missing visit, the wrong name), and Invalid
    says so when counting again gives the same.
    """
    require(actor, Permission.COUNTERSIGN_WORK)
    words = answer.strip()
    with transaction.atomic():
        user = doctor(actor, doctor_id)
        record = _latest(user, quarter)
        _ready(record, "answer", quarter, clock)
        assert record is not None  # noqa: S101 -- an appeal has its record
        if not 1 <= len(words) <= 500:
            raise Invalid([Problem("answer", "missing", _("请写明答复，500 字以内。"))])
        outcome, result = "kept", record
        if correct:
            if figures_of(user.pk, quarter) == record.figures:
                text = _("按现有记录重算，数字没有变化。请先更正或补录随访，或选择维持并说明理由。")
                raise Invalid([Problem("answer", "same", text)])
            record.state = WorkState.REPLACED
            record.save(update_fields=["state"])
            outcome, result = "corrected", _freeze(user, quarter, clock, record.version + 1)
        else:
            # Back to where it was: signed or agreed stays so, and an unsigned one may now be signed.
            record.state = (
                WorkState.AGREED
                if record.agreed_at
                else WorkState.SIGNED
                if record.signed_at
                else WorkState.DRAFT
            )
            record.save(update_fields=["state"])
        WorkAppeal.objects.filter(record=record, answered_at=None).update(
            answer=words, outcome=outcome, answered_by=actor.user_id, answered_at=clock.now()
        )
        _note(actor, clock, "answer_appeal", record, outcome=outcome)
    return result


def _note(actor: Actor, clock: Clock, action: str, record: WorkRecord, **detail: str) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="work_record", object_id=record.pk, place=record.place,
        detail={"year": record.year, "quarter": record.quarter, "version": record.version, **detail},
    )  # fmt: skip
