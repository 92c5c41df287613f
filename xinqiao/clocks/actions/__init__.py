"""What clocks writes: rows folded from events of other domains, in their actions' transactions, which leave the audit line."""

from .settle import settle

__all__ = ["settle"]
