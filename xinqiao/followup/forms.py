"""From what was typed on the visit form to the answers of the record, and back to fields that keep every typed letter.

Shape only: what may stand together is decided by `rules.check_record`. Answers to questions that do not apply (the form
shows them all where JavaScript is off) are left out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from xinqiao.kernel.errors import Problem
from xinqiao.registry import rules as registry
from xinqiao.registry.rules import narrow
from xinqiao.web.fields import Field

from .rules import FIELDS
from .rules.classify import missing

DRUG_ROWS = 6
DRUG_INPUTS = ("drug", "long_acting", "morning", "noon", "night", "dose", "every", "every_unit", "unit")
_VISIT = ("visit_date", "form", "form_detail", "targets")
_SIGNED = ("doctor", "co_visitors", "note")
#: Answers to `ending` and the questions that then apply; "1" (reached) asks everything but the ends.
ENDINGS: dict[str, frozenset[str]] = {
    "2": frozenset({*_VISIT, *_SIGNED, "lost_reason", "lost_note"}),
    "3": frozenset({*_VISIT, *_SIGNED, "death_date", "death_cause", "death_disease", "death_note"}),
    "4": frozenset({*_VISIT, *_SIGNED, "hospital", "planned_on", "planned_reason"}),
}
_ENDS_ONLY = frozenset(
    {"lost_reason", "lost_note", "death_date", "death_cause", "death_disease", "death_note"}
)
#: What an ending cannot do without: with it missing nothing else can be judged.
DECIDES = {"2": "lost_reason", "3": "death_date"}
#: Field → (field it hangs on, answers for which it is asked).
HANGS_ON: dict[str, tuple[str, tuple[str, ...]]] = {
    "form_detail": ("form", ("3",)),
    "lost_note": ("lost_reason", ("5",)),
    "death_disease": ("death_cause", ("1",)),
    "death_note": ("death_cause", ("6",)),
    "symptoms_note": ("symptoms", ("12",)),
    "last_discharge": ("hospital", ("2",)),
    "lab_note": ("lab", ("2",)),
    "adr_note": ("adr", ("2",)),
    "adr_severity": ("adr", ("2",)),
    "adr_acute": ("adr", ("2",)),
    "physical_note": ("physical_severity", ("1", "2")),
    "drugs": ("adherence", ("1", "2")),
    "untreated_reason": ("adherence", ("3",)),
    "refer_reason": ("refer_suggest", ("2",)),
    "refer_to": ("referred", ("2",)),
    "rehab_note": ("rehab", ("5",)),
    "class_reason": ("visit_class", ("2", "3")),
}
#: What is no judgement and may be carried over from the last visit, to be looked through again.
CARRIED = (
    "form",
    "form_detail",
    "targets",
    "sleep",
    "diet",
    "soc_selfcare",
    "soc_housework",
    "soc_work",
    "soc_study",
    "soc_interpersonal",
    "physical_severity",
    "physical_note",
    "effect",
    "drugs",
    "drug_advice",
    "rehab",
    "rehab_note",
)
#: Where a problem is shown that has no control of its own.
_SHOWN_AT = {"danger_acts": "danger_any"}


@dataclass(slots=True)
class Typed:
    """What came with the form: `record` for the rules, `problems` of shape, `values` as typed, for showing again."""

    record: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    risk_reason: str = ""


def read_visit(post: QueryDict) -> Typed:
    """Read one submitted visit form."""
    found = Typed(values=typed_values(post))
    ending = post.get("ending") or "1"
    if ending not in ("1", *ENDINGS):
        found.problems.append(
            Problem("ending", "wrong_value", _("“本次结果”应为已访到、目前住院、失访或死亡"), ending[:20])
        )
        ending = "1"
    applies = ENDINGS.get(ending, frozenset(FIELDS) - _ENDS_ONLY)
    for key, spec in FIELDS.items():
        if key not in applies or key == "due_on" or not _asked(key, post):
            continue
        value = _read(key, spec.kind, post, found)
        if value is not None and value != "" and value != []:
            found.record[key] = value
    if ending == "4":
        found.record["hospital"] = "1"
    if ending in DECIDES and DECIDES[ending] not in found.record:
        found.problems.append(missing(DECIDES[ending]))
    if found.record.get("symptoms") == ["0"]:
        # no symptoms and "basically gone" are one statement
        found.record.setdefault("symptom_severity", "1")
    if found.record.get("risk") != 0 or post.get("danger_any") != "1":
        found.record.pop("risk_confirmed_reason", None)
    found.risk_reason = post.get("risk_reason", "").strip()
    return found


def applies_to(typed: Typed, key: str) -> bool:
    """Whether the question is asked at all, the result of the visit being what was ticked."""
    return key in ENDINGS.get(typed.values.get("ending") or "1", {key})


def typed_values(post: QueryDict) -> dict[str, Any]:
    """Everything as it was typed, lists for multiple choice."""
    many = {key for key, spec in FIELDS.items() if spec.kind == "multi"}
    return {key: (post.getlist(key) if key in many else post.get(key, "")) for key in {*post, *many}}


def values_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """A stored record as the form would have been filled in: for amending, and for what is carried over."""
    values: dict[str, Any] = {}
    for key, value in record.items():
        kind = FIELDS[key].kind
        if kind == "date":
            values[key] = value.isoformat()
        elif kind == "bool":
            values[key] = "1" if value else "0"
        elif kind == "texts":
            values[key] = "、".join(value)
        elif kind == "counts":
            values["danger_any"] = "1" if any(value.values()) else "0"
            values.update({f"danger_acts.{code}": str(count) for code, count in value.items() if count})
        elif kind == "drugs":
            for index, row in enumerate(value):
                values.update({f"{key}.{index}.{name}": _plain(item) for name, item in row.items()})
        elif kind == "multi":
            values[key] = list(value)
        else:
            values[key] = str(value)
    if record:
        values["ending"] = (
            "3"
            if record.get("death_date")
            else "2"
            if record.get("lost_reason")
            else "4"
            if record.get("hospital") == "1" and record.get("risk") is None
            else "1"
        )
    return values


def in_words(key: str, value: Any) -> str:
    """One stored answer in words, for reading and for the grey text of last time."""
    spec = FIELDS[key]
    match spec.kind:
        case "date":
            return str(value.isoformat())
        case "bool":
            return _("是") if value else _("否")
        case "multi":
            return _("、").join(_(spec.label_of(code)) for code in sorted(value, key=int))
        case "texts":
            return "、".join(value)
        case "counts":
            said = [
                _("%(kind)s %(n)s 次") % {"kind": _(spec.label_of(code)), "n": count}
                for code, count in sorted(value.items())
                if count
            ]
            return _("、").join(said) or _("无")
        case "drugs":
            return _("；").join(drug_words(row) for row in value)
        case "int" | "single":
            return str(_(spec.label_of(str(value))))
    return str(value)


def drug_words(row: Mapping[str, Any]) -> str:
    """利培酮片 早 2 晚 2 mg, or 长效 每 4 周 1 次 每次 100 mg."""
    unit = row.get("unit", "mg")
    units = {"day": _("天"), "week": _("周"), "month": _("月")}
    parts = [str(row.get("drug", ""))]
    times = [(_("早"), "morning"), (pgettext("dose", "中"), "noon"), (_("晚"), "night")]
    daily = [f"{label} {_plain(row[key])}" for label, key in times if row.get(key)]
    if daily:
        parts.append(" ".join(daily) + f" {unit}")
    if row.get("every") or row.get("long_acting"):
        every = f"{_plain(row.get('every', ''))} {units.get(row.get('every_unit', ''), '')}".strip()
        dose = f"{_plain(row.get('dose', ''))} {unit}".strip()
        parts.append(_("长效，每 %(every)s 1 次，每次 %(dose)s") % {"every": every, "dose": dose})
    return " ".join(parts)


# ── fields ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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


def place(problems: Iterable[Problem]) -> list[Problem]:
    """Problems under the names of the controls that show them, each sentence once."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        moved = replace(problem, field=_SHOWN_AT.get(problem.field, problem.field))
        seen.setdefault((moved.field, moved.message), moved)
    return list(seen.values())


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def read_date(text: str) -> date | str:
    """2026-11-21, 2026/11/21, 20261121, 2026年11月21日; what cannot be read comes back as typed."""
    return registry.read_date(text) or text.strip()


