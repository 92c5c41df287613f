"""The public calendar out of the policy files: `workdays()` is what the rest of the product counts working days with."""

from __future__ import annotations

from datetime import date
from functools import cache

from xinqiao.kernel.workdays import Workdays, YearTable

from .policies import PolicySet, released_policies


def read_workdays(policies: PolicySet) -> Workdays:
    """Every year that has a day table; the newest row of a year holds."""
    tables: dict[int, YearTable] = {}
    for name in policies.names():
        if name.startswith("calendar/"):
            row = max(reversed(policies.rows(name)), key=lambda item: item.valid_from)
            year = int(row.value["year"])
            tables[year] = YearTable(
                year, _days(year, row.value["days_off"]), _days(year, row.value["working"])
            )
    return Workdays(tables.values())


@cache
def workdays() -> Workdays:
    """The released calendar, 2004–2026."""
    return read_workdays(released_policies())


def _days(year: int, items: list[str]) -> frozenset[date]:
    return frozenset(date.fromisoformat(f"{year}-{item}") for item in items)
