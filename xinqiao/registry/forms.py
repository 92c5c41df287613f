"""From a typed page to a record and back: shape only, nothing is decided or saved here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.masks import mask_id, mask_phone
from xinqiao.web.fields import Field as Asked
from xinqiao.web.fields import Spec, build

from .choices import printed
from .queries import PersonPage
from .rules import FIELDS, SECTIONS, Field, in_section
from .shown import onset_words

#: Asked on paper of another edition, or decided elsewhere.
NOT_ASKED = frozenset({"form_edition", "hukou_code"})
#: Asked only when another question has a certain answer (see the page's conditional module).
SHOW_WHEN = {
    "id_number": "id_kind!=00",
    "no_id_reason": "id_kind=00",
    "past_symptoms_note": "past_symptoms=12",
    "notified_on": "report_type=1",
    "notifier": "report_type=1",
    "signer": "consent",
    "signer_name": "consent",
    "signed_on": "consent",
    "incapacity_note": "signer=2",
}
DEFAULTS = {"id_kind": printed.RESIDENT_ID, "ethnic": "01", "report_type": "2"}
_LONG_LIST = 6
_SHORT = frozenset({"text", "date", "number", "select"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the template asks it: the field and the component that draws it; `counts` for numbers of acts."""

    field: Asked
    widget: str
    counts: Sequence[Asked] = ()


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    rows: Sequence[Sequence[Question]]


def widget_of(asked: Field) -> str:
    """Choices are buttons as long as there are few; longer lists are selects."""
    if asked.kind == "single":
        return "segmented" if len(asked.codes) <= _LONG_LIST else "select"
    if asked.key == "worker":
        return "select"
    if asked.key == "specialist_advice":
        return "textarea"
    return {
        "multi": "checks",
        "date": "date",
        "int": "number",
        "bool": "check",
        "division": "select" if asked.key == "live_code" else "text",
        "counts": "counts",
    }.get(asked.kind, "text")


def sections(
    values: Mapping[str, Any],
    problems: Iterable[Problem] = (),
    *,
    villages: Sequence[tuple[str, str]],
    workers: Sequence[tuple[str, str]],
) -> list[Section]:
    """The whole form with what was typed and what is wrong with it. `villages` are (code, words), `workers` (user name,
    words) to choose from."""
    listed = list(problems)
    offered = {"live_code": villages, "worker": workers}
    made = build([_spec(asked, offered) for asked in _asked()], values, listed)
    result = []
    for key, title in SECTIONS:
        questions = []
        for asked in in_section(key):
            if asked.key not in made:
                continue
            counts = _counts(asked, values) if asked.kind == "counts" else ()
            questions.append(Question(made[asked.key], widget_of(asked), counts))
        result.append(Section(key, _(title), _rows(questions)))
    return result


def _rows(questions: Sequence[Question]) -> list[list[Question]]:
    """Short answers stand two to a line at the desk, choices and long answers have a line of their own."""
    rows: list[list[Question]] = []
    for question in questions:
        short = question.widget in _SHORT and not question.field.show_when
        if (
            short
            and rows
            and len(rows[-1]) == 1
            and rows[-1][0].widget in _SHORT
            and not rows[-1][0].field.show_when
        ):
            rows[-1].append(question)
        else:
            rows.append([question])
    return rows


def _asked() -> list[Field]:
    return [asked for asked in FIELDS.values() if asked.key not in NOT_ASKED]


def _spec(asked: Field, offered: Mapping[str, Sequence[tuple[str, str]]]) -> Spec:
    choices = offered.get(asked.key, [(one.code, _(one.label)) for one in asked.codes])
    extra: dict[str, Any] = {"show_when": SHOW_WHEN.get(asked.key, "")}
    if asked.kind == "phone":
        extra["inputmode"] = "tel"
    if asked.kind == "counts":
        extra["none_code"] = printed.NO_DANGER
    if asked.kind == "int":
        extra["unit"] = _("次")
    elif asked.kind in {"text", "id_number", "phone"}:
        extra["maxlength"] = asked.longest
    return Spec(
        asked.key,
        _(asked.label),
        choices,
        required=asked.need == "always" or asked.key == "id_number",
        hint=_("不选时由服务该村的机构负责人承担") if asked.key == "worker" else asked.hint,
        many=asked.kind in {"multi", "counts"},
        extra=extra,
    )


def _counts(asked: Field, values: Mapping[str, Any]) -> list[Asked]:
    """A number for each kind of act, asked when that kind is chosen."""
    return [
        Asked(
            name=f"{asked.key}.{one.code}",
            label=_(one.label),
            value=values.get(f"{asked.key}.{one.code}") or "",
            unit=_("次"),
            show_when=f"{asked.key}={one.code}",
        )
        for one in asked.codes
        if not one.exclusive
    ]