def _asked(key: str, post: QueryDict) -> bool:
    hangs = HANGS_ON.get(key)
    return hangs is None or any(answer in hangs[1] for answer in post.getlist(hangs[0]))


def _read(key: str, kind: str, post: QueryDict, found: Typed) -> Any:
    text = post.get(key, "").strip()
    match kind:
        case "date":
            return read_date(text) if text else None
        case "int":
            plain = narrow(text)
            return int(plain) if re.fullmatch(r"[0-9]{1,3}", plain) else text
        case "bool":
            return {"1": True, "0": False}.get(text, text)
        case "multi":
            return sorted(set(post.getlist(key)))
        case "texts":
            return [name for name in re.split(r"[、，,;；\s]+", text) if name]
        case "counts":
            return _counts(post, found)
        case "drugs":
            return _drugs(key, post)
    return text


def _counts(post: QueryDict, found: Typed) -> dict[str, Any] | None:
    answer = post.get("danger_any", "")
    if answer == "0":
        return {code.code: 0 for code in FIELDS["danger_acts"].codes}
    if answer != "1":
        return None
    counts: dict[str, Any] = {}
    for code in FIELDS["danger_acts"].codes:
        name = f"danger_acts.{code.code}"
        text = narrow(post.get(name, ""))
        if not text:
            continue
        if re.fullmatch(r"[0-9]{1,3}", text):
            counts[code.code] = int(text)
        else:
            message = _("“%(kind)s”的次数“%(value)s”无效，应为 0 到 999 的整数") % {
                "kind": _(code.label),
                "value": text[:20],
            }
            found.problems.append(Problem(name, "wrong_value", message, text[:20]))
    if not any(counts.values()) and not any(p.field.startswith("danger_acts.") for p in found.problems):
        found.problems.append(Problem("danger_any", "missing", _("“危险行为”选了“有”，请至少填写一种的次数")))
    return counts


def _drugs(key: str, post: QueryDict) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index in range(DRUG_ROWS):
        given = {name: post.get(f"{key}.{index}.{name}", "").strip() for name in DRUG_INPUTS}
        if not any(value for name, value in given.items() if name not in ("every_unit", "unit")):
            continue
        row: dict[str, Any] = {"drug": given["drug"], "unit": given["unit"] or "mg"}
        if given["long_acting"]:
            row["long_acting"] = True
        for name in ("morning", "noon", "night", "dose", "every"):
            if given[name]:
                row[name] = _number(given[name])
        if given["every"]:
            row["every_unit"] = given["every_unit"] or "week"
        rows.append(row)
    return rows


def _number(text: str) -> Any:
    plain = narrow(text)
    if re.fullmatch(r"[0-9]{1,6}", plain):
        return int(plain)
    return float(plain) if re.fullmatch(r"[0-9]{1,6}\.[0-9]{1,3}", plain) else text


def _plain(value: Any) -> str:
    if value is True:
        return "1"
    if value is False or value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
