"""Pages of screening."""

from . import clues, filing, reviews, rounds, sweeps

__all__ = ["clues", "filing", "reviews", "rounds", "sweeps"]
