"""The questions of the two forms: which, in which parts, by which component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Problem
from xinqiao.registry.choices import printed
from xinqiao.registry.forms import Question
from xinqiao.registry.rules.fields import Field
from xinqiao.registry.shown import word_of
from xinqiao.web.fields import Field as Asked
from xinqiao.web.fields import Spec, build, two_to_a_line

from ..choices import EVERY_UNIT
from ..rules import SECTIONS, fields_of
from ..rules.drugs import MOST
from ..rules.fields import DRUG_LISTS
from .reading import ELSEWHERE

SHOW_WHEN = {
    "outpatient_no": "patient_source=1",
    "id_number": "id_kind!=00",
    "no_id_reason": "id_kind=00",
    "nationality": "id_kind=03,99",
    "hukou_kind_reason": "hukou_kind=3",
    "hukou_same": "hukou_type=001,002,003,004",
    "hukou_code": "hukou_type=001,002,003,004",
    "hukou_detail": "hukou_type=001,002,003,004",
    "first_treated_on": "treated_before=1",
    "sender_other": "sender=9",
    "notified_on": "report_type=1",
    "notifier": "report_type=1",
    "consent": "report_type=2",
    "signer": "consent",
    "signed_on": "consent",
    "incapacity_note": "signer=2",
    "rehab_note": "rehab=5",
}
DEFAULTS = {"id_kind": printed.RESIDENT_ID, "ethnic": "01"}
#: Long lists are selects; so many choices still fit on buttons.
_BUTTONS = 9
_SELECTS = frozenset({"id_kind", "ethnic", "education", "employment", "live_place"})


@dataclass(frozen=True, slots=True)
class DrugRow:
    """One row of drugs: its number, its fields by name, and whether anything stands in it."""

    number: int
    fields: Mapping[str, Asked]
    filled: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the page: rows of questions, and of drugs where the part holds a list of them."""

    key: str
    title: str
    rows: Sequence[Sequence[Question]]
    drugs: Sequence[DrugRow] = ()
    drugs_when: str = ""
    error: str = ""
    needed: int = 0
    wrong: int = 0
    spare: Sequence[DrugRow] = field(default_factory=tuple)


def parts(
    form: str,
    values: Mapping[str, Any],
    problems: Iterable[Problem] = (),
    *,
    places: Sequence[tuple[str, str]],
) -> list[Part]:
    """The whole form with what was typed and what is wrong with it. `places`: (code, words) of the county to choose from."""
    listed = list(problems)
    made = build(_specs(form, places), values, listed)
    found = []
    for key, title in SECTIONS[form]:
        questions, drugs = [], ""
        for asked in fields_of(form, key):
            if asked.key in DRUG_LISTS:
                drugs = asked.key
                continue
            questions.append(Question(made[asked.key], _widget(asked)))
            if asked.key == "live_place":
                questions.append(Question(made["live_other"], "text"))
        rows = _drug_rows(drugs, values, listed) if drugs else []
        shown = max([one.number for one in rows if one.filled] + [0]) + 1
        wrong = sum(1 for one in questions if one.field.error)
        wrong += sum(1 for row in rows for one in row.fields.values() if one.error)
        error = next((one.message for one in listed if one.field == drugs), "") if drugs else ""
        found.append(
            Part(
                key, _(title), two_to_a_line(questions), rows[:shown], f"{DRUG_LISTS[drugs]}=0" if drugs else "", error,
                sum(1 for one in questions if one.field.required), wrong + bool(error), rows[shown:],
            )
        )  # fmt: skip
    return found


def _specs(form: str, places: Sequence[tuple[str, str]]) -> Iterable[Spec]:
    for asked in fields_of(form):
        if asked.key in DRUG_LISTS:
            continue
        choices: Sequence[tuple[str, Any]] = [
            (one.code, word_of(asked.codes, one.label)) for one in asked.codes
        ]
        if asked.key == "live_place":
            choices = [*places, (ELSEWHERE, _("其他县区"))]
        extra: dict[str, Any] = {"show_when": SHOW_WHEN.get(asked.key, "")}
        if asked.key == "inpatient_no" and form == "F03":
            extra["show_when"] = "patient_source=2"
        if asked.kind == "phone":
            extra["inputmode"] = "tel"
        if asked.kind == "int":
            extra["unit"] = _("次")
        elif asked.kind in {"text", "id_number", "phone"}:
            extra["maxlength"] = asked.longest
        if alone := next((one.code for one in asked.codes if one.exclusive), ""):
            extra["none_code"] = alone
        yield Spec(
            asked.key,
            _(asked.label),
            choices,
            required=asked.need == "always" or asked.key == "id_number",
            hint=_(asked.hint) if asked.hint else "",
            many=asked.kind == "multi",
            extra=extra,
        )
        if asked.key == "live_place":
            hint = _("12 位村（社区）代码；住址不详时可只写到县 6 位或乡镇 9 位")
            yield Spec(
                "live_other",
                _("其他县区的区划代码"),
                hint=hint,
                extra={"show_when": f"live_place={ELSEWHERE}", "maxlength": 12},
            )


def _widget(asked: Field) -> str:
    if asked.key == "notes":
        return "textarea"
    if asked.kind == "single":
        return "select" if asked.key in _SELECTS or len(asked.codes) > _BUTTONS else "segmented"
    kinds = {"multi": "checks", "date": "date", "int": "number", "bool": "check"}
    return "select" if asked.key in _SELECTS else kinds.get(asked.kind, "text")


def _drug_rows(key: str, values: Mapping[str, Any], problems: Sequence[Problem]) -> list[DrugRow]:
    wrong = {one.field: one.message for one in reversed(problems)}
    return [_drug_row(key, number, values, wrong) for number in range(1, MOST + 1)]


def _drug_row(key: str, number: int, values: Mapping[str, Any], wrong: Mapping[str, str]) -> DrugRow:
    head = f"{key}.{number}"
    kinds = [("0", _("口服")), ("1", _("长效针剂"))]
    oral, depot = f"{head}.long_acting=0", f"{head}.long_acting=1"

    def one(part: str, label: str, **extra: Any) -> Asked:
        name = f"{head}.{part}"
        default = "0" if part == "long_acting" else "mg" if part == "unit" else ""
        return Asked(
            name=name, label=label, value=values.get(name) or default, error=wrong.get(name, ""), **extra
        )

    made = {
        "drug": one("drug", _("药名"), maxlength=60),
        "spec": one("spec", _("规格"), maxlength=40),
        "code": one("code", _("编码"), maxlength=30),
        "long_acting": one("long_acting", _("剂型"), choices=kinds),
        "unit": one("unit", _("单位"), maxlength=10),
        "morning": one("morning", _("早"), show_when=oral, inputmode="decimal"),
        "noon": one("noon", _("中"), show_when=oral, inputmode="decimal"),
        "night": one("night", _("晚"), show_when=oral, inputmode="decimal"),
        "dose": one("dose", _("每次剂量"), show_when=depot, inputmode="decimal"),
        "every": one("every", _("每隔"), show_when=depot, inputmode="numeric"),
        "every_unit": one(
            "every_unit", _("间隔单位"), show_when=depot, choices=[(c.code, _(c.label)) for c in EVERY_UNIT]
        ),
    }
    filled = any(
        values.get(f"{head}.{part}")
        for part in ("drug", "spec", "code", "morning", "noon", "night", "dose", "every")
    )
    return DrugRow(number, made, filled or any(field.error for field in made.values()))
