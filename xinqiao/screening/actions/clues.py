"""Going on with a clue: judged, acted on, closed, taken up again. Nothing here puts anybody on the register."""

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

from ..choices import OPEN_STATES, ActKind, CloseReason, ClueState, Judgement, ReviewState
from ..clocks import CLUE, REVIEW
from ..models import Clue, ClueAct, Rediagnosis
from ..queries import find_clue
from .common import day_within, save_clue, told


def judge_clue(
    *, actor: Actor, clock: Clock, clue_id: UUID, judgement: str, on: date | None, note: str = ""
) -> Clue:
    """初筛结论. Excluding closes the clue; everything else leads on to a diagnosis."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if clue.state not in (ClueState.NEW, ClueState.CHECKING):
            raise Conflict(_("这条线索已经提请复核或办结，初筛结论不再更改。"), code="conflict.clue_state")
        if judgement not in Judgement.values:
            raise Invalid([Problem("judgement", "missing", _("初筛结论没有选择。"))])
        day = day_within(on, clue.found_on, clock.today(), "judged_on", _("初筛日期"))
        clue.judgement, clue.judged_on, clue.judged_by = judgement, day, actor.user_id
        if judgement == Judgement.EXCLUDE:
            _close(clue, CloseReason.SCREENED_OUT, day, note)
        else:
            clue.state, clue.state_on = ClueState.CHECKING, day
        save_clue(clue)
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        told(actor, clock, "judge_clue", clue, judgement=judgement)
    return clue


def add_act(
    *, actor: Actor, clock: Clock, clue_id: UUID, op_id: UUID, kind: str, on: date | None, note: str = ""
) -> ClueAct:
    """Somebody was asked, persuaded or told. Repeated by `op_id` without harm."""
    require(actor, Permission.RECORD_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if known := ClueAct.objects.filter(op_id=op_id, clue=clue).first():
            return known
        problems = []
        if kind not in ActKind.values:
            problems.append(Problem("kind", "missing", _("做了什么没有选择。")))
        if problems:
            raise Invalid(problems)
        if clue.erased_at is not None:
            raise Conflict(_("这条线索的身份信息已经去除，不再记录。"), code="conflict.clue_erased")
        day = day_within(on, clue.found_on, clock.today(), "happened_on", _("日期"))
        with once_only():
            made = ClueAct.objects.create(
                clue=clue, op_id=op_id, managing_code=clue.managing_code, shared_codes=clue.shared_codes, kind=kind,
                happened_on=day, note=note.strip()[:500], recorded_at=clock.now(), recorded_by=actor.user_id,
            )  # fmt: skip
        if clue.state == ClueState.NEW:
            clue.state, clue.state_on = ClueState.CHECKING, made.happened_on
            save_clue(clue)
        told(actor, clock, "act_on_clue", clue, op_id=op_id, kind=kind)
    return made


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
        if reason not in CloseReason.values or reason in (CloseReason.EXCLUDED, CloseReason.SCREENED_OUT):
            raise Invalid(
                [Problem("reason", "missing", _("结案原因没有选择；排除请在初筛结论或复核结论中登记。"))]
            )
        if reason == CloseReason.KNOWN:
            if person_id is None or not Person.objects.filter(pk=person_id).exists():
                raise NotFound(code="not_found.person")
            clue.person_id = person_id
        silent = clue.urgent and clue.brought_on is None and not note.strip()
        if silent and reason in (CloseReason.AWAY, CloseReason.REFUSED):
            raise Invalid([
                    Problem("note", "missing", _("有伤害危险的线索这样结案，要写明已告知谁、怎样处理。"))
                ])  # fmt: skip
        day = day_within(on, clue.found_on, clock.today(), "closed_on", _("结案日期"))
        withdraw_open(actor=actor, clock=clock, clue=clue)
        _close(clue, reason, day, note)
        save_clue(clue)
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        told(actor, clock, "close_clue", clue, reason=reason)
    return clue


def withdraw_open(*, actor: Actor, clock: Clock, clue: Clue) -> None:
    """What was asked and not yet answered is taken back; the hospital no longer sees it."""
    waiting = list(Rediagnosis.objects.select_for_update().filter(clue=clue, state=ReviewState.ASKED))
    for one in waiting:
        one.state, one.answered_at = ReviewState.WITHDRAWN, clock.now()
        one.save(update_fields=["state", "answered_at"])
    settle(clock=clock, kind=REVIEW, subjects=[one.pk for one in waiting])


def _close(clue: Clue, reason: str, day: date, note: str) -> None:
    clue.state, clue.state_on = ClueState.CLOSED, day
    clue.closed_on, clue.close_reason, clue.close_note = day, reason, note.strip()[:200]
