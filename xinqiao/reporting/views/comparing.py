"""The card beside the file that is there: what differs, and which of it is taken over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.ids import read_uuid, uuid7
from xinqiao.kernel.masks import mask_id, mask_phone
from xinqiao.places.queries import path_of
from xinqiao.registry.actions.besides import known_besides
from xinqiao.registry.forms.values import masked_of, values_of
from xinqiao.registry.models import Person
from xinqiao.registry.queries import PersonPage, page_of_person
from xinqiao.registry.rules import FIELDS, age_on
from xinqiao.registry.rules.cycle import STATES

from .. import queries
from ..models import Card
from .common import looked_at, who

#: Not compared: who it is was recognised by these, or they are acts of their own.
_LEFT = frozenset(
    {"id_kind", "form_edition", "report_card_no", "report_type", "notified_on", "notifier", "signer", "signer_name", "signed_on",
     "incapacity_note", "resident_kind", "no_id_reason"}
)  # fmt: skip
#: What the first box is called when it stands for all of its answer.
WHOLE = {
    "icd10": gettext_lazy("诊断"),
    "guardian_name": gettext_lazy("监护人"),
    "live_code": gettext_lazy("现住址"),
    "hukou_code": gettext_lazy("户籍地址"),
}
#: What may be taken over from a card.
OFFERED = frozenset(FIELDS) - _LEFT


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the comparison. `taken`: the card's answer is chosen."""

    key: str
    label: str
    file: str
    card: str
    gap: bool
    taken: bool


def compare(
    request: HttpRequest,
    card: Card,
    known: Sequence[Person],
    chosen: UUID | None,
    problems: Sequence[Problem] = (),
    *,
    taken: Collection[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Gaps of the file are filled unless somebody says no; what differs stays unless somebody says yes."""
    actor, clock = who(request)
    person = next((one for one in known if one.pk == chosen), known[0] if known else None)
    lines: list[Difference] = []
    state, by_number = "", False
    if known:
        # The names of the others stand on the page as well.
        looked_at(request, [Card(pk=card.pk, person_id=one.pk) for one in known], kind="page")
    if person is not None:
        page = page_of_person(actor=actor, today=clock.today(), person=person)
        state = page.state.state
        by_number = _same_number(card, page)
        lines = _lines(card, page, by_number, taken)
    context = {
        "it": card,
        "person": person,
        "others": [one for one in known if person is None or one.pk != person.pk],
        "age": age_on(person.birth_on, clock.today()) if person else 0,
        "lines": lines,
        "state": state,
        "state_words": _(STATES[state]) if state else "",
        "problems": problems,
        "op_id": read_uuid(request.POST.get("op_id", "")) or uuid7(),
        "by_number": by_number,
    }
    return render(request, "reporting/compare.html", context, status=status)


def _lines(card: Card, page: PersonPage, by_number: bool, taken: Collection[str] | None) -> list[Difference]:
    person = page.person
    besides = known_besides([person.pk], {"mental_kin"})
    file = values_of(page, besides) | masked_of(page, besides)
    file["past_danger"] = person.past_danger
    consent = next((one for one in page.consents if one.voided_at is None and one.basis == "consent"), None)
    file["consent"] = consent.decision if consent else ""
    whole = queries.record_of(card)
    record = {key: _masked(key, value) for key, value in whole.items() if key in OFFERED}
    record["past_danger"] = queries.danger_of_both(person.past_danger, whole["past_danger"])
    if by_number:
        record.pop("id_number", None)
    elif file["id_number"] and file["id_number"] == record.get("id_number"):
        record["id_number"] += _("（中间几位不同）")
    found = []
    for one in queries.compared(file, record, [key for key in FIELDS if key in record]):
        rest = [_words(key, record[key]) for key in queries.TOGETHER.get(one.key, ()) if record.get(key)]
        former = [
            _words(key, file[key])
            for key in queries.TOGETHER.get(one.key, ())
            if key in record and file.get(key)
        ]
        found.append(
            Difference(
                one.key,
                str(WHOLE[one.key]) if one.key in WHOLE else _(FIELDS[one.key].label),
                " ".join([_words(one.key, one.file), *former]),
                " ".join([_words(one.key, one.card), *rest]),
                one.gap,
                one.gap if taken is None else one.key in taken,
            )
        )
    return found


def _same_number(card: Card, page: PersonPage) -> bool:
    if card.number_hash is None:
        return False
    own = [one.number_hash for one in page.identifiers if one.voided_at is None]
    return bytes(card.number_hash) in {bytes(one) for one in own}


def _masked(key: str, value: Any) -> Any:
    """As the file's side is masked, so that equal ones are equal."""
    if not FIELDS[key].private:
        return value
    if FIELDS[key].kind == "phone":
        return mask_phone(value)
    return mask_id(value) if FIELDS[key].kind == "id_number" else _("已填写")


def _words(key: str, value: Any) -> str:
    asked = FIELDS[key]
    if asked.kind == "counts":
        return "、".join(f"{_(asked.label_of(code))} {n}" for code, n in value.items() if n) or _("无")
    if value in (None, "", []):
        return ""
    if asked.kind == "division":
        return " ".join(name for _code, name in path_of(str(value))) or str(value)
    if isinstance(value, list):
        return "、".join(_(asked.label_of(one)) for one in value)
    return _(asked.label_of(str(value))) if asked.codes else str(value)
