"""What somebody may read of the registry. Everything starts from the actor's scope; the database holds it too."""

from .page import PersonPage, find_person, page_of_person, workers_below, workers_for
from .people import Card, Filters, Hit, Listed, people_list
from .reads import Look, Looks, reads_of
from .search import Found, search

__all__ = [
    "Card",
    "Filters",
    "Found",
    "Hit",
    "Listed",
    "Look",
    "Looks",
    "PersonPage",
    "find_person",
    "page_of_person",
    "people_list",
    "reads_of",
    "search",
    "workers_below",
    "workers_for",
]
