"""Privacy classes of clues, questions to psychiatrists and rounds."""

from __future__ import annotations

from xinqiao.registry.privacy import HASHED, Hashed, Privacy, declare, each

declare(
    "screening.Clue",
    each(
        Privacy.PROCESS,
        "op_id clue_no asked sweep judged_on first_judged_on judged_by state state_on filed_on closed_on person recorded_at recorded_by"
        " row_version erased_at investigator",
    ),
    each(Privacy.NAMING, "name name_key"),
    each(
        Privacy.SEALED,
        "description id_number phone address guardian_name guardian_phone informant_name informant_relation"
        " informant_phone facts",
    ),
    each(Privacy.PERSONAL, "vagrant sex age birth_on id_hash phone_hash found_on source different_because"),
    each(
        Privacy.CLINICAL,
        "items urgent danger_told judgement look_on brought_on confirmed_on close_reason close_note",
    ),
    fact=False,
)
declare(
    "screening.ClueAct",
    each(Privacy.PROCESS, "clue op_id recorded_at recorded_by"),
    each(Privacy.PERSONAL, "kind happened_on"),
    each(Privacy.SEALED, "note"),
    fact=False,
)
declare(
    "screening.Rediagnosis",
    each(
        Privacy.PROCESS,
        "op_id clue person round purpose state hospital hospital_name asked_on asked_by asked_name answered_at"
        " answered_by recorded_at erased_at doctor corrected_on",
    ),
    each(Privacy.NAMING, "name"),
    each(Privacy.SEALED, "id_number address phone guardian_name guardian_phone question advice"),
    each(Privacy.PERSONAL, "sex age sent_by sent_on concluded_on consent returned_reason"),
    each(Privacy.CLINICAL, "urgent items diagnosed_on result category icd10 outcome look_on"),
    fact=False,
)
declare(
    "screening.RoundPerson",
    each(Privacy.PROCESS, "round person clue recorded_at recorded_by"),
    each(Privacy.PERSONAL, "purpose seen_on"),
    each(Privacy.CLINICAL, "result"),
    each(Privacy.SEALED, "note"),
    fact=False,
)
HASHED["screening.Clue"] = {
    "id_hash": Hashed("id", "id_number"),
    "phone_hash": Hashed("phone", "phone"),
}
declare(
    "screening.SweepVillage",
    each(Privacy.PROCESS, "sweep done_on done_by done_name households people note"),
    fact=False,
)
declare(
    "screening.SweepCheck",
    each(Privacy.PROCESS, "op_id village checked_on recorded_by"),
    fact=False,
)
