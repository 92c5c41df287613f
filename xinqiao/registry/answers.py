"""A person's file in words: every answer of both forms by parts, and dated rows as lines with what may be done to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.places import queries as places

from .actions.besides import AMOUNT, BACKGROUND, NUMBERS, SUPPORTS
from .choices import printed
from .queries import PersonPage, Record
from .rules import FIELDS, SECTIONS, Field, codes_of, in_section
from .rules.dated import DATED, DatedKind
from .shown import Shown, address_words, danger_words, onset_words

#: Shown elsewhere on the page: rows of their own, the page's head, or an act.
_ELSEWHERE = frozenset({"former_name", "live_code", "form_edition", "hukou_code", "worker", "no_guardian"})


#: Asked only after another answer: left open, they are no gap.
_FOLLOWING = frozenset(
    {AMOUNT, "disability_level", "disability_no", "past_diseases_note", "family_note", "disabilities_note"}
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the forms: answered questions in words, and the labels of those left open."""

    key: str
    title: str
    pairs: Sequence[tuple[str, str]]
    missing: Sequence[str]
    empty: Sequence[str]


def parts_of(page: PersonPage, record: Record, shown: Shown) -> list[Part]:
    """All parts in the order of the form. `missing` are answers the forms require, `empty` the optional ones left open."""
    result = []
    for key, title in SECTIONS:
        pairs, missing, empty = [], [], []
        for asked in in_section(key):
            if asked.key in _ELSEWHERE or (key == "consent" and asked.key not in {"consent"}):
                continue
            label = str(_(asked.label))
            words = _words(asked, page, record, shown)
            if asked.key == "guardian_name" and person_alone(page):
                words = str(_("无监护人"))
            if words:
                pairs.append((label, words))
            elif asked.need == "always" or asked.key in _needed(page):
                missing.append(label)
            elif asked.need == "optional" and asked.key not in _FOLLOWING:
                empty.append(label)
        if key == "consent":
            pairs = consent_pairs(page)
            missing = [] if pairs else [str(_("知情同意"))]
            empty = []
        result.append(Part(key, str(_(title)), pairs, missing, empty))
    return result


def person_alone(page: PersonPage) -> bool:
    """Recorded as without a guardian."""
    return page.person.no_guardian and not page.present_guardians


def _needed(page: PersonPage) -> set[str]:
    """Conditional answers that this file must have."""
    needed = set() if page.person.no_guardian else {"guardian_name", "guardian_relation", "guardian_phone"}
    if page.person.past_outpatient in {"2", "3"} or (page.person.admissions or 0) > 0:
        needed.add("first_antipsychotic_on")
    return needed


def consent_pairs(page: PersonPage) -> list[tuple[str, str]]:
    """Each answer to the offer of service, and the legal basis where none was needed."""
    signers = {"patient": _("本人签字"), "guardian": _("监护人签字")}
    pairs = []
    for one in page.consents:
        if one.voided_at is not None:
            continue
        day = one.happened_on.isoformat()
        if one.basis == "statutory":
            pairs.append((_("依法告知 %(day)s") % {"day": day}, one.notifier))
        else:
            words = [
                _(printed.label_of(printed.CONSENT, one.decision)),
                signers.get(one.signer, ""),
                one.signer_name,
            ]
            pairs.append(
                (
                    _("知情同意 %(day)s") % {"day": day},
                    " ".join([*filter(None, words), one.incapacity_note]).strip(),
                )
            )
    return pairs


def _words(asked: Field, page: PersonPage, record: Record, shown: Shown) -> str:
    person, key = page.person, asked.key
    guardian = page.present_guardians[0] if page.present_guardians else None
    if key.startswith("guardian_") and key not in SUPPORTS and key != AMOUNT:
        value = getattr(guardian, key.removeprefix("guardian_"), "") if guardian else ""
    elif key in BACKGROUND:
        value = getattr(record.background, key, None) if record.background else None
    elif key in SUPPORTS or key == AMOUNT:
        value = _support(key, record)
    elif key in NUMBERS:
        value = next((one.number for one in record.now("number") if one.kind == NUMBERS[key]), "")
    elif key in {"disability_level", "disability_no"}:
        held = record.now("certificate")
        value = (held[0].level if key == "disability_level" else held[0].number) if held else ""
    elif key in {"icd10", "dx_hospital", "diagnosed_on"}:
        return _diagnosis(key, page)
    elif key in {"live_detail", "hukou_detail"}:
        return address_words(page.address(key.removesuffix("_detail")), shown)
    elif key in {"id_kind", "id_number"}:
        value = (
            (page.identifier.kind if key == "id_kind" else page.identifier.number)
            if page.identifier
            else (printed.NO_DOCUMENT if key == "id_kind" else "")
        )
    elif key == "onset_on":
        return onset_words(person)
    elif key == "past_danger":
        return danger_words(person)
    else:
        value = getattr(person, key, "")
    return value_words(asked, value, shown, person.form_edition)


