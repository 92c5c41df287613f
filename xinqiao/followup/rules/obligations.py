"""What was due, when, and what became of it: a pure fold over a person's facts.

The fold sorts the facts first, so a visit entered late gives the same result as one entered in order. At most one
obligation is open at a time. `rules.js` replays the same steps for the date shown before saving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from xinqiao.kernel.codes import NATION, ancestors, full_code
from xinqiao.policy.policies import PolicySet, released_policies

from .counting import HIGH_RISK
from .intervals import (
    Due,
    VisitFact,
    due_after_event,
    due_after_visit,
    extra_before,
    norm_deadline,
    situation_of,
)
from .order import RANK

Outcome = Literal["open", "done", "cancelled", "missed"]
Timing = Literal["first", "early", "on_time", "late", "extra"]
EndKind = Literal["dead", "excluded", "moved_out", "lost", "found", "refused", "consented", "reinstated"]

__all__ = ["EndFact", "ObligationFact", "PersonFacts", "fold", "next_due", "timing", "visit_timings"]


@dataclass(frozen=True, slots=True)
class EndFact:
    """Something that ends what is due (dead, excluded, moved_out, lost, refused) or starts it again (found, consented,
    reinstated). A refusal ends the schedule of service visits, not the file: nothing is forced, visits are still kept;
    and while the person is unstable or at level 3 or more, what is due stays, since safety does not hang on consent.
    """

    happened_on: date
    kind: EndKind


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Everything scheduling reads, in any order. `division` is the 12-digit code (or prefix) that counts."""

    filed_on: date | None = None
    visits: Sequence[VisitFact] = ()
    transferred_in: Sequence[date] = ()
    discharges: Sequence[date] = ()
    referrals: Sequence[date] = ()
    ends: Sequence[EndFact] = ()
    division: str = NATION


@dataclass(frozen=True, slots=True)
class ObligationFact:
    """One thing that was due.

    `period_key` is deterministic ("visit:2026-08-21", "filed:…", "transfer:…"): with person and rule it is the id.
    `situation`, `clause`: the row the date follows from. `window_start`: from here a visit is not early.
    `extra_before`: an earlier visit is an extra one and does not serve (None after filing, transfer, discharge,
    referral). `norm_deadline`: 规范截止日. `first`: nobody was visited before. `outcome` open, done (with `closed_on`,
    `visit_key`, `timing`), cancelled (not yet due) or missed (already overdue) with `cause`.
    """

    period_key: str
    situation: str
    clause: str
    opened_on: date
    window_start: date
    due_on: date
    norm_deadline: date
    extra_before: date | None = None
    first: bool = False
    joint: bool = False
    outcome: Outcome = "open"
    closed_on: date | None = None
    visit_key: str = ""
    timing: Timing | None = None
    cause: str = ""
    extra_visits: tuple[str, ...] = ()

    def is_overdue(self, today: date) -> bool:
        """The one meaning of overdue: still open and the due date has passed."""
        return self.outcome == "open" and self.due_on < today


def timing(visit_date: date, obligation: ObligationFact) -> Timing:
    """How a visit stands to what was due: extra, late (after the due date), first, early (first half), on time."""
    if obligation.extra_before and visit_date < obligation.extra_before:
        return "extra"
    if visit_date > obligation.due_on:
        return "late"
    if obligation.first:
        return "first"
    return "early" if visit_date < obligation.window_start else "on_time"


def fold(facts: PersonFacts, *, policies: PolicySet | None = None) -> list[ObligationFact]:
    """All obligations of one person, oldest first; at most the last is open. PolicyMissing when no rule holds."""
    course = _Course(policies or released_policies(), tuple(ancestors(full_code(facts.division))))
    steps: list[tuple[date, int, str, str, VisitFact | None]] = []
    if facts.filed_on:
        steps.append((facts.filed_on, RANK["filed"], "", "filed", None))
    for visit in facts.visits:
        steps.append(
            (visit.visit_date, RANK["visit"], f"{visit.key}|{visit.visit_class or ''}", "visit", visit)
        )
    events = [
        *((day, "referred") for day in facts.referrals),
        *((day, "discharged") for day in facts.discharges),
        *((end.happened_on, end.kind) for end in facts.ends),
        *((day, "transferred_in") for day in facts.transferred_in),
    ]
    steps += [(day, RANK[kind], "", kind, None) for day, kind in events]
    course.waiting = facts.filed_on is not None
    for day, _, _, kind, seen in sorted(steps, key=lambda step: step[:3]):
        if seen is not None:
            course.visit(seen)
        else:
            course.event(kind, day)
    return course.finish()


