"""The tables of follow-up."""

from .obligation import Obligation, Standing
from .visit import Confirmation, Visit, VisitAttempt

__all__ = ["Confirmation", "Obligation", "Standing", "Visit", "VisitAttempt"]
