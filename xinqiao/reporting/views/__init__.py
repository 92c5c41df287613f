"""Pages of reporting."""

from .card import card, opened, take_over
from .cards import cards
from .editing import correct, draft, new_card, new_discharge
from .filing import file
from .hospital import own_card, own_cards, own_discharges, withdraw
from .paper import paper
from .police import search, searches
from .steps import ask, fault, locate, pass_on, receive, send_back

__all__ = [
    "ask",
    "card",
    "cards",
    "correct",
    "draft",
    "fault",
    "file",
    "locate",
    "new_card",
    "new_discharge",
    "opened",
    "own_card",
    "own_cards",
    "own_discharges",
    "paper",
    "pass_on",
    "receive",
    "search",
    "searches",
    "send_back",
    "take_over",
    "withdraw",
]
