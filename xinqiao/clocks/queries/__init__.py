"""Reading clocks: the inbox, one clock, how timely."""

from .inbox import SECTIONS, Filters, Inbox, Line, inbox, label_of, labels, overdue
from .one import Whole, one
from .timeliness import Timeliness, Timely, come_up, timeliness

__all__ = [
    "SECTIONS", "Filters", "Inbox", "Line", "Timeliness", "Timely", "Whole", "come_up", "inbox", "label_of", "labels", "one", "overdue",
    "timeliness",
]  # fmt: skip
