"""Whole cards as a hospital would fill them in."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.numbers import id_number

BORN = date(1985, 7, 8)


def card_record(name: str, village: str, *, serial: int, sex: str = "1", **changes: Any) -> dict[str, Any]:
    """A complete report card of type 2; a change to None leaves the answer out."""
    birth = changes.pop("birth_on", BORN)
    record = {
        "report_type": "2",
        "patient_source": "1",
        "outpatient_no": "M20261101",
        "name": name,
        "id_kind": "01",
        "id_number": id_number(birth, sex, serial),
        "sex": sex,
        "birth_on": birth.isoformat(),
        "ethnic": "01",
        "education": "7",
        "marital": "2",
        "employment": "3",
        "contact_name": "李守望",
        "contact_phone": "13900000000",
        "guardian_relation": "1",
        "live_place": village,
        "live_detail": "3组12号",
        "hukou_kind": "2",
        "hukou_type": "001",
        "hukou_same": "1",
        "mental_kin": "2",
        "onset_on": "2024",
        "treated_before": "0",
        "admissions": "0",
        "past_locked": "1",
        "past_danger": ["7"],
        "past_risk": "0",
        "sender": ["2"],
        "dx_hospital": "双桥县安康医院",
        "diagnosed_on": "2026-11-16",
        "icd10": "F20.9",
        "consent": "1",
        "signer": "1",
        "signed_on": "2026-11-16",
        "no_medication": "0",
        "drugs": [{"drug": "利培酮片", "spec": "1mg", "unit": "mg", "morning": "1", "night": "2"}],
        "doctor": "沈文",
        "filled_on": "2026-11-17",
        "dept_phone": "0951-6012345",
    } | changes
    return {key: value for key, value in record.items() if value is not None}


def discharge_record(**changes: Any) -> dict[str, Any]:
    """A complete discharge form."""
    record = {
        "inpatient_no": "Z20261001",
        "admitted_on": "2026-10-12",
        "discharged_on": "2026-11-13",
        "times_admitted": "1",
        "icd10": "F20.9",
        "diagnosed_on": "2026-10-20",
        "past_danger": ["7"],
        "past_risk": "0",
        "effect": "2",
        "rehab": ["1", "4"],
        "notes": "按时服药，两周后复诊",
        "no_medication": "0",
        "drugs": [{"drug": "利培酮片", "unit": "mg", "night": "3"}],
        "no_medication_after": "0",
        "drugs_after": [
            {
                "drug": "棕榈酸帕利哌酮",
                "long_acting": "1",
                "unit": "mg",
                "dose": "100",
                "every": "1",
                "every_unit": "month",
            }
        ],
        "doctor": "沈文",
        "dept_phone": "0951-6012345",
        "filled_on": "2026-11-14",
    } | changes
    return {key: value for key, value in record.items() if value is not None}


#: What the filing screen asks besides the card.
MISSING = {
    "committee_contact": "王主任",
    "committee_phone": "13900000001",
    "economy": "2",
    "past_symptoms": ["1", "3"],
    "last_effect": "2",
}
