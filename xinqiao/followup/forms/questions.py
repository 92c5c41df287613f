"""Which questions apply when, what is carried over from the last visit, and how many rows of drugs there are."""

from __future__ import annotations

DRUG_ROWS = 6
DRUG_INPUTS = ("drug", "long_acting", "morning", "noon", "night", "dose", "every", "every_unit", "unit")
_VISIT = ("visit_date", "form", "form_detail", "targets")
_SIGNED = ("doctor", "co_visitors", "note")
#: Answers to `ending` and the questions that then apply; "1" (reached) asks everything but the ends.
ENDINGS: dict[str, frozenset[str]] = {
    "2": frozenset({*_VISIT, *_SIGNED, "lost_reason", "lost_note"}),
    "3": frozenset({*_VISIT, *_SIGNED, "death_date", "death_cause", "death_disease", "death_note"}),
    "4": frozenset({*_VISIT, *_SIGNED, "hospital", "planned_on", "planned_reason"}),
}
ENDS_ONLY = frozenset(
    {"lost_reason", "lost_note", "death_date", "death_cause", "death_disease", "death_note"}
)
#: What an ending cannot do without: with it missing nothing else can be judged.
DECIDES = {"2": "lost_reason", "3": "death_date"}
#: Field → (field it hangs on, answers for which it is asked).
HANGS_ON: dict[str, tuple[str, tuple[str, ...]]] = {
    "form_detail": ("form", ("3",)),
    "lost_note": ("lost_reason", ("5",)),
    "death_disease": ("death_cause", ("1",)),
    "death_note": ("death_cause", ("6",)),
    "insight_recovered": ("insight", ("2",)),
    "symptoms_note": ("symptoms", ("12",)),
    "last_discharge": ("hospital", ("2",)),
    "lab_note": ("lab", ("2",)),
    "adr_note": ("adr", ("2",)),
    "adr_severity": ("adr", ("2",)),
    "adr_acute": ("adr", ("2",)),
    "physical_note": ("physical_severity", ("1", "2")),
    "drugs": ("adherence", ("1", "2")),
    "untreated_reason": ("adherence", ("3",)),
    "refer_reason": ("refer_suggest", ("2",)),
    "refer_to": ("referred", ("2",)),
    "rehab_note": ("rehab", ("5",)),
    "class_reason": ("visit_class", ("2", "3")),
}
#: What is no judgement and may be carried over from the last visit, to be looked through again.
CARRIED = (
    "form",
    "form_detail",
    "targets",
    "sleep",
    "diet",
    "soc_selfcare",
    "soc_housework",
    "soc_work",
    "soc_study",
    "soc_interpersonal",
    "physical_severity",
    "physical_note",
    "effect",
    "drugs",
    "drug_advice",
    "rehab",
    "rehab_note",
)
#: Where a problem is shown that has no control of its own.
SHOWN_AT = {"danger_acts": "danger_any"}
