"""Cards, their versions and steps; drafts; requests for an address; what was given to whom."""

from .card import Card, CardEvent, CardSerial, CardVersion
from .draft import CardDraft
from .search import AddressSearch
from .sharing import SharedFacts

__all__ = ["AddressSearch", "Card", "CardDraft", "CardEvent", "CardSerial", "CardVersion", "SharedFacts"]
