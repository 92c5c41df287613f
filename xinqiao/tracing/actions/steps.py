"""Beginning to look for somebody, and writing down where one asked. Calls and ways to the house are recorded as tries of
follow-up, so that a try counts once wherever it was typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.bulk import once_only
from xinqiao.registry.models import Attachment, Person

from ..choices import ASKING, AT_ONCE, OPEN_STAGES, Heard, Origin, Reason, Stage, StepKind
from ..models import Asked, Search
from .entry import LONGEST, code_problems, day_problems, labels, open_search_of, text_problems
from .following import refollow


@dataclass(frozen=True, slots=True)
class NewSearch:
    """Somebody has gone: a reason that is known at once, since when, and what it rests on (who said so)."""

    op_id: UUID
    person_id: UUID
    reason: str
    opened_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class NewAsked:
    """One step: where one asked (not a call or a way to the house: these are tries), what was heard, by whom, what was said."""

    op_id: UUID
    search_id: UUID
    kind: str
    heard: str
    happened_on: date | None
    note: str = ""
    done_by: str = ""
    attachment_id: UUID | None = None


@transaction.atomic
def open_search(*, actor: Actor, clock: Clock, new: NewSearch) -> Search:
    """Begin to look for somebody who walked off, whose whereabouts nobody knows or the family will not tell.

    A search that runs already takes on the reason. Raises NotAllowed, NotFound, Invalid; Conflict for somebody not on the
    register any more. Sent again: the same search. Clause: N18/lost.
    """
    require(actor, Permission.TRACE_LOST)
    person = (
        Person.objects.select_related("standing")
        .select_for_update(of=("self",))
        .filter(pk=new.person_id)
        .first()
    )
    if person is None:
        raise NotFound(code="not_found.person")
    same = Search.objects.filter(op_id=new.op_id).first()
    if same is not None:
        return same
    state = person.standing.state if getattr(person, "standing", None) else "registered"
    if state not in ("registered", "lost"):
        raise Conflict(sentence("此人已不在册，不用查找"), code="conflict.not_registered")
    problems = code_problems("reason", "原因", new.reason, labels(Reason, AT_ONCE))
    problems += day_problems(
        "opened_on", "得知日期", new.opened_on, birth_on=person.birth_on, today=clock.today()
    )
    problems += text_problems("note", "依据", new.note)
    if not new.note.strip():
        problems.append(Problem("note", "missing", sentence("请写明依据：听谁说的，怎样核实的")))
    if problems:
        raise Invalid(problems)
    assert new.opened_on is not None  # noqa: S101 -- checked above
    running = (
        Search.objects.select_for_update()
        .filter(person=person, stage__in=[str(one) for one in OPEN_STAGES])
        .first()
    )
    if running is not None:
        running.reason, running.note = new.reason, new.note.strip()
        running.save(update_fields=["reason", "note"])
        made = running
    else:
        with once_only():
            made = Search.objects.create(
                person=person, managing_code=person.managing_code, shared_codes=person.shared_codes, op_id=new.op_id,
                origin=Origin.HAND, reason=new.reason, note=new.note.strip(), opened_on=new.opened_on,
                opened_at=clock.now(), opened_by=actor.user_id, stage=Stage.SEARCHING,
            )  # fmt: skip
    refollow([person.pk], clock=clock)
    note(actor, clock, "open_search", made, new.op_id, reason=new.reason)
    made.refresh_from_db()
    return made


@transaction.atomic
def record_asked(*, actor: Actor, clock: Clock, new: NewAsked) -> Asked:
    """Write down one step. Sent again: the same step. Raises NotAllowed, NotFound, Invalid, Conflict."""
    require(actor, Permission.TRACE_LOST)
    search = open_search_of(new.search_id)
    same = Asked.objects.filter(op_id=new.op_id).first()
    if same is not None:
        if (same.search_id, same.kind, same.heard, same.happened_on) != (
            new.search_id, new.kind, new.heard, new.happened_on,
        ):  # fmt: skip
            raise Conflict(
                sentence("同一次操作已经保存过另外的内容，请重新打开表单"), code="conflict.op_reused"
            )
        return same
    problems = code_problems("kind", "向谁了解", new.kind, labels(StepKind, ASKING))
    problems += code_problems("heard", "结果", new.heard, labels(Heard))
    problems += day_problems(
        "happened_on", "日期", new.happened_on, birth_on=search.person.birth_on, today=clock.today()
    )
    problems += text_problems("note", "说明", new.note)
    problems += text_problems("done_by", "谁去的", new.done_by, 60)
    if new.heard != Heard.NOTHING and new.heard in Heard.values and not new.note.strip():
        problems.append(Problem("note", "missing", sentence("有消息时，请写明是谁说的、怎么说的")))
    if (
        new.attachment_id
        and not Attachment.objects.filter(pk=new.attachment_id, person=search.person, voided_at=None).exists()
    ):
        problems.append(Problem("attachment", "wrong_value", sentence("“附件”不是这位服务对象的文书")))
    if problems:
        raise Invalid(problems)
    assert new.happened_on is not None  # noqa: S101 -- checked above
    with once_only():
        made = Asked.objects.create(
            search=search, person=search.person, managing_code=search.managing_code, shared_codes=search.shared_codes,
            recorded_at=clock.now(), recorded_by=actor.user_id, op_id=new.op_id, happened_on=new.happened_on,
            kind=new.kind, heard=new.heard, done_by=new.done_by.strip() or actor.display_name,
            note=new.note.strip()[:LONGEST], attachment_id=new.attachment_id,
        )  # fmt: skip
    refollow([search.person_id], clock=clock)
    note(actor, clock, "record_asked", search, new.op_id, kind=new.kind)
    return made


def note(
    actor: Actor, clock: Clock, action: str, search: Search, op_id: UUID | None = None, **detail: str
) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="search", object_id=search.pk, place=search.managing_code,
        op_id=op_id, detail={"person": str(search.person_id), **detail},
    )  # fmt: skip
