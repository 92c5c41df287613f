"""The answers of one follow-up record that belong together: a class, and findings from which the rule gives that class."""

from __future__ import annotations

from random import Random
from typing import Any

from .drugs import Row

STABLE, BASIC, UNSTABLE = "3", "2", "1"
_SYMPTOMS = ("1", "2", "3", "4", "5", "6", "8", "10", "11")
_POOR = "3"
_ADR = ("口干、便秘", "体重增加", "嗜睡", "手抖", "静坐不能", "流涎")
_ACUTE = ("急性肌张力障碍", "粒细胞减少", "恶性综合征可疑")
_PHYSICAL = ("高血压，服药控制", "2型糖尿病，血糖平稳", "慢性支气管炎", "冠心病，病情平稳")
_SEVERE = ("脑卒中急性期", "重度肺部感染", "糖尿病酮症酸中毒")
_EVENTS = ("家人外出务工", "丧亲", "搬家", "邻里纠纷", "子女结婚")


def answers(
    rng: Random, visit_class: str, adherence: str, drugs: list[Row], *, calm: bool = False
) -> dict[str, Any]:
    """Items 7–29 of a visit of that class. `calm`: unstable without danger to anybody (risk below 3)."""
    record: dict[str, Any] = {
        "risk": 0,
        "symptoms": ["0"],
        "symptom_severity": "1",
        "insight": "1",
        "sleep": _good(rng, 0.8),
        "diet": _good(rng, 0.86),
        "soc_selfcare": _good(rng, 0.8),
        "soc_housework": _good(rng, 0.6),
        "soc_work": "9" if rng.random() < 0.2 else _good(rng, 0.4),
        "soc_study": _good(rng, 0.4),
        "soc_interpersonal": _good(rng, 0.5),
        "danger_acts": {},
        "locked": "1" if rng.random() < 0.994 else "3",
        "hospital": "0",
        "lab": "1",
        "adherence": adherence,
        "adr": "1" if adherence in ("1", "2") else "9",
        "physical_severity": "0",
        "effect": ("1" if rng.random() < 0.04 else "2") if adherence in ("1", "2") else "9",
        "refer_suggest": "1",
        "referred": "1",
    }
    if rng.random() < 0.66:
        record["rehab"] = sorted(rng.sample(("1", "2", "3", "4"), 1 if rng.random() < 0.5 else 2))
    if rng.random() < 0.12:
        record["physical_severity"] = "1"
        record["physical_note"] = rng.choice(_PHYSICAL)
    if adherence in ("1", "2") and rng.random() < 0.13:
        record |= {
            "adr": "2",
            "adr_note": rng.choice(_ADR),
            "adr_severity": rng.choice(("1", "1", "2")),
            "adr_acute": False,
        }
    if rng.random() < 0.08:
        record |= {
            "lab": "2",
            "lab_note": rng.choice(
                ("血常规、肝功能正常", "血糖 5.8 mmol/L", "血锂 0.7 mmol/L", "心电图大致正常")
            ),
        }
    if rng.random() < 0.02:
        record["life_events"] = rng.choice(_EVENTS)
    if adherence in ("1", "2"):
        record["drugs"] = [dict(row) for row in drugs]
    elif adherence == "3":
        record["untreated_reason"] = rng.choice(("自认为已好转", "家庭照看不足", "担心不良反应"))
    if visit_class == BASIC:
        _basically_stable(rng, record)
    elif visit_class == UNSTABLE:
        _unstable(rng, record, calm)
    return record


def _good(rng: Random, share: float) -> str:
    """1 良好, else 2 一般."""
    return "1" if rng.random() < share else "2"


def _basically_stable(rng: Random, record: dict[str, Any]) -> None:
    which = rng.choices(("symptoms", "insight", "social", "risk", "both"), (40, 18, 16, 12, 14))[0]
    if which in ("symptoms", "both"):
        record["symptoms"] = sorted(rng.sample(_SYMPTOMS, rng.randint(1, 2)), key=str)
        record["symptom_severity"] = "2"
    if which in ("insight", "both"):
        record["insight"] = "2"
    if which == "social":
        record[rng.choice(("soc_work", "soc_interpersonal", "soc_housework"))] = _POOR
    if which == "risk":
        record["risk"] = rng.choices((1, 2), (4, 1))[0]
        if rng.random() < 0.15:
            record["danger_acts"] = {"1": 1}
    if record["effect"] == "1":
        record["effect"] = "2"
    elif rng.random() < 0.3 and record["effect"] != "9":
        record["effect"] = "3"


def _unstable(rng: Random, record: dict[str, Any], calm: bool) -> None:
    kinds = ("danger", "symptoms", "insight", "reaction", "illness")
    which = rng.choices(kinds, (0 if calm else 34, 40, 14, 5 if record["adr"] != "9" else 0, 7))[0]
    record["symptoms"] = sorted(rng.sample(_SYMPTOMS, rng.randint(2, 4)), key=str)
    record["symptom_severity"] = "2"
    record["sleep"], record["effect"] = _POOR, "9" if record["effect"] == "9" else rng.choice(("3", "4"))
    record["insight"] = rng.choice(("1", "2", "2"))
    if which == "danger":
        risk = rng.choices((3, 4, 5), (68, 28, 4))[0]
        record["risk"] = risk
        acts = {3: ("1", "4"), 4: ("5", "1", "6"), 5: ("2", "3")}[risk]
        if rng.random() < 0.5:
            record["danger_acts"] = {rng.choice(acts): 1}
        record["symptoms"] = sorted({*record["symptoms"], "7"}, key=str)
    elif which == "symptoms":
        record["symptom_severity"] = "3"
        record["risk"] = rng.choice((0, 1, 1, 2))
    elif which == "insight":
        record["insight"] = "3"
    elif which == "reaction":
        record |= {
            "adr": "2",
            "adr_note": rng.choice(_ACUTE),
            "adr_severity": rng.choice(("2", "3")),
            "adr_acute": True,
        }
    else:
        record |= {"physical_severity": "2", "physical_note": rng.choice(_SEVERE)}
    record |= {"refer_suggest": "2", "refer_reason": "病情不稳定" if which != "reaction" else "急性不良反应"}
    if rng.random() < 0.6:
        record |= {"referred": "2", "refer_to": "演示市精神卫生中心精神科"}


def class_of(record: dict[str, Any]) -> str:
    """The class by the rule, in eight plain lines (clause N3/class/1–3): the truth's own, not the engine's.

    Empty when lost, dead, or in hospital without findings.
    """
    if "lost_reason" in record or "death_date" in record or record.get("risk") is None:
        return ""
    if record["risk"] >= 3 or record["symptom_severity"] == "3" or record["insight"] == "3":
        return UNSTABLE
    if record.get("adr_acute") or record.get("adr_severity") == "3" or record["physical_severity"] == "2":
        return UNSTABLE
    social = [
        record[key] for key in ("soc_selfcare", "soc_housework", "soc_work", "soc_study", "soc_interpersonal")
    ]
    if (
        record["risk"] == 0
        and record["symptom_severity"] == "1"
        and record["insight"] == "1"
        and "3" not in social
    ):
        return STABLE
    return BASIC
