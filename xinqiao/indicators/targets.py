"""What a figure should be: dated policy by area, with its source, and how many people are still missing to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from xinqiao.kernel.codes import NATION, ancestors
from xinqiao.policy.deployment import current

from .declarations import RATE_UNITS
from .rates import Figure


@dataclass(frozen=True, slots=True)
class Target:
    """`aim` in the unit of the figure; `source` is the sentence of the row, `document` the title behind its clause, `since`
    the first day of the row; `local` when the deployment wrote it."""

    measure: str
    aim: Decimal
    at_least: bool
    clause: str
    document: str
    source: str
    since: date
    area: str
    local: bool

    def met(self, figure: Figure) -> bool:
        """By the numbers themselves, not by the printed rate: 94.996 does not reach 95."""
        return self.gap(figure) == 0

    def gap(self, figure: Figure) -> int:
        """Persons still missing (at least), or too many (at most); 0 when met or without a base."""
        if figure.numerator is None or not figure.denominator:
            return 0
        exact = self.aim * figure.denominator / RATE_UNITS[figure.measure.unit]
        if self.at_least:
            return max(int(exact.to_integral_value(ROUND_CEILING)) - figure.numerator, 0)
        return max(figure.numerator - int(exact.to_integral_value(ROUND_FLOOR)), 0)

    @property
    def share(self) -> Decimal:
        """The aim of a percentage as a part of 1, for drawing."""
        return self.aim / 100


def targets_for(code: str, on: date) -> dict[str, Target]:
    """Measure key → its target at a place on a day; the nearer area decides. Empty when nothing is regulated."""
    found: dict[str, Target] = {}
    places = ancestors(code) if code else (NATION,)
    for key, row in current().parts("indicators/targets", on=on, ancestors=places).items():
        one = row.value[key]
        at_least = "at_least" in one
        found[key] = Target(
            measure=key,
            aim=Decimal(one["at_least" if at_least else "at_most"]),
            at_least=at_least,
            clause=one["clause"],
            document=_document(one["clause"]),
            source=row.source,
            since=row.valid_from,
            area=row.area,
            local=row.local,
        )
    return found


def _document(clause: str) -> str:
    return current().released.documents[clause.partition("/")[0]].title
