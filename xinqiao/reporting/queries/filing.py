"""From a card to a file: what the card answers of the personal forms, and whether somebody of that number has a file here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.kernel.codes import county_of, level_of
from xinqiao.kernel.terms import Level
from xinqiao.registry.choices import printed
from xinqiao.registry.models import Identifier, Person

from ..choices import Form, State
from ..models import Card
from ..rules import from_json

#: Answers that both forms ask under the same key.
SAME = (
    "name", "id_kind", "id_number", "no_id_reason", "sex", "ethnic", "education", "marital", "employment", "hukou_kind",
    "hukou_code", "hukou_detail", "contact_name", "contact_phone", "guardian_relation", "mental_kin", "past_locked", "admissions",
    "icd10", "dx_hospital", "report_type", "notifier", "consent", "signer", "incapacity_note",
)  # fmt: skip
#: One answer in several boxes: whoever takes the first takes the others.
TOGETHER: Mapping[str, tuple[str, ...]] = {
    "id_number": ("id_kind",),
    "icd10": ("diagnosed_on", "dx_hospital"),
    "guardian_name": ("guardian_relation", "guardian_phone"),
    "live_code": ("live_detail",),
    "hukou_code": ("hukou_detail",),
}
DATES = ("birth_on", "diagnosed_on", "notified_on", "signed_on")


def record_of(card: Card) -> dict[str, Any]:
    """The card's answers under the keys of the registry's forms; only what the card really says."""
    clean = from_json(card.form, card.content)
    record: dict[str, Any] = {key: clean[key] for key in SAME if clean.get(key) not in (None, "", [])}
    record |= {key: clean[key].isoformat() for key in DATES if key in clean}
    record["form_edition"] = printed.CURRENT_EDITION
    record["report_card_no"] = card.card_no
    if card.place and level_of(card.place) is Level.VILLAGE:
        record["live_code"] = card.place
    if detail := card.located_detail or clean.get("live_detail", ""):
        record["live_detail"] = detail
    if (home := clean.get("hukou_code")) and card.place:
        record["resident_kind"] = "1" if county_of(home) == county_of(card.place) else "2"
    record["guardian_name"], record["guardian_phone"] = clean["contact_name"], clean["contact_phone"]
    onset, precision = clean["onset_on"]
    record["onset_on"] = onset.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)]
    first = clean.get("first_treated_on")
    if first is not None and first[1] == "day":
        record["first_antipsychotic_on"] = first[0].isoformat()
    if clean.get("treated_before") == "0" and not clean.get("admissions"):
        record["past_outpatient"] = "1"
    danger = [code for code in clean.get("past_danger", ()) if code != printed.NO_DANGER]
    record["past_danger"] = dict.fromkeys(danger, 1)
    if "consent" in clean:
        signs = {"1": clean["name"], "2": clean["contact_name"]}
        record["signer_name"] = signs.get(clean.get("signer", ""), "")
    if (effect := _last_effect(card)) is not None:
        record["last_effect"] = effect
    return record


def _last_effect(card: Card) -> str | None:
    """From the newest discharge form that came with the card."""
    later = (
        card.discharges.exclude(state__in=[State.WITHDRAWN, State.RETURNED])
        .order_by("-discharged_on")
        .first()
    )
    return from_json(Form.DISCHARGE, later.content).get("effect") if later is not None else None


def known_here(card: Card) -> list[Person]:
    """Files in the own area with the card's document number; without a number, with the same name, sex and birth date."""
    if card.number_hash is not None:
        rows = Identifier.objects.filter(number_hash=card.number_hash, voided_at=None).select_related(
            "person"
        )
        return list({one.person_id: one.person for one in rows}.values())
    return list(Person.objects.filter(name=card.name, sex=card.sex, birth_on=card.birth_on)[:5])


def danger_of_both(file: Mapping[str, int], card: Mapping[str, int]) -> dict[str, int]:
    """Kinds of dangerous acts with how often: a card says only that it happened, so it never lowers what the file counts."""
    return {code: max(int(file.get(code, 0)), int(card.get(code, 0))) for code in {*file, *card}}


@dataclass(frozen=True, slots=True)
class Compared:
    """One answer: what the file says, what the card says. `gap`: the file says nothing."""

    key: str
    file: Any
    card: Any

    @property
    def gap(self) -> bool:
        return self.file in (None, "", [], {})


def compared(file: Mapping[str, Any], record: Mapping[str, Any], keys: Sequence[str]) -> list[Compared]:
    """The answers in which a card differs from a file, in the order of the keys; what goes together is one line."""
    found: list[Compared] = []
    within: set[str] = set()
    for key in keys:
        new = record.get(key)
        if key in within or new in (None, "", []):
            continue
        old = file.get(key)
        if _plain(old) != _plain(new):
            found.append(Compared(key, old, new))
            within |= set(TOGETHER.get(key, ()))
    return [one for one in found if one.key not in within]


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): int(n) for key, n in value.items() if n}
    if isinstance(value, (list, tuple)):
        return sorted(str(one) for one in value)
    return "" if value is None else str(value)
