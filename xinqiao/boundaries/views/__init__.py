"""Pages of changes of borders: the list, the wizard, one change with its rehearsal or receipt, and whom the county assigns."""

from .assigning import assign, waiting
from .changes import carry, change, changes, undo, withdraw
from .wizard import new

__all__ = ["assign", "carry", "change", "changes", "new", "undo", "waiting", "withdraw"]
