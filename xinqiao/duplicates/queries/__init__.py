"""What somebody may read of pairs and merges. Both people must be in scope."""

from .compare import CHOOSABLE, Compared, Line, compare
from .merges import Added, MergePage, find_merge, now_at
from .pairs import Filters, Listed, find_pair, last_hunt, pairs_list

__all__ = [
    "CHOOSABLE",
    "Added",
    "Compared",
    "Filters",
    "Line",
    "Listed",
    "MergePage",
    "compare",
    "find_merge",
    "find_pair",
    "last_hunt",
    "now_at",
    "pairs_list",
]
