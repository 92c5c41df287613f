"""What clocks writes: rows folded from events of other domains, in their actions' transactions, which leave the audit line."""

from .anew import Difference, settle_all
from .settle import settle

__all__ = ["Difference", "settle", "settle_all"]
