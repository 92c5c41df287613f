"""Closing a clue without a file of its own, and taking it up again."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.registry.bulk import once_only
from xinqiao.registry.models import Person

from ..choices import OPEN_STATES, ActKind, CloseReason, ClueState, ReviewState, closing_reasons
from ..clocks import CLUE, REVIEW
from ..models import Clue, ClueAct, Rediagnosis
from ..queries import find_clue
from .common import day_within, save_clue, standing_state, told


def close_clue(
    *, actor: Actor, clock: Clock, clue_id: UUID, reason: str, on: date | None, note: str = "",
    person_id: UUID | None = None,
) -> Clue:  # fmt: skip
    """End a clue without a file of its own. `person_id` names the person on the register who it is (reason known)."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if clue.state not in OPEN_STATES:
            raise Conflict(_("这条线索已经办结。"), code="conflict.clue_state")
        _fits(clue, reason)
        if reason == CloseReason.KNOWN:
            if person_id is None or not Person.objects.filter(pk=person_id).exists():
                raise NotFound(code="not_found.person")
            clue.person_id = person_id
        if reason != CloseReason.DIED:
            say_what_became(clue, note)
        day = day_within(on, clue.found_on, clock.today(), "closed_on", _("结案日期"))
        withdraw_open(actor=actor, clock=clock, clue=clue)
        end_clue(clue, reason, day, note)
        save_clue(clue)
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        told(actor, clock, "close_clue", clue, reason=reason)
    return clue


def _fits(clue: Clue, reason: str) -> None:
    """Invalid for a reason that is none, or that the clue's own course contradicts."""
    if reason not in closing_reasons(clue.state) and reason != CloseReason.KNOWN:
        words = _("结案原因没有选择，或与目前的进展不相符；排除请在初筛结论或复核结论中登记。")
        raise Invalid([Problem("reason", "missing", words, reason[:20])])
    tried = [ActKind.PERSUADE, ActKind.KIN]
    if reason == CloseReason.DECLINED and not ClueAct.objects.filter(clue=clue, kind__in=tried).exists():
        words = _("还没有动员本人或联系近亲属的记录：请先在“动员和联系”里登记，再这样结案。")
        raise Invalid([Problem("reason", "never_tried", words, reason)])


def say_what_became(clue: Clue, note: str) -> None:
    """Whoever is in danger and has not been to a psychiatrist is not closed without a word."""
    if clue.urgent and clue.brought_on is None and not note.strip():
        words = _("有伤害危险的线索这样结案，要写明已告知谁、怎样处理。")
        raise Invalid([Problem("note", "missing", words)])


def take_up_again(*, actor: Actor, clock: Clock, clue_id: UUID, op_id: UUID, why: str) -> Clue:
    """Open a clue that was closed by mistake or on wrong grounds; its clocks run on from where they stood. Repeated by `op_id`
    without harm. Not after its identifying data are gone, and not once there is a file."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if ClueAct.objects.filter(op_id=op_id, clue=clue).exists():
            return clue
        if clue.state != ClueState.CLOSED or clue.erased_at is not None:
            raise Conflict(_("只有已结案、身份信息还在的线索可以重新办理。"), code="conflict.clue_state")
        if not why.strip():
            raise Invalid([Problem("why", "missing", _("请写明为什么重新办理。"))])
        before = clue.close_reason
        former = _("（原结案：%(why)s）") % {
            "why": f"{clue.get_close_reason_display()} {clue.close_note}".strip()
        }
        clue.state, clue.state_on = standing_state(clue), clock.today()
        clue.closed_on, clue.close_reason, clue.close_note, clue.person_id = None, "", "", None
        save_clue(clue)
        with once_only():
            ClueAct.objects.create(
                clue=clue, op_id=op_id, managing_code=clue.managing_code, shared_codes=clue.shared_codes,
                kind=ActKind.AGAIN, happened_on=clock.today(), note=why.strip()[:250] + former, recorded_at=clock.now(),
                recorded_by=actor.user_id,
            )  # fmt: skip
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        told(actor, clock, "reopen_clue", clue, op_id=op_id, before=before)
    return clue


def withdraw_open(*, actor: Actor, clock: Clock, clue: Clue) -> None:
    """What was asked and not yet answered is taken back; the hospital no longer sees it."""
    waiting = list(Rediagnosis.objects.select_for_update().filter(clue=clue, state=ReviewState.ASKED))
    for one in waiting:
        one.state, one.answered_at, one.shared_codes = ReviewState.WITHDRAWN, clock.now(), []
        one.save(update_fields=["state", "answered_at", "shared_codes"])
    settle(clock=clock, kind=REVIEW, subjects=[one.pk for one in waiting])


def end_clue(clue: Clue, reason: str, day: date, note: str) -> None:
    """Set the columns of a closed clue; the caller saves."""
    clue.state, clue.state_on = ClueState.CLOSED, day
    clue.closed_on, clue.close_reason, clue.close_note = day, reason, note.strip()[:200]
