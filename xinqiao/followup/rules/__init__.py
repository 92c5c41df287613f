"""The rules of follow-up: what a record may hold, which class follows, when the next visit is due, what became of it.

Pure functions over plain values: no clock, no database, no framework. `today` and the policy set are passed in (by
default the released rules).
"""

from .check import Checked, Flag, check_record, is_complete
from .classify import Classification, classify, derive
from .counting import check_choice, counting_class, counting_risk, gravity, milder_than, needs_confirming
from .fields import (
    CLASSES,
    CLINICAL_KEYS,
    DANGER_ACTS,
    FIELDS,
    JUDGEMENT_KEYS,
    SECTIONS,
    SOCIAL_KEYS,
    Code,
    Field,
    fields_of,
)
from .intervals import SITUATION_LABELS, Due, VisitFact, norm_deadline, situation_label
from .obligations import (
    EndFact,
    ObligationFact,
    PersonFacts,
    Timing,
    fold,
    next_due,
    timing,
    visit_timings,
)
from .order import RANK
from .precautions import Precautions, precautions
from .proposal import Context, Proposal, first_due, propose
from .reviewing import may_review
from .steps import Step, steps
from .values import read_values

__all__ = [
    "CLASSES",
    "CLINICAL_KEYS",
    "DANGER_ACTS",
    "FIELDS",
    "JUDGEMENT_KEYS",
    "RANK",
    "SECTIONS",
    "SITUATION_LABELS",
    "SOCIAL_KEYS",
    "Checked",
    "Classification",
    "Code",
    "Context",
    "Due",
    "EndFact",
    "Field",
    "Flag",
    "ObligationFact",
    "PersonFacts",
    "Precautions",
    "Proposal",
    "Step",
    "Timing",
    "VisitFact",
    "check_choice",
    "check_record",
    "classify",
    "counting_class",
    "counting_risk",
    "derive",
    "fields_of",
    "first_due",
    "fold",
    "gravity",
    "is_complete",
    "may_review",
    "milder_than",
    "needs_confirming",
    "next_due",
    "norm_deadline",
    "precautions",
    "propose",
    "read_values",
    "situation_label",
    "steps",
    "timing",
    "visit_timings",
]