def _support(key: str, record: Record) -> Any:
    if key == "disability_cert" and record.now("certificate"):
        return "1"
    kind = SUPPORTS.get(key, SUPPORTS["guardian_subsidy"])
    row = next((one for one in record.now("support") if one.kind == kind), None)
    return None if row is None else row.amount if key == AMOUNT else row.answer


def _diagnosis(key: str, page: PersonPage) -> str:
    one = page.diagnosis
    if one is None:
        return ""
    if key == "icd10":
        return f"{one.icd10} {_(printed.label_of(printed.CATEGORY, one.category))}"
    return one.hospital if key == "dx_hospital" else one.happened_on.isoformat()


def value_words(asked: Field, value: Any, shown: Shown, edition: str = printed.CURRENT_EDITION) -> str:
    """A stored answer as it reads: codes by their labels, sealed ones masked unless unmasked."""
    if value is None or value == "" or value == []:
        return str(_("无")) if asked.kind == "events" and value == [] else ""
    match asked.kind:
        case "single":
            return str(_(printed.label_of(codes_of(asked, edition), str(value))))
        case "multi":
            return _("、").join(str(_(asked.label_of(code))) for code in value)
        case "dated_codes":
            return _("、").join(
                f"{_(asked.label_of(code))} {on}".strip() for code, on in value.items()
            ) or str(_("无"))
        case "events":
            return _("；").join(f"{one['name']} {one['on']}".strip() for one in value)
        case "money":
            return f"{value:f}"
        case "phone":
            return shown.phone(value) if asked.private else str(value)
    if isinstance(value, date):
        return value.isoformat()
    if not asked.private:
        return str(value)
    return (
        shown.number(str(value))
        if "number" in asked.key or asked.key.endswith("_no")
        else shown.detail(str(value))
    )


# ── dated rows ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """One row: `head` in bold, the rest as (label, words); `ref` names it in an address; `state` now, past or void."""

    ref: str
    head: str
    pairs: Sequence[tuple[str, str]]
    since: date
    until: date | None
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """All rows of a kind: those that hold, and the former and voided ones."""

    kind: str
    title: str
    now: Sequence[Line]
    former: Sequence[Line]


def lines_of(kind: str, rows: Sequence[Any], shown: Shown, title: str = "") -> Lines:
    """The rows of a kind in words, newest first."""
    described = DATED[kind]
    lines = [_line(described, row, shown) for row in rows]
    return Lines(
        kind, title or str(_(described.label)), [one for one in lines if one.state == "now"],
        [one for one in lines if one.state != "now"],
    )  # fmt: skip


def _line(kind: DatedKind, row: Any, shown: Shown) -> Line:
    words = []
    for asked in kind.fields:
        if asked.key == "group":
            words.append((str(_(asked.label)), row.group.name))
        elif asked.key == "division_code":
            words.append(
                (str(_("区划")), " ".join(name for _code, name in places.path_of(row.division_code)))
            )
        elif hasattr(row, asked.key):
            words.append((str(_(asked.label)), value_words(asked, getattr(row, asked.key), shown)))
    words = [(label, value) for label, value in words if value]
    state = "void" if row.voided_at else "past" if row.valid_to else "now"
    head = words[0][1] if words else ""
    return Line(
        f"{kind.key}-{row.pk}", head, words[1:], row.valid_from, row.valid_to, state, row.voided_reason
    )


def former_words(former: dict[str, Any], shown: Shown, edition: str) -> list[tuple[str, str]]:
    """What a person's own columns said before a change: label and words."""
    pairs = []
    for key, value in former.items():
        if key not in FIELDS:
            continue
        asked = FIELDS[key]
        if key == "onset_on":
            words = str(value or "")
        elif asked.kind == "counts":
            words = _("、").join(f"{_(asked.label_of(code))} {n}" for code, n in (value or {}).items())
        elif asked.kind == "bool":
            words = _("是") if value else _("否")
        else:
            words = value_words(asked, value, shown, edition)
        pairs.append((str(_(asked.label)), str(words) or str(_("未填写"))))
    return pairs
