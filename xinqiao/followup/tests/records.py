"""Answers of made-up visits: whole, and easy to vary."""

from __future__ import annotations

from datetime import date
from typing import Any

from xinqiao.followup.actions import NewVisit
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.models import Person

STABLE: dict[str, Any] = {
    "visit_date": date(2026, 11, 21),
    "form": "2",
    "targets": ["1", "2"],
    "risk": 0,
    "symptoms": ["0"],
    "symptom_severity": "1",
    "insight": "1",
    "sleep": "1",
    "diet": "1",
    "soc_selfcare": "1",
    "soc_housework": "1",
    "soc_work": "9",
    "soc_study": "1",
    "soc_interpersonal": "2",
    "danger_acts": {},
    "locked": "1",
    "hospital": "0",
    "lab": "1",
    "adherence": "1",
    "adr": "1",
    "physical_severity": "0",
    "effect": "2",
    "refer_suggest": "1",
    "referred": "1",
    "drugs": [{"drug": "利培酮片", "morning": 2, "night": 2}],
    "doctor": "演示医生",
}
BASIC = {**STABLE, "risk": 1}
UNSTABLE = {**STABLE, "risk": 3, "symptoms": ["1"], "symptom_severity": "3"}
BLANK_CLINICAL = {key: STABLE[key] for key in ("visit_date", "form", "targets", "doctor")}
IN_HOSPITAL = {**BLANK_CLINICAL, "hospital": "1"}
LOST = {"visit_date": date(2026, 11, 21), "form": "2", "lost_reason": "3", "doctor": "演示医生"}
DEAD = {
    "visit_date": date(2026, 11, 21),
    "form": "3",
    "death_date": date(2026, 11, 2),
    "death_cause": "4",
    "doctor": "演示医生",
}


def visit(person: Person, record: dict[str, Any] | None = None, **changes: Any) -> NewVisit:
    """A new visit; keyword arguments change answers, `op_id`, `amends` and `risk_reason` go to the visit itself."""
    own = {key: changes.pop(key) for key in ("op_id", "amends", "risk_reason") if key in changes}
    answers = {**(record or STABLE), **changes}
    return NewVisit(own.pop("op_id", None) or uuid7(), person.pk, answers, **own)
