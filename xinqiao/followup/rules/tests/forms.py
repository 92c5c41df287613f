"""Whole records to start from, and strategies that vary them."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

TODAY = date(2026, 11, 21)


def stable(**changes: Any) -> dict[str, Any]:
    """A complete form of a stable person at home; `None` removes a key."""
    record: dict[str, Any] = {
        "visit_date": date(2026, 11, 20),
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
        "soc_interpersonal": "1",
        "danger_acts": {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 0},
        "locked": "1",
        "hospital": "0",
        "lab": "1",
        "adherence": "1",
        "adr": "1",
        "physical_severity": "0",
        "effect": "2",
        "refer_suggest": "1",
        "referred": "1",
        "drugs": [{"drug": "利培酮", "long_acting": False, "morning": 2, "night": 2, "unit": "mg"}],
        "doctor": "王医生",
    }
    record.update(changes)
    return {key: value for key, value in record.items() if value is not None}


def reaction(severity: str, acute: bool = False) -> dict[str, Any]:
    return {"adr": "2", "adr_severity": severity, "adr_acute": acute, "adr_note": "手抖"}


def symptoms(severity: str) -> dict[str, Any]:
    return {"symptom_severity": severity, "symptoms": ["0"] if severity == "1" else ["1", "3"]}


answers = st.fixed_dictionaries(
    {
        "risk": st.integers(0, 5),
        "symptom": st.integers(1, 3),
        "insight": st.integers(1, 3),
        "social": st.lists(st.integers(1, 3), min_size=5, max_size=5),
        "adr": st.integers(0, 4),
        "physical": st.integers(0, 2),
    }
)


def form_of(levels: dict[str, Any]) -> dict[str, Any]:
    """A form from ordered levels, each higher is worse. `adr`: 0 none, 1–3 mild to severe, 4 mild but acute… as severe."""
    keys = ("soc_selfcare", "soc_housework", "soc_work", "soc_study", "soc_interpersonal")
    adr = levels["adr"]
    return stable(
        risk=levels["risk"],
        insight=str(levels["insight"]),
        physical_severity=str(levels["physical"]),
        **symptoms(str(levels["symptom"])),
        **{key: str(level) for key, level in zip(keys, levels["social"], strict=True)},
        **({} if adr == 0 else reaction(str(min(adr, 3)), acute=adr == 4)),
    )
