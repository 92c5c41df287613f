"""Who was told of a loss: the receipt of a written report that a person sent, or of a call. The system sends nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.bulk import once_only

from ..choices import FIELDS, Receiver, Way
from ..models import Told
from .entry import code_problems, day_problems, labels, open_search_of, text_problems
from .following import KIND

CLAUSE = "N18/lost"


@dataclass(frozen=True, slots=True)
class NewTold:
    """To whom (group, police, office), how, when, and who took it there."""

    op_id: UUID
    search_id: UUID
    receiver: str
    way: str
    happened_on: date | None
    receiver_name: str


@transaction.atomic
def tell(*, actor: Actor, clock: Clock, new: NewTold) -> Told:
    """Keep that somebody was told, with the fields that the receiver's sheet holds and the legal basis.

    Whoever searches may tell the police at once; a written report is the township's. Sent again: the same receipt. Raises
    NotAllowed, NotFound, Invalid, Conflict. Clause: N18/lost.
    """
    at_once = new.receiver == Receiver.POLICE and new.way in (Way.PHONE, Way.IN_PERSON)
    require(actor, Permission.TRACE_LOST if at_once else Permission.CLOSE_TRACE)
    search = open_search_of(new.search_id)
    same = Told.objects.filter(op_id=new.op_id).first()
    if same is not None:
        if (same.search_id, same.receiver, same.way) != (new.search_id, new.receiver, new.way):
            raise Conflict(
                sentence("同一次操作已经保存过另外的内容，请重新打开表单"), code="conflict.op_reused"
            )
        return same
    problems = code_problems("receiver", "报给谁", new.receiver, labels(Receiver))
    problems += code_problems("way", "方式", new.way, labels(Way))
    problems += day_problems(
        "happened_on", "日期", new.happened_on, birth_on=search.person.birth_on, today=clock.today()
    )
    problems += text_problems("receiver_name", "接收单位和人", new.receiver_name, 60)
    if not new.receiver_name.strip():
        problems.append(Problem("receiver_name", "missing", sentence("请写明接收的单位和人")))
    if new.receiver in (Receiver.GROUP, Receiver.OFFICE) and not search.confirmed:
        problems.append(
            Problem(
                "receiver", "not_confirmed", sentence("乡镇认定失访后再出具书面报告；危险时可先告知派出所")
            )
        )
    if problems:
        raise Invalid(problems)
    assert new.happened_on is not None  # noqa: S101 -- checked above
    with once_only():
        made = Told.objects.create(
            search=search, person=search.person, managing_code=search.managing_code, shared_codes=search.shared_codes,
            recorded_at=clock.now(), recorded_by=actor.user_id, op_id=new.op_id, happened_on=new.happened_on,
            receiver=new.receiver, way=new.way, receiver_name=new.receiver_name.strip(),
            fields=sorted(FIELDS[new.receiver]), basis=CLAUSE,
        )  # fmt: skip
    settle(clock=clock, kind=KIND, subjects=[search.pk])
    audit.record(
        actor=actor, clock=clock, action="tell_of_loss", object_type="search", object_id=search.pk,
        place=search.managing_code, op_id=new.op_id,
        detail={"person": str(search.person_id), "receiver": new.receiver, "way": new.way, "fields": made.fields},
    )  # fmt: skip
    return made
