"""Rows of drugs on a card: at most six, each drug once, a dose for each; or the statement that none is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from xinqiao.kernel.words import sentence, term
from xinqiao.registry.rules.values import narrow, tidy

from ..choices import printed as c
from .case import CardCase

MOST = 6
#: Shape of a row: `drug`, `code`, `spec` and `unit` are texts, `long_acting` bool, the doses numbers in `unit`.
ORAL = ("morning", "noon", "night")
KEYS = ("drug", "code", "spec", "long_acting", "unit", *ORAL, "dose", "every", "every_unit")
LABELS = {
    "drug": "药名",
    "code": "编码",
    "spec": "规格",
    "long_acting": "长效",
    "unit": "单位",
    "morning": "早",
    "noon": "中",
    "night": "晚",
    "dose": "每次剂量",
    "every": "间隔",
    "every_unit": "间隔单位",
}
_LONGEST = {"drug": 60, "code": 30, "spec": 40, "unit": 10}


def read_drugs(case: CardCase, key: str, given: Any) -> list[dict[str, Any]]:
    """Rows that hold anything, read; problems at `KEY.N.part`, N counted from 1."""
    rows: list[dict[str, Any]] = []
    listed = given if isinstance(given, Sequence) and not isinstance(given, str) else ()
    filled = [
        (number, row)
        for number, row in enumerate(listed, 1)
        if isinstance(row, Mapping)
        and any(narrow(row.get(part)) for part in KEYS if part not in ("unit", "long_acting"))
    ]
    if len(filled) > MOST:
        case.wrong(
            key,
            "many",
            sentence(
                "%(label)s有 %(count)s 行，最多 %(most)s 行。",
                label=case.label(key),
                count=len(filled),
                most=MOST,
            ),
        )
        return []
    for number, row in filled:
        if (read := _row(case, f"{key}.{number}", number, row)) is not None:
            rows.append(read)
    seen: set[tuple[str, bool]] = set()
    for (number, _given), row in zip(filled, rows, strict=False):
        name = (row["drug"], row["long_acting"])
        if name in seen:
            case.wrong(
                f"{key}.{number}.drug",
                "twice",
                sentence(
                    "第 %(row)s 行的“%(drug)s”前面已经填过，同一种药只填一行。", row=number, drug=row["drug"]
                ),
                row["drug"],
            )
        seen.add(name)
    return rows


def _row(case: CardCase, field: str, number: int, given: Mapping[str, Any]) -> dict[str, Any] | None:
    before = len(case.problems)

    def bad(part: str, code: str, message: str, value: Any = "") -> None:
        case.wrong(f"{field}.{part}", code, message, value)

    row: dict[str, Any] = {"long_acting": narrow(given.get("long_acting")).lower() in {"1", "true", "是"}}
    for part, longest in _LONGEST.items():
        text = tidy(given.get(part) or "")
        if len(text) > longest or "\x00" in text:
            words = sentence(
                "第 %(row)s 行的%(part)s最多 %(longest)s 个字。",
                row=number,
                part=term(LABELS[part]),
                longest=longest,
            )
            bad(part, "long", words, text[:longest])
        elif text:
            row[part] = text
    row.setdefault("unit", "mg")
    if "drug" not in row:
        bad("drug", "missing", sentence("第 %(row)s 行没有填写药名。", row=number))
    wanted = ("dose", "every") if row["long_acting"] else ORAL
    for part in wanted:
        text = narrow(given.get(part))
        if not text:
            continue
        amount = _amount(text)
        if amount is None:
            words = sentence(
                "第 %(row)s 行的%(part)s“%(text)s”应为 0 到 100000 的数，如 2.5。",
                row=number,
                part=term(LABELS[part]),
                text=text,
            )
            bad(part, "number", words, text)
        elif amount:
            row[part] = amount
    if row["long_acting"]:
        unit = narrow(given.get("every_unit"))
        if unit in {one.code for one in c.EVERY_UNIT}:
            row["every_unit"] = unit
        if len(case.problems) == before and not {"dose", "every", "every_unit"} <= row.keys():
            words = sentence(
                "第 %(row)s 行是长效药，要填每次剂量、间隔和间隔单位，如 每 4 周 1 次，每次 100 mg。",
                row=number,
            )
            bad("dose", "missing", words)
    elif len(case.problems) == before and not any(part in row for part in ORAL):
        words = sentence("第 %(row)s 行没有填写早、中、晚的剂量，至少填一项。", row=number)
        bad("morning", "missing", words)
    return row if len(case.problems) == before else None


def _amount(text: str) -> int | float | None:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount <= 100_000:
        return None
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def drug_words(row: Mapping[str, Any]) -> str:
    """利培酮片 1mg 早 1 晚 2 mg; 棕榈酸帕利哌酮 每 1 月 1 次，每次 100 mg."""
    unit = row.get("unit", "mg")
    head = " ".join(str(row[part]) for part in ("drug", "spec") if row.get(part))
    if row.get("long_acting"):
        every = {"day": "天", "week": "周", "month": "月"}.get(row.get("every_unit", ""), "")
        return f"{head} 每 {row.get('every', '')} {every} 1 次，每次 {row.get('dose', '')} {unit}"
    doses = " ".join(f"{LABELS[part]} {row[part]}" for part in ORAL if row.get(part))
    return f"{head} {doses} {unit}"
