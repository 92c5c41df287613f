"""A psychiatrist's answer, and what follows from it for the clue, for the register and for the clocks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.accounts.scope import as_system
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound

from ..choices import OPEN_STATES, CloseReason, ClueState, Outcome, Purpose, Result, ReviewState
from ..clocks import CLUE, ENROLLED, REVIEW, corrected_since, negates
from ..models import Clue, Rediagnosis
from ..rules import check_answer, state_after
from .common import locked_review, save_clue, seen_by_psychiatrist


def answer_review(*, actor: Actor, clock: Clock, review_id: UUID, record: Mapping[str, Any]) -> Rediagnosis:
    """The psychiatrist's answer: typed by the hospital that was asked, or by the township from the paper of a hospital
    that does not work here. What follows for the clue is written in the same transaction."""
    if not may(actor, Permission.DIAGNOSE):
        require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        one = locked_review(actor=actor, review_id=review_id)
        _may_answer(actor, one)
        if one.state != ReviewState.ASKED:
            raise Conflict(_("这项复核已经答复或撤回。"), code="conflict.review_state")
        read = check_answer(
            record,
            purpose=one.purpose,
            of_file=one.person_id is not None,
            asked_on=one.asked_on,
            sent_on=one.sent_on,
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
    seen_by_psychiatrist(clue, day)
    clue.state, clue.state_on = state_after(one.result, one.outcome), day
    clue.confirmed_on = day if clue.state == ClueState.CONCLUDED else None
    clue.look_on = one.look_on if clue.state == ClueState.WATCH else None
    if clue.state == ClueState.CLOSED:
        clue.closed_on = day
        clue.close_reason = _why_closed(one)
    save_clue(clue)


def _why_closed(one: Rediagnosis) -> CloseReason:
    if one.result == Result.EXCLUDE:
        return CloseReason.EXCLUDED
    return CloseReason.REFERRED if one.outcome == Outcome.REFER else CloseReason.NOT_SIX


def tell_corrected(*, actor: Actor, clock: Clock, review_id: UUID) -> Rediagnosis:
    """The register was put right after a diagnosis was disproved: ends the clock, if it really was."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        one = locked_review(actor=actor, review_id=review_id)
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
