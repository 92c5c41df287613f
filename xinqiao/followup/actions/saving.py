"""Writing new visits: their rows, the plans agreed, and the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle_begun
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence
from xinqiao.policy import current
from xinqiao.registry import bulk

from .. import listeners
from ..choices import EntryMode
from ..clocks import JOINT
from ..models import Visit
from ..rules import (
    FIELDS,
)
from . import endings
from .derived import save
from .entry import COLUMNS, COMPUTED, BatchInvalid, Entry, Recorded
from .folding import Folded, fold_all
from .history import History

_PLAIN = tuple(key for key in FIELDS if key not in COLUMNS and key not in COMPUTED)


def save_entries(
    entries: Mapping[UUID, Entry],
    histories: dict[UUID, History],
    *,
    actor: Actor,
    clock: Clock,
    mode: EntryMode,
) -> dict[UUID, Folded]:
    replaced = [entry.replaces.id for entry in entries.values() if entry.replaces]
    if replaced:
        Visit.objects.filter(pk__in=replaced).update(superseded=True)
        dead = [e.replaces.id for e in entries.values() if e.replaces and e.known.death_date]
        endings.take_back(replaced, histories, actor=actor, clock=clock, still_dead=dead)
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
    now, version = clock.now(), current().version
    bulk.insert_values(
        Visit,
        (
            _row(entry, histories[entry.new.person_id], actor, now, version, mode)
            for entry in entries.values()
        ),
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
    listeners.tell(folded, clock=clock)
    # Only a visit with somebody along, or a new version of one, can end that clock or open it again; every other costs nothing.
    if mode is not EntryMode.IMPORT:
        joint = {
            entry.new.person_id
            for entry in entries.values()
            if entry.replaces or entry.clean.get("co_visitors")
        }
        settle_begun(clock=clock, kind=JOINT, subjects=sorted(joint))
    return folded


def _planned_too_late(entry: Entry) -> Problem | None:
    planned, due = entry.known.planned_on, entry.known.due_on
    if planned and due and planned > due and not entry.clean.get("planned_reason"):
        return Problem(
            "planned_reason",
            "missing",
            sentence(
                "“计划随访日期”%(planned)s 晚于应访日 %(due)s，请填写“推迟理由”", planned=planned, due=due
            ),
            planned.isoformat(),
        )
    return None


def _row(
    entry: Entry, history: History, actor: Actor, now: datetime, version: str, mode: EntryMode
) -> dict[str, Any]:
    """The new visit by attribute; what is not said stays the column's default."""
    new, clean, known = entry.new, entry.clean, entry.known
    row = {key: clean[key] for key in _PLAIN if key in clean}
    row |= {
        "id": known.id,
        "op_id": new.op_id,
        "person_id": new.person_id,
        "managing_code": history.managing_code,
        "shared_codes": history.shared_codes,
        "recorded_at": now,
        "recorded_by": actor.user_id,
        "amends_id": new.amends,
        "amend_reason": new.amend_reason.strip()[:200],
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
        "policy_version": version,
        "visited_by": new.visited_by or (None if mode is EntryMode.IMPORT else actor.user_id),
        "entry_mode": mode.value,
        "device_id": new.device_id,
        "device_time": new.device_time,
        "clock_offset_ms": new.clock_offset_ms,
    }
    return row


def _trail(
    entries: Mapping[UUID, Entry],
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


def result_of(entry: Entry, folded: Folded) -> Recorded:
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
