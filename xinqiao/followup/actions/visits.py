"""The one write path of visits: one typed visit is a batch of one, an imported register a batch of thousands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.policy import current
from xinqiao.policy.policies import PolicySet
from xinqiao.registry import bulk

from ..choices import EntryMode
from ..models import Visit
from ..rules import (
    FIELDS,
    Classification,
    check_choice,
    check_record,
    classify,
    is_complete,
    milder_than,
    needs_confirming,
)
from . import endings
from .derived import save
from .folding import Folded, fold_all
from .history import History, KnownVisit, load

#: Keys of the form whose column has another name.
COLUMNS = {"class_reason": "class_note"}
#: What the system works out; an answer given for it is only compared, never kept.
COMPUTED = frozenset({"due_on"})
HIGH_RISK = 3


@dataclass(frozen=True, slots=True)
class NewVisit:
    """One visit to record. `record` has the keys and codes of `rules.FIELDS`; `op_id` is minted where it was typed, so
    that sending it again does nothing; `amends` names the visit it stands in for; `risk_reason` says why a level of 3
    or more is lowered."""

    op_id: UUID
    person_id: UUID
    record: Mapping[str, Any]
    visited_by: UUID | None = None
    amends: UUID | None = None
    risk_reason: str = ""
    device_id: str = ""
    device_time: datetime | None = None
    clock_offset_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one NewVisit. `outcome`: new, amended, unchanged (the same was there already), or differs (only
    when asked to report: another visit of that day and form stands, nothing was saved). `next_due_on` is None when
    nothing is due any more."""

    op_id: UUID
    person_id: UUID
    visit_id: UUID
    outcome: str
    visit_class: str = ""
    proposed_class: str = ""
    counted_class: str = ""
    reason: str = ""
    clause: str = ""
    timing: str = ""
    flags: tuple[str, ...] = ()
    next_due_on: date | None = None
    norm_deadline: date | None = None


class BatchInvalid(Invalid):
    """Some records of a batch cannot be kept; `by_op` holds their problems by operation id."""

    def __init__(self, by_op: Mapping[UUID, list[Problem]]) -> None:
        self.by_op = dict(by_op)
        super().__init__([problem for problems in self.by_op.values() for problem in problems])


class AlreadyRecorded(Conflict):
    """Another visit of that person, day and form stands, with other content: it can be amended."""

    code = "conflict.visit_exists"

    def __init__(self, message: str, *, visit_id: UUID) -> None:
        super().__init__(message)
        self.visit_id = visit_id


@dataclass(slots=True)
class _Entry:
    """One NewVisit on its way."""

    new: NewVisit
    clean: dict[str, Any]
    flags: list[str]
    found: Classification | None
    visit_class: str
    class_source: str
    known: KnownVisit
    replaces: KnownVisit | None = None
    problems: list[Problem] = field(default_factory=list)


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
    if any(new.amends for new in batch):
        require(actor, Permission.AMEND_VISIT)
    histories = load({new.person_id for new in batch}, op_ids=[new.op_id for new in batch])
    rules = current()
    entries: dict[UUID, _Entry] = {}
    results: dict[UUID, Recorded] = {}
    problems: dict[UUID, list[Problem]] = {}
    wanted = sorted(
        batch, key=lambda new: (new.person_id, str(new.record.get("visit_date")), str(new.record.get("form")))
    )
    for new in wanted:
        if new.op_id in entries:
            raise Conflict("同一次操作编号用了两次", code="conflict.op_reused")
        history = histories[new.person_id]
        entry = _read(new, history, rules, actor=actor, clock=clock, mode=mode)
        if entry.problems:
            problems[new.op_id] = entry.problems
            continue
        there = _standing(entry, history, entries)
        if there is not None:
            results[new.op_id] = there if report_differences else _unless_different(there)
            continue
        if new.amends:
            entry.replaces = _take_out(history, new.amends)
        history.visits.append(entry.known)
        history.visits.sort(key=lambda visit: visit.order)
        entries[new.op_id] = entry
    if problems:
        raise BatchInvalid(problems)
    if entries:
        folded = _save(entries, histories, actor=actor, clock=clock, mode=mode)
        results.update({key: _result(entry, folded[entry.new.person_id]) for key, entry in entries.items()})
    return [results[new.op_id] for new in batch]


