"""Rows that hold from a day to a day: what each kind asks, and whether an answer is as it should be. Pure.

An open row of the same sort (`alone`) ends where its successor begins; kinds without it may hold several at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from xinqiao.kernel.errors import Problem
from xinqiao.kernel.words import sentence, term

from ..choices import printed as p
from ..choices.printed import Code
from .case import Case, is_blank
from .fields import Field
from .reading import read_field

_F = Field


@dataclass(frozen=True, slots=True)
class DatedKind:
    """`fields` are the columns asked besides the two days; `alone` the columns within which only one row is open (None:
    several may be), `from_label` what the first day means."""

    key: str
    label: str
    fields: tuple[Field, ...]
    alone: tuple[str, ...] | None = None
    from_label: str = "自"

    def field(self, key: str) -> Field:
        return next(one for one in self.fields if one.key == key)


def _kinds(*items: str) -> tuple[Code, ...]:
    return p.codes(*items)


ADDRESS = _kinds("live 现住址", "hukou 户籍地址", "temp 暂住地址")
NAME = _kinds("former 曾用名", "nick 小名或绰号", "alias 别名或异体写法")
NUMBER = _kinds(
    "national 国网编号", "card 报告卡卡号", "insured 医保或社保编号", "file 原档案编号", "clinic 门诊号", "ward 住院号",
    "02 居民户口簿", "03 护照", "04 军官证", "05 驾驶证", "06 港澳居民来往内地通行证", "07 台湾居民来往内地通行证",
    "99 其他法定有效证件",
)  # fmt: skip
SUPPORT = _kinds(
    "poverty 精准扶贫（建档立卡）对象", "low_income 低保", "destitute 特困供养", "guardian 监护补助（以奖代补）", "medicine 免费服药",
    "aid 药费补助", "living 困难残疾人生活补贴", "nursing 重度残疾人护理补贴", "insurance 基本医疗保险", "doctor 家庭医生签约",
    "rehab 社区康复", "care_group 关爱帮扶小组",
)  # fmt: skip
PER = _kinds("year 每年", "month 每月")
#: The certificate's own kinds: F06 without its "none".
CERTIFIED = tuple(one for one in p.DISABILITY if not one.exclusive)

_ALL = (
    DatedKind("name", "姓名", (
        _F("kind", "哪种姓名", "single", "", need="always", codes=NAME),
        _F("name", "姓名", "text", "", need="always", longest=30),
    )),
    DatedKind("number", "其他证件与编号", (
        _F("kind", "哪种编号", "single", "", need="always", codes=NUMBER),
        _F("number", "号码", "text", "", need="always", longest=40, private=True),
        _F("issuer", "发证或使用单位", "text", "", longest=60),
    ), alone=("kind",)),
    DatedKind("address", "住址", (
        _F("kind", "哪种住址", "single", "", need="always", codes=ADDRESS),
        _F("division_code", "所在村（社区）或区划代码", "division", "", need="always", longest=12,
           hint="外地只知道到县的，填县的 6 位代码"),
        _F("detail", "详细地址", "text", "", longest=200, private=True),
    ), alone=("kind",)),
    DatedKind("guardian", "监护人", (
        _F("name", "姓名", "text", "", need="always", longest=30),
        _F("relation", "与患者关系", "single", "", need="always", codes=p.RELATION, hint="监护人是患者的什么人"),
        _F("phone", "电话", "phone", "", need="always", longest=30, private=True),
        _F("phone2", "第二电话", "phone", "", longest=30, private=True),
        _F("address", "住址", "text", "", longest=200, private=True),
    )),
    DatedKind("relative", "家庭成员", (
        _F("name", "姓名", "text", "", need="always", longest=30),
        _F("relation", "与患者关系", "single", "", need="always", codes=p.RELATION, hint="家庭成员是患者的什么人"),
        _F("birth_year", "出生年份", "int", "", low=1900, high=2100),
        _F("phone", "电话", "phone", "", longest=30, private=True),
        _F("together", "与患者同住", "single", "", codes=p.YES_NO),
        _F("can_care", "有照护能力", "single", "", codes=p.YES_NO),
        _F("note", "说明", "text", "", longest=100),
    )),
    DatedKind("certificate", "残疾人证", (
        _F("kinds", "残疾类别", "multi", "", need="always", codes=CERTIFIED),
        _F("level", "残疾等级", "single", "", need="always", codes=p.DISABILITY_LEVEL),
        _F("number", "残疾人证号", "text", "", longest=24, private=True, hint="身份证号加 1 位类别和 1 位等级"),
        _F("expires_on", "有效期至", "date", ""),
    ), alone=(), from_label="发证日期"),
    DatedKind("support", "保障与帮扶", (
        _F("kind", "项目", "single", "", need="always", codes=SUPPORT),
        _F("answer", "是否享受", "single", "", need="always", codes=p.YES_NO),
        _F("amount", "金额（元）", "money", ""),
        _F("per", "按", "single", "", codes=PER),
        _F("detail", "说明", "text", "", longest=100, hint="如批次、单位、参保类型、停发原因"),
    ), alone=("kind",)),
    DatedKind("keeper", "责任人", (
        _F("role", "身份", "single", "", need="always", codes=p.RESPONSIBLE_ROLE),
        _F("name", "姓名", "text", "", need="always", longest=30),
        _F("organisation", "单位", "text", "", longest=60),
        _F("phone", "电话", "phone", "", longest=30, private=True),
    )),
    DatedKind("placement", "关爱帮扶小组", (_F("group", "小组", "text", "", need="always", longest=36),), alone=()),
    DatedKind("household", "同住的在册患者", (
        _F("other", "同住的人", "text", "", need="always", longest=60, hint="姓名、证件号码或档案编号；要在您的辖区内"),
        _F("relation", "在户中的身份", "single", "", codes=p.HOUSEHOLD_RELATION),
    ), alone=()),
)  # fmt: skip
DATED = MappingProxyType({one.key: one for one in _ALL})
#: Days that may lie ahead: a certificate runs out later.
_AHEAD = frozenset({"expires_on"})
_FROM = _F("valid_from", "自", "date", "", need="always")
_TO = _F("valid_to", "至", "date", "")


def check_dated(
    kind: DatedKind, record: Mapping[str, Any], *, today: date, born: date
) -> tuple[dict[str, Any], list[Problem]]:
    """The answers in their types, and what is wrong with them. Everything lies between birth and today."""
    case = Case(record, today, "form")
    asked = (*kind.fields, replace(_FROM, label=kind.from_label), _TO)
    known = {one.key for one in asked}
    for key in record:
        if key not in known:
            case.wrong(key, "unknown", sentence("没有“%(key)s”这个项目。", key=key), record[key])
    for one in asked:
        if is_blank(one, record.get(one.key)):
            if one.need == "always":
                case.wrong(one.key, "missing", sentence("%(label)s没有填写。", label=term(one.label)))
            continue
        ahead = one.key in _AHEAD
        if ahead:
            case.today = date(today.year + 100, 1, 1)
        read_field(case, one, record[one.key], p.CURRENT_EDITION)
        case.today = today
    clean = case.clean
    since, until = clean.get("valid_from"), clean.get("valid_to")
    if since is not None and since < born:
        case.wrong(
            "valid_from",
            "before_birth",
            sentence(
                "%(from_label)s %(since)s 早于出生日期 %(born)s，请核对。",
                from_label=term(kind.from_label),
                since=since,
                born=born,
            ),
            since,
        )
    if since is not None and until is not None and until < since:
        case.wrong(
            "valid_to",
            "order",
            sentence("结束日期 %(until)s 早于开始日期 %(since)s，请核对。", until=until, since=since),
            until,
        )
    expires = clean.get("expires_on")
    if expires is not None and since is not None and expires <= since:
        case.wrong(
            "expires_on",
            "order",
            sentence("有效期至 %(expires)s 应晚于发证日期 %(since)s。", expires=expires, since=since),
            expires,
        )
    if clean.get("answer") == "0" and "amount" in clean:
        case.wrong("amount", "exclusive", sentence("选了“否”，就不能填写金额。"))
    if "amount" in clean and "per" not in clean:
        case.wrong("per", "missing", sentence("写了金额，要选按年还是按月。"))
    year = clean.get("birth_year")
    if year is not None and year > today.year:
        case.wrong("birth_year", "future", sentence("出生年份 %(year)s 晚于今年。", year=year), year)
    return clean, case.problems


def check_order(kind: DatedKind, clean: Mapping[str, Any], open_from: Sequence[date]) -> list[Problem]:
    """A successor begins no earlier than what it replaces."""
    since = clean["valid_from"]
    late = [day for day in open_from if day > since]
    if not late or "valid_to" in clean:
        return []
    return [
        Problem(
            "valid_from", "order",
            sentence("%(from_label)s %(since)s 早于现在这一条的 %(late)s；补记以前的情况时，请同时填写结束日期。", from_label=term(kind.from_label), since=since, late=max(late)), str(since),
        )
    ]  # fmt: skip
