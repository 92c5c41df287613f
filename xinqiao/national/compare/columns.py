"""What the columns of an exported list mean: guessed by their headings, corrected by a person, remembered by the county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from xinqiao.interchange.excel.text import squeeze

from ..choices import FIELDS

#: What a column may mean: a compared field, or a part of where somebody lives.
MEANINGS: dict[str, Any] = {**FIELDS, "township": _("乡镇（街道）"), "village": _("村（社区）名称")}

_WORDS: dict[str, tuple[str, ...]] = {
    "name": ("姓名", "患者姓名", "患者", "服务对象姓名"),
    "id_number": ("身份证号", "身份证号码", "证件号码", "证件号", "身份证", "公民身份号码", "有效证件号码"),
    "sex": ("性别", "患者性别"),
    "birth_on": ("出生日期", "出生年月日", "生日", "出生年月"),
    "state": ("状态", "患者状态", "管理状态", "在管状态", "档案状态", "随访状态", "当前状态", "是否在管"),
    "visit_class": (
        "病情分类", "本次随访分类", "最近一次病情分类", "随访分类", "末次随访分类", "最近病情", "目前病情", "病情",
        "最近一次随访分类", "病情稳定情况", "末次病情分类",
    ),
    "risk": (
        "危险性", "危险性评估", "危险性等级", "危险性评估等级", "末次危险性评估", "最近一次危险性评估", "风险等级",
        "最近危险性", "危险性级别",
    ),
    "last_visit_on": (
        "末次随访日期", "最近随访日期", "最近一次随访日期", "随访日期", "末次随访时间", "最近一次随访时间",
        "最后一次随访日期", "最近随访时间", "最后随访日期",
    ),
    "diagnosis": ("诊断", "疾病诊断", "诊断名称", "疾病名称", "目前诊断", "确诊疾病", "病种", "诊断编码"),
    "place": (
        "现住址", "现住地址", "居住地址", "住址", "地址", "现住址国标码", "现住址编码", "居住地区划", "现住址详细",
        "现住址详细地址", "所属区划", "管理单位区划", "现住址(村/社区)",
    ),
    "phone": ("本人电话", "联系电话", "电话", "手机号", "手机号码", "患者电话", "手机"),
    "township": ("乡镇", "街道", "乡镇街道", "乡镇(街道)", "乡(镇、街道)", "所属乡镇", "现住址乡镇"),
    "village": ("村", "社区", "村居", "村(居)", "村(社区)", "村委会", "居委会", "村(居)委会", "现住址村"),
}  # fmt: skip


def normal(heading: str) -> str:
    """A heading without the accidents of typing."""
    return squeeze(heading).replace("*", "").strip(":").lower()


_KNOWN = {normal(word): key for key, words in _WORDS.items() for word in words}


def is_known(heading: str) -> bool:
    """Whether a heading is one that lists of people have."""
    return normal(heading) in _KNOWN


def guess(headings: Sequence[str], remembered: Mapping[str, str]) -> list[str]:
    """The meaning of each column, "" for none; what the county chose before beats what the words say. Each meaning once."""
    found: list[str] = []
    for heading in headings:
        key = normal(heading)
        meaning = remembered.get(key, _KNOWN.get(key, ""))
        if meaning and key not in remembered and meaning in {remembered.get(normal(h)) for h in headings}:
            meaning = ""
        found.append(meaning if meaning not in found else "")
    return found


def to_remember(headings: Sequence[str], meanings: Sequence[str]) -> dict[str, str]:
    """What to keep for the next time, also that a column means nothing."""
    return {normal(heading): meaning for heading, meaning in zip(headings, meanings, strict=True)}
