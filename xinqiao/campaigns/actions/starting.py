"""Beginning an action: its lines are made at that moment and do not change with the list they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import TABLE, Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import level_of, township_of
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.terms import Level
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.registry.bulk import once_only

from ..choices import HOLIDAYS, Counts, Kind, Subject
from ..clocks import KIND
from ..models import Campaign, Target

MOST = 20_000
MOST_STEPS = 8


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What somebody begins: `people` or `villages` are the lines, `steps` questions with words for yes and no, `source` in
    words how the list was made. `owner_id` defaults to who begins it."""

    op_id: UUID
    title: str
    kind: str
    subject: str
    starts_on: date | None
    deadline: date | None
    source: str
    people: Sequence[UUID] = ()
    villages: Sequence[str] = ()
    steps: Sequence[dict[str, str]] = ()
    document: str = ""
    holiday: str = ""
    counts: str = Counts.NONE.value
    owner_id: UUID | None = None


def read_steps(text: str) -> list[dict[str, str]]:
    """Steps typed one a line, "question" or "question|yes|no"; numbered keys."""
    found = []
    for number, line in enumerate((one for one in text.splitlines() if one.strip()), 1):
        ask, yes, no = ([part.strip() for part in line.replace("｜", "|").split("|")] + ["", ""])[:3]
        found.append({"key": f"s{number}", "ask": ask, "yes": yes or "是", "no": no or "否"})
    return found


def start_campaign(*, actor: Actor, clock: Clock, new: NewCampaign) -> Campaign:
    """Begin an action of the actor's place. Sent again: the same one. Raises NotAllowed, NotFound for a person, village or
    owner that is not the actor's, Invalid with a sentence for each field."""
    require(actor, Permission.RUN_CAMPAIGN)
    with transaction.atomic():
        same = Campaign.objects.filter(op_id=new.op_id).first()
        if same is not None:
            if (same.place, same.title) != (actor.place, new.title.strip()):
                raise Conflict(
                    sentence("同一次操作已经保存过另外的内容，请重新打开表单"), code="conflict.op_reused"
                )
            return same
        problems = problems_of(new, clock.today())
        if problems:
            raise Invalid(problems)
        assert new.starts_on is not None  # noqa: S101 -- checked above
        assert new.deadline is not None  # noqa: S101 -- checked above
        owner = _owner(actor, new.owner_id)
        lines = (
            _people(new.people) if new.subject == Subject.PEOPLE else _villages(actor, new.villages, clock)
        )
        with once_only():
            made = Campaign.objects.create(
                op_id=new.op_id, title=new.title.strip(), kind=new.kind, document=new.document.strip(), holiday=new.holiday,
                place=actor.place, owner_id=owner, subject=new.subject, source=new.source[:60], counts=new.counts,
                steps=[dict(one) for one in new.steps], starts_on=new.starts_on, deadline=new.deadline, size=len(lines),
                townships=sorted({township_of(one.managing_code) for one in lines}),
                made_by=actor.user_id, made_at=clock.now(),
            )  # fmt: skip
        for one in lines:
            one.campaign = made
        Target.objects.bulk_create(lines, batch_size=1000)
        settle(clock=clock, kind=KIND, subjects=[made.pk])
        audit.record(
            actor=actor, clock=clock, action="start_campaign", object_type="campaign", object_id=made.pk,
            place=made.place, op_id=new.op_id, detail={"kind": made.kind, "lines": len(lines)},
        )  # fmt: skip
    return made


