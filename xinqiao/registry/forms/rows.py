"""The questions of one dated row, what was typed, and what a row holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Problem
from xinqiao.web.fields import Spec, build

from ..rules.dated import DatedKind
from ..rules.fields import Field
from ..scoped import Fact
from ..shown import word_of
from ..tables import answers_of
from .questions import Question

_LONG_LIST = 6
#: The form's own name of `kind`, which is also a parameter of the address.
_NAME = {"kind": "kind_of"}


def _widget(asked: Field) -> str:
    if asked.key == "group":
        return "select"
    if asked.kind == "single":
        return "segmented" if len(asked.codes) <= _LONG_LIST else "select"
    return {"multi": "checks", "date": "date", "int": "text"}.get(asked.kind, "text")


def questions_of(
    kind: DatedKind,
    values: Mapping[str, Any],
    problems: Iterable[Problem],
    offered: Mapping[str, Sequence[tuple[str, str]]],
    *,
    held: Fact | None = None,
) -> list[Question]:
    """All questions of a kind and the two days. Sealed answers of `held` stay hidden: empty changes nothing."""
    specs = []
    widgets: dict[str, str] = {}
    for asked in kind.fields:
        if kind.key == "household" and asked.key == "other":
            continue
        name = _NAME.get(asked.key, asked.key)
        sealed = held is not None and asked.private and bool(getattr(held, asked.key, ""))
        extra: dict[str, Any] = {}
        if asked.kind == "phone":
            extra["inputmode"] = "tel"
        if asked.kind == "money":
            extra |= {"unit": _("元"), "inputmode": "decimal"}
        if asked.kind in {"text", "phone", "division"}:
            extra["maxlength"] = asked.longest
        if kind.key == "support" and asked.key in {"amount", "per"}:
            extra["show_when"] = "answer=1"
        hint = _("已填写；不填就不改") if sealed else asked.hint and _(asked.hint)
        choices = offered.get(asked.key, [(one.code, word_of(asked.codes, one.label)) for one in asked.codes])
        if asked.key == "division_code" and offered.get("village"):
            specs.append(
                Spec("village", _("所在村（社区）"), offered["village"], hint=_("外地的在下面填代码"))
            )
            widgets["village"] = "select"
        required = asked.need == "always" and not sealed and asked.key != "division_code"
        specs.append(
            Spec(
                name,
                _(asked.label),
                choices,
                required=required,
                hint=hint,
                many=asked.kind == "multi",
                extra=extra,
            )
        )
        widgets[name] = _widget(asked)
    specs += [
        Spec("valid_from", _(kind.from_label), required=True),
        Spec("valid_to", _("至"), hint=_("现在仍是这样就空着")),
    ]
    widgets |= {"valid_from": "date", "valid_to": "date"}
    named = [replace_field(problem) for problem in problems]
    made = build(specs, values, named)
    return [Question(made[spec.name], widgets[spec.name]) for spec in specs]


def replace_field(problem: Problem) -> Problem:
    """The problem under the form's name of its question."""
    return replace(problem, field=_NAME.get(problem.field, problem.field))


def record_of_row(kind: DatedKind, typed: QueryDict) -> dict[str, Any]:
    """The answers of a sent page; empty ones are left out. A chosen village stands for a typed code."""
    record: dict[str, Any] = {}
    for asked in kind.fields:
        name = _NAME.get(asked.key, asked.key)
        if asked.kind == "multi":
            if chosen := typed.getlist(name):
                record[asked.key] = chosen
        elif value := typed.get(name, "").strip():
            record[asked.key] = value
    village = typed.get("village", "").strip()
    if village and "division_code" in {one.key for one in kind.fields}:
        record.setdefault("division_code", village)
    for key in ("valid_from", "valid_to"):
        if value := typed.get(key, "").strip():
            record[key] = value
    return record


def values_of_row(kind: DatedKind, row: Fact) -> dict[str, Any]:
    """What a row holds under the form's names, without what is sealed."""
    keys = tuple(asked.key for asked in kind.fields if not asked.private)
    values = {
        _NAME.get(key, key): value
        for key, value in answers_of(kind.key, row, keys).items()
        if value is not None
    }
    for key in ("expires_on", "valid_from", "valid_to"):
        if (day := getattr(row, key, None)) is not None:
            values[key] = day.isoformat()
    if values.get("amount") is not None:
        values["amount"] = f"{values['amount']:f}"
    return values
