"""A try without contact: not a visit, but what the lost-contact protocol counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.bulk import once_only

from ..choices import MISSES, AttemptOutcome
from ..models import VisitAttempt
from ..rules import FIELDS
from .history import load
from .refold import settle


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """One try: on which day, in which form (codes of F08 `form`), what came of it (AttemptOutcome)."""

    op_id: UUID
    person_id: UUID
    happened_on: date
    form: str
    outcome: str
    note: str = ""


@transaction.atomic
def record_attempt(*, actor: Actor, clock: Clock, attempt: NewAttempt) -> UUID:
    """Keep one try and count it; its id. Sent again: the same id. Raises NotAllowed, NotFound, Invalid, Conflict."""
    require(actor, Permission.RECORD_ATTEMPT)
    histories = load([attempt.person_id])
    history = histories[attempt.person_id]
    problems = list(_problems(attempt, birth_on=history.birth_on, today=clock.today()))
    if problems:
        raise Invalid(problems)
    same = VisitAttempt.objects.filter(op_id=attempt.op_id).first()
    if same:
        if (same.person_id, same.happened_on, same.outcome) != (
            attempt.person_id,
            attempt.happened_on,
            attempt.outcome,
        ):
            raise Conflict(
                sentence("同一次操作已经保存过另外的内容，请重新打开表单"), code="conflict.op_reused"
            )
        return same.pk
    with once_only():
        row = VisitAttempt.objects.create(
            op_id=attempt.op_id,
            person_id=attempt.person_id,
            managing_code=history.managing_code,
            shared_codes=history.shared_codes,
            recorded_at=clock.now(),
            recorded_by=actor.user_id,
            happened_on=attempt.happened_on,
            form=attempt.form,
            outcome=attempt.outcome,
            note=attempt.note.strip(),
        )
    if attempt.outcome in MISSES:
        history.attempts.append(attempt.happened_on)
    if attempt.outcome == AttemptOutcome.AWAY:
        history.away.append(attempt.happened_on)
    settle(histories, clock=clock)
    audit.record(
        actor=actor,
        clock=clock,
        action="record_attempt",
        object_type="attempt",
        object_id=row.pk,
        place=history.managing_code,
        op_id=attempt.op_id,
    )
    return row.pk


def _problems(attempt: NewAttempt, *, birth_on: date, today: date) -> list[Problem]:
    found: list[Problem] = []
    day = attempt.happened_on
    if day > today:
        found.append(
            Problem(
                "happened_on",
                "future",
                sentence("“日期”%(day)s 晚于今天 %(today)s，应不晚于今天", day=day, today=today),
                str(day),
            )
        )
    elif day < birth_on:
        found.append(
            Problem(
                "happened_on",
                "before_birth",
                sentence("“日期”%(day)s 早于出生日期，应不早于出生日期", day=day),
                str(day),
            )
        )
    if not attempt.outcome:
        right = "、".join(str(label) for label in AttemptOutcome.labels)
        found.append(Problem("outcome", "missing", sentence("“结果”没有选择，应为：%(right)s", right=right)))
    elif attempt.outcome not in AttemptOutcome.values:
        right = "、".join(str(label) for label in AttemptOutcome.labels)
        found.append(
            Problem(
                "outcome",
                "wrong_value",
                sentence(
                    "“结果”的值“%(outcome)s”无效，应为：%(right)s", outcome=attempt.outcome[:20], right=right
                ),
                attempt.outcome[:20],
            )
        )
    if attempt.form not in FIELDS["form"].labels:
        right = "、".join(f"{code} {label}" for code, label in FIELDS["form"].labels.items())
        found.append(
            Problem(
                "form",
                "wrong_value",
                sentence("“方式”的值“%(form)s”无效，应为：%(right)s", form=attempt.form[:20], right=right),
                attempt.form[:20],
            )
        )
    if attempt.outcome == AttemptOutcome.OTHER and not attempt.note.strip():
        found.append(Problem("note", "missing", sentence("结果选“其他”时，请填写“说明”")))
    if len(attempt.note.strip()) > 200:
        found.append(
            Problem(
                "note",
                "wrong_value",
                sentence("“说明”有 %(strip)s 字，应不超过 200 字", strip=len(attempt.note.strip())),
            )
        )
    return found
