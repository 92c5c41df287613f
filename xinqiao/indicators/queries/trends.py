"""Figures at the ends of months or years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.periods import add_months, end_of_month

from ..declarations import EARLIEST, catalogue
from ..engines import WHOLE, Area, tallies
from ..rates import Counts, Figure, figure
from ..state import Frame
from .tables import outside, place_for


@dataclass(frozen=True, slots=True)
class Trend:
    """Rates at the ends of the last months, oldest first; the last one is T itself. `waiting`: days not counted yet."""

    days: list[date]
    values: dict[str, list[Figure]]
    waiting: int = 0


def trend(
    *,
    actor: Actor,
    code: str,
    on: date,
    keys: Sequence[str],
    months: int = 12,
    by: str = "month",
    years: int = 5,
) -> Trend:
    """The leading figures of some measures at each month end of a year up to T, or at each year end of the last years."""
    place_for(actor, code)
    area = Area.below(code) if code else Area(codes=actor.villages)
    if by == "year":
        days = [
            date(on.year - n, 12, 31) for n in range(years - 1, 0, -1) if on.year - n >= EARLIEST.year
        ] + [on]
    else:
        days = [end_of_month(add_months(on.replace(day=1), -n)) for n in range(months - 1, 0, -1)] + [on]
    return _trend(code, area, days, keys)


def _trend(code: str, area: Area, days: list[date], keys: Sequence[str]) -> Trend:
    declared = catalogue()
    frames = [Frame.at(day, passed_only=declared.passed_only(day)) for day in days]
    measures = [declared.measures[key] for key in keys]
    sets = dict.fromkeys(
        one
        for measure in measures
        for variant in measure.variants
        for one in (variant.numerator, variant.denominator)
        if one and declared.sets[one].who is not None
    )
    values: dict[str, list[Figure]] = {key: [] for key in keys}
    counted_on = tallies.series(area, frames, keys=list(sets), wait=False)
    unknown: Counts = dict.fromkeys([*sets, *outside(None, code, days[-1])])
    for day in days:
        numbers: Counts = unknown
        if day in counted_on:
            numbers = {**counted_on[day][WHOLE], **outside(None, code, day)}
        for measure in measures:
            values[measure.key].append(figure(measure, measure.leading(day), numbers, day))
    return Trend(days, values, len(days) - len(counted_on))