def amend_visit(
    *,
    actor: Actor,
    clock: Clock,
    visit_id: UUID,
    op_id: UUID,
    record: Mapping[str, Any],
    risk_reason: str = "",
) -> Recorded:
    """Put a corrected version in the place of a visit; the first version stays readable."""
    person_id = Visit.objects.filter(pk=visit_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise NotFound()
    new = NewVisit(op_id, person_id, record, amends=visit_id, risk_reason=risk_reason)
    return record_visits(actor=actor, clock=clock, batch=[new], entry_mode=EntryMode.FULL)[0]


# ── one record ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(
    new: NewVisit, history: History, rules: PolicySet, *, actor: Actor, clock: Clock, mode: EntryMode
) -> _Entry:
    """Check and classify one record beside what is known of the person."""
    imported = mode is EntryMode.IMPORT
    record = {key: value for key, value in new.record.items() if key not in COMPUTED}
    others = [visit for visit in history.visits if visit.id != new.amends]
    before = [v for v in others if str(v.visit_date) < str(record.get("visit_date") or "")]
    last_risk = next((v.counted_risk for v in reversed(before) if v.counted_risk is not None), None)
    checked = check_record(
        record,
        today=clock.today(),
        birth_on=history.birth_on,
        filed_on=history.filed_on,
        died_on=history.died_on,
        last_risk=None if imported else last_risk,
        mode="import" if imported else "entry",
    )
    clean, problems = checked.clean, list(checked.problems)
    flags = [flag.code for flag in checked.flags]
    found: Classification | None = None
    if not problems:
        try:
            found = classify(clean, policies=rules, on=clean["visit_date"], division=history.managing_code)
        except Invalid as error:
            if not imported:
                problems += error.problems
    proposed = (found.visit_class if found else None) or ""
    chosen = clean.get("visit_class", "")
    if chosen and chosen != proposed and not imported and not problems:
        problems += check_choice(
            chosen, proposed or None, risk=clean.get("risk"), reason=clean.get("class_reason", "")
        )
    if needs_confirming(clean.get("risk"), last_risk) and not imported and not new.risk_reason.strip():
        problems.append(
            Problem(
                "risk_reason",
                "missing",
                f"危险性评估由 {last_risk} 级降为 {clean['risk']} 级，请填写“下调理由”；须另一人确认，确认前按 {last_risk} 级计",
            )
        )
    source = "computed"
    if chosen and found is None:
        source = "imported"
    elif chosen and chosen != proposed:
        source = "imported" if imported else "chosen"
        flags.append("milder_class" if milder_than(chosen, proposed) else "graver_class")
    if actor.role is Role.VILLAGE_DOCTOR and (clean.get("risk") or 0) >= HIGH_RISK:
        flags.append("provisional_risk")
    if new.amends:
        flags.append("amendment")
    if clean.get("lost_reason") and not endings.counts_as_lost(clean, history, rules):
        flags.append("lost_to_verify")
    known = KnownVisit(
        id=uuid7(),
        op_id=new.op_id,
        person_id=new.person_id,
        visit_date=clean.get("visit_date", clock.today()),
        form=clean.get("form", ""),
        proposed_class=proposed,
        visit_class=chosen or proposed,
        counted_class="",
        risk=clean.get("risk"),
        counted_risk=clean.get("risk"),
        hospital=clean.get("hospital", ""),
        last_discharge=clean.get("last_discharge"),
        lost_reason=clean.get("lost_reason", ""),
        death_date=clean.get("death_date"),
        referred=clean.get("referred", ""),
        adherence=clean.get("adherence", ""),
        danger_acts=clean.get("danger_acts", {}),
        targets=clean.get("targets", []),
        complete=is_complete(clean),
        entry_mode=mode,
        review_status="0",
        planned_on=clean.get("planned_on"),
        due_on=None,
        timing="",
        recorded_by=actor.user_id,
    )
    return _Entry(new, clean, sorted(set(flags)), found, chosen or proposed, source, known, problems=problems)


def _standing(entry: _Entry, history: History, entries: Mapping[UUID, _Entry]) -> Recorded | None:
    """The visit that is already there for this operation, or for this day and form; None when there is none."""
    new = entry.new
    for visit in (*history.visits, *history.ended):
        if visit.op_id == new.op_id:
            if visit.voided:
                raise Conflict("这次随访已经撤销，请重新打开表单填写", code="conflict.undone")
            if not _same(visit.id, entry):
                raise Conflict("同一次操作已经保存过另外的内容，请重新打开表单", code="conflict.op_reused")
            return _answer(visit, new, "unchanged")
    for visit in history.visits:
        if visit.order == entry.known.order and visit.id != new.amends:
            earlier = next((e for e in entries.values() if e.known.id == visit.id), None)
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


def _content(entry: _Entry) -> dict[str, Any]:
    """What was said, comparable: given answers and the class."""
    return _given({**entry.clean, "visit_class": entry.visit_class})


def _given(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answers.items() if value not in ("", [], {}, None)}


def record_of(visit: Visit) -> dict[str, Any]:
    """The answers of a stored visit under the keys of the form, blanks left out."""
    return _given({key: getattr(visit, COLUMNS.get(key, key)) for key in FIELDS})


def _same(visit_id: UUID, entry: _Entry) -> bool:
    stored = record_of(Visit.objects.get(pk=visit_id))
    return {k: v for k, v in stored.items() if k not in COMPUTED} == _content(entry)


def _take_out(history: History, visit_id: UUID) -> KnownVisit:
    for visit in history.visits:
        if visit.id == visit_id:
            history.visits.remove(visit)
            return visit
    raise Conflict("要更正的随访已被更正或撤销，请重新打开", code="conflict.superseded")


