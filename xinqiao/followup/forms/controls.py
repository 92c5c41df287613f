"""The controls of the form: every question with its choices, what was typed, what was wrong, and last time in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xinqiao.kernel.errors import Problem
from xinqiao.web.fields import Field

from ..rules import FIELDS
from .questions import DRUG_INPUTS, DRUG_ROWS, HANGS_ON
from .reading import place
from .words import in_words


def visit_fields(
    values: Mapping[str, Any], problems: Iterable[Problem] = (), previous: Mapping[str, Any] | None = None
) -> dict[str, Field]:
    """All fields of the form by name; `previous` is the last record, shown as words beside each."""
    wrong: dict[str, str] = {}
    for problem in place(problems):
        wrong.setdefault(problem.field, problem.message)
    last = previous or {}
    made: dict[str, Field] = {}

    def add(name: str, label: Any, **extra: Any) -> None:
        many = extra.pop("many", False)
        value = values.get(name, [] if many else "")
        made[name] = Field(name=name, label=label, value=value, error=wrong.get(name, ""), **extra)

    for key, spec in FIELDS.items():
        if spec.kind in ("counts", "drugs"):
            continue
        choices = [(code.code, _(code.label)) for code in spec.codes]
        if key == "risk":
            choices = [(code, code) for code, _words in choices]
        if spec.kind == "bool":
            choices = [("0", _("否")), ("1", _("是"))]
        hangs = HANGS_ON.get(key)
        add(
            key,
            _(spec.label),
            many=spec.kind == "multi",
            choices=choices,
            required=spec.need == "always" or (spec.need == "conditional" and key not in ("planned_reason",)),
            show_when=f"{hangs[0]}={','.join(hangs[1])}" if hangs else "",
            previous=in_words(key, last[key]) if key in last and key in _SHOW_LAST else "",
            none_code="0" if key == "symptoms" else "",
            maxlength=spec.longest if spec.kind == "text" else None,
            input_type="date" if spec.kind == "date" else "text",
        )
    made["symptom_severity"] = replace(made["symptom_severity"], show_when="symptoms&symptoms!=0")
    made["risk_confirmed_reason"] = replace(made["risk_confirmed_reason"], show_when="risk=0&danger_any=1")
    made["planned_reason"] = replace(made["planned_reason"], required=False, hint=_("晚于应访日时填写"))
    made["planned_on"] = replace(made["planned_on"], hint=_("可早于应访日；不填则按应访日"))
    made["co_visitors"] = replace(made["co_visitors"], hint=_("姓名之间用顿号隔开"))
    made["risk"] = replace(
        made["risk"],
        hint=_(
            "0 无；1 口头威胁、喊叫；2 在家打砸财物，劝得住；3 打砸财物，劝不住；4 持续打砸，针对财物或人，含自伤自杀；5 持械伤人、纵火、爆炸"
        ),
    )
    add(
        "ending",
        _("本次结果"),
        choices=[("1", _("已访到")), ("4", _("目前住院")), ("2", _("失访")), ("3", _("死亡"))],
        required=True,
    )
    last_acts = in_words("danger_acts", last["danger_acts"]) if "danger_acts" in last else ""
    add(
        "danger_any",
        _("危险行为"),
        choices=[("0", _("无")), ("1", _("有"))],
        required=True,
        previous=last_acts,
    )
    for code in FIELDS["danger_acts"].codes:
        add(f"danger_acts.{code.code}", _(code.label), unit=_("次"), inputmode="numeric", maxlength=3)
    add(
        "risk_reason",
        _("下调理由"),
        required=True,
        maxlength=200,
        hint=_("由 3 级及以上下调，须另一人确认，确认前按原等级计"),
    )
    add(
        "amend_reason",
        _("更正理由"),
        required=True,
        maxlength=200,
        hint=_("改了什么、为什么改；两版都留存，可以对照"),
    )
    _drug_fields(values, wrong, made)
    return made


_SHOW_LAST = frozenset(FIELDS) - {
    "visit_date",
    "doctor",
    "note",
    "due_on",
    "planned_on",
    "planned_reason",
    "class_reason",
}


def _drug_fields(values: Mapping[str, Any], wrong: Mapping[str, str], made: dict[str, Field]) -> None:
    for group in ("drugs", "drug_advice"):
        made[group] = Field(
            name=group, label=_(FIELDS[group].label), error=wrong.get(group, ""), required=group == "drugs"
        )
        for index in range(DRUG_ROWS):
            for name in DRUG_INPUTS:
                full = f"{group}.{index}.{name}"
                made[full] = Field(
                    name=full,
                    label=_DRUG_LABELS[name](),
                    value=values.get(full, ""),
                    error=wrong.get(full, ""),
                    inputmode="" if name == "drug" else "decimal",
                    maxlength=80 if name == "drug" else 8,
                    choices=[("week", _("周")), ("day", _("天")), ("month", _("月"))]
                    if name == "every_unit"
                    else (),
                )


_DRUG_LABELS = {
    "drug": lambda: _("药名"),
    "long_acting": lambda: _("长效针剂"),
    "morning": lambda: _("早"),
    "noon": lambda: pgettext("dose", "中"),
    "night": lambda: _("晚"),
    "dose": lambda: _("每次剂量"),
    "every": lambda: _("每隔"),
    "every_unit": lambda: _("单位"),
    "unit": lambda: _("剂量单位"),
}


def drug_rows(fields: Mapping[str, Field], group: str) -> list[tuple[int, bool]]:
    """(row, shown): rows that hold something or have an error, and one empty one; the rest wait behind "再加一种"."""
    used = [
        index
        for index in range(DRUG_ROWS)
        if any(
            fields[f"{group}.{index}.{name}"].value or fields[f"{group}.{index}.{name}"].error
            for name in DRUG_INPUTS
        )
    ]
    last = max(used, default=-1) + 1
    return [(index, index in used or index == last) for index in range(DRUG_ROWS)]
