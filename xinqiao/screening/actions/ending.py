"""A question that gets no answer: given back by the hospital, or taken back by who asked."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import as_system
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, Problem

from ..choices import ClueState, ReviewState
from ..clocks import CLUE, REVIEW
from ..models import Clue, Rediagnosis
from .common import locked_review, save_clue, standing_state


def return_review(*, actor: Actor, clock: Clock, review_id: UUID, reason: str) -> Rediagnosis:
    """The hospital cannot answer: nobody came, the wrong hospital. Article 28 forbids to turn away who was brought."""
    require(actor, Permission.DIAGNOSE)
    with transaction.atomic():
        one = locked_review(actor=actor, review_id=review_id)
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
        _over(one, "return_rediagnosis", actor=actor, clock=clock)
    return one


def withdraw_review(*, actor: Actor, clock: Clock, review_id: UUID) -> Rediagnosis:
    """Take a question back; the hospital no longer sees it."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        one = locked_review(actor=actor, review_id=review_id)
        if one.state != ReviewState.ASKED:
            raise Conflict(_("这项复核已经答复或撤回。"), code="conflict.review_state")
        one.state, one.answered_at, one.shared_codes = ReviewState.WITHDRAWN, clock.now(), []
        one.save()
        _over(one, "withdraw_rediagnosis", actor=actor, clock=clock)
    return one


def _over(one: Rediagnosis, action: str, *, actor: Actor, clock: Clock) -> None:
    """What follows for the clue and the clocks is written where the clue lies, which a hospital does not hold."""
    with as_system(one.managing_code):
        _back(clock, one)
        settle(clock=clock, kind=REVIEW, subjects=[one.pk])
        if one.clue_id is not None:
            settle(clock=clock, kind=CLUE, subjects=[one.clue_id])
    audit.record(
        actor=actor, clock=clock, action=action, object_type="rediagnosis", object_id=one.pk, place=one.managing_code,
    )  # fmt: skip


def _back(clock: Clock, one: Rediagnosis) -> None:
    """The clue stands again where it stood before it was asked about: observed, or looked into."""
    if one.clue_id is None:
        return
    clue = Clue.objects.select_for_update().get(pk=one.clue_id)
    if clue.state == ClueState.SENT:
        clue.state, clue.state_on = standing_state(clue), clock.today()
        save_clue(clue)
