"""Tables of this domain."""

from .comparison import Comparison, Difference, DifferenceStep, ExportRow
from .entry import Entry, Setting

__all__ = ["Comparison", "Difference", "DifferenceStep", "Entry", "ExportRow", "Setting"]
