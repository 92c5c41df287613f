"""What reporting reads."""

from .filing import TOGETHER, Compared, compared, danger_of_both, known_here, record_of
from .hospital import OwnList, OwnRow, own_card, own_cards, own_draft, own_institution, reporting_county
from .received import PARTS, CardPage, ReceivedList, passed_by, received_card, received_cards, waiting, whole
from .searches import search_for, searches_for

__all__ = [
    "PARTS",
    "TOGETHER",
    "CardPage",
    "Compared",
    "OwnList",
    "OwnRow",
    "ReceivedList",
    "compared",
    "danger_of_both",
    "known_here",
    "own_card",
    "own_cards",
    "own_draft",
    "own_institution",
    "passed_by",
    "received_card",
    "received_cards",
    "record_of",
    "reporting_county",
    "search_for",
    "searches_for",
    "waiting",
    "whole",
]
