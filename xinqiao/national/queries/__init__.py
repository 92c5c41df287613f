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
from .entered import entered, timeliness
from .platforms import Platform, last_day, platforms_of, setting_of
from .screen import Screen, screen_of
from .waiting import Filters, Waiting, overdue_count, to_enter

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
