"""From whole numbers to figures: the one place where figures divide. Decimal, halves up, a dash (None) without a base."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from .declarations import RATE_UNITS, Catalogue, Measure, Variant

#: Set key → number; None where nobody knows (population not entered).
Counts = Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one place in one variant. `value` is the rate in its unit, or the count; None reads "—"."""

    measure: Measure
    variant: Variant
    numerator: int | None
    denominator: int | None
    value: Decimal | int | None
    leads: bool

    @property
    def share(self) -> Decimal | None:
        """The rate as a part of 1, for drawing."""
        if not self.measure.is_rate or not isinstance(self.value, Decimal):
            return None
        return self.value / RATE_UNITS[self.measure.unit]

    @property
    def missing(self) -> int:
        """How many of the base are not in the numerator."""
        return max((self.denominator or 0) - (self.numerator or 0), 0)


def rate(numerator: int | None, denominator: int | None, unit: str, places: int = 2) -> Decimal | None:
    """1171 of 1223 in % → 95.75. None when either is unknown or the base is 0: never 0 %."""
    if numerator is None or not denominator:
        return None
    exact = Decimal(numerator) * RATE_UNITS[unit] / Decimal(denominator)
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def figure(measure: Measure, variant: Variant, counts: Counts, on: date) -> Figure:
    """One variant of a measure from the counts of a place."""
    numerator = counts[variant.numerator]
    leads = variant.leads_on(on)
    if not measure.is_rate:
        return Figure(measure, variant, numerator, None, numerator, leads)
    denominator = counts[variant.denominator]
    value = rate(numerator, denominator, measure.unit, measure.rounding)
    return Figure(measure, variant, numerator, denominator, value, leads)


class Figures(Mapping[str, list[Figure]]):
    """Measure key → its figures, the leading variant first; each divided when first asked for (a page of 800 townships asks
    for ten of them)."""

    __slots__ = ("_counts", "_declared", "_made", "_on")

    def __init__(self, declared: Catalogue, counts: Counts, on: date) -> None:
        self._declared, self._counts, self._on = declared, counts, on
        self._made: dict[str, list[Figure]] = {}

    def __getitem__(self, key: str) -> list[Figure]:
        if key not in self._made:
            measure = self._declared.measures[key]
            made = [figure(measure, variant, self._counts, self._on) for variant in measure.variants]
            self._made[key] = sorted(made, key=lambda f: not f.leads)
        return self._made[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._declared.measures)

    def __len__(self) -> int:
        return len(self._declared.measures)


def figures(declared: Catalogue, counts: Counts, on: date) -> Figures:
    """All figures of one place from its counts."""
    return Figures(declared, counts, on)
