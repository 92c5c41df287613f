"""What somebody may read of screening."""

from .clues import (
    ClueFilters,
    Clues,
    acts_of,
    age_of,
    all_clues,
    clues,
    find_clue,
    no_kin_known,
    reviews_by_clue,
    reviews_of,
)
from .matching import Match, Matches, matches
from .reviews import Queue, find_review, queue, reviews_of_person
from .rounds import Choice, Planned, candidates, find_round, people_of, rounds
from .sweeps import (
    Progress,
    VillageLine,
    find_sweep,
    may_run,
    open_village,
    places_of,
    sweeps,
    village_lines,
)

__all__ = [
    "Choice",
    "ClueFilters",
    "Clues",
    "Match",
    "Matches",
    "Planned",
    "Progress",
    "Queue",
    "VillageLine",
    "acts_of",
    "age_of",
    "all_clues",
    "candidates",
    "clues",
    "find_clue",
    "find_review",
    "find_round",
    "find_sweep",
    "matches",
    "may_run",
    "no_kin_known",
    "open_village",
    "people_of",
    "places_of",
    "queue",
    "reviews_by_clue",
    "reviews_of",
    "reviews_of_person",
    "rounds",
    "sweeps",
    "village_lines",
]
