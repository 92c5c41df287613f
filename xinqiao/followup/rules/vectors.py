"""Worked cases that Python and JavaScript must answer alike: `python -m xinqiao.followup.rules.vectors FILE` writes them.

All combinations of the class table as one line of outcomes, several thousand raw forms as one line of answers, and
dated cases with previous visits, events and places. Small enough to be committed; both test suites read the file.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from xinqiao.kernel.errors import Invalid
from xinqiao.policy.policies import released_policies
from xinqiao.policy.tables import DecisionTable

from .classify import classify
from .intervals import VisitFact
from .proposal import Context, propose

STABLE: Mapping[str, Any] = {
    "risk": 0,
    "symptoms": ["0"],
    "symptom_severity": "1",
    "insight": "1",
    "soc_selfcare": "1",
    "soc_housework": "1",
    "soc_work": "9",
    "soc_study": "2",
    "soc_interpersonal": "1",
    "adr": "1",
    "physical_severity": "0",
}
# per answer: every code of the form, then values that must be refused
RAW: Mapping[str, list[Any]] = {
    "risk": [0, 1, 2, 3, 4, 5, 6, -1, "0", "5", True, 1.5, None],
    "symptoms": [["0"], ["1"], ["12", "3"], [], ["0", "1"], ["13"], ["1", "1"], "0", [0], None],
    "symptom_severity": ["1", "2", "3", "4", 1, "", None],
    "insight": ["1", "2", "3", "0", 2, "", None],
    "insight_recovered": [True, False, "true", 1, None],
    "soc_selfcare": ["1", "2", "3", "9", 3, None],
    "soc_work": ["1", "2", "3", "9", "0", None],
    "adr": ["1", "2", "9", "3", 2, None],
    "physical_severity": ["0", "1", "2", "3", 0, None],
    "adr_severity": ["0", "1", "2", "3", "4", 3, None],
    "adr_acute": [True, False, "true", 1, None],
    "hospital": ["0", "1", "2", None],
    "lost_reason": ["3", "", None],
}
DAYS = (
    "2004-01-01",
    "2023-11-30",
    "2024-01-31",
    "2024-02-29",
    "2024-11-05",
    "2025-07-31",
    "2025-08-01",
    "2026-08-31",
    "2026-12-31",
)
DIVISIONS = ("", "341022101203", "341022102000", "991600000000", "991200000000")
PREVIOUS: tuple[tuple[tuple[int, str | None, str], ...], ...] = (
    (),
    ((90, "3", "0"),),
    ((20, "2", "0"),),
    ((5, "2", "0"),),
    ((40, "2", "0"), (6, "2", "0")),
    ((30, "3", "0"), (4, "2", "0"), (1, "2", "0")),
    ((14, "1", "0"), (3, None, "0")),
    ((60, None, "1"),),
    ((0, "3", "0"),),
)
EVENTS: tuple[Mapping[str, int], ...] = (
    {},
    {"discharged_on": 0},
    {"discharged_on": 3},
    {"discharged_on": -20},
    {"transferred_in_on": 2},
    {"transferred_in_on": 200},
    {"referred_on": 0},
    {"filed_on": -400, "discharged_on": -1},
    {"filed_on": 0},
)


def raw_forms() -> Iterator[dict[str, Any]]:
    """The stable form with every pair of answers varied over all their values, right and wrong."""
    for first, second in itertools.combinations(RAW, 2):
        for one, two in itertools.product(RAW[first], RAW[second]):
            yield {**STABLE, first: one, second: two}


def answer_form(form: Mapping[str, Any]) -> str:
    """The class, "-" for none, or the fields and codes of what was refused."""
    try:
        return classify(form).visit_class or "-"
    except Invalid as error:
        return ",".join(f"{problem.field}:{problem.code}" for problem in error.problems)


def dated_cases() -> Iterator[dict[str, Any]]:
    """Every class and hospital stay with one of the other dimensions varied at a time, and some of all together."""
    answers = [(cls, risk, "0") for cls in ("1", "2", "3") for risk in (0, 1)] + [(None, None, "1")]
    index = 0
    for day, (visit_class, risk, hospital) in itertools.product(DAYS, answers):
        for previous, events, division in itertools.product(PREVIOUS, EVENTS, DIVISIONS):
            index += 1
            # a fixed thirteenth of all combinations, and all where only one thing differs from the plain case
            plain = sum(bool(part) for part in (previous, events, division))
            if plain > 1 and index % 13:
                continue
            yield {
                "day": day,
                "class": visit_class,
                "risk": risk,
                "hospital": hospital,
                "previous": previous,
                "events": events,
                "division": division,
            }


def answer_dated(case: Mapping[str, Any]) -> list[Any]:
    """[next due date, 规范截止日, situation, clause, codes of what to do]."""
    day = date.fromisoformat(case["day"])
    dates = {key: day + timedelta(days=days) for key, days in case["events"].items()}
    context = Context(
        [
            VisitFact(day - timedelta(days=days), cls, f"{index:06d}", None, hospital == "1")
            for index, (days, cls, hospital) in enumerate(case["previous"])
        ],
        dates.get("filed_on"),
        dates.get("transferred_in_on"),
        dates.get("discharged_on"),
        dates.get("referred_on"),
        case["division"],
    )
    record = {"visit_date": day, "risk": case["risk"], "hospital": case["hospital"]}
    found = propose(record, context, visit_class=case["class"])
    due = found.next_due_on.isoformat() if found.next_due_on else None
    norm = found.norm_deadline.isoformat() if found.norm_deadline else None
    return [due, norm, found.situation, found.due_clause, [step.code for step in found.actions]]


def vectors() -> dict[str, Any]:
    """Everything, as plain data; repeated answers are written once and named by number."""
    table: DecisionTable = released_policies().at("followup/classification", on=date.max).value
    decisions = [table.evaluate(item) for item in table.combinations()]
    rows = [row.id for row in table.rows]
    return {
        "table": {
            "inputs": [item.name for item in table.inputs],
            "outcomes": "".join(decision.outcome for decision in decisions),
            "rows": "".join(f"{rows.index(decision.rows[0].id):x}" for decision in decisions),
        },
        "forms": {"stable": STABLE, "raw": RAW, **_numbered([answer_form(form) for form in raw_forms()])},
        "dated": {
            "cases": [list(case.values()) for case in dated_cases()],
            **_numbered([answer_dated(case) for case in dated_cases()]),
        },
    }


def text() -> str:
    return json.dumps(vectors(), ensure_ascii=False, separators=(",", ":")) + "\n"


def _numbered(answers: list[Any]) -> dict[str, Any]:
    numbers: dict[str, int] = {}
    order = [numbers.setdefault(json.dumps(answer), len(numbers)) for answer in answers]
    return {"answers": [json.loads(item) for item in numbers], "order": order}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
