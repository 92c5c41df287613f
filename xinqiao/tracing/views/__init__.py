"""Pages of tracing."""

from .listing import begin_lost, month, month_book, month_paper, searches
from .one import begin, confirm, end, search, step, tell
from .reports import report

__all__ = [
    "begin", "begin_lost", "confirm", "end", "month", "month_book", "month_paper", "report", "search", "searches", "step",
    "tell",
]  # fmt: skip
