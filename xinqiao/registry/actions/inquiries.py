"""Following up look-ups: the township answers what a village doctor handed in, the county reviews what led to no file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import as_system
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, ancestors, bounds
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.periods import add_months
from xinqiao.kernel.words import sentence
from xinqiao.policy import current

from ..models import Inquiry, LookUp
from .lookup import LookedUp, look_up_registered

ANSWERS = ("here", "elsewhere", "none", "unclear")


def check_inquiry(*, actor: Actor, clock: Clock, inquiry_id: UUID) -> LookedUp:
    """Ask for the village doctor what the doctor asked; in the asked person's read log it stands as the actor's own look-up."""
    require(actor, Permission.REGISTER_PERSON)
    row = _open(inquiry_id)
    asked = json.loads(row.asked)
    return look_up_registered(actor=actor, clock=clock, **asked, inquiry_id=row.pk)


def answer_inquiry(*, actor: Actor, clock: Clock, inquiry_id: UUID, answer: str, note: str = "") -> None:
    """Tell the asker. The same answer again changes nothing; another one after the first is a Conflict."""
    require(actor, Permission.REGISTER_PERSON)
    if answer not in ANSWERS:
        raise Invalid([Problem("answer", "missing", sentence("请选择答复。"))])
    if len(note.strip()) > 100:
        raise Invalid([Problem("note", "too_long", sentence("补充说明最多 100 个字。"))])
    with transaction.atomic():
        row = Inquiry.objects.select_for_update().filter(pk=inquiry_id).first()
        if row is None:
            raise NotFound(code="not_found.inquiry")
        if row.answered_at is not None:
            if (row.answer, row.answer_note) == (answer, note.strip()):
                return
            raise Conflict(sentence("这次核对已经答复过，请返回列表刷新。"), code="conflict.answered")
        Inquiry.objects.filter(pk=row.pk).update(
            answer=answer, answer_note=note.strip(), answered_at=clock.now(), answered_by=actor.user_id
        )
        audit.record(
            actor=actor, clock=clock, action="answer_inquiry", object_type="inquiry", object_id=row.pk,
            place=row.managing_code, detail={"answer": answer},
        )  # fmt: skip


def read_answer(*, actor: Actor, clock: Clock, inquiry_id: UUID) -> None:
    """The asker has read the answer: about whom it was is no longer needed, and is emptied."""
    require(actor, Permission.LOOK_UP_REGISTERED)
    with transaction.atomic():
        rows = Inquiry.objects.filter(pk=inquiry_id, asked_by=actor.user_id).exclude(answered_at=None)
        if not rows.exists():
            raise NotFound(code="not_found.inquiry")
        if rows.filter(seen_at=None).update(seen_at=clock.now(), asked=""):
            audit.record(
                actor=actor, clock=clock, action="read_answer", object_type="inquiry", object_id=inquiry_id,
                place=actor.place,
            )  # fmt: skip


def forget_inquiries(*, clock: Clock, place: str = NATION) -> int:
    """Empty about whom a question was that nobody answered, or whose answer nobody read, for as long as a clue that came to
    nothing is kept (`screening/retention`). Every night; again is no harm. How many were emptied.

    A question without an answer is answered "unclear": nobody could answer it any more.
    """
    today, count = clock.today(), 0
    with transaction.atomic(), as_system(place):
        rows = Inquiry.objects.filter(seen_at=None, asked_on__lte=add_months(today, -1)).order_by("id")
        for row in rows.select_for_update(skip_locked=True):
            rule = current().at("screening/retention", on=today, ancestors=ancestors(row.managing_code))
            if not row.asked or add_months(row.asked_on, rule.value["closed_months"]) > today:
                continue
            row.asked = ""
            if row.answered_at is None:
                row.answer, row.answered_at = "unclear", clock.now()
            row.save(update_fields=["asked", "answer", "answered_at"])
            audit.record(
                actor=None, clock=clock, action="forget_inquiry", object_type="inquiry", object_id=row.pk,
                place=row.managing_code,
            )  # fmt: skip
            count += 1
    return count


def review_look_ups(*, actor: Actor, clock: Clock, look_up_ids: Sequence[UUID], note: str) -> int:
    """Mark look-ups that led to no file as reviewed, with what was found out; returns how many were still open."""
    require(actor, Permission.CORRECT_RECORD)
    if not note.strip() or len(note) > 100:
        raise Invalid([Problem("note", "missing", sentence("请写明核实结果，最多 100 个字。"))])
    lo, hi = bounds(actor.place)
    with transaction.atomic():
        rows = LookUp.objects.filter(pk__in=look_up_ids, place__gte=lo, place__lt=hi)
        if rows.count() != len(set(look_up_ids)):
            raise NotFound(code="not_found.look_up")
        done = rows.filter(reviewed_at=None).update(
            reviewed_at=clock.now(), reviewed_by=actor.user_id, review_note=note.strip()
        )
        if done:
            audit.record(
                actor=actor, clock=clock, action="review_look_ups", object_type="look_up", object_id=None,
                place=actor.place, detail={"look_ups": sorted(str(one) for one in look_up_ids)},
            )  # fmt: skip
    return done


def _open(inquiry_id: UUID) -> Inquiry:
    row: Inquiry | None = Inquiry.objects.filter(pk=inquiry_id).first()
    if row is None:
        raise NotFound(code="not_found.inquiry")
    if row.answered_at is not None or not row.asked:
        raise Conflict(sentence("这次核对已经答复过，请返回列表刷新。"), code="conflict.answered")
    return row
