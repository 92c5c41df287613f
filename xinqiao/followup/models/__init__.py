"""The tables of follow-up."""

from .draft import Draft
from .obligation import Obligation, Standing
from .review import Review
from .visit import Confirmation, Visit, VisitAttempt

__all__ = ["Confirmation", "Draft", "Obligation", "Review", "Standing", "Visit", "VisitAttempt"]
