"""Whole records as somebody would type them: keys and codes of the two registers of fields."""

from __future__ import annotations

from datetime import date
from typing import Any

from .numbers import id_number


def person_record(
    name: str, village: str, *, filed_on: date, serial: int, sex: str = "1", **changes: Any
) -> dict[str, Any]:
    """A complete person of division 99 who lives in `village`."""
    birth_on = changes.pop("birth_on", date(1985, 7, 8))
    return {
        "name": name,
        "id_kind": "01",
        "id_number": id_number(birth_on, sex, serial),
        "sex": sex,
        "birth_on": birth_on.isoformat(),
        "ethnic": "01",
        "live_code": village,
        "live_detail": "1组8号",
        "hukou_kind": "2",
        "guardian_name": "李守望",
        "guardian_relation": "1",
        "guardian_phone": "13900000000",
        "committee_contact": "王主任",
        "committee_phone": "13900000001",
        "employment": "3",
        "economy": "2",
        "onset_on": "2010",
        "past_symptoms": ["1", "3"],
        "past_locked": "1",
        "past_outpatient": "2",
        "admissions": 0,
        "first_antipsychotic_on": "2011-05-01",
        "past_danger": {},
        "icd10": "F20.9",
        "dx_hospital": "演示市精神卫生中心",
        "diagnosed_on": "2011-04-20",
        "last_effect": "2",
        "report_type": "2",
        "consent": "1",
        "signer": "1",
        "signed_on": filed_on.isoformat(),
        "filed_on": filed_on.isoformat(),
    } | changes


def visit_record(on: date, **changes: Any) -> dict[str, Any]:
    """A complete, calm visit at home: proposes class 3."""
    return {
        "visit_date": on.isoformat(),
        "form": "2",
        "targets": ["1"],
        "risk": 0,
        "symptoms": ["0"],
        "symptom_severity": "1",
        "insight": "1",
        "sleep": "1",
        "diet": "1",
        "soc_selfcare": "1",
        "soc_housework": "1",
        "soc_work": "2",
        "soc_study": "2",
        "soc_interpersonal": "2",
        "danger_acts": {},
        "locked": "1",
        "hospital": "0",
        "lab": "1",
        "adherence": "1",
        "adr": "1",
        "adr_severity": "0",
        "physical_severity": "0",
        "effect": "2",
        "refer_suggest": "1",
        "referred": "1",
        "drugs": [
            {"drug": "奥氮平", "long_acting": False, "morning": 0, "noon": 0, "night": 10, "unit": "mg"}
        ],
        "doctor": "周大夫",
    } | changes


def unstable_visit(on: date, **changes: Any) -> dict[str, Any]:
    """Obvious symptoms and risk 3: proposes class 1."""
    return visit_record(on, risk=3, symptoms=["1", "3"], symptom_severity="3", insight="3", **changes)


def exam_record(on: date, **changes: Any) -> dict[str, Any]:
    """A whole yearly exam without anything unusual."""
    return {
        "exam_date": on.isoformat(),
        "outcome": "1",
        "consent_by": "1",
        "org": "演示镇卫生院",
        "general": "1",
        "sbp": 118,
        "dbp": 76,
        "weight": "62.5",
        "wbc": "6.2",
        "neutrophils": "58",
        "lymphocytes": "32",
        "alt": "21",
        "glucose": "5.1",
        "glucose_kind": "1",
        "ecg": "1",
        "refer_suggest": "1",
        "doctor": "周大夫",
    } | changes
