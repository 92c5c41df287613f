"""What clocks writes: rows folded from events of other domains, in their actions' transactions, which leave the audit line."""

from .anew import Difference, settle_all
from .settle import settle, settle_begun

__all__ = ["Difference", "settle", "settle_all", "settle_begun"]
