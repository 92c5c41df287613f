"""What a reviewer should look at first: pure comparisons of a visit with the one before. Points out, judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from .counting import HIGH_RISK, gravity

LATE_ENTRY_DAYS = 7


def conspicuous(
    record: Mapping[str, Any],
    last: Mapping[str, Any],
    *,
    visit_class: str = "",
    last_class: str = "",
    flags: tuple[str, ...] = (),
    timing: str = "",
    entered_on: date | None = None,
) -> list[str]:
    """Codes in the order of weight, also the visit's own `flags`; empty for a routine visit."""
    found: list[str] = []
    risk, before = record.get("risk"), last.get("risk")
    if record.get("lost_reason"):
        found.append("lost")
    if record.get("death_date"):
        found.append("dead")
    if risk is not None and risk >= HIGH_RISK:
        found.append("high_risk")
    if any((record.get("danger_acts") or {}).values()):
        found.append("acts")
    if record.get("locked") == "2":
        found.append("locked")
    if visit_class and last_class and gravity(visit_class) != gravity(last_class):
        found.append("graver" if gravity(visit_class) > gravity(last_class) else "milder")
    if risk is not None and before is not None and risk < before:
        found.append("risk_down")
    if record.get("adherence") in ("2", "3") and last.get("adherence") == "1":
        found.append("adherence_down")
    if _drugs(record) != _drugs(last) and last:
        found.append("drugs_changed")
    if timing == "late":
        found.append("late")
    day = record.get("visit_date")
    if entered_on and isinstance(day, date) and (entered_on - day).days > LATE_ENTRY_DAYS:
        found.append("entered_late")
    if "1" not in (record.get("targets") or ["1"]):
        found.append("not_the_person")
    found += [flag for flag in flags if flag not in ("amendment",)]
    return list(dict.fromkeys(found))


def _drugs(record: Mapping[str, Any]) -> list[str]:
    return sorted(str(row.get("drug", "")) for row in record.get("drugs") or [])
