"""What to do after a visit: codes with Chinese labels and clauses, from the table `followup/actions`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xinqiao.kernel.codes import NATION
from xinqiao.kernel.periods import add_months
from xinqiao.kernel.words import term
from xinqiao.policy.policies import PolicySet, released_policies
from xinqiao.policy.tables import DecisionTable


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do now; the system proposes, a person does it."""

    code: str
    label: str
    clause: str


def steps(
    record: Mapping[str, Any],
    *,
    visit_class: str | None,
    due_on: date | None = None,
    joint: bool = False,
    last_grave: bool = False,
    policies: PolicySet | None = None,
    on: date | None = None,
    ancestors: Sequence[str] = (NATION,),
) -> list[Step]:
    """The steps after a visit of this class whose next visit is due on `due_on`. Answers that are missing count as unknown and call for
    nothing. `last_grave`: before a loss the person was unstable or at level 3 or more. Dead: nothing."""
    if record.get("death_date"):
        return []
    rules = policies or released_policies()
    table: DecisionTable = rules.at("followup/actions", on=on or date.max, ancestors=ancestors).value
    rows = table.collect(
        describe(
            record,
            visit_class=visit_class,
            interval=interval_of(record.get("visit_date"), due_on),
            joint=joint,
            last_grave=last_grave,
        )
    )
    return [Step(row.then, term(row.reason), row.clause) for row in {row.then: row for row in rows}.values()]


def describe(
    record: Mapping[str, Any], *, visit_class: str | None, interval: str, joint: bool, last_grave: bool
) -> dict[str, str]:
    """The inputs of the action table."""
    lost = bool(record.get("lost_reason"))
    risk = record.get("risk")
    if lost:
        high = "yes" if last_grave else "no"
    else:
        high = "unknown" if type(risk) is not int else "yes" if risk >= 3 else "no"
    reaction = {"1": "no", "9": "no", "2": "yes"}.get(_code(record, "adr"), "unknown")
    if reaction == "yes" and (record.get("adr_severity") == "3" or record.get("adr_acute") is True):
        reaction = "severe_or_acute"
    return {
        "visit_class": visit_class or "none",
        "interval": interval,
        "high_risk": high,
        "adr": reaction,
        "physical": {"0": "none", "1": "stable", "2": "severe"}.get(
            _code(record, "physical_severity"), "unknown"
        ),
        "hospital": _known(record, "hospital", "012"),
        "adherence": _known(record, "adherence", "1234"),
        "locked": _known(record, "locked", "123"),
        "harm": _harm(record.get("danger_acts")),
        "joint": "yes" if joint else "no",
        "lost": "yes" if lost else "no",
    }


def interval_of(visit_date: object, due_on: date | None) -> str:
    """How far off the next visit is, in the words of the action table."""
    if due_on is None or not isinstance(visit_date, date):
        return "none"
    if due_on <= visit_date + timedelta(days=14):
        return "2_weeks"
    if due_on <= add_months(visit_date, 1):
        return "1_month"
    return "3_months" if due_on <= add_months(visit_date, 3) else "longer"


def _code(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value if isinstance(value, str) else ""


def _known(record: Mapping[str, Any], key: str, codes: str) -> str:
    value = _code(record, key)
    return value if len(value) == 1 and value in codes else "unknown"


def _harm(acts: object) -> str:
    if not isinstance(acts, Mapping):
        return "unknown"
    on_self = any(acts.get(code) for code in ("5", "6"))
    on_others = any(acts.get(code) for code in ("1", "2", "3", "4"))
    return {(True, True): "both", (True, False): "self", (False, True): "others"}.get(
        (on_self, on_others), "none"
    )
