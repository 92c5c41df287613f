"""The follow-up record form (F08) in its printed order: blank with the heads filled in, or as a visit was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xinqiao.followup.rules import DANGER_ACTS, FIELDS

from .layout import Row, day, group, new_line, number_boxes, options, row, rule, squares, text, together

TITLE = "严重精神障碍患者随访服务记录表"
DISEASES = "①传染病和寄生虫病 ②肿瘤 ③心脏病 ④脑血管病 ⑤呼吸系统疾病 ⑥消化系统疾病 ⑦其他疾病 ⑧不详"
DRUG_LINES = 3


def visit_form(
    head: Mapping[str, Any],
    record: Mapping[str, Any] | None = None,
    *,
    changed: Sequence[str] = (),
    notes: Sequence[str] = (),
    due_on: date | None = None,
) -> dict[str, Any]:
    """One F08. `head`: name, file_no, lines (label, value) above the table, qr. `record` None: blank. `changed`: keys that
    an amendment changed, marked ※."""
    given: Mapping[str, Any] = record or {}

    def marks(key: str) -> list[str]:
        value = given.get(key)
        if value is None or value == "":
            return []
        if isinstance(value, bool):
            return ["1" if value else "0"]
        return [str(one) for one in value] if isinstance(value, list) else [str(value)]

    def codes(key: str, *, leave_out: Sequence[str] = ()) -> list[tuple[str, str]]:
        return [(c.code, c.label) for c in FIELDS[key].codes if c.code not in leave_out]

    def said(*keys: str) -> str:
        return "※" if set(keys) & set(changed) else ""

    def note(key: str, width: int = 26) -> dict[str, Any]:
        return rule(str(given.get(key) or ""), width)

    def one(label: str, key: str, *more: Any, also: Sequence[str] = ()) -> Row:
        return row(label, options(codes(key), marks(key)), *more, mark=said(key, *also))

    acts: Mapping[str, Any] = given.get("danger_acts") or {}
    had = [code for code, count in sorted(acts.items()) if count]
    none = ["7"] if record is not None and not had and given.get("risk") is not None else []
    counted = [
        together(text(f"{act.code} {act.label}"), rule(str(acts.get(act.code) or ""), 6), text("次　"))
        for act in DANGER_ACTS
    ]
    symptoms = [code for code in marks("symptoms") if code != "0"]
    shown_symptoms = ["0"] if marks("symptoms") == ["0"] else symptoms
    rows: list[Row] = [
        row("随访日期", text(day(given.get("visit_date"))), mark=said("visit_date")),
        one("本次随访形式", "form", also=["form_detail"]),
        row("本次随访对象", options(codes("targets"), marks("targets"), 3), mark=said("targets")),
        row(
            "若失访，原因",
            options(codes("lost_reason"), marks("lost_reason")),
            note("lost_note"),
            mark=said("lost_reason", "lost_note"),
        ),
        row(
            "如死亡，日期和原因",
            text("死亡日期　" + day(given.get("death_date"))),
            new_line(),
            text("死亡原因　1 躯体疾病　" + DISEASES),
            squares(marks("death_disease")),
            new_line(),
            options(codes("death_cause", leave_out=["1"]), marks("death_cause")),
            note("death_note", 18),
            mark=said("death_date", "death_cause", "death_disease", "death_note"),
        ),
        row(
            "危险性评估",
            options([(code, "级") for code in "012345"], marks("risk")),
            mark=said("risk"),
        ),
        row(
            "目前症状",
            options([*codes("symptoms", leave_out=["0"])], [], 0)[:1],
            note("symptoms_note", 18),
            text("　（无明显症状填 0）"),
            new_line(),
            text("程度　1 基本消失　2 仍有　3 明显"),
            squares(marks("symptom_severity")),
            new_line(),
            squares(shown_symptoms, 12, slash=True),
            mark=said("symptoms", "symptom_severity", "symptoms_note"),
        ),
        one("自知力", "insight"),
        one("睡眠情况", "sleep"),
        one("饮食情况", "diet"),
        group(
            "社会功能情况",
            one("个人生活料理", "soc_selfcare"),
            one("家务劳动", "soc_housework"),
            one("生产劳动及工作", "soc_work"),
            one("学习能力", "soc_study"),
            one("社会人际交往", "soc_interpersonal"),
        ),
        row(
            "危险行为",
            *counted,
            text("7 无"),
            squares([*had, *none], 6, slash=True),
            mark=said("danger_acts"),
        ),
        one("两次随访期间关锁情况", "locked"),
        row(
            "两次随访期间住院情况",
            options(codes("hospital"), marks("hospital")),
            new_line(),
            text("末次出院时间　" + day(given.get("last_discharge"))),
            mark=said("hospital", "last_discharge"),
        ),
        one("实验室检查", "lab", note("lab_note", 60), also=["lab_note"]),
        one("用药依从性", "adherence"),
        row(
            "药物不良反应",
            options(codes("adr"), marks("adr")),
            note("adr_note", 40),
            text("　程度　1 轻　2 中　3 重"),
            squares(marks("adr_severity") if marks("adr") == ["2"] else []),
            mark=said("adr", "adr_note", "adr_severity", "adr_acute"),
        ),
        one("躯体疾病", "physical_severity", note("physical_note", 60), also=["physical_note"]),
        one("治疗效果", "effect"),
        row(
            "是否转诊",
            text("是否建议转诊　1 否　2 是　原因"),
            note("refer_reason", 40),
            squares(marks("refer_suggest")),
            new_line(),
            text("是否转诊　1 否　2 是　转诊至机构及科室"),
            note("refer_to", 40),
            squares(marks("referred")),
            mark=said("refer_suggest", "refer_reason", "referred", "refer_to"),
        ),
        group("用药情况", *_drugs(given.get("drugs"), advice=False, mark=said("drugs"))),
        group("用药指导", *_drugs(given.get("drug_advice"), advice=True, mark=said("drug_advice"))),
        row(
            "康复措施",
            options(codes("rehab"), marks("rehab"), 4),
            note("rehab_note", 18),
            mark=said("rehab", "rehab_note"),
        ),
        one("本次随访分类", "visit_class", also=["class_reason"]),
        row(
            "下次随访日期",
            text(day(given.get("planned_on") or due_on)),
            text("　　　　随访医生签名"),
            rule(_signed(given), 40),
            mark=said("planned_on", "doctor", "co_visitors"),
        ),
    ]
    if given.get("note"):
        rows.append(row("备注", text(str(given["note"]))))
    return {
        "title": TITLE,
        "name": head.get("name", ""),
        "number": number_boxes(str(head.get("file_no", ""))),
        "lines": [list(pair) for pair in head.get("lines", [])],
        "qr": head.get("qr", ""),
        "rows": rows,
        "signature": "" if record is not None else "患者或家属签名",
        "notes": list(notes),
    }


def _signed(given: Mapping[str, Any]) -> str:
    others = given.get("co_visitors") or []
    return "、".join([str(given.get("doctor") or ""), *others]).strip("、")


def _plain(value: Any) -> str:
    return "" if value in (None, "") else f"{value:g}" if isinstance(value, int | float) else str(value)


def _drugs(drugs: Any, *, advice: bool, mark: str) -> list[Row]:
    given: list[Mapping[str, Any]] = list(drugs or [])
    made = []
    for index in range(max(DRUG_LINES, len(given))):
        drug = given[index] if index < len(given) else {}
        unit = str(drug.get("unit") or "mg")
        every = {"day": "天", "week": "周", "month": "月"}.get(str(drug.get("every_unit") or ""), "周")
        doses: list[dict[str, Any]] = []
        if drug.get("every"):
            doses = [
                text("每"), rule(_plain(drug.get("every")), 8), text(f"{every} 1 次，每次"),
                rule(_plain(drug.get("dose")), 12), text(unit),
            ]  # fmt: skip
        else:
            words = ("早", "中", "晚") if advice or drug else ("每日（月）剂量",)
            keys = ("morning", "noon", "night") if advice or drug else ("",)
            for label, key in zip(words, keys, strict=True):
                doses += [text(label), rule(_plain(drug.get(key)) if key else "", 12), text(unit + "　")]
            if not advice and not drug:
                doses += [text("用法"), rule("", 28)]
        made.append(
            row(f"药物 {index + 1}", rule(str(drug.get("drug") or ""), 40), text("　"), *doses, mark=mark)
        )
    return made
