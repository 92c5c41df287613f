"""When the next visit is due after one fact: which situations apply, and the earliest date the rules give.

A profile replaces its parent's row for the same situation (and, where the row says so, risk level); of everything that
applies the earliest date wins. Clauses: N3/interval/1–3, decisions on first visits and discharge in the clause file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from xinqiao.kernel.codes import NATION
from xinqiao.kernel.periods import add_months, end_of_month
from xinqiao.kernel.words import sentence
from xinqiao.policy.kinds import Interval
from xinqiao.policy.policies import PolicySet


@dataclass(frozen=True, slots=True)
class VisitFact:
    """What scheduling needs to know of one visit. `visit_class` is the class that counts, or None; `key` is the
    visit's own id and orders visits of one day; `referred` means referred at this visit."""

    visit_date: date
    visit_class: str | None = None
    key: str = ""
    risk: int | None = None
    in_hospital: bool = False
    referred: bool = False


SITUATION_LABELS = MappingProxyType(
    {
        "unstable": sentence("不稳定"),
        "basically_stable_first": sentence("首次转为基本稳定"),
        "basically_stable_again": sentence("仍为基本稳定"),
        "stable": sentence("稳定"),
        "in_hospital": sentence("目前正在住院"),
        "unclassified": sentence("上次随访没有分类"),
        "registered": sentence("建档后首次随访"),
        "transferred_in": sentence("新迁入随访"),
        "discharged": sentence("出院后随访"),
        "referred": sentence("转诊后随访"),
        "found": sentence("失访后找到的随访"),
        "any_risk": sentence("当地规定：危险性 1–5 级联合随访"),
        "everyone": sentence("当地规定：每月随访"),
    }
)


def situation_label(situation: str) -> str:
    """Why it is due, in Chinese."""
    return SITUATION_LABELS.get(situation, situation)


@dataclass(frozen=True, slots=True)
class Due:
    """A date and the row it follows from."""

    due_on: date
    situation: str
    clause: str
    joint: bool = False


def situation_of(visit: VisitFact, previous_class: str | None) -> str:
    """The situation a visit leaves behind. Basically stable is "first" unless the previous class was the same."""
    match visit.visit_class:
        case "1":
            return "unstable"
        case "2":
            return "basically_stable_again" if previous_class == "2" else "basically_stable_first"
        case "3":
            return "stable"
    return "in_hospital" if visit.in_hospital else "unclassified"


def due_after_visit(
    visit: VisitFact, previous_class: str | None, *, policies: PolicySet, ancestors: Sequence[str]
) -> Due:
    """The next due date after a visit, from this visit alone."""
    situations = [situation_of(visit, previous_class)]
    if visit.referred:
        situations.append("referred")
    if (visit.risk or 0) >= 1:
        situations.append("any_risk")
    situations.append("everyone")
    found = list(_dues(situations, visit.visit_date, visit.risk, policies, ancestors))
    joint = any(due.joint for due in found)
    best = min(found, key=lambda due: due.due_on)
    return Due(best.due_on, best.situation, best.clause, joint)


def due_after_event(
    situation: str, happened_on: date, *, policies: PolicySet, ancestors: Sequence[str]
) -> Due:
    """The next due date after filing, transfer in, discharge, referral or being found."""
    found = list(_dues([situation, "everyone"], happened_on, None, policies, ancestors))
    return min(found, key=lambda due: due.due_on)


def norm_deadline(base: date, *, policies: PolicySet, ancestors: Sequence[str] = (NATION,)) -> date:
    """规范截止日: the last day of the third month after the month of `base` (the last visit, or the filing)."""
    months = policies.profile("followup/windows", on=base, ancestors=ancestors)[0].value[
        "norm_deadline_months"
    ]
    return end_of_month(add_months(base.replace(day=1), months))


def extra_before(anchor: date, *, policies: PolicySet, ancestors: Sequence[str] = (NATION,)) -> date:
    """A visit before this day is an extra one: it is kept, but does not serve what is due."""
    days = policies.profile("followup/windows", on=anchor, ancestors=ancestors)[0].value["extra_within_days"]
    return anchor + timedelta(days=days)


def _dues(
    situations: Iterable[str], anchor: date, risk: int | None, policies: PolicySet, ancestors: Sequence[str]
) -> Iterable[Due]:
    profiles = [row.value for row in policies.profile("followup/intervals", on=anchor, ancestors=ancestors)]
    for situation in situations:
        rule = _nearest(profiles, situation, risk)
        if rule:
            day = add_months(anchor, rule.months) + timedelta(days=rule.days)
            yield Due(day, situation, rule.clause, rule.joint)


def _nearest(profiles: Sequence[Sequence[Interval]], situation: str, risk: int | None) -> Interval | None:
    for rules in profiles:
        for rule in rules:
            if rule.situation == situation and (not rule.risk or risk in rule.risk):
                return rule
    return None
