"""What the writes about clues and questions to psychiatrists share."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from xinqiao.accounts.scope import as_system
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, Problem

from ..choices import ActKind, ClueState, ReviewState
from ..models import Clue, ClueAct, Rediagnosis
from ..queries import find_review
from ..rules import state_after


def locked_review(*, actor: Actor, review_id: UUID) -> Rediagnosis:
    """The question, locked, and its clue before it: whoever writes locks in this order, so that nobody waits in a circle."""
    one = find_review(actor=actor, review_id=review_id)
    if one.clue_id is not None:
        with as_system(one.managing_code):
            Clue.objects.select_for_update().filter(pk=one.clue_id).first()
    return find_review(actor=actor, review_id=review_id, lock=True)


def standing_state(clue: Clue) -> ClueState:
    """Where an open clue stands when its question or its closing is taken back: what the last answer said, else 核实中."""
    last = (
        Rediagnosis.objects.filter(clue=clue, state=ReviewState.ANSWERED)
        .order_by("-diagnosed_on", "-answered_at")
        .first()
    )
    after = ClueState(state_after(last.result, last.outcome)) if last else ClueState.CHECKING
    return ClueState.CHECKING if after == ClueState.CLOSED else after


def seen_by_psychiatrist(clue: Clue, day: date | None) -> None:
    """The first day at a psychiatrist's since danger was last told: what lay before that does not ease it. The caller saves."""
    if day is None or clue.brought_on is not None:
        return
    later = ClueAct.objects.filter(clue=clue, kind=ActKind.DANGER, happened_on__gt=day)
    if not later.exists():
        clue.brought_on = day


def save_clue(clue: Clue) -> None:
    """Write the row with the next version."""
    clue.row_version += 1
    clue.save()


def day_within(typed: date | None, earliest: date, today: date, key: str, label: str) -> date:
    """A typed day between two others; Invalid at its field."""
    if typed is None:
        raise Invalid([Problem(key, "missing", _("%(label)s没有填写，或不是有效日期。") % {"label": label})])
    if typed > today or typed < earliest:
        text = _("%(label)s“%(day)s”应在调查日期 %(first)s 与今天之间。")
        words = {"label": label, "day": typed.isoformat(), "first": earliest.isoformat()}
        raise Invalid([Problem(key, "order", text % words, typed.isoformat())])
    return typed


def told(
    actor: Actor, clock: Clock, action: str, clue: Clue, *, op_id: UUID | None = None, **detail: Any
) -> None:
    """One line of the trail about a clue: ids and codes only."""
    audit.record(
        actor=actor, clock=clock, action=action, object_type="clue", object_id=clue.pk, place=clue.managing_code,
        op_id=op_id, detail=detail,
    )  # fmt: skip
