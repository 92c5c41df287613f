"""Pages of staff."""

from .handing import complete, confirm, hand_over, hand_overs, new_hand_over, withdraw
from .leave import end, leaves, new_leave
from .outgoing import hand_over_book, hand_over_paper, work_paper, works_book
from .work import agree, answer, appeal, sign, work, works

__all__ = [
    "agree",
    "answer",
    "appeal",
    "complete",
    "confirm",
    "end",
    "hand_over",
    "hand_over_book",
    "hand_over_paper",
    "hand_overs",
    "leaves",
    "new_hand_over",
    "new_leave",
    "sign",
    "withdraw",
    "work",
    "work_paper",
    "works",
    "works_book",
]
