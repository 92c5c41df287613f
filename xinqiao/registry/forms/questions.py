"""The questions of a person's form: which, in which parts, by which component."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Problem
from xinqiao.web.fields import Field as Asked
from xinqiao.web.fields import Spec, build, two_to_a_line

from ..choices import printed
from ..rules import FIELDS, SECTIONS, Field, in_section
from ..shown import word_of

#: Asked with the rows of addresses.
NOT_ASKED = frozenset({"hukou_code"})
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
    "guardian_subsidy_amount": "guardian_subsidy=1",
    "disability_level": "disability_cert=1",
    "disability_no": "disability_cert=1",
    "allergies_note": "allergies=5",
    "past_diseases_note": "past_diseases=6,12,13",
    "hereditary_note": "hereditary=2",
    "disabilities_note": "disabilities=8",
    "education": "form_edition=2017",
    "occupation": "form_edition=2017",
}
#: Lists whose codes mean other things on the older print: asked beside, under `KEY.2011`.
BY_EDITION = {"education": printed.EDUCATION_BY_EDITION, "occupation": printed.OCCUPATION_BY_EDITION}
OLDER = "2011"
#: Parts nobody must fill in: folded until they hold something.
FOLDED = frozenset({"support", "health", "surroundings"})
DEFAULTS = {
    "id_kind": printed.RESIDENT_ID,
    "form_edition": printed.CURRENT_EDITION,
    "ethnic": "01",
    "report_type": "2",
}
_LONG_LIST = 6


@dataclass(frozen=True, slots=True)
class Question:
    """One question as the template asks it: the field and the component that draws it; `counts` for numbers of acts and for
    the time of each disease, `rows` for several things with a name and a time each."""

    field: Asked
    widget: str
    counts: Sequence[Asked] = ()
    rows: Sequence[tuple[Asked, Asked]] = ()


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str
    rows: Sequence[Sequence[Question]]
    needed: int = 0
    answered: int = 0
    wrong: int = 0

    @property
    def folded(self) -> bool:
        """Whether it may stay closed: optional, empty, and nothing is wrong in it."""
        return self.key in FOLDED and not self.answered and not self.wrong


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
        "dated_codes": "dated",
        "events": "events",
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
    made = build([_spec(asked, offered) for asked in asked_fields()], values, listed)
    result = []
    for key, title in SECTIONS:
        questions = []
        for asked in in_section(key):
            if asked.key not in made:
                continue
            questions += _questions(asked, made[asked.key], values)
        fields = [question.field for question in questions]
        result.append(
            Section(
                key, _(title), two_to_a_line(questions),
                needed=sum(1 for one in fields if one.required),
                answered=sum(1 for one in questions if one.field.value not in ("", [], None) or (one.rows and one.rows[0][0].value)),
                wrong=sum(1 for one in fields if one.error),
            )
        )  # fmt: skip
    return result


def _questions(asked: Field, made: Asked, values: Mapping[str, Any]) -> list[Question]:
    if asked.kind in {"counts", "dated_codes"}:
        return [Question(made, widget_of(asked), _counts(asked, values))]
    if asked.kind == "events":
        return [Question(made, "events", rows=_event_rows(asked, values))]
    if asked.key in BY_EDITION:
        older = replace(
            made,
            name=f"{asked.key}.{OLDER}",
            label=_("%(what)s（2011年及更早版本）") % {"what": made.label},
            choices=[(one.code, _(one.label)) for one in BY_EDITION[asked.key][OLDER]],
            value=values.get(f"{asked.key}.{OLDER}", ""),
            show_when=f"form_edition={OLDER}",
            error="",
        )
        return [Question(made, "select"), Question(older, "select")]
    return [Question(made, widget_of(asked))]


def _event_rows(asked: Field, values: Mapping[str, Any]) -> list[tuple[Asked, Asked]]:
    """Two lines at least, and one more than there are."""
    filled = [
        n for n in range(1, 11) if values.get(f"{asked.key}.{n}.name") or values.get(f"{asked.key}.{n}.on")
    ]
    return [
        (
            Asked(
                f"{asked.key}.{n}.name", _("名称"), values.get(f"{asked.key}.{n}.name") or "", maxlength=60
            ),
            Asked(f"{asked.key}.{n}.on", _("时间"), values.get(f"{asked.key}.{n}.on") or "", maxlength=10),
        )
        for n in range(1, min(max([0, *filled]) + 2, 10) + 1)
    ]


def asked_fields() -> list[Field]:
    return [asked for asked in FIELDS.values() if asked.key not in NOT_ASKED]


def _spec(asked: Field, offered: Mapping[str, Sequence[tuple[str, str]]]) -> Spec:
    choices = offered.get(asked.key, [(one.code, word_of(asked.codes, one.label)) for one in asked.codes])
    extra: dict[str, Any] = {"show_when": SHOW_WHEN.get(asked.key, "")}
    if asked.kind == "phone":
        extra["inputmode"] = "tel"
    alone = next((one.code for one in asked.codes if one.exclusive), "")
    if asked.kind in {"counts", "multi", "dated_codes"} and alone:
        extra["none_code"] = alone
    if asked.kind == "money":
        extra |= {"unit": _("元"), "inputmode": "decimal", "maxlength": 12}
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
        many=asked.kind in {"multi", "counts", "dated_codes"},
        extra=extra,
    )


def _counts(asked: Field, values: Mapping[str, Any]) -> list[Asked]:
    """A number for each kind of act, a time for each disease: asked when that kind is chosen."""
    timed = asked.kind == "dated_codes"
    return [
        Asked(
            name=f"{asked.key}.{one.code}",
            label=_("%(what)s确诊时间") % {"what": _(one.label)} if timed else _(one.label),
            value=values.get(f"{asked.key}.{one.code}") or "",
            unit="" if timed else _("次"),
            show_when=f"{asked.key}={one.code}",
        )
        for one in asked.codes
        if not one.exclusive
    ]


#: Parts of the form that bring a known file up to date, and what is left out of them: masked, or an act of its own.
UPDATED = ("identity", "place", "family", "illness", "diagnosis", "support", "health", "surroundings")


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
        result.append(replace(section, rows=rows))
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
    return replace(question, field=asked)


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
