"""Codes of the yearly exam."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its words."""

    code: str
    label: str


def codes(*pairs: str) -> tuple[Code, ...]:
    """`"1 未见异常"` → Code("1", "未见异常")."""
    return tuple(Code(*pair.split(" ", 1)) for pair in pairs)


TAKEN, REFUSED = "1", "2"
OUTCOME = codes("1 已体检", "2 未体检（拒绝或不能）")
CONSENT_BY = codes("1 患者本人", "2 监护人", "3 患者本人和监护人")
FINDING = codes("1 未见异常", "2 异常")
GLUCOSE_KIND = codes("1 空腹", "2 随机")
REFER = codes("1 否", "2 是")
REFUSED_REASON = codes("1 本人拒绝", "2 监护人拒绝", "3 病情不允许", "4 外出不在本地", "9 其他")
#: The parts that the norm names, in its order; the exam is whole when all are there.
PARTS: dict[str, str] = {
    "general": "一般体格检查",
    "pressure": "血压",
    "weight": "体重",
    "blood": "血常规（含白细胞分类）",
    "alt": "转氨酶",
    "glucose": "血糖",
    "ecg": "心电图",
}
