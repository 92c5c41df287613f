"""Decisions of screening from facts already in hand. Pure."""

from .checklist import (
    AGE_SLACK,
    ITEM_CODES,
    Checked,
    Known,
    first_day_of_quarter,
    last_day_of_quarter,
    leads_to,
    may_be_same,
    may_send,
    missing_villages,
    quarter_of,
    read_checklist,
    requested_in_time,
    state_after,
    who_may_send,
)
from .record import ClueFacts, ReviewFacts, check_answer, check_clue

__all__ = [
    "AGE_SLACK",
    "ITEM_CODES",
    "Checked",
    "ClueFacts",
    "Known",
    "ReviewFacts",
    "check_answer",
    "check_clue",
    "first_day_of_quarter",
    "last_day_of_quarter",
    "leads_to",
    "may_be_same",
    "may_send",
    "missing_villages",
    "quarter_of",
    "read_checklist",
    "requested_in_time",
    "state_after",
    "who_may_send",
]