def next_due(facts: PersonFacts, *, policies: PolicySet | None = None) -> ObligationFact | None:
    """The obligation that is open after all facts, or None (dead, excluded, moved out, lost, refused, not yet filed)."""
    obligations = fold(facts, policies=policies)
    return obligations[-1] if obligations and obligations[-1].outcome == "open" else None


def visit_timings(obligations: Sequence[ObligationFact]) -> dict[str, Timing]:
    """Visit key → timing, for every visit that served an obligation or was extra to one."""
    found: dict[str, Timing] = {}
    for item in obligations:
        found.update(dict.fromkeys(item.extra_visits, "extra"))
        if item.visit_key and item.timing:
            found[item.visit_key] = item.timing
    return found


def _grave(visit: VisitFact) -> bool:
    """Unstable, or at a level of danger at which safety comes before consent."""
    return visit.visit_class == "1" or (visit.risk or 0) >= HIGH_RISK


class _Course:
    """The state while folding: what is open, the last visit, whether the person is on the list."""

    def __init__(self, policies: PolicySet, places: tuple[str, ...]) -> None:
        self.policies, self.places = policies, places
        self.done: list[ObligationFact] = []
        self.open: ObligationFact | None = None
        self.status = "new"
        # a filing is known and still to come: earlier visits are kept (and flagged elsewhere) but oblige to nothing
        self.waiting = False
        self.last: VisitFact | None = None
        self.last_class: str | None = None
        self.refused = False

    def finish(self) -> list[ObligationFact]:
        items = self.done + ([self.open] if self.open else [])
        seen: dict[str, int] = {}
        result: list[ObligationFact] = []
        for item in items:
            count = seen[item.period_key] = seen.get(item.period_key, 0) + 1
            result.append(replace(item, period_key=f"{item.period_key}#{count}") if count > 1 else item)
        return result

    # ── visits ──────────────────────────────────────────────────────────────────────────────────────────────────
    def visit(self, visit: VisitFact) -> None:
        if visit.visit_class is None and not visit.in_hospital and self.last_class:
            # not classified this time: the class known last goes on
            visit = replace(visit, visit_class=self.last_class)
        due = due_after_visit(visit, self.last_class, policies=self.policies, ancestors=self.places)
        if self.status == "refused" and _grave(visit):
            self.status = "active"
        if self.status in ("new", "lost", "active") and not (self.status == "new" and self.waiting):
            self.status = "active"
            if self.open and timing(visit.visit_date, self.open) == "extra":
                self.open = self._with_extra(self.open, visit, due)
            else:
                if self.open:
                    when = timing(visit.visit_date, self.open)
                    self._close("done", visit.visit_date, "", visit_key=visit.key, timing=when)
                self._open_after_visit(visit, due)
        self.last = visit
        self.last_class = visit.visit_class
        if self.refused and self.status == "active" and not _grave(visit):
            self._end("refused", visit.visit_date)

    def _with_extra(self, old: ObligationFact, visit: VisitFact, due: Due) -> ObligationFact:
        kept = replace(old, extra_visits=(*old.extra_visits, visit.key))
        # the two-week check stays due: a visit within the week does not serve it
        if old.situation == "basically_stable_first" and old.due_on <= due.due_on:
            return replace(kept, norm_deadline=self._norm(visit.visit_date), joint=old.joint or due.joint)
        starts_check = situation_of(visit, self.last_class) == "basically_stable_first"
        return replace(
            kept,
            situation=due.situation,
            clause=due.clause,
            due_on=due.due_on,
            joint=due.joint,
            norm_deadline=self._norm(visit.visit_date),
            window_start=_middle(visit.visit_date, due.due_on),
            extra_before=self._extra_before(visit.visit_date)
            if starts_check
            else None
            if visit.referred
            else old.extra_before,
        )

    def _open_after_visit(self, visit: VisitFact, due: Due) -> None:
        day = visit.visit_date
        self.open = ObligationFact(
            period_key=f"visit:{day.isoformat()}",
            situation=due.situation,
            clause=due.clause,
            opened_on=day,
            window_start=day if visit.referred else _middle(day, due.due_on),
            due_on=due.due_on,
            norm_deadline=self._norm(day),
            extra_before=None if visit.referred else self._extra_before(day),
            joint=due.joint,
        )

    # ── events ──────────────────────────────────────────────────────────────────────────────────────────────────
    def event(self, kind: str, day: date) -> None:
        match kind:
            case "filed" if self.status == "new":
                self.status = "active"
                self._open_after_event("filed", "registered", day)
            case "filed" if self.status == "active" and self.last is None and self.open:
                # transferred in or discharged before the filing: an overdue date is the other place's, else the sooner holds
                if self.open.due_on < day:
                    self.open = None
                self._sooner("filed", "registered", day)
            case "referred" if self.status == "active":
                self._sooner("referred", "referred", day)
            case "discharged" if self.status in ("active", "lost", "new"):
                served = self.last is not None and self.last.visit_date == day and not self.last.in_hospital
                if self.status != "active" or not served:
                    self.status = "active"
                    self._sooner("discharge", "discharged", day)
            case "transferred_in" if self.status not in ("dead", "excluded"):
                self._transferred_in(day)
            case "found" if self.status == "lost":
                self.status = "active"
                self._open_after_event("found", "found", day)
            case "refused":
                self.refused = True
                if self.status == "active" and not (self.last and _grave(self.last)):
                    self._end("refused", day)
            case "consented":
                self.refused = False
                if self.status == "refused":
                    self.status = "active"
                    self._open_after_event("consented", "found", day)
            case "reinstated" if self.status in ("dead", "excluded", "moved_out"):
                self.status = "active"
                self._open_after_event("reinstated", "registered", day)
            case "lost" | "moved_out" | "excluded" | "dead" if self._may_end(kind):
                self._end(kind, day)

    def _end(self, kind: str, day: date) -> None:
        if self.open:
            self._close("missed" if self.open.due_on < day else "cancelled", day, kind)
        self.status = kind

    def _may_end(self, kind: str) -> bool:
        if self.status in ("dead", "excluded"):
            return kind == "dead"
        return self.status != "moved_out" or kind != "lost"

    def _transferred_in(self, day: date) -> None:
        if self.open and self.open.due_on < day:
            # it fell due at the place of origin; the new place starts afresh
            self._close("missed", day, "transferred_in")
        served = self.last is not None and self.last.visit_date == day
        self.status = "active"
        if self.open and served:
            return
        self._sooner("transfer", "transferred_in", day)

    def _sooner(self, anchor: str, situation: str, day: date) -> None:
        """An event asks for a visit by its own date; the earlier of it and what is open holds."""
        if self.open is None:
            self._open_after_event(anchor, situation, day)
            return
        due = due_after_event(situation, day, policies=self.policies, ancestors=self.places)
        opened = replace(self.open, extra_before=None, window_start=min(self.open.window_start, day))
        if due.due_on < self.open.due_on:
            opened = replace(opened, due_on=due.due_on, situation=due.situation, clause=due.clause)
        self.open = opened

    def _open_after_event(self, anchor: str, situation: str, day: date) -> None:
        due = due_after_event(situation, day, policies=self.policies, ancestors=self.places)
        base = self.last.visit_date if self.last and anchor not in ("filed", "reinstated") else day
        self.open = ObligationFact(
            period_key=f"{anchor}:{day.isoformat()}",
            situation=due.situation,
            clause=due.clause,
            opened_on=day,
            window_start=day,
            due_on=due.due_on,
            norm_deadline=self._norm(base),
            first=self.last is None,
        )

    # ── small parts ─────────────────────────────────────────────────────────────────────────────────────────────
    def _close(
        self, outcome: Outcome, day: date, cause: str, *, visit_key: str = "", timing: Timing | None = None
    ) -> None:
        if self.open:
            self.done.append(
                replace(
                    self.open, outcome=outcome, closed_on=day, cause=cause, visit_key=visit_key, timing=timing
                )
            )
        self.open = None

    def _norm(self, base: date) -> date:
        return norm_deadline(base, policies=self.policies, ancestors=self.places)

    def _extra_before(self, anchor: date) -> date:
        return extra_before(anchor, policies=self.policies, ancestors=self.places)


def _middle(start: date, due: date) -> date:
    """First day of the second half of the interval."""
    return start + timedelta(days=((due - start).days + 1) // 2)
