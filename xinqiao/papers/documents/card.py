"""The report card (F03) and the discharge form (F04) as they were sent, question by question in their printed order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from xinqiao.places.queries import path_of
from xinqiao.registry.choices.printed import Code
from xinqiao.registry.rules.fields import Field
from xinqiao.registry.shown import Shown
from xinqiao.reporting.models import Card
from xinqiao.reporting.rules import FIELDS, SECTIONS

from .layout import Row, form, group, options, row, rule, squares, text

TITLES = {"F03": "严重精神障碍患者报告卡", "F04": "严重精神障碍患者出院信息单"}
#: Answers of several squares.
_MANY = 4
_SEALED = {
    "id_number": "number",
    "contact_phone": "phone",
    "dept_phone": "",
    "live_detail": "detail",
    "hukou_detail": "detail",
}
_DRUGS = ("drugs", "drugs_after")


def card_form(card: Card, content: Mapping[str, Any], shown: Shown, *, qr: str = "") -> dict[str, Any]:
    """The whole paper; a question that did not arise stays blank, as on paper."""
    fields = FIELDS[card.form]
    rows: list[Row] = [
        row("报告地区", text(_place(card.county)), text("　　报告单位"), rule(card.hospital_name, 70)),
    ]
    for key, label in SECTIONS[card.form]:
        made: list[Row] = []
        waiting: Field | None = None
        for one in fields.values():
            if one.section != key or one.key == "name":
                continue
            value = content.get(one.key)
            if one.key in _DRUGS:
                made += _drug_rows(one.label, value)
            elif waiting is not None and _plain(one):
                made[-1] = _beside(waiting, content.get(waiting.key), one, value, shown)
                waiting = None
            else:
                made.append(_row(one, value, shown))
                waiting = one if _plain(one) else None
        if len(made) == 1:
            rows += made
        elif made:
            rows.append(group(label, *made))
    return form(TITLES[card.form], card.name, rows, code=("卡号", card.card_no), qr=qr)


def _plain(asked: Field) -> bool:
    """Written on a line and short: two of these share a row."""
    return not asked.codes and asked.kind not in ("bool", "division") and asked.longest <= 60


def _beside(left: Field, first: Any, right: Field, second: Any, shown: Shown) -> Row:
    return row(
        left.label,
        rule(_words(left, first, shown), 40),
        text(f"　{right.label}　"),
        rule(_words(right, second, shown), 40),
    )


def _row(asked: Field, value: Any, shown: Shown) -> Row:
    if asked.codes and asked.kind == "multi":
        marks = sorted(str(one) for one in (value or []))
        return row(asked.label, options(_pairs(asked.codes), marks, max(_MANY, len(marks))))
    if asked.codes:
        digits = list("" if value is None else str(value))
        width = max(len(one.code) for one in asked.codes)
        if len(asked.codes) <= 12:
            return row(asked.label, options(_pairs(asked.codes))[:1], squares(digits, width))
        words = next((one.label for one in asked.codes if one.code == value), "")
        return row(asked.label, rule(words, 40), squares(digits, width))
    if asked.kind == "bool":
        return row(
            asked.label, options([("1", "是"), ("0", "否")], [] if value is None else ["1" if value else "0"])
        )
    return row(asked.label, text(_words(asked, value, shown)))


def _words(asked: Field, value: Any, shown: Shown) -> str:
    if value in (None, ""):
        return ""
    if asked.kind == "date" and isinstance(value, date):
        return f"{value.year} 年 {value.month} 月 {value.day} 日"
    if asked.kind == "partial_date":
        known, precision = value
        return str(known.isoformat()[: {"year": 4, "month": 7}.get(precision, 10)])
    if asked.kind == "division":
        return f"{_place(str(value))}　{value}"
    match _SEALED.get(asked.key):
        case "number":
            return shown.number(str(value))
        case "phone":
            return shown.phone(str(value))
        case "detail":
            return shown.detail(str(value))
    return str(value)


def _drug_rows(label: str, drugs: Sequence[Mapping[str, Any]] | None) -> list[Row]:
    made = []
    for index in range(max(3, len(drugs or []))):
        drug = (drugs or [])[index] if index < len(drugs or []) else {}
        unit = str(drug.get("unit") or "mg")
        if drug.get("every"):
            every = {"day": "天", "week": "周", "month": "月"}.get(str(drug.get("every_unit")), "周")
            dose = [text(f"每 {drug['every']} {every} 1 次，每次 {drug.get('dose', '')} {unit}")]
        else:
            dose = []
            for key, word in (("morning", "早"), ("noon", "中"), ("night", "晚")):
                given = drug.get(key)
                dose += [text(word), rule("" if given in (None, "") else str(given), 12), text(unit + "　")]
        long_acting = [] if not drug else ["1" if drug.get("long_acting") else "0"]
        made.append(
            row(
                f"{label} {index + 1}",
                rule(str(drug.get("drug") or ""), 38),
                text("　"),
                *dose,
                text("长效"),
                squares(long_acting),
            )
        )
    return made


def _pairs(codes: Sequence[Code]) -> list[tuple[str, str]]:
    """Code and label; a label that begins with its code (0级) does not say it twice."""
    return [(one.code, one.label.removeprefix(one.code)) for one in codes]


def _place(code: str) -> str:
    full = code.ljust(12, "0")
    return " ".join(name for _code, name in path_of(full)) or code
