"""Words of reporting: printed codes, and the steps of a card's way."""

from .printed import (
    ABROAD,
    EFFECT,
    EVERY_UNIT,
    HUKOU_TYPE,
    OTHER,
    PATIENT_SOURCE,
    REHAB,
    REPORT_TYPE,
    RETURN_REASON,
    RISK,
    SENDER,
    TREATED,
)
from .way import ANSWERS, Entry, EventKind, Form, Found, Sharing, State

__all__ = [
    "ABROAD",
    "ANSWERS",
    "EFFECT",
    "EVERY_UNIT",
    "HUKOU_TYPE",
    "OTHER",
    "PATIENT_SOURCE",
    "REHAB",
    "REPORT_TYPE",
    "RETURN_REASON",
    "RISK",
    "SENDER",
    "TREATED",
    "Entry",
    "EventKind",
    "Form",
    "Found",
    "Sharing",
    "State",
]
