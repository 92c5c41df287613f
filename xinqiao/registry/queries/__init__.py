"""What somebody may read of the registry. Everything starts from the actor's scope; the database holds it too."""

from .alike import Alike, Typed, alike, typed
from .alike_rows import alike_rows
from .look_ups import Asked, ToReview, find_inquiry, inquiries, look_ups_to_review, own_inquiries
from .page import PersonPage, find_person, page_of_person, workers_below, workers_for
from .people import Card, Filters, Hit, Listed, people_list
from .reads import Look, Looks, reads_of
from .record import Housemate, Record, find_fact, find_group, group_choices, groups_below, named, record_of
from .search import Found, search

__all__ = [
    "Alike",
    "Asked",
    "Card",
    "Filters",
    "Found",
    "Hit",
    "Housemate",
    "Listed",
    "Look",
    "Looks",
    "PersonPage",
    "Record",
    "ToReview",
    "Typed",
    "alike",
    "alike_rows",
    "find_fact",
    "find_group",
    "find_inquiry",
    "find_person",
    "group_choices",
    "groups_below",
    "inquiries",
    "look_ups_to_review",
    "named",
    "own_inquiries",
    "page_of_person",
    "people_list",
    "reads_of",
    "record_of",
    "search",
    "typed",
    "workers_below",
    "workers_for",
]
