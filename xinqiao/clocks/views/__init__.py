"""Pages of clocks."""

from .inbox import inbox, one_clock
from .timeliness import timeliness, timeliness_book

__all__ = ["inbox", "one_clock", "timeliness", "timeliness_book"]
