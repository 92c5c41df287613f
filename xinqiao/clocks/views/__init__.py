"""Pages of clocks."""

from .inbox import clock, inbox, strip
from .timeliness import timeliness, timeliness_book

__all__ = ["clock", "inbox", "strip", "timeliness", "timeliness_book"]
