"""Privacy classes of the tables of follow-up: nearly everything about a visit is clinical."""

from __future__ import annotations

from xinqiao.registry.privacy import Privacy, declare, each

declare(
    "followup.Visit",
    each(
        Privacy.PROCESS,
        "op_id amends superseded policy_version visited_by entry_mode timing flags complete review_status reviewed_by"
        " reviewed_at device_id device_time clock_offset_ms class_source",
    ),
    each(
        Privacy.PERSONAL,
        "visit_date form form_detail targets doctor co_visitors due_on planned_on planned_reason review_reason amend_reason",
    ),
    each(
        Privacy.CLINICAL,
        "lost_reason lost_note death_date death_cause death_disease death_note risk risk_confirmed_reason symptoms symptoms_note"
        " symptom_severity insight insight_recovered sleep diet soc_selfcare soc_housework soc_work soc_study soc_interpersonal danger_acts"
        " locked hospital last_discharge lab lab_note adherence adr adr_note adr_severity adr_acute physical_severity"
        " physical_note effect refer_suggest refer_reason referred refer_to drugs drug_advice rehab rehab_note note recipe_3m case_mgmt life_events emergency_done untreated_reason"
        " proposed_class class_reason class_clause visit_class class_note counted_class counted_risk",
    ),
)
declare(
    "followup.VisitAttempt",
    each(Privacy.PROCESS, "op_id"),
    each(Privacy.PERSONAL, "happened_on form outcome note"),
)
declare(
    "followup.Confirmation",
    each(Privacy.PROCESS, "visit kind state decided_by decided_at"),
    each(Privacy.CLINICAL, "from_value to_value reason decided_reason"),
)
declare(
    "followup.Obligation",
    each(Privacy.PROCESS, "person rule period clause policy_version visit_id county_code"),
    each(
        Privacy.PERSONAL,
        "opened_on window_from due_on norm_deadline planned_on planned_reason act_on outcome closed_on",
    ),
    each(Privacy.CLINICAL, "reason"),
    fact=False,
)
declare(
    "followup.Standing",
    each(
        Privacy.PROCESS,
        "person last_visit_id pending_confirmation attempts_since worker_ids worker_named counted_year",
    ),
    each(
        Privacy.PERSONAL,
        "last_visit_on last_face_on due_on norm_deadline planned_on filed_on away_on guardianship searched_since"
        " handed_since",
    ),
    each(
        Privacy.CLINICAL,
        "state in_hospital visit_class risk adherence past_incident visits_year exam_on exam_refused_on unstable_since"
        " referred_on loss_to_verify refused",
    ),
    fact=False,
)
declare(
    "followup.Review",
    each(Privacy.PROCESS, "visit decision own"),
    each(Privacy.CLINICAL, "reason"),
)
declare(
    "followup.Draft",
    each(Privacy.PROCESS, "user_id person form op_id tab revision saved_at"),
    each(Privacy.SEALED, "body"),
    fact=False,
)
