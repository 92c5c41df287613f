"""Going on with a clue: judged, acted on, danger that becomes known. Nothing here puts anybody on the register."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.bulk import once_only

from ..choices import NOTED_ACTS, OPEN_STATES, ActKind, CloseReason, ClueState, Judgement, ReviewState
from ..clocks import CLUE
from ..models import Clue, ClueAct, Rediagnosis
from ..queries import find_clue
from .closing import end_clue, say_what_became
from .common import day_within, save_clue, told


def judge_clue(
    *, actor: Actor, clock: Clock, clue_id: UUID, judgement: str, on: date | None, note: str = ""
) -> Clue:
    """初筛结论. Excluding closes the clue; everything else leads on to a diagnosis. Each judgement stays as a dated line."""
    require(actor, Permission.REVIEW_CLUE)
    with transaction.atomic():
        clue = find_clue(actor=actor, clue_id=clue_id, lock=True)
        if clue.state not in (ClueState.NEW, ClueState.CHECKING):
            raise Conflict(_("这条线索已经提请复核或办结，初筛结论不再更改。"), code="conflict.clue_state")
        if judgement not in Judgement.values:
            raise Invalid([Problem("judgement", "missing", _("初筛结论没有选择。"))])
        day = day_within(on, clue.found_on, clock.today(), "judged_on", _("初筛日期"))
        clue.judgement, clue.judged_on, clue.judged_by = judgement, day, actor.user_id
        clue.first_judged_on = clue.first_judged_on or day
        if judgement == Judgement.EXCLUDE:
            say_what_became(clue, note)
            end_clue(clue, CloseReason.SCREENED_OUT, day, note)
        else:
            clue.state, clue.state_on = ClueState.CHECKING, day
        save_clue(clue)
        words = " ".join(part for part in (str(Judgement(judgement).label), note.strip()[:400]) if part)
        ClueAct.objects.create(
            clue=clue, op_id=uuid7(), managing_code=clue.managing_code, shared_codes=clue.shared_codes,
            kind=ActKind.JUDGED, happened_on=day, note=words, recorded_at=clock.now(), recorded_by=actor.user_id,
        )  # fmt: skip
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
        if clue.erased_at is not None:
            raise Conflict(_("这条线索的身份信息已经去除，不再记录。"), code="conflict.clue_erased")
        problems = []
        if kind not in NOTED_ACTS:
            problems.append(Problem("kind", "missing", _("做了什么没有选择。")))
        if kind == ActKind.DANGER and not note.strip():
            problems.append(Problem("note", "missing", _("得知有危险的，请写明是什么危险、从哪里得知。")))
        if problems:
            raise Invalid(problems)
        if kind == ActKind.DANGER and clue.state not in OPEN_STATES:
            raise Conflict(
                _("这条线索已经办结：得知有危险的，请由乡镇重新办理，或另登记一条线索。"),
                code="conflict.clue_state",
            )
        day = day_within(on, clue.found_on, clock.today(), "happened_on", _("日期"))
        with once_only():
            made = ClueAct.objects.create(
                clue=clue, op_id=op_id, managing_code=clue.managing_code, shared_codes=clue.shared_codes, kind=kind,
                happened_on=day, note=note.strip()[:500], recorded_at=clock.now(), recorded_by=actor.user_id,
            )  # fmt: skip
        if clue.state == ClueState.NEW:
            clue.state, clue.state_on = ClueState.CHECKING, made.happened_on
        if kind == ActKind.DANGER:
            _endangered(clock, clue, made.happened_on)
        save_clue(clue)
        told(actor, clock, "act_on_clue", clue, op_id=op_id, kind=kind)
    return made


def _endangered(clock: Clock, clue: Clue, day: date) -> None:
    """Danger that became known later presses like danger known from the beginning, also in the hospital's list; who was at a
    psychiatrist's before that day has to go again."""
    clue.urgent = True
    if clue.brought_on is not None and clue.brought_on < day:
        clue.brought_on = None
    save_clue(clue)
    Rediagnosis.objects.filter(clue=clue, state=ReviewState.ASKED).update(urgent=True)
    settle(clock=clock, kind=CLUE, subjects=[clue.pk])
