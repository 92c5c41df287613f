"""Pages of the set-up."""

from .beginning import begin, county
from .people import accounts, bring
from .places import division, divisions, institutions, population
from .steps import steps

__all__ = [
    "accounts", "begin", "bring", "county", "division", "divisions", "institutions", "population", "steps",
]  # fmt: skip
