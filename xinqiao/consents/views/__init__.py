"""Pages about the answers of one person."""

from .acts import notice, report, withdraw
from .paper import note

__all__ = ["note", "notice", "report", "withdraw"]
