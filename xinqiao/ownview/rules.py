"""What a person gets to read and what not: every question of the record form once, with the reason where it is left out.

Left out is what others said, what protects those who visit, and what only runs the office; never what was found out about
the person's health. Sources: MHL 47 (own record, refused where reading harms the treatment), PIPL 45–46.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence

from .choices import ALWAYS, Asker, Footing, Section, Verdict

INFORMANT, THIRD_PARTY, SAFETY, OFFICE = "informant", "third_party", "safety", "office"
#: Questions of the record form (F08) that the summary shows under visits or drugs.
SHOWN = [
    "visit_date",
    "form",
    "symptoms",
    "symptom_severity",
    "insight",
    "sleep",
    "diet",
    "soc_selfcare",
    "soc_housework",
    "soc_work",
    "soc_study",
    "soc_interpersonal",
    "hospital",
    "last_discharge",
    "lab",
    "lab_note",
    "adherence",
    "adr",
    "adr_note",
    "adr_severity",
    "physical_severity",
    "physical_note",
    "effect",
    "drugs",
    "drug_advice",
    "recipe_3m",
    "refer_suggest",
    "refer_reason",
    "referred",
    "refer_to",
    "rehab",
    "rehab_note",
    "case_mgmt",
    "visit_class",
    "due_on",
    "planned_on",
    "doctor",
]
#: … and those it leaves out, with why. A test holds both against the form's register.
LEFT_OUT: Mapping[str, str] = {
    "targets": INFORMANT,
    "form_detail": INFORMANT,
    "lost_reason": THIRD_PARTY,
    "lost_note": THIRD_PARTY,
    "death_date": THIRD_PARTY,
    "death_cause": THIRD_PARTY,
    "death_disease": THIRD_PARTY,
    "death_note": THIRD_PARTY,
    "symptoms_note": THIRD_PARTY,
    "life_events": THIRD_PARTY,
    "untreated_reason": THIRD_PARTY,
    "note": THIRD_PARTY,
    "risk": SAFETY,
    "risk_confirmed_reason": SAFETY,
    "danger_acts": SAFETY,
    "locked": SAFETY,
    "emergency_done": SAFETY,
    "co_visitors": SAFETY,
    "insight_recovered": OFFICE,
    "adr_acute": OFFICE,
    "class_reason": OFFICE,
    "planned_reason": OFFICE,
}
#: The latest findings at which a psychiatrist is asked before the record is handed out.
GRAVE_RISK, UNSTABLE = 3, "1"


def asks_psychiatrist(risk: int | None, visit_class: str) -> bool:
    """Whether a psychiatrist must be asked first: reading may harm the treatment of somebody unstable or in danger."""
    return visit_class == UNSTABLE or (risk or 0) >= GRAVE_RISK


def unreadable(
    *, verdict: str, withdrawn: bool, handed_on: date | None, psychiatrist: str, grave: bool, today: date
) -> str:
    """Why a summary is not (or no longer) to be printed and handed out; "" when it may be. What was decided holds for the record
    as it was then: `undecided`, `withdrawn`, `handed` (on an earlier day: who wants it again asks again), or `worse` (a
    psychiatrist has to be asked now, and was not).
    """
    if withdrawn:
        return "withdrawn"
    if verdict not in (Verdict.WHOLE, Verdict.PART):
        return "undecided"
    if handed_on is not None and handed_on < today:
        return "handed"
    return "worse" if grave and not psychiatrist.strip() else ""


def check_request(
    *, asker: str, asker_name: str, relation: str, footing: str, footing_note: str, asked_on: date, born_on: date, today: date
) -> list[Problem]:  # fmt: skip
    """What is wrong with a request to see the record."""
    found = []
    if asker not in Asker.values:
        found.append(Problem("asker", "missing", sentence("请选择是本人还是监护人申请。"), asker[:20]))
    if asker == Asker.GUARDIAN:
        if not asker_name.strip():
            found.append(Problem("asker_name", "missing", sentence("监护人申请时，“申请人姓名”没有填写。")))
        if not relation.strip():
            found.append(Problem("relation", "missing", sentence("监护人申请时，“与本人关系”没有填写。")))
        if footing not in Footing.values:
            found.append(
                Problem(
                    "footing",
                    "missing",
                    sentence("监护人查阅要有依据：本人同意，或本人无能力作出决定的记录。"),
                    footing[:20],
                )
            )
        elif not footing_note.strip():
            words = {
                Footing.AGREED: sentence("“依据说明”没有填写，应写明本人在哪天、怎样表示同意。"),
                Footing.INCAPACITY: sentence("“依据说明”没有填写，应写明由谁、在哪天认定和记录。"),
            }[Footing(footing)]
            found.append(Problem("footing_note", "missing", words))
    if not born_on <= asked_on <= today:
        day = asked_on.isoformat()
        found.append(
            Problem(
                "asked_on", "range", sentence("“申请日期”%(day)s 应在出生之后、不晚于今天。", day=day), day
            )
        )
    return found


def check_verdict(
    *, verdict: str, held_back: Iterable[str], reason: str, psychiatrist: str, grave: bool
) -> list[Problem]:
    """What is wrong with a decision. What is no part of the treatment is never held back."""
    parts = set(held_back)
    found = []
    if verdict not in Verdict.values:
        found.append(Problem("verdict", "missing", sentence("请选择查阅前评估的结论。"), verdict[:20]))
    if unknown := parts - set(Section.values):
        found.append(
            Problem("held_back", "code", sentence("没有这一部分，请重新勾选。"), sorted(unknown)[0][:20])
        )
    if never := parts & ALWAYS:
        found.append(
            Problem(
                "held_back", "always",
                sentence("“%(part)s”与治疗无关，不能不给。", part=Section(sorted(never)[0]).label), sorted(never)[0],
            )
        )  # fmt: skip
    if verdict == Verdict.PART and not parts:
        found.append(Problem("held_back", "missing", sentence("请勾选暂不给的部分。")))
    if verdict in (Verdict.PART, Verdict.LATER):
        if not reason.strip():
            found.append(
                Problem("reason", "missing", sentence("暂不给时要写明可能怎样影响治疗，以及何时再议。"))
            )
        if not psychiatrist.strip():
            found.append(
                Problem("psychiatrist", "missing", sentence("暂不给由精神科医师决定，请写明医师姓名。"))
            )
    if verdict == Verdict.WHOLE and grave and not psychiatrist.strip():
        found.append(
            Problem(
                "psychiatrist",
                "missing",
                sentence("最近一次随访病情不稳定或危险性 3 级及以上：先征询精神科医师，请写明医师姓名。"),
            )
        )
    return found
