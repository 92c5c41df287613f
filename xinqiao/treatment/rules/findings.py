"""What of an exam is missing and what is outside the usual range.

Usual ranges of adults: blood count WS/T 405-2012, aminotransferase WS/T 404.1-2012, glucose WS/T 781 (fasting below 6.1; any
time below 11.1 mmol/L), pressure below 140/90 mmHg. A laboratory may use its own: the doctor's word in the general
finding and the advice stand beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ..choices import PARTS
from .fields import FIELDS

_D = Decimal
#: Field → (lowest, highest) usual result; by sex ("1" men, "2" women) where the standard has it so.
USUAL: dict[str, tuple[Decimal, Decimal]] = {
    "sbp": (_D(90), _D(139)),
    "dbp": (_D(60), _D(89)),
    "wbc": (_D("3.5"), _D("9.5")),
    "neutrophils": (_D(40), _D(75)),
    "lymphocytes": (_D(20), _D(50)),
}
USUAL_ALT = {"1": (_D(9), _D(50)), "2": (_D(7), _D(40))}
USUAL_GLUCOSE = {"1": (_D("3.9"), _D("6.09")), "2": (_D("3.9"), _D("11.09"))}


def usual(key: str, sex: str, exam: Mapping[str, Any]) -> tuple[Decimal, Decimal] | None:
    """The usual range of one result, or None for a field that is no measured result."""
    if key == "alt":
        return USUAL_ALT.get(sex, (USUAL_ALT["2"][0], USUAL_ALT["1"][1]))
    if key == "glucose":
        return USUAL_GLUCOSE.get(exam.get("glucose_kind") or "1")
    return USUAL.get(key)


def is_high_or_low(key: str, sex: str, exam: Mapping[str, Any]) -> str:
    """ "↑" above, "↓" below the usual range, "" inside or not measured."""
    value, bounds = exam.get(key), usual(key, sex, exam)
    if value is None or bounds is None:
        return ""
    number = Decimal(str(value))
    return "↓" if number < bounds[0] else "↑" if number > bounds[1] else ""


def abnormal_parts(exam: Mapping[str, Any], sex: str) -> list[str]:
    """Parts with a result outside the usual range or found abnormal, in the order of the norm."""
    found = {part for part in ("general", "ecg") if exam.get(part) == "2"}
    found |= {one.part for one in FIELDS.values() if one.part and is_high_or_low(one.key, sex, exam)}
    return [part for part in PARTS if part in found]


def missing_parts(exam: Mapping[str, Any]) -> list[str]:
    """Parts that lack a result, in the order of the norm."""
    lacking = {one.part for one in FIELDS.values() if one.part and exam.get(one.key) in (None, "")}
    return [part for part in PARTS if part in lacking]
