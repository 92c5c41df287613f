"""From what was typed on the visit form to the answers of the record, and back to fields that keep every typed letter.

Shape only: what may stand together is decided by `rules.check_record`. Answers to questions that do not apply (the form
shows them all where JavaScript is off) are left out here.
"""

from ..rules import FIELDS
from .carrying import (
    ASKED_QUICKLY,
    CARRIED_WHEN_NOTHING,
    carried_values,
    carried_words,
    may_carry,
    open_after_carrying,
)
from .controls import drug_rows, visit_fields
from .questions import CARRIED, DECIDES, DRUG_INPUTS, DRUG_ROWS, ENDINGS, HANGS_ON
from .reading import Typed, applies_to, place, read_date, read_visit, typed_values, values_of
from .words import drug_words, in_words

__all__ = [
    "ASKED_QUICKLY",
    "CARRIED",
    "CARRIED_WHEN_NOTHING",
    "DECIDES",
    "DRUG_INPUTS",
    "DRUG_ROWS",
    "ENDINGS",
    "FIELDS",
    "HANGS_ON",
    "Typed",
    "applies_to",
    "carried_values",
    "carried_words",
    "drug_rows",
    "drug_words",
    "in_words",
    "may_carry",
    "open_after_carrying",
    "place",
    "read_date",
    "read_visit",
    "typed_values",
    "values_of",
    "visit_fields",
]
