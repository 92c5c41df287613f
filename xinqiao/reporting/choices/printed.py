"""Codes of the report card and the discharge form that the registry's forms do not have. Pure data."""

from __future__ import annotations

from xinqiao.registry.choices.printed import codes

PATIENT_SOURCE = codes("1 门诊", "2 住院")
HUKOU_TYPE = codes(
    "001 本县区", "002 本市其它县区", "003 本省其它地市", "004 其它省", "005 港澳台", "006 外籍"
)
#: Without an address inside the country.
ABROAD = frozenset({"005", "006"})
TREATED = codes("1 是", "0 否")
RISK = codes("0 0级", "1 1级", "2 2级", "3 3级", "4 4级", "5 5级")
SENDER = codes("1 本人", "2 家属", "3 公安", "4 民政", "5 街道/村居", "6 单位", "9 其他")
REPORT_TYPE = codes("2 按要求登记的六类病种", "1 发病报告患者（依法报告，无需同意）")
#: Of the dangerous acts those that harm nobody else: no ground for a report without consent.
TO_ONESELF = frozenset({"5", "6"})
#: The registry's category of a diagnosis that is none of the six.
OUTSIDE_THE_SIX = "9"
EFFECT = codes("1 痊愈", "2 好转", "3 无变化", "4 加重")
REHAB = codes("1 生活劳动能力", "2 职业训练", "3 学习能力", "4 社会交往", "5 其他")
EVERY_UNIT = codes("day 天", "week 周", "month 月")

#: Why a card goes back (the reasons of a returned hand-over, and what is wrong with the card itself).
RETURN_REASON = codes(
    "1 查无此人", "2 地址有误", "3 已死亡", "4 已由他处管理", "5 内容有误或不全", "6 重复报告", "9 其他"
)
OTHER = "9"
#: Why a hospital takes a card back that it will not send again.
MISTAKEN = "x"