# ── saving ──────────────────────────────────────────────────────────────────────────────────────────────────────────

_PLAIN = tuple(key for key in FIELDS if key not in COLUMNS and key not in COMPUTED)


def _save(
    entries: Mapping[UUID, _Entry],
    histories: dict[UUID, History],
    *,
    actor: Actor,
    clock: Clock,
    mode: EntryMode,
) -> dict[UUID, Folded]:
    replaced = [entry.replaces.id for entry in entries.values() if entry.replaces]
    if replaced:
        Visit.objects.filter(pk__in=replaced).update(superseded=True)
        endings.take_back(replaced, histories, actor=actor, clock=clock)
    told = endings.life_events(
        {entry.known.id: entry.clean for entry in entries.values()},
        [entry.known for entry in entries.values()],
        histories,
        current(),
    )
    folded = fold_all(histories)
    late = {
        key: [problem]
        for key, entry in entries.items()
        if mode is not EntryMode.IMPORT and (problem := _planned_too_late(entry))
    }
    if late:
        raise BatchInvalid(late)
    bulk.insert(
        [_row(entry, histories[entry.new.person_id], actor, clock, mode) for entry in entries.values()]
    )
    save(
        folded,
        clock=clock,
        new={entry.known.id for entry in entries.values()},
        reasons={
            entry.known.id: entry.new.risk_reason or entry.clean.get("class_reason", "")
            for entry in entries.values()
        },
    )
    _trail(entries, histories, actor=actor, clock=clock, mode=mode)
    endings.tell_registry(told, actor=actor, clock=clock)
    return folded


def _planned_too_late(entry: _Entry) -> Problem | None:
    planned, due = entry.known.planned_on, entry.known.due_on
    if planned and due and planned > due and not entry.clean.get("planned_reason"):
        return Problem(
            "planned_reason",
            "missing",
            f"“计划随访日期”{planned} 晚于应访日 {due}，请填写“推迟理由”",
            planned.isoformat(),
        )
    return None


def _row(entry: _Entry, history: History, actor: Actor, clock: Clock, mode: EntryMode) -> Visit:
    new, clean, known = entry.new, entry.clean, entry.known
    values = {key: clean[key] for key in _PLAIN if key in clean}
    visited_by = new.visited_by or (None if mode is EntryMode.IMPORT else actor.user_id)
    return Visit(
        id=known.id,
        op_id=new.op_id,
        person_id=new.person_id,
        managing_code=history.managing_code,
        shared_codes=history.shared_codes,
        recorded_at=clock.now(),
        recorded_by=actor.user_id,
        amends_id=new.amends,
        **{
            **values,
            "visit_class": entry.visit_class,
            "class_note": clean.get("class_reason", ""),
            "proposed_class": known.proposed_class,
            "class_reason": (entry.found.reason if entry.found else "")[:120],
            "class_clause": entry.found.clause if entry.found else "",
            "class_source": entry.class_source,
            "counted_class": known.counted_class,
            "counted_risk": known.counted_risk,
            "due_on": known.due_on,
            "timing": known.timing,
            "flags": entry.flags,
            "complete": known.complete,
            "policy_version": current().version,
            "visited_by": visited_by,
            "entry_mode": mode.value,
            "device_id": new.device_id,
            "device_time": new.device_time,
            "clock_offset_ms": new.clock_offset_ms,
        },
    )


def _trail(
    entries: Mapping[UUID, _Entry],
    histories: Mapping[UUID, History],
    *,
    actor: Actor,
    clock: Clock,
    mode: EntryMode,
) -> None:
    """One event for one visit; for a batch one event that names them all."""
    made = list(entries.values())
    one = made[0] if len(made) == 1 else None
    detail: dict[str, Any] = {"mode": mode.value}
    if one is None:
        detail |= {"visits": [str(entry.known.id) for entry in made]}
    elif one.new.amends:
        detail |= {"amends": str(one.new.amends)}
    audit.record(
        actor=actor,
        clock=clock,
        action="amend_visit" if one and one.new.amends else "record_visit" if one else "record_visits",
        object_type="visit",
        object_id=one.known.id if one else None,
        place=histories[one.new.person_id].managing_code if one else actor.place,
        policy_version=current().version,
        op_id=one.new.op_id if one else None,
        detail=detail,
    )


def _result(entry: _Entry, folded: Folded) -> Recorded:
    due = folded.open
    return Recorded(
        entry.new.op_id,
        entry.new.person_id,
        entry.known.id,
        "amended" if entry.new.amends else "new",
        visit_class=entry.visit_class,
        proposed_class=entry.known.proposed_class,
        counted_class=entry.known.counted_class,
        reason=entry.found.reason if entry.found else "",
        clause=entry.found.clause if entry.found else "",
        timing=entry.known.timing,
        flags=tuple(entry.flags),
        next_due_on=due.due_on if due else None,
        norm_deadline=due.norm_deadline if due else None,
    )
