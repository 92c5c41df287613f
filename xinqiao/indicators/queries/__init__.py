"""Figures of a place and of the places below it, and the people behind a figure.

Counting runs as the report role over all rows, after the permission and the place were checked, so that a past figure does
not change when people move. The people behind it are read under the actor's own row-level security, and the page says how
many of those counted are no longer the actor's.
"""

from .balances import Balance, MovedPeople, balance, balanced, behind_balance, label, month_of, months_back
from .behind import PAGE, Behind, People, people
from .declared import PARTS, all_targets, find, part_set, relations_of, set_labels
from .published import OUTSIDE, ForOutside, for_readers_outside
from .tables import (
    PlaceFigures,
    Table,
    counted,
    direct_children,
    is_county_or_above,
    outside,
    place_for,
    sorted_by,
    table,
    trail,
    whole,
)
from .trends import Trend, trend

__all__ = [
    "OUTSIDE",
    "PAGE",
    "PARTS",
    "Balance",
    "Behind",
    "ForOutside",
    "MovedPeople",
    "People",
    "PlaceFigures",
    "Table",
    "Trend",
    "all_targets",
    "balance",
    "balanced",
    "behind_balance",
    "counted",
    "direct_children",
    "find",
    "for_readers_outside",
    "is_county_or_above",
    "label",
    "month_of",
    "months_back",
    "outside",
    "part_set",
    "people",
    "place_for",
    "relations_of",
    "set_labels",
    "sorted_by",
    "table",
    "trail",
    "trend",
    "whole",
]
