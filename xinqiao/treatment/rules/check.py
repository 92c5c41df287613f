"""From what was typed or imported to a clean exam, or a sentence for each thing that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from xinqiao.kernel.errors import Problem

from ..choices import PARTS, TAKEN
from .fields import FIELDS, Field
from .findings import abnormal_parts, missing_parts


def check_exam(
    record: Mapping[str, Any], *, sex: str, birth_on: date, today: date, died_on: date | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """Clean values by key (None or "" where nothing was given) and what is wrong.

    Answers that the outcome does not ask for are left out. An exam is refused when it is later than today or before birth
    or after death; a part may be missing when the reason is said, and something abnormal needs a word of advice.
    """
    problems: list[Problem] = [
        Problem(str(key), "unknown", f"不认识的栏目“{str(key)[:30]}”。")
        for key in record
        if key not in FIELDS
    ]
    outcome = _text(record.get("outcome")) or ""
    clean: dict[str, Any] = {}
    for asked in FIELDS.values():
        wanted = asked.outcome in ("", outcome)
        value, wrong = _read(asked, record.get(asked.key)) if wanted else (_nothing(asked), None)
        clean[asked.key] = value
        if wrong is not None:
            problems.append(wrong)
        elif wanted and asked.need and value in (None, ""):
            problems.append(Problem(asked.key, "missing", f"“{asked.label}”没有填写。"))
    day = clean["exam_date"]
    if day is not None:
        problems += _check_day(day, birth_on, today, died_on)
    if outcome == TAKEN and not problems:
        problems += _check_taken(clean, sex)
    if outcome != TAKEN and clean["refused_reason"] == "9" and not clean["refused_note"]:
        problems.append(Problem("refused_note", "missing", "选“其他”时，要写明未体检的原因。"))
    return clean, problems


def _check_day(day: date, birth_on: date, today: date, died_on: date | None) -> list[Problem]:
    text = day.isoformat()
    if day > today:
        return [Problem("exam_date", "future", f"“体检日期”{text} 晚于今天，请核对。", text)]
    if day < birth_on:
        return [Problem("exam_date", "before_birth", f"“体检日期”{text} 早于出生日期，请核对。", text)]
    if died_on is not None and day > died_on:
        return [
            Problem(
                "exam_date",
                "after_death",
                f"“体检日期”{text} 晚于死亡日期 {died_on.isoformat()}，请核对。",
                text,
            )
        ]
    return []


def _check_taken(clean: Mapping[str, Any], sex: str) -> list[Problem]:
    problems = []
    missing = missing_parts(clean)
    if len(missing) == len(PARTS):
        problems.append(
            Problem("general", "empty", "还没有任何一项检查结果；没有体检时，体检情况请选“未体检”。")
        )
    elif missing and not clean["missing_reason"]:
        words = "、".join(PARTS[one] for one in missing)
        problems.append(Problem("missing_reason", "missing", f"缺少{words}，请补上结果，或写明“缺项原因”。"))
    if clean["sbp"] is not None and clean["dbp"] is not None and clean["dbp"] >= clean["sbp"]:
        problems.append(
            Problem(
                "dbp",
                "order",
                f"“舒张压”{clean['dbp']} 应低于“收缩压”{clean['sbp']}，请核对。",
                str(clean["dbp"]),
            )
        )
    if (clean["neutrophils"] or 0) + (clean["lymphocytes"] or 0) > 100:
        problems.append(Problem("lymphocytes", "sum", "中性粒细胞与淋巴细胞合计超过 100 %，请核对。"))
    if clean["glucose"] is not None and not clean["glucose_kind"]:
        problems.append(Problem("glucose_kind", "missing", "“血糖类别”没有选择：空腹或随机。"))
    for part, note in (("general", "general_note"), ("ecg", "ecg_note")):
        if clean[part] == "2" and not clean[note]:
            problems.append(Problem(note, "missing", f"“{PARTS[part]}”选了异常，请写明是什么异常。"))
    abnormal = abnormal_parts(clean, sex)
    if abnormal and not clean["advice"]:
        words = "、".join(PARTS[one] for one in abnormal)
        problems.append(Problem("advice", "missing", f"{words}有异常，请写“异常处理与建议”。"))
    return problems


def _read(asked: Field, value: Any) -> tuple[Any, Problem | None]:
    text = _text(value)
    if not text:
        return _nothing(asked), None
    shown = text[:40]
    if asked.kind == "date":
        try:
            return date.fromisoformat(text), None
        except ValueError:
            return None, Problem(
                asked.key, "date", f"“{asked.label}”{shown} 不是有效日期，应像 2026-05-08。", shown
            )
    if asked.kind == "single":
        if text in asked.labels:
            return text, None
        offered = "、".join(f"{one.code} {one.label}" for one in asked.codes)
        return "", Problem(
            asked.key, "wrong_value", f"“{asked.label}”{shown} 不在选项中，应为：{offered}。", shown
        )
    if asked.kind in ("int", "decimal"):
        return _number(asked, text, shown)
    if len(text) > asked.longest:
        return "", Problem(asked.key, "too_long", f"“{asked.label}”最多 {asked.longest} 个字。", shown)
    return text, None


def _number(asked: Field, text: str, shown: str) -> tuple[Any, Problem | None]:
    bounds = f"{asked.low:g} 到 {asked.high:g} {asked.unit}"
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        return None, Problem(
            asked.key, "number", f"“{asked.label}”{shown} 不是数字，应在 {bounds} 之间。", shown
        )
    if not Decimal(str(asked.low)) <= number <= Decimal(str(asked.high)):
        return None, Problem(
            asked.key, "range", f"“{asked.label}”{shown} 不合常理，应在 {bounds} 之间。", shown
        )
    if asked.kind == "int":
        if number != number.to_integral_value():
            return None, Problem(asked.key, "number", f"“{asked.label}”{shown} 应为整数。", shown)
        return int(number), None
    if number != round(number, asked.places):
        return None, Problem(
            asked.key, "places", f"“{asked.label}”{shown} 最多 {asked.places} 位小数。", shown
        )
    return number, None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).replace("\x00", "").strip()


def _nothing(asked: Field) -> Any:
    return None if asked.kind in ("date", "int", "decimal") else ""
