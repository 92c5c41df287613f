"""The pages of this domain: visits to enter elsewhere, and the comparison of lists."""

from .comparing import abandon, columns, comparison, comparisons, upload
from .differences import assign, item, items, items_book, settle
from .entering import done, screen, tick, untick, waiting, waiting_book
from .platforms import settings
from .timeliness import timely, timely_book

__all__ = [
    "abandon",
    "assign",
    "columns",
    "comparison",
    "comparisons",
    "done",
    "item",
    "items",
    "items_book",
    "screen",
    "settings",
    "settle",
    "tick",
    "timely",
    "timely_book",
    "untick",
    "upload",
    "waiting",
    "waiting_book",
]
