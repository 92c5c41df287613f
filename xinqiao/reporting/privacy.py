"""Privacy classes of the tables of reporting."""

from __future__ import annotations

from xinqiao.registry.privacy import HASHED, Hashed, Privacy, declare, each

P = Privacy
declare(
    "reporting.Card",
    each(
        P.PROCESS,
        "form entry hospital hospital_name county report person version state state_on op_id own_diagnosis recorded_at recorded_by"
        " paper_on",
    ),
    each(P.NAMING, "name card_no"),
    each(P.SEALED, "number phone content located_detail"),
    each(P.PERSONAL, "sex birth_on number_hash phone_hash place address_unknown different_because"),
    each(P.CLINICAL, "report_type icd10 risk dx_on discharged_on"),
    fact=False,
)
declare(
    "reporting.CardVersion",
    each(P.PROCESS, "card number made_on recorded_at recorded_by"),
    each(P.SEALED, "content"),
    fact=False,
)
declare(
    "reporting.CardEvent",
    each(P.PROCESS, "card step kind happened_on version institution op_id recorded_at recorded_by"),
    each(P.NAMING, "card_no"),
    each(P.PERSONAL, "from_code to_code reason note"),
    fact=False,
)
declare(
    "reporting.CardDraft",
    each(P.PROCESS, "form hospital county card_id report_id own_diagnosis sent ended_at saved_at saved_by"),
    each(P.NAMING, "name"),
    each(P.SEALED, "body"),
    each(P.CLINICAL, "dx_on discharged_on"),
    fact=False,
)
declare(
    "reporting.AddressSearch",
    each(
        P.PROCESS,
        "card_id person station asker asked_on asked_at asked_by op_id answered_on answered_at answered_by",
    ),
    each(P.NAMING, "name"),
    each(P.SEALED, "number last_address found_detail"),
    each(P.PERSONAL, "sex outcome found_place note"),
    fact=False,
)
declare(
    "reporting.SharedFacts",
    each(P.PROCESS, "card_id person kind basis fields receiver shared_on shared_at shared_by"),
    each(P.PERSONAL, "receiver_code"),
    fact=False,
)
HASHED["reporting.Card"] = {"number_hash": Hashed("id", "number"), "phone_hash": Hashed("phone", "phone")}