#: Parts of the form that bring a known file up to date, and what is left out of them: masked, or an act of its own.
UPDATED = ("identity", "place", "family", "illness", "diagnosis")


def update_sections(
    values: Mapping[str, Any],
    masked: Mapping[str, str],
    problems: Iterable[Problem] = (),
    *,
    villages: Sequence[tuple[str, str]],
) -> list[Section]:
    """The form for a file that is there. Masked answers stand beside empty fields; empty changes nothing."""
    result = []
    for section in sections(values, problems, villages=villages, workers=()):
        if section.key not in UPDATED:
            continue
        rows = [[_masked(question, masked) for question in row] for row in section.rows]
        result.append(Section(section.key, section.title, rows))
    return result


def _masked(question: Question, masked: Mapping[str, str]) -> Question:
    name = question.field.name
    if name not in masked:
        return question
    asked = replace(
        question.field,
        hint=_("现在是 %(now)s；不填就不改") % {"now": masked[name] or _("空")},
        required=False,
    )
    return Question(asked, question.widget, question.counts)


def values_of(page: PersonPage) -> dict[str, Any]:
    """The present answers of a file under the form's keys; what is encrypted is left out."""
    person, live = page.person, page.address("live")
    values: dict[str, Any] = {
        asked.key: getattr(person, asked.key)
        for asked in _asked()
        if hasattr(person, asked.key)
        and asked.kind not in {"counts", "bool", "partial_date"}
        and not asked.private
    }
    values["birth_on"] = person.birth_on.isoformat()
    if person.first_antipsychotic_on:
        values["first_antipsychotic_on"] = person.first_antipsychotic_on.isoformat()
    values["no_guardian"] = "1" if person.no_guardian else ""
    values["onset_on"] = onset_words(person)
    values["past_danger"] = [code for code, n in person.past_danger.items() if n] or [printed.NO_DANGER]
    values |= {f"past_danger.{code}": n for code, n in person.past_danger.items()}
    values["live_code"] = live.division_code if live else person.managing_code
    values["id_kind"] = page.identifier.kind if page.identifier else printed.NO_DOCUMENT
    if page.present_guardians:
        guardian = page.present_guardians[0]
        values |= {"guardian_name": guardian.name, "guardian_relation": guardian.relation}
    if page.diagnosis:
        one = page.diagnosis
        values |= {
            "icd10": one.icd10,
            "dx_hospital": one.hospital,
            "diagnosed_on": one.happened_on.isoformat(),
        }
    return values


def masked_of(page: PersonPage) -> dict[str, str]:
    """What is encrypted, as it may be shown without unmasking."""
    guardian = page.present_guardians[0] if page.present_guardians else None
    live, hukou = page.address("live"), page.address("hukou")
    return {
        "id_number": mask_id(page.identifier.number) if page.identifier else "",
        "phone": mask_phone(page.person.phone),
        "live_detail": _("已填写") if live and live.detail else "",
        "hukou_detail": _("已填写") if hukou and hukou.detail else "",
        "guardian_phone": mask_phone(guardian.phone) if guardian else "",
        "guardian_address": _("已填写") if guardian and guardian.address else "",
    }


def record_of(typed: QueryDict) -> dict[str, Any]:
    """The answers of a sent page as a record for the rules; empty answers are left out."""
    record: dict[str, Any] = {}
    for asked in _asked():
        if asked.kind == "counts":
            chosen = typed.getlist(asked.key)
            if chosen:
                record[asked.key] = {code: typed.get(f"{asked.key}.{code}") or "1" for code in chosen}
        elif asked.kind == "multi":
            if chosen := typed.getlist(asked.key):
                record[asked.key] = chosen
        elif value := typed.get(asked.key, "").strip():
            record[asked.key] = value
    return record


def check_questions(values: Mapping[str, Any], problems: Iterable[Problem] = ()) -> dict[str, Asked]:
    """The questions of the first step: a whole ID number, or four facts together."""
    sex = [(one.code, _(one.label)) for one in printed.SEX[:2]]
    return build(
        [
            Spec("id_number", _("身份证号"), extra={"maxlength": 30, "inputmode": "text"}),
            Spec("name", _("姓名"), extra={"maxlength": 30}),
            Spec("sex", _("性别"), sex),
            Spec("birth_on", _("出生日期")),
            Spec("guardian_phone", _("监护人电话"), extra={"maxlength": 30, "inputmode": "tel"}),
        ],
        values,
        problems,
    )
