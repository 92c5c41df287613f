"""Privacy classes of the tables of treatment: results are clinical."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "treatment.Exam",
    each(Privacy.PROCESS, "op_id amends"),
    each(Privacy.PERSONAL, "happened_on consent_by org doctor"),
    each(
        Privacy.CLINICAL,
        "general general_note sbp dbp weight wbc neutrophils lymphocytes alt glucose glucose_kind ecg ecg_note missing"
        " missing_reason abnormal advice refer_suggest",
    ),
)
declare(
    "treatment.ExamRefusal",
    each(Privacy.PROCESS, "op_id"),
    each(Privacy.PERSONAL, "happened_on doctor"),
    each(Privacy.CLINICAL, "refused_reason refused_note"),
)
