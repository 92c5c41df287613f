"""The one write path of visits: one typed visit is a batch of one, an imported register a batch of thousands."""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.policy import current

from ..choices import EntryMode
from ..models import Visit
from ..rules import (
    FIELDS,
)
from .entry import COLUMNS, COMPUTED, AlreadyRecorded, BatchInvalid, Entry, NewVisit, Recorded, read_entry
from .history import History, KnownVisit, load
from .saving import result_of, save_entries


@transaction.atomic
def record_visits(
    *,
    actor: Actor,
    clock: Clock,
    batch: Sequence[NewVisit],
    entry_mode: str,
    report_differences: bool = False,
) -> list[Recorded]:
    """Keep these visits: all or none, with a constant number of statements however many (up to some thousands a call).

    Early, late, extra, before filing, after death: kept and marked. Raises NotAllowed; NotFound for a person not yours;
    Invalid (BatchInvalid when several) with every problem; AlreadyRecorded, unless `report_differences`; Conflict for
    an op_id used for something else.
    """
    mode = EntryMode(entry_mode)
    require(actor, Permission.IMPORT_REGISTER if mode is EntryMode.IMPORT else Permission.RECORD_VISIT)
    histories = load({new.person_id for new in batch}, op_ids=[new.op_id for new in batch])
    if any(new.amends for new in batch):
        _may_amend(actor, batch, histories)
    rules = current()
    entries: dict[UUID, Entry] = {}
    by_visit: dict[UUID, Entry] = {}
    indexes: dict[UUID, _Index] = {}
    results: dict[UUID, Recorded] = {}
    problems: dict[UUID, list[Problem]] = {}
    wanted = sorted(
        batch, key=lambda new: (new.person_id, str(new.record.get("visit_date")), str(new.record.get("form")))
    )
    for new in wanted:
        if new.op_id in entries:
            raise Conflict(sentence("同一次操作编号用了两次"), code="conflict.op_reused")
        history = histories[new.person_id]
        index = indexes.get(new.person_id)
        if index is None:
            index = indexes[new.person_id] = _Index(history)
        entry = read_entry(new, history, rules, actor=actor, clock=clock, mode=mode)
        if entry.problems:
            problems[new.op_id] = entry.problems
            continue
        there = _standing(entry, index, by_visit)
        if there is not None:
            results[new.op_id] = there if report_differences else _unless_different(there)
            continue
        if new.amends:
            entry.replaces = _take_out(history, new.amends)
            index.forget(entry.replaces)
        insort(history.visits, entry.known, key=_order)
        index.add(entry.known)
        entries[new.op_id] = entry
        by_visit[entry.known.id] = entry
    if problems:
        raise BatchInvalid(problems)
    if entries:
        folded = save_entries(entries, histories, actor=actor, clock=clock, mode=mode)
        results.update({key: result_of(entry, folded[entry.new.person_id]) for key, entry in entries.items()})
    return [results[new.op_id] for new in batch]


def _may_amend(actor: Actor, batch: Sequence[NewVisit], histories: Mapping[UUID, History]) -> None:
    """Amending is for whoever has the permission, and for the author of a visit that review returned."""
    if may(actor, Permission.AMEND_VISIT):
        return
    returned = {
        visit.id
        for history in histories.values()
        for visit in history.visits
        if visit.review_status == "2" and visit.recorded_by == actor.user_id
    }
    known = {visit.op_id for history in histories.values() for visit in (*history.visits, *history.ended)}
    if not {new.amends for new in batch if new.amends and new.op_id not in known} <= returned:
        require(actor, Permission.AMEND_VISIT)


def amend_visit(
    *,
    actor: Actor,
    clock: Clock,
    visit_id: UUID,
    op_id: UUID,
    record: Mapping[str, Any],
    risk_reason: str = "",
    reason: str = "",
) -> Recorded:
    """Put a corrected version in the place of a visit; the first version stays readable."""
    person_id = Visit.objects.filter(pk=visit_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound()
    new = NewVisit(op_id, person_id, record, amends=visit_id, risk_reason=risk_reason, amend_reason=reason)
    return record_visits(actor=actor, clock=clock, batch=[new], entry_mode=EntryMode.FULL)[0]


def _order(visit: KnownVisit) -> tuple[date, str]:
    return visit.order


class _Index:
    """What is known of one person, by operation and by day and form: looked up once per new visit, however many there are."""

    def __init__(self, history: History) -> None:
        self.by_op: dict[UUID, KnownVisit] = {}
        self.by_order: dict[tuple[date, str], list[KnownVisit]] = {}
        for visit in history.visits:
            self.add(visit)
        for visit in history.ended:
            self.by_op.setdefault(visit.op_id, visit)

    def add(self, visit: KnownVisit) -> None:
        self.by_op.setdefault(visit.op_id, visit)
        self.by_order.setdefault(visit.order, []).append(visit)

    def forget(self, visit: KnownVisit) -> None:
        self.by_order[visit.order].remove(visit)


def _standing(entry: Entry, index: _Index, entries: Mapping[UUID, Entry]) -> Recorded | None:
    """The visit that is already there for this operation, or for this day and form; None when there is none."""
    new = entry.new
    known = index.by_op.get(new.op_id)
    if known is not None:
        if known.voided:
            raise Conflict(sentence("这次随访已经撤销，请重新打开表单填写"), code="conflict.undone")
        if not _same(known.id, entry):
            raise Conflict(
                sentence("同一次操作已经保存过另外的内容，请重新打开表单"), code="conflict.op_reused"
            )
        return _answer(known, new, "unchanged")
    for visit in index.by_order.get(entry.known.order, ()):
        if visit.id != new.amends:
            earlier = entries.get(visit.id)
            same = _content(earlier) == _content(entry) if earlier else _same(visit.id, entry)
            return _answer(visit, new, "unchanged" if same else "differs")
    return None


def _answer(visit: KnownVisit, new: NewVisit, outcome: str) -> Recorded:
    return Recorded(
        new.op_id,
        new.person_id,
        visit.id,
        outcome,
        visit_class=visit.visit_class,
        proposed_class=visit.proposed_class,
        counted_class=visit.counted_class,
        timing=visit.timing,
        next_due_on=visit.due_on,
    )


def _unless_different(there: Recorded) -> Recorded:
    if there.outcome == "differs":
        raise AlreadyRecorded(
            "当天已有一次同样形式的随访，内容不同。可以改为更正那一次", visit_id=there.visit_id
        )
    return there


def _content(entry: Entry) -> dict[str, Any]:
    """What was said, comparable: given answers and the class."""
    return _given({**entry.clean, "visit_class": entry.visit_class})


def _given(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if value not in ("", [], {}, None)}


def record_of(visit: Visit) -> dict[str, Any]:
    """The answers of a stored visit under the keys of the form, blanks left out."""
    return _given({key: getattr(visit, COLUMNS.get(key, key)) for key in FIELDS})


def _same(visit_id: UUID, entry: Entry) -> bool:
    stored = record_of(Visit.objects.get(pk=visit_id))
    return {k: v for k, v in stored.items() if k not in COMPUTED} == _content(entry)


def _take_out(history: History, visit_id: UUID) -> KnownVisit:
    for visit in history.visits:
        if visit.id == visit_id:
            history.visits.remove(visit)
            return visit
    raise Conflict(sentence("要更正的随访已被更正或撤销，请重新打开"), code="conflict.superseded")
