"""Doing one line: the answers to the steps, or why nobody was met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from ..choices import Outcome, State, Unreachable
from ..models import Campaign, Target
from ..rules import check_answers


@dataclass(frozen=True, slots=True)
class NewLine:
    """What came of one line on which day: `answers` step → "1" or "0"; or `reason` why not (a code of Unreachable)."""

    op_id: UUID
    target_id: UUID
    happened_on: date | None
    answers: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""
    note: str = ""


@transaction.atomic
def record_line(*, actor: Actor, clock: Clock, new: NewLine) -> Target:
    """Write down one line; written again with other answers it is corrected, the trail says so. Sent again: nothing happens.

    Raises NotAllowed, NotFound, Invalid; Conflict when the action has ended.
    """
    require(actor, Permission.DO_CAMPAIGN)
    line = Target.objects.select_for_update().filter(pk=new.target_id).first()
    if line is None:
        raise NotFound(code="not_found.line")
    if line.op_id == new.op_id:
        return line
    # Read after the lock: whoever closes the action holds its lines.
    campaign = Campaign.objects.get(pk=line.campaign_id)
    if campaign.state != State.RUNNING:
        raise Conflict(sentence("这次行动已经结束，不能再登记"), code="conflict.campaign_ended")
    keys = [one["key"] for one in campaign.steps]
    answers = {key: new.answers[key] for key in keys if new.answers.get(key)}
    problems: list[Problem] = []
    day, today = new.happened_on, clock.today()
    if day is None:
        problems.append(Problem("happened_on", "missing", sentence("“日期”未填写")))
    elif day > today:
        words = sentence("“日期”%(day)s 晚于今天 %(today)s，应不晚于今天", day=day, today=today)
        problems.append(Problem("happened_on", "future", words, str(day)))
    elif day < campaign.starts_on:
        words = sentence("“日期”%(day)s 早于行动开始 %(first)s，请核对", day=day, first=campaign.starts_on)
        problems.append(Problem("happened_on", "too_early", words, str(day)))
    if len(new.note.strip()) > 300:
        problems.append(Problem("note", "too_long", sentence("“说明”应不超过 300 字")))
    if new.reason:
        if new.reason not in Unreachable.values:
            problems.append(Problem("reason", "wrong_value", sentence("没有这种原因"), new.reason[:20]))
        elif new.reason == Unreachable.OTHER and not new.note.strip():
            problems.append(Problem("note", "missing", sentence("原因选“其他”时，请填写“说明”")))
    else:
        problems += check_answers(keys, answers, new.note)
    if problems:
        raise Invalid(problems)
    before = line.outcome
    line.outcome = Outcome.UNREACHABLE if new.reason else Outcome.DONE
    line.happened_on, line.note, line.reason = day, new.note.strip(), new.reason
    line.answers = {} if new.reason else answers
    line.op_id, line.recorded_by, line.recorded_at = new.op_id, actor.user_id, clock.now()
    line.save(
        update_fields=[
            "outcome",
            "happened_on",
            "note",
            "reason",
            "answers",
            "op_id",
            "recorded_by",
            "recorded_at",
        ]
    )
    audit.record(
        actor=actor, clock=clock, action="record_campaign_line", object_type="campaign", object_id=campaign.pk,
        place=line.managing_code, op_id=new.op_id,
        detail={"line": str(line.pk), "outcome": line.outcome, "before": before},
    )  # fmt: skip
    return line
