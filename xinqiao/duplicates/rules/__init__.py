"""What two files are taken for, and what one life becomes of two: pure."""

from .courses import Course, Held, Joined, Unfit, join, rank
from .pairs import EXPECTED_PERCENT, THRESHOLD, Found, judge, kind_of

__all__ = [
    "EXPECTED_PERCENT",
    "THRESHOLD",
    "Course",
    "Found",
    "Held",
    "Joined",
    "Unfit",
    "join",
    "judge",
    "kind_of",
    "rank",
]
