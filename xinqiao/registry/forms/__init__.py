"""The forms of the registry: what is asked, what was typed, what is there."""

from .questions import (
    DEFAULTS,
    FOLDED,
    SHOW_WHEN,
    UPDATED,
    Question,
    Section,
    check_questions,
    sections,
    update_sections,
    widget_of,
)
from .values import masked_of, record_of, values_of

__all__ = [
    "DEFAULTS",
    "FOLDED",
    "SHOW_WHEN",
    "UPDATED",
    "Question",
    "Section",
    "check_questions",
    "masked_of",
    "record_of",
    "sections",
    "update_sections",
    "values_of",
    "widget_of",
]
