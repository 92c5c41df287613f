"""From what was typed to the answers of the record. Shape only: what may stand together is decided by the rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xinqiao.kernel.errors import Problem
from xinqiao.registry import rules as registry
from xinqiao.registry.rules import narrow

from ..rules import FIELDS
from ..rules.classify import missing
from .questions import DECIDES, DRUG_INPUTS, DRUG_ROWS, ENDINGS, ENDS_ONLY, HANGS_ON, SHOWN_AT
from .words import plain


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
    applies = ENDINGS.get(ending, frozenset(FIELDS) - ENDS_ONLY)
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
                values.update({f"{key}.{index}.{name}": plain(item) for name, item in row.items()})
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


def place(problems: Iterable[Problem]) -> list[Problem]:
    """Problems under the names of the controls that show them, each sentence once."""
    seen: dict[tuple[str, str], Problem] = {}
    for problem in problems:
        moved = replace(problem, field=SHOWN_AT.get(problem.field, problem.field))
        seen.setdefault((moved.field, moved.message), moved)
    return list(seen.values())


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
