"""From what was typed or imported to a clean exam, or a sentence for each thing that is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.periods import read_day
from xinqiao.kernel.words import sentence, term

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
        Problem(str(key), "unknown", sentence("不认识的栏目“%(key)s”。", key=str(key)[:30]))
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
            problems.append(
                Problem(asked.key, "missing", sentence("“%(label)s”没有填写。", label=term(asked.label)))
            )
    day = clean["exam_date"]
    if day is not None:
        problems += _check_day(day, birth_on, today, died_on)
    if outcome == TAKEN and not problems:
        problems += _check_taken(clean, sex)
    if outcome != TAKEN and clean["refused_reason"] == "9" and not clean["refused_note"]:
        problems.append(Problem("refused_note", "missing", sentence("选“其他”时，要写明未体检的原因。")))
    return clean, problems


def _check_day(day: date, birth_on: date, today: date, died_on: date | None) -> list[Problem]:
    text = day.isoformat()
    if day > today:
        return [
            Problem("exam_date", "future", sentence("“体检日期”%(text)s 晚于今天，请核对。", text=text), text)
        ]
    if day < birth_on:
        return [
            Problem(
                "exam_date",
                "before_birth",
                sentence("“体检日期”%(text)s 早于出生日期，请核对。", text=text),
                text,
            )
        ]
    if died_on is not None and day > died_on:
        return [
            Problem(
                "exam_date",
                "after_death",
                sentence(
                    "“体检日期”%(text)s 晚于死亡日期 %(died_on)s，请核对。",
                    text=text,
                    died_on=died_on.isoformat(),
                ),
                text,
            )
        ]
    return []


def _check_taken(clean: Mapping[str, Any], sex: str) -> list[Problem]:
    problems = []
    missing = missing_parts(clean)
    if len(missing) == len(PARTS):
        problems.append(
            Problem(
                "general", "empty", sentence("还没有任何一项检查结果；没有体检时，体检情况请选“未体检”。")
            )
        )
    elif missing and not clean["missing_reason"]:
        words = "、".join(PARTS[one] for one in missing)
        problems.append(
            Problem(
                "missing_reason",
                "missing",
                sentence("缺少%(words)s，请补上结果，或写明“缺项原因”。", words=words),
            )
        )
    if clean["sbp"] is not None and clean["dbp"] is not None and clean["dbp"] >= clean["sbp"]:
        problems.append(
            Problem(
                "dbp",
                "order",
                sentence(
                    "“舒张压”%(dbp)s 应低于“收缩压”%(sbp)s，请核对。", dbp=clean["dbp"], sbp=clean["sbp"]
                ),
                str(clean["dbp"]),
            )
        )
    if (clean["neutrophils"] or 0) + (clean["lymphocytes"] or 0) > 100:
        problems.append(
            Problem("lymphocytes", "sum", sentence("中性粒细胞与淋巴细胞合计超过 100 %，请核对。"))
        )
    if clean["glucose"] is not None and not clean["glucose_kind"]:
        problems.append(Problem("glucose_kind", "missing", sentence("“血糖类别”没有选择：空腹或随机。")))
    for part, note in (("general", "general_note"), ("ecg", "ecg_note")):
        if clean[part] == "2" and not clean[note]:
            problems.append(
                Problem(
                    note, "missing", sentence("“%(parts)s”选了异常，请写明是什么异常。", parts=PARTS[part])
                )
            )
    abnormal = abnormal_parts(clean, sex)
    if abnormal and not clean["advice"]:
        words = "、".join(PARTS[one] for one in abnormal)
        problems.append(
            Problem("advice", "missing", sentence("%(words)s有异常，请写“异常处理与建议”。", words=words))
        )
    return problems


def _read(asked: Field, value: Any) -> tuple[Any, Problem | None]:
    text = _text(value)
    if not text:
        return _nothing(asked), None
    shown = text[:40]
    if asked.kind == "date":
        try:
            return read_day(text), None
        except ValueError:
            return None, Problem(
                asked.key,
                "date",
                sentence(
                    "“%(label)s”%(shown)s 不是有效日期，应像 2026-05-08。",
                    label=term(asked.label),
                    shown=shown,
                ),
                shown,
            )
    if asked.kind == "single":
        if text in asked.labels:
            return text, None
        offered = "、".join(f"{one.code} {one.label}" for one in asked.codes)
        return "", Problem(
            asked.key,
            "wrong_value",
            sentence(
                "“%(label)s”%(shown)s 不在选项中，应为：%(offered)s。",
                label=term(asked.label),
                shown=shown,
                offered=offered,
            ),
            shown,
        )
    if asked.kind in ("int", "decimal"):
        return _number(asked, text, shown)
    if len(text) > asked.longest:
        return "", Problem(
            asked.key,
            "too_long",
            sentence("“%(label)s”最多 %(longest)s 个字。", label=term(asked.label), longest=asked.longest),
            shown,
        )
    return text, None


def _number(asked: Field, text: str, shown: str) -> tuple[Any, Problem | None]:
    bounds = f"{asked.low:g} 到 {asked.high:g} {asked.unit}"
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        return None, Problem(
            asked.key,
            "number",
            sentence(
                "“%(label)s”%(shown)s 不是数字，应在 %(bounds)s 之间。",
                label=term(asked.label),
                shown=shown,
                bounds=bounds,
            ),
            shown,
        )
    if not Decimal(str(asked.low)) <= number <= Decimal(str(asked.high)):
        return None, Problem(
            asked.key,
            "range",
            sentence(
                "“%(label)s”%(shown)s 不合常理，应在 %(bounds)s 之间。",
                label=term(asked.label),
                shown=shown,
                bounds=bounds,
            ),
            shown,
        )
    if asked.kind == "int":
        if number != number.to_integral_value():
            return None, Problem(
                asked.key,
                "number",
                sentence("“%(label)s”%(shown)s 应为整数。", label=term(asked.label), shown=shown),
                shown,
            )
        return int(number), None
    if number != round(number, asked.places):
        return None, Problem(
            asked.key,
            "places",
            sentence(
                "“%(label)s”%(shown)s 最多 %(places)s 位小数。",
                label=term(asked.label),
                shown=shown,
                places=asked.places,
            ),
            shown,
        )
    return number, None


def _text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).replace("\x00", "").strip()


def _nothing(asked: Field) -> Any:
    return None if asked.kind in ("date", "int", "decimal") else ""
