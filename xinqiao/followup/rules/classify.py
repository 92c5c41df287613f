"""The class of a visit: from the answers of the form through a small normaliser to the decision table.

Nothing is guessed: an answer that is missing, unknown or of another type is Invalid, never a class. The same steps
stand in `policy/static/policy/rules.js`. Clauses: N3/class/1–3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.kernel.codes import NATION, ancestors, full_code
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.periods import read_day
from xinqiao.kernel.words import Sentence, joined, sentence, term
from xinqiao.policy.policies import PolicySet, released_policies
from xinqiao.policy.tables import DecisionTable

from .fields import FIELDS, SOCIAL_KEYS, Field

CLASS_KEYS = ("risk", "symptoms", "symptom_severity", "insight", *SOCIAL_KEYS, "adr", "physical_severity")
_SEVERITY = {"1": "gone", "2": "present", "3": "obvious"}
_LEVEL = {"1": 1, "2": 2, "3": 3}


@dataclass(frozen=True, slots=True)
class Classification:
    """A proposed class: "1" unstable, "2" basically stable, "3" stable, or None when the form leaves it open (lost,
    dead, in hospital with the clinical items blank). `reason` is Chinese; `clause` is an id of the clause file."""

    visit_class: str | None
    reason: str
    clause: str
    policy_version: str


def classify(
    record: Mapping[str, Any],
    *,
    policies: PolicySet | None = None,
    on: date | None = None,
    division: str = NATION,
) -> Classification:
    """Propose the class of one F08 record (keys of FIELDS; other keys are ignored here).

    `on` is the day whose rules hold: by default the record's `visit_date`, else the newest rules. Raises Invalid with
    one Problem per missing, unknown or contradicting answer; PolicyMissing when no rule holds.
    """
    rules = policies or released_policies()
    if not _blank(record.get("death_date")) or not _blank(record.get("lost_reason")):
        return Classification(None, sentence("失访或死亡，不作分类"), "N3/form/lost-or-dead", rules.version)
    if record.get("hospital") == "1" and any(_blank(record.get(key)) for key in CLASS_KEYS):
        return Classification(
            None, sentence("目前正在住院，临床项目未填全，不作分类"), "N18/in-hospital", rules.version
        )
    day = on or _visit_date(record) or date.max
    places = ancestors(full_code(division))
    switch = rules.at("followup/partial_insight", on=day, ancestors=places).value
    table: DecisionTable = rules.at("followup/classification", on=day, ancestors=places).value
    decision = table.evaluate(derive(record, partial_insight=switch))
    return Classification(decision.outcome, term(decision.reason), decision.clause, rules.version)


def derive(record: Mapping[str, Any], *, partial_insight: str = "partial") -> dict[str, int | str]:
    """The inputs of the decision table from the answers of the form. Invalid names every answer that will not do.

    `insight_recovered` takes partial insight as basically recovered for this visit, whatever the place's rule says."""
    problems: list[Problem] = []

    def single(key: str) -> str | None:
        value = record.get(key)
        field = FIELDS[key]
        if _blank(value):
            problems.append(missing(key))
        elif isinstance(value, str) and value in field.labels:
            return value
        else:
            problems.append(wrong(key, value))
        return None

    risk = record.get("risk")
    if risk is None:
        problems.append(missing("risk"))
    elif type(risk) is not int or not 0 <= risk <= 5:
        problems.append(wrong("risk", risk))

    severity = single("symptom_severity")
    symptoms = record.get("symptoms")
    if symptoms is None or symptoms == []:
        problems.append(missing("symptoms"))
    elif (
        not isinstance(symptoms, list | tuple)
        or any(not isinstance(item, str) or item not in FIELDS["symptoms"].labels for item in symptoms)
        or len(set(symptoms)) != len(symptoms)
    ):
        problems.append(wrong("symptoms", symptoms))
    elif "0" in symptoms and len(symptoms) > 1:
        problems.append(
            Problem(
                "symptoms",
                "exclusive",
                sentence("“目前症状”选了“无明显症状”，就不能再选其他症状"),
                ",".join(symptoms),
            )
        )
    elif severity is not None and ("0" in symptoms) is not (severity == "1"):
        problems.append(contradiction_of_symptoms(severity))

    insight = single("insight")
    recovered = record.get("insight_recovered")
    if recovered is not None and type(recovered) is not bool:
        problems.append(wrong("insight_recovered", recovered))
    social = [single(key) for key in SOCIAL_KEYS]
    adr = single("adr")
    grave_reaction = _grave_reaction(record, adr, single, problems)
    physical = single("physical_severity")
    if problems or severity is None or insight is None or type(risk) is not int:
        raise Invalid(problems)
    worst = max((_LEVEL[level] for level in social if level in _LEVEL), default=1)
    return {
        "risk": risk,
        "symptoms": _SEVERITY[severity],
        "insight": {
            "1": "recovered",
            "2": "recovered" if recovered is True else partial_insight,
            "3": "lacking",
        }[insight],
        "social": {1: "good", 2: "fair", 3: "poor"}[worst],
        "adr": "severe_or_acute" if grave_reaction else "not_severe",
        "physical": "severe" if physical == "2" else "not_severe",
    }


