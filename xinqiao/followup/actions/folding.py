"""What follows from a person's facts: which class and level count, timing, what is due, how a person stands. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from xinqiao.policy import current
from xinqiao.policy.policies import PolicySet

from ..rules import (
    RANK,
    EndFact,
    ObligationFact,
    PersonFacts,
    VisitFact,
    counting_class,
    fold,
    milder_than,
    needs_confirming,
    visit_timings,
)
from .history import History, KnownVisit

_ENDS = {"died": "dead", "excluded": "excluded", "moved_out": "moved_out", "lost": "lost", "found": "found"}
_STATE_AFTER = {
    "dead": "dead",
    "excluded": "excluded",
    "moved_out": "moved_out",
    "lost": "lost",
    "found": "registered",
}
_ONLY_AFTER = {"lost": "registered", "found": "lost"}


def fold_all(histories: Mapping[UUID, History]) -> dict[UUID, Folded]:
    """What follows from each history under the rules in force. Writes nothing."""
    rules = current()
    return {key: fold_history(history, rules) for key, history in histories.items()}


@dataclass(slots=True)
class Wanted:
    """A second person has to look: `kind` is class or risk."""

    visit: KnownVisit
    kind: str
    from_value: str
    to_value: str


@dataclass(slots=True)
class Folded:
    """What follows for one person. `changed`: visits whose derived values are no longer what is stored."""

    history: History
    obligations: list[ObligationFact]
    changed: list[KnownVisit] = field(default_factory=list)
    wanted: list[Wanted] = field(default_factory=list)
    pending: bool = False
    state: str = "registered"
    version: str = ""

    @property
    def open(self) -> ObligationFact | None:
        """What is due now, if anything."""
        last = self.obligations[-1] if self.obligations else None
        return last if last and last.outcome == "open" else None


def fold_history(history: History, rules: PolicySet) -> Folded:
    """Everything derived about one person. Sets the derived values on the known visits."""
    stored = {v.id: (v.counted_class, v.counted_risk, v.timing, v.due_on) for v in history.visits}
    result = Folded(history, [], version=rules.version)
    _count(history, result)
    result.obligations = fold(facts_of(history), policies=rules)
    timings = visit_timings(result.obligations)
    opened = {item.period_key: item.due_on for item in result.obligations}
    for visit in history.visits:
        visit.timing = timings.get(key_of(visit), "")
        visit.due_on = opened.get(f"visit:{visit.visit_date.isoformat()}", visit.due_on)
        if stored[visit.id] != (visit.counted_class, visit.counted_risk, visit.timing, visit.due_on):
            result.changed.append(visit)
    result.state = _state(history)
    return result


def key_of(visit: KnownVisit) -> str:
    """Orders visits of one day by their form, whichever was entered first."""
    return f"{visit.form}:{visit.id}"


def facts_of(history: History) -> PersonFacts:
    """The history as scheduling reads it. A record of loss or death is no visit; one returned in review does not count."""
    events = history.events
    return PersonFacts(
        filed_on=history.filed_on,
        visits=[
            VisitFact(
                visit.visit_date,
                visit.counted_class or None,
                key_of(visit),
                visit.counted_risk,
                visit.hospital == "1",
                visit.referred == "2",
            )
            for visit in history.visits
            if contact(visit)
        ],
        transferred_in=[e.happened_on for e in events if e.kind == "moved_in"],
        discharges=[e.happened_on for e in events if e.kind == "discharged"],
        referrals=[e.happened_on for e in events if e.kind == "referred"],
        ends=[
            *(EndFact(e.happened_on, _ENDS[e.kind]) for e in events if e.kind in _ENDS),  # type: ignore[arg-type]
            *(EndFact(day, "consented" if lawful else "refused") for day, lawful in history.consents),
        ],
        division=history.managing_code,
    )


def contact(visit: KnownVisit) -> bool:
    """Whether somebody was reached and the record stands."""
    return not visit.lost_reason and visit.death_date is None and visit.review_status != "2"


def _count(history: History, result: Folded) -> None:
    """Which class and which level count: the graver ones until a second person has accepted. Imported history was
    signed on paper and counts as written."""
    last: int | None = None
    for visit in history.visits:
        typed = visit.entry_mode != "import"
        lowered = typed and needs_confirming(visit.risk, last)
        risk_open = lowered and visit.confirmations.get("risk") != "accepted"
        visit.counted_risk = last if risk_open else visit.risk
        milder = typed and milder_than(visit.visit_class, visit.proposed_class)
        class_open = milder and visit.confirmations.get("class") != "accepted"
        counted = counting_class(
            visit.visit_class or None, visit.proposed_class or None, confirmed=not class_open
        )
        visit.counted_class = "1" if risk_open and visit.visit_class else counted or ""
        if lowered and "risk" not in visit.confirmations:
            result.wanted.append(Wanted(visit, "risk", str(last), str(visit.risk)))
            visit.confirmations["risk"] = "pending"
        if milder and "class" not in visit.confirmations:
            result.wanted.append(Wanted(visit, "class", visit.proposed_class, visit.visit_class))
            visit.confirmations["class"] = "pending"
        if visit.review_status != "2" and visit.counted_risk is not None:
            last = visit.counted_risk
        waiting = (risk_open and visit.confirmations.get("risk") == "pending") or (
            class_open and visit.confirmations.get("class") == "pending"
        )
        result.pending = result.pending or waiting


def _state(history: History) -> str:
    """registered, lost, dead, excluded or moved_out. Somebody visited after the loss is no longer lost."""
    steps = [
        (e.happened_on, RANK[e.kind], e.kind)
        for e in history.events
        if e.kind in _ENDS or e.kind == "moved_in"
    ]
    steps += [(v.visit_date, RANK["visit"], "visit") for v in history.visits if contact(v)]
    state = "registered"
    for _day, _rank, kind in sorted(steps):
        if kind == "visit":
            state = "registered" if state == "lost" else state
        elif kind == "moved_in":
            state = "registered" if state in ("moved_out", "lost") else state
        elif state != "dead" and state == _ONLY_AFTER.get(kind, state):
            state = _STATE_AFTER[_ENDS[kind]]
    return state


def in_hospital(history: History) -> bool:
    """Whether the last word on it, from visits and events, is "in hospital". On one day a discharge comes last."""
    said: list[tuple[date, int, bool]] = [
        (visit.visit_date, RANK["visit"], visit.hospital == "1")
        for visit in history.visits
        if contact(visit) and visit.hospital
    ]
    said += [
        (e.happened_on, RANK[e.kind], e.kind == "admitted")
        for e in history.events
        if e.kind in ("admitted", "discharged")
    ]
    return max(said)[2] if said else False
