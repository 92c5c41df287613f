"""A whole record as somebody would type it, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.county import NORTH_1
from tests.factories.numbers import id_number
from xinqiao.kernel.ids import uuid7
from xinqiao.registry.actions import NewPerson


def whole_record(**changes: Any) -> dict[str, Any]:
    """Everything the form wants; a change to None leaves the key out."""
    birth = changes.get("birth_on") or "1985-07-08"
    record: dict[str, Any] = {
        "name": "沈样例",
        "id_number": changes.get("id_number")
        or id_number(date.fromisoformat(birth), changes.get("sex") or "1"),
        "sex": "1",
        "birth_on": birth,
        "phone": "13800000001",
        "live_code": NORTH_1,
        "live_detail": "柳树村3组8号",
        "hukou_kind": "2",
        "guardian_name": "沈某",
        "guardian_relation": "5",
        "guardian_phone": "13800000002",
        "committee_contact": "王主任",
        "committee_phone": "0951-6012345",
        "employment": "3",
        "economy": "2",
        "onset_on": "2010-05",
        "past_symptoms": ["1", "3"],
        "past_locked": "1",
        "past_outpatient": "2",
        "admissions": "1",
        "first_antipsychotic_on": "2011-02-03",
        "past_danger": {"1": "1"},
        "icd10": "F20.9",
        "dx_hospital": "演示精神病医院",
        "diagnosed_on": "2011-02-03",
        "last_effect": "2",
        "consent": "1",
        "signer": "1",
        "signed_on": "2020-03-01",
        "filed_on": "2020-03-01",
    }
    record.update(changes)
    return {key: value for key, value in record.items() if value is not None}


def new_person(**changes: Any) -> NewPerson:
    """A record under a fresh operation."""
    return NewPerson(op_id=uuid7(), record=whole_record(**changes))
