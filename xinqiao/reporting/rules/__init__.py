"""What is right about a card, and where it is on its way: no Django, no clock, no database."""

from .check import Checked, check_card
from .fields import FIELDS, SECTIONS, fields_of, needed_of
from .stored import from_json, to_json
from .way import MAY_FOLLOW, Step, arrivals, may_follow, reported_on, state_of

__all__ = [
    "FIELDS",
    "MAY_FOLLOW",
    "SECTIONS",
    "Checked",
    "Step",
    "arrivals",
    "check_card",
    "fields_of",
    "from_json",
    "may_follow",
    "needed_of",
    "reported_on",
    "state_of",
    "to_json",
]
