"""What is shown before saving and what the command line answers: class, reason, clause, next due date, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.kernel.codes import NATION, ancestors, full_code
from xinqiao.kernel.words import sentence
from xinqiao.policy.policies import PolicySet, released_policies

from .classify import Classification, classify
from .intervals import VisitFact
from .obligations import ObligationFact, PersonFacts, next_due
from .steps import Step, steps


@dataclass(frozen=True, slots=True)
class Context:
    """What is known besides the record. Visits before the record's date, in any order; dates or None."""

    previous_visits: Sequence[VisitFact] = ()
    filed_on: date | None = None
    transferred_in_on: date | None = None
    discharged_on: date | None = None
    referred_on: date | None = None
    division: str = NATION


@dataclass(frozen=True, slots=True)
class Proposal:
    """`next_due_on` is None when nothing is due (lost, dead). `situation` and `due_clause` name the row the date follows from."""

    visit_class: str | None
    reason: str
    clause: str
    next_due_on: date | None
    norm_deadline: date | None
    situation: str
    due_clause: str
    actions: tuple[Step, ...]
    policy_version: str


def propose(
    record: Mapping[str, Any],
    context: Context = Context(),
    *,
    visit_class: str | None = None,
    policies: PolicySet | None = None,
) -> Proposal:
    """The proposal for one record with a `visit_date` (date). `visit_class` given: that class is taken and the
    clinical answers are not needed. Raises as `classify` does."""
    rules = policies or released_policies()
    division = full_code(context.division)
    if visit_class is None:
        found = classify(record, policies=rules, division=division)
    else:
        found = Classification(visit_class, sentence("按给定的分类"), "N3/form/record", rules.version)
    day = record.get("visit_date")
    ended = bool(record.get("lost_reason") or record.get("death_date"))
    obligation: ObligationFact | None = None
    if isinstance(day, date):
        before = [item for item in context.previous_visits if item.visit_date <= day]
        visit = VisitFact(
            day,
            found.visit_class,
            "~",
            record.get("risk"),
            record.get("hospital") == "1",
            record.get("referred") == "2",
        )
        if not ended:
            obligation = due_of([*before, visit], context, policies=rules)
    last_visits = sorted(context.previous_visits, key=lambda item: (item.visit_date, item.key))
    last_grave = bool(last_visits) and (
        last_visits[-1].visit_class == "1" or (last_visits[-1].risk or 0) >= 3
    )
    todo = steps(
        record,
        visit_class=found.visit_class,
        due_on=obligation.due_on if obligation else None,
        joint=bool(obligation and obligation.joint),
        last_grave=last_grave,
        policies=rules,
        on=day if isinstance(day, date) else None,
        ancestors=ancestors(division),
    )
    return Proposal(
        found.visit_class,
        found.reason,
        found.clause,
        obligation.due_on if obligation else None,
        obligation.norm_deadline if obligation else None,
        obligation.situation if obligation else "",
        obligation.clause if obligation else "",
        tuple(todo),
        rules.version,
    )


def due_of(
    visits: Sequence[VisitFact], context: Context, *, policies: PolicySet | None = None
) -> ObligationFact | None:
    """What is open after these visits and the context's dates."""
    return next_due(
        PersonFacts(
            filed_on=context.filed_on if not visits else _before_visits(context.filed_on, visits),
            visits=visits,
            transferred_in=[context.transferred_in_on] if context.transferred_in_on else (),
            discharges=[context.discharged_on] if context.discharged_on else (),
            referrals=[context.referred_on] if context.referred_on else (),
            division=context.division,
        ),
        policies=policies,
    )


def first_due(
    filed_on: date | None,
    *,
    transferred_in_on: date | None = None,
    discharged_on: date | None = None,
    division: str = NATION,
    policies: PolicySet | None = None,
) -> ObligationFact | None:
    """The first obligation of a person nobody has visited yet: filing + 1 month, or sooner after transfer or
    discharge; None when no date is known."""
    context = Context((), filed_on, transferred_in_on, discharged_on, None, division)
    return due_of((), context, policies=policies)


def _before_visits(filed_on: date | None, visits: Sequence[VisitFact]) -> date | None:
    # a filing after the visit would open a first visit; the answer here is about the visit
    return filed_on if filed_on and filed_on <= min(visit.visit_date for visit in visits) else None
