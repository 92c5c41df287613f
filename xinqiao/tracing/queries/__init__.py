"""Reading searches: the list, one search whole, the month."""

from .listed import TABS, Listed, Row, listed
from .month import Month, MonthRow, Townships, month_of
from .one import Entry, Whole, whole

__all__ = [
    "TABS",
    "Entry",
    "Listed",
    "Month",
    "MonthRow",
    "Row",
    "Townships",
    "Whole",
    "listed",
    "month_of",
    "whole",
]
