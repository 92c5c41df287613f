"""Pages of clocks."""

from .inbox import clock, inbox
from .timeliness import timeliness, timeliness_book

__all__ = ["clock", "inbox", "timeliness", "timeliness_book"]
