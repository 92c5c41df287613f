"""Made-up people, written straight to the tables as the owner; ID numbers start with 99."""

from __future__ import annotations

from datetime import date, datetime, time
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from xinqiao.kernel.ids import uuid7
from xinqiao.places.models import Institution
from xinqiao.registry.choices import LifeEventKind, ResponsibilityKind
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.models import Consent, Diagnosis, Identifier, LifeEvent, Person, Responsibility

from .numbers import id_number

_serial = count(1)


def at(day: date) -> datetime:
    """Noon in Shanghai."""
    return datetime.combine(day, time(12), tzinfo=ZoneInfo("Asia/Shanghai"))


def make_person(
    managing_code: str, institution: Institution, *, filed_on: date = date(2020, 3, 1), **fields: Any
) -> Person:
    """A registered person with an ID number, a diagnosis, consent, and the institution that counts."""
    birth_on = fields.pop("birth_on", date(1985, 7, 8))
    sex = fields.pop("sex", "1")
    id_no = fields.pop("id_no", None) or id_number(birth_on, sex)
    person = Person.objects.create(
        managing_code=managing_code,
        op_id=uuid7(),
        name=fields.pop("name", f"张{next(_serial)}"),
        sex=sex,
        birth_on=birth_on,
        filed_on=filed_on,
        recorded_at=at(filed_on),
        **fields,
    )
    common: dict[str, Any] = {"person": person, "managing_code": managing_code, "recorded_at": at(filed_on)}
    Identifier.objects.create(
        **common,
        number=id_no,
        number_hash=keyed_hash("id", id_no),
        last4_hash=keyed_hash("last4", id_no[-4:]),
        valid_from=filed_on,
    )
    Diagnosis.objects.create(**common, icd10="F20.9", category="1", happened_on=filed_on)
    Consent.objects.create(**common, basis="consent", decision="1", signer="patient", happened_on=filed_on)
    LifeEvent.objects.create(**common, kind=LifeEventKind.FILED, happened_on=filed_on)
    for kind in (ResponsibilityKind.COUNTING, ResponsibilityKind.RESPONSIBLE):
        Responsibility.objects.create(
            **common, kind=kind, institution=institution, counted_code=managing_code, valid_from=filed_on
        )
    return person
