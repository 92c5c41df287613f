"""Pages of special actions."""

from .doing import line
from .new import new
from .reports import report, report_book, report_paper
from .running import campaign, campaigns, close, withdraw

__all__ = [
    "campaign",
    "campaigns",
    "close",
    "line",
    "new",
    "report",
    "report_book",
    "report_paper",
    "withdraw",
]
