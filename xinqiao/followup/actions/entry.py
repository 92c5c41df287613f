"""One visit on its way in: what was given, what it says by the rules, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.ids import uuid7
from xinqiao.kernel.terms import Role
from xinqiao.kernel.words import sentence
from xinqiao.policy.policies import PolicySet

from ..choices import EntryMode
from ..rules import (
    Classification,
    check_choice,
    check_record,
    classify,
    is_complete,
    milder_than,
    needs_confirming,
)
from ..rules.counting import HIGH_RISK
from . import endings
from .history import History, KnownVisit

#: Keys of the form whose column has another name.
COLUMNS = {"class_reason": "class_note"}
#: What the system works out; an answer given for it is only compared, never kept.
COMPUTED = frozenset({"due_on"})


@dataclass(frozen=True, slots=True)
class NewVisit:
    """One visit to record. `record` has the keys and codes of `rules.FIELDS`; `op_id` is minted where it was typed, so
    that sending it again does nothing; `amends` names the visit it stands in for; `risk_reason` says why a level of 3
    or more is lowered, `amend_reason` why a visit is amended."""

    op_id: UUID
    person_id: UUID
    record: Mapping[str, Any]
    visited_by: UUID | None = None
    amends: UUID | None = None
    risk_reason: str = ""
    amend_reason: str = ""
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
class Entry:
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


def read_entry(
    new: NewVisit, history: History, rules: PolicySet, *, actor: Actor, clock: Clock, mode: EntryMode
) -> Entry:
    """Check and classify one record beside what is known of the person."""
    imported = mode is EntryMode.IMPORT
    record = {key: value for key, value in new.record.items() if key not in COMPUTED}
    last_risk = None if imported else _last_risk(history, str(record.get("visit_date") or ""), new.amends)
    checked = check_record(
        record,
        today=clock.today(),
        birth_on=history.birth_on,
        filed_on=history.filed_on,
        died_on=history.died_on,
        last_risk=last_risk,
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
                sentence(
                    "危险性评估由 %(last_risk)s 级降为 %(risk)s 级，请填写“下调理由”；须另一人确认，确认前按 %(last_risk)s 级计",
                    last_risk=last_risk,
                    risk=clean["risk"],
                ),
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
        flags=sorted(set(flags)),
        planned_on=clean.get("planned_on"),
        due_on=None,
        timing="",
        recorded_by=actor.user_id,
    )
    return Entry(new, clean, sorted(set(flags)), found, chosen or proposed, source, known, problems=problems)


def _last_risk(history: History, day: str, leaving_out: UUID | None) -> int | None:
    """The level that counted before a day, leaving out the visit that is being amended."""
    for visit in reversed(history.visits):
        if visit.counted_risk is not None and visit.id != leaving_out and visit.visit_date.isoformat() < day:
            return visit.counted_risk
    return None
