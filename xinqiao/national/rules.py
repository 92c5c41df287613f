"""What is late, what a later comparison does with a settled difference, and when two values say the same. Pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from .choices import ItemState, Reason, Step

#: Reasons after which the same difference, with the same values, stays settled when it is found again.
CARRIED = frozenset({Reason.ACCEPTED, Reason.NOT_OURS, Reason.OTHER})
LONGEST_CLOCK = 200


def overdue_before(today: date, last_day: Callable[[date], date]) -> date:
    """Visits of days before this one should have been entered already. `last_day` grows with its day."""
    day = today
    for _back in range(LONGEST_CLOCK):
        if last_day(day) < today:
            return day + timedelta(days=1)
        day -= timedelta(days=1)
    return day


def after_comparison(state: str, reason: str, *, found: bool, same_values: bool) -> tuple[str, Step | None]:
    """State of a difference after a comparison that found it (with the values it had, or others) or did not.

    Open ones stay open; what was said to be put right but still differs is opened again; what was accepted stays accepted
    until a value changes; what is not found any more is gone, and open again when it comes back.
    """
    if not found:
        return ItemState.GONE, None if state == ItemState.GONE else Step.GONE
    if state == ItemState.OPEN:
        return ItemState.OPEN, Step.SEEN
    if state == ItemState.SETTLED and reason in CARRIED and same_values:
        return ItemState.SETTLED, Step.SEEN
    return ItemState.OPEN, Step.REOPENED


def same(field: str, here: str, there: str) -> bool:
    """Whether two normal values say the same. A blank says nothing, so nothing differs from it, except that a last visit
    there is missing when here is one. A visit that is newer there than here differs as well."""
    if field == "last_visit_on":
        return here == there
    if not here or not there:
        return True
    if field == "place":
        return here == there or here.startswith(there.rstrip("0") or there) or there.startswith(here)
    return here == there
