"""A worked example of each figure for its manual page: the published county's numbers where they fit, else round ones.

The rate is divided by the product itself, so an example cannot part from what the pages print.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .declarations import Measure
from .rates import rate

#: Set → number in the example county: 1,356 ever filed, 1,223 registered, 1,171 managed (a published county, 2020).
NUMBERS = {
    "pop": 263_843, "pop15": 2165, "cum": 1356, "dead": 133, "reg": 1223, "man": 1171, "man_12m": 1176, "std": 1120,
    "lost": 9, "unmanaged": 43, "med": 1115, "regmed": 1003, "face_half": 1163, "exam": 1011, "home": 1125,
    "stable_class23": 1103, "stable_class3": 870, "reg_home": 1172, "rehab": 1150, "sz": 886, "sz_med": 778,
    "sz_regmed": 697, "std_exam": 962, "home_std": 1080, "face_norm": 1098, "due_month": 310, "on_time_month": 287,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """Numerator, denominator (None for a count) and what the page prints."""

    numerator: int
    denominator: int | None
    value: Decimal | int


def example_of(measure: Measure) -> Example:
    """The example of the variant that leads today's figures."""
    variant = measure.leading(date(2026, 1, 1))
    if not measure.is_rate:
        number = NUMBERS.get(variant.numerator, 12)
        return Example(number, None, number)
    denominator = NUMBERS.get(variant.denominator, 200)
    numerator = NUMBERS.get(variant.numerator, round(denominator * 0.85))
    value = rate(numerator, denominator, measure.unit, measure.rounding)
    assert value is not None  # noqa: S101 — the base is never 0
    return Example(numerator, denominator, value)
