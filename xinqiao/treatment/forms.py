"""The exam's form: from a typed page to a record and back. Nothing is decided or saved here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Problem
from xinqiao.web.fields import Field as Asked
from xinqiao.web.fields import Spec, build

from .models import Exam, ExamRefusal
from .rules import FIELDS, Field
from .rules.findings import usual

#: Asked only when another answer says so, beside what the outcome decides.
SHOW_WHEN = {
    "general_note": "general=2",
    "ecg_note": "ecg=2",
    "refused_note": "outcome=2",
    "refused_reason": "outcome=2",
}
#: The page: (heading, lines of fields). Fields of one line stand side by side at the desk.
PAGE: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("", (("exam_date", "outcome"), ("refused_reason",), ("refused_note",))),
    ("同意与机构", (("consent_by",), ("org", "doctor"))),
    (
        "检查结果",
        (
            ("general",),
            ("general_note",),
            ("sbp", "dbp"),
            ("weight", "alt"),
            ("wbc",),
            ("neutrophils", "lymphocytes"),
            ("glucose", "glucose_kind"),
            ("ecg",),
            ("ecg_note",),
            ("missing_reason",),
        ),
    ),
    ("结论", (("advice",), ("refer_suggest",))),
)


@dataclass(frozen=True, slots=True)
class Question:
    """A field and the component that draws it."""

    field: Asked
    widget: str


def page(
    values: Mapping[str, Any], problems: Iterable[Problem] = (), *, sex: str
) -> list[tuple[str, list[list[Question]]]]:
    """Headings with their lines of questions, filled with what was typed and what is wrong with it."""
    made = build([_spec(one, sex) for one in FIELDS.values()], values, list(problems))
    return [
        (
            _(heading) if heading else "",
            [[Question(made[key], _widget(FIELDS[key])) for key in line] for line in lines],
        )
        for heading, lines in PAGE
    ]


def record_of(typed: Mapping[str, Any]) -> dict[str, Any]:
    """What a page sent, under the keys of the register; other keys belong to the page."""
    return {key: typed[key] for key in FIELDS if typed.get(key) not in (None, "")}


def values_of(fact: Exam | ExamRefusal) -> dict[str, str]:
    """A stored row as the form would have sent it."""
    values = {
        key: "" if getattr(fact, key, None) is None else str(getattr(fact, key))
        for key in FIELDS
        if hasattr(fact, key)
    }
    outcome = "1" if isinstance(fact, Exam) else "2"
    return {**values, "exam_date": fact.happened_on.isoformat(), "outcome": outcome}


def _widget(asked: Field) -> str:
    if asked.kind == "single":
        return "segmented"
    if asked.key in ("advice",):
        return "textarea"
    return {"date": "date", "int": "number", "decimal": "number"}.get(asked.kind, "text")


def _spec(asked: Field, sex: str) -> Spec:
    extra: dict[str, Any] = {
        "show_when": SHOW_WHEN.get(asked.key, "outcome=1" if asked.outcome == "1" else "")
    }
    if asked.unit:
        extra["unit"] = asked.unit
    if asked.kind == "decimal":
        extra["inputmode"] = "decimal"
    if asked.kind == "text":
        extra["maxlength"] = asked.longest
    bounds = usual(asked.key, sex, {})
    hint = _("通常 %(low)s ~ %(high)s") % {"low": bounds[0], "high": bounds[1]} if bounds else ""
    if asked.key == "missing_reason":
        hint = _("有一项没有做时填写")
    if asked.key == "advice":
        hint = _("有异常时填写")
    if asked.key == "glucose":
        hint = _("空腹通常低于 6.1，随机低于 11.1")
    return Spec(
        asked.key,
        _(asked.label),
        [(one.code, _(one.label)) for one in asked.codes],
        required=asked.need and asked.outcome in ("", "1"),
        hint=hint,
        extra=extra,
    )


def problems_first(problems: Sequence[Problem]) -> list[Problem]:
    """In the order of the page."""
    order = {key: index for index, key in enumerate(FIELDS)}
    return sorted(problems, key=lambda one: order.get(one.field, 99))