def problems_of(new: NewCampaign, today: date) -> list[Problem]:
    """What stands against beginning it, in sentences."""
    found: list[Problem] = []

    def need(wrong: bool, field: str, code: str, words: str, value: str = "") -> None:
        if wrong:
            found.append(Problem(field, code, words, value[:20]))

    need(not 1 <= len(new.title.strip()) <= 60, "title", "missing", sentence("请填写“名称”，60 字以内"))
    need(new.kind not in Kind.values, "kind", "wrong_value", sentence("“类别”没有选择"), new.kind)
    need(
        new.counts not in Counts.values, "counts", "wrong_value", sentence("“随访怎样算”没有选择"), new.counts
    )
    need(len(new.document.strip()) > 120, "document", "too_long", sentence("“依据”应不超过 120 字"))
    need(
        bool(new.holiday) and new.holiday not in HOLIDAYS,
        "holiday",
        "wrong_value",
        sentence("没有这个节日"),
        new.holiday,
    )
    need(new.starts_on is None, "starts_on", "missing", sentence("“开始日期”未填写"))
    need(new.deadline is None, "deadline", "missing", sentence("“截止日期”未填写"))
    if new.starts_on and new.deadline:
        words = sentence(
            "“截止日期”%(day)s 早于开始日期 %(first)s，请核对", day=new.deadline, first=new.starts_on
        )
        need(new.deadline < new.starts_on, "deadline", "too_early", words, str(new.deadline))
        words = sentence("“截止日期”%(day)s 早于今天 %(today)s，请核对", day=new.deadline, today=today)
        need(new.starts_on <= new.deadline < today, "deadline", "past", words, str(new.deadline))
    need(len(new.steps) > MOST_STEPS, "steps", "too_many", sentence("步骤最多 %(n)s 条", n=MOST_STEPS))
    for one in new.steps:
        too_long = len(one["ask"]) > 40 or len(one["yes"]) > 10 or len(one["no"]) > 10
        asked = sentence("每条步骤先写要问的事，再写两个答案，如“药够吃到节后吗|够|不够”")
        need(not one["ask"], "steps", "missing", asked)
        need(too_long, "steps", "too_long", sentence("每条步骤不超过 40 字，答案不超过 10 字"), one["ask"])
    if new.subject == Subject.VILLAGES:
        need(not new.villages, "villages", "missing", sentence("请至少选一个村"))
        need(
            new.counts != Counts.NONE,
            "counts",
            "contradiction",
            sentence("名单是村的，随访不算已办，请逐一登记"),
        )
    elif new.subject == Subject.PEOPLE:
        need(not new.people, "people", "missing", sentence("名单里没有人，请另选名单或范围"))
        need(len(new.people) > MOST, "people", "too_many", sentence("一次最多 %(n)s 人，请缩小范围", n=MOST))
    else:
        need(True, "subject", "wrong_value", sentence("“对象”没有选择"), new.subject)
    return found


def _owner(actor: Actor, owner_id: UUID | None) -> UUID:
    if owner_id is None or owner_id == actor.user_id:
        return actor.user_id
    roles = [role for role, may in TABLE.items() if Permission.RUN_CAMPAIGN in may]
    owner = User.objects.filter(pk=owner_id, role__in=roles, is_active=True).first()
    if owner is None or not actor.serves(owner.place):
        raise NotFound(code="not_found.owner")
    return owner.pk


def _people(ids: Sequence[UUID]) -> list[Target]:
    wanted = list(dict.fromkeys(ids))
    rows = {
        person: (code, shared, workers)
        for person, code, shared, workers in Standing.objects.filter(person_id__in=wanted).values_list(
            "person_id", "managing_code", "shared_codes", "worker_ids"
        )
    }
    if len(rows) != len(wanted):
        raise NotFound(code="not_found.person")
    return [
        Target(
            person_id=one, managing_code=rows[one][0], shared_codes=rows[one][1],
            worker_id=rows[one][2][0] if rows[one][2] else None,
        )
        for one in wanted
    ]  # fmt: skip


def _villages(actor: Actor, codes: Sequence[str], clock: Clock) -> list[Target]:
    wanted = list(dict.fromkeys(codes))
    there = places.existing(wanted, clock.today())
    for code in wanted:
        if code not in there or not actor.serves(code) or level_of(code) is not Level.VILLAGE:
            raise NotFound(code="not_found.place")
    serving = places.institutions_serving(wanted, clock.today())
    return [
        Target(managing_code=code, worker_id=serving[code].worker_id if code in serving else None)
        for code in wanted
    ]
