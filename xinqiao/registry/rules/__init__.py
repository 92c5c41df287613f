"""What is right about a person's record, decided from what is in hand: no Django, no clock, no database."""

from .case import Entry
from .check import FLAG_LABELS, Checked, category_of, check_person
from .cycle import WITHIN_A_DAY, State, state_on
from .fields import CORE, FIELDS, PRIVATE, SECTIONS, Field, codes_of, in_section
from .identity import IdCheck, check_digit, check_id_number, same_document
from .life import age_on, file_number, printed_file_number
from .values import narrow, read_date, read_partial_date, read_phone, tidy

__all__ = [
    "CORE",
    "FIELDS",
    "FLAG_LABELS",
    "PRIVATE",
    "SECTIONS",
    "WITHIN_A_DAY",
    "Checked",
    "Entry",
    "Field",
    "IdCheck",
    "State",
    "age_on",
    "category_of",
    "check_digit",
    "check_id_number",
    "check_person",
    "codes_of",
    "file_number",
    "in_section",
    "narrow",
    "printed_file_number",
    "read_date",
    "read_partial_date",
    "read_phone",
    "same_document",
    "state_on",
    "tidy",
]
