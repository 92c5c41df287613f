"""Reads of this domain."""

from .comparing import (
    Counts,
    DifferenceLine,
    ItemFilters,
    comparison_of,
    counts_by_place,
    difference_page,
    differences,
    recent,
)
from .entering import (
    Filters,
    Platform,
    Screen,
    Waiting,
    entered,
    last_day,
    overdue_count,
    platforms_of,
    screen_of,
    setting_of,
    timeliness,
    to_enter,
)

__all__ = [
    "Counts",
    "DifferenceLine",
    "Filters",
    "ItemFilters",
    "Platform",
    "Screen",
    "Waiting",
    "comparison_of",
    "counts_by_place",
    "difference_page",
    "differences",
    "entered",
    "last_day",
    "overdue_count",
    "platforms_of",
    "recent",
    "screen_of",
    "setting_of",
    "timeliness",
    "to_enter",
]