def _grave_reaction(record: Mapping[str, Any], adr: str | None, single: Any, problems: list[Problem]) -> bool:
    severity, acute = record.get("adr_severity"), record.get("adr_acute")
    if adr == "2":
        severity = single("adr_severity")
        if severity == "0":
            problems.append(
                Problem(
                    "adr_severity",
                    "contradiction",
                    sentence("“药物不良反应”为“有”时，“不良反应严重程度”应为轻、中或重"),
                    "0",
                )
            )
        if acute is None:
            problems.append(missing("adr_acute"))
        elif type(acute) is not bool:
            problems.append(wrong("adr_acute", acute))
        return severity == "3" or acute is True
    if not _blank(severity) and not (isinstance(severity, str) and severity in FIELDS["adr_severity"].labels):
        problems.append(wrong("adr_severity", severity))
    elif adr in ("1", "9") and not _blank(severity) and severity != "0":
        problems.append(
            Problem(
                "adr_severity",
                "contradiction",
                sentence("“药物不良反应”不是“有”，“不良反应严重程度”应为“无”"),
                str(severity),
            )
        )
    if acute is not None and type(acute) is not bool:
        problems.append(wrong("adr_acute", acute))
    elif adr in ("1", "9") and acute is True:
        problems.append(
            Problem(
                "adr_acute",
                "contradiction",
                sentence("“药物不良反应”不是“有”，“急性不良反应”应为“否”"),
                "是",
            )
        )
    return False


def missing(key: str) -> Problem:
    field = FIELDS[key]
    wanted: str = ""
    if field.codes:
        wanted = sentence("，应为：%(right)s", right=codes_of(field))
    return Problem(
        key, "missing", sentence("“%(label)s”未填写%(wanted)s", label=term(field.label), wanted=wanted)
    )


def wrong(key: str, value: object) -> Problem:
    """The value is not on the list of the field, or not of its type."""
    field = FIELDS[key]
    shown = str(value)[:40]
    right: str
    if field.kind == "int":
        right = sentence("%(low)s 到 %(high)s 的整数", low=field.low, high=field.high)
    elif field.kind == "bool":
        right = sentence("是（true）或否（false）")
    elif field.kind == "date":
        right = sentence("日期，如 2026-11-21")
    elif field.codes:
        right = codes_of(field)
        if field.kind == "multi":
            right = sentence("以下代码的列表，不重复：%(right)s", right=right)
    else:
        right = sentence("不超过 %(longest)s 字的文字", longest=field.longest)
    return Problem(
        key,
        "wrong_value",
        sentence(
            "“%(label)s”的值“%(shown)s”无效，应为：%(right)s",
            label=term(field.label),
            shown=shown,
            right=right,
        ),
        shown,
    )


def codes_of(field: Field) -> Sentence:
    """The printed codes with their labels, in the order of the form."""
    return joined(
        sentence("%(code)s %(label)s", code=code.code, label=term(code.label)) for code in field.codes
    )


def contradiction_of_symptoms(severity: str) -> Problem:
    return Problem(
        "symptom_severity",
        "contradiction",
        sentence("“目前症状”为“无明显症状”时“精神症状程度”应为“基本消失”，有症状时应为“仍有”或“明显”"),
        severity,
    )


def _visit_date(record: Mapping[str, Any]) -> date | None:
    value = record.get("visit_date")
    if isinstance(value, date):
        return value
    try:
        return read_day(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _blank(value: object) -> bool:
    return value is None or value == "" or value == []
