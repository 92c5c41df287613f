"""Codes of the report card and the discharge form that the registry's forms do not have, and the steps of a card's way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from xinqiao.registry.choices.printed import codes


class Form(models.TextChoices):
    """Which paper a card is."""

    REPORT = "F03", _("报告卡")
    DISCHARGE = "F04", _("出院信息单")


class Entry(models.TextChoices):
    """How it came: filled in here, or a paper that the county entered."""

    NET = "net", _("网络填报")
    PAPER = "paper", _("纸质卡录入")


class State(models.TextChoices):
    """Where a card is on its way; derived from its events."""

    SENT = "sent", _("待接收")
    RECEIVED = "received", _("已接收，待建档")
    SEARCHING = "searching", _("住址协查中")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")
    FILED = "filed", _("已办结")


class EventKind(models.TextChoices):
    """Dated steps of a card."""

    ENTERED = "entered", _("录入纸质卡")
    SENT = "sent", _("报出")
    WITHDRAWN = "withdrawn", _("医院撤回")
    RECEIVED = "received", _("接收")
    RETURNED = "returned", _("退回")
    PASSED = "passed", _("转交")
    FAULT = "fault", _("发现住址有误")
    ASKED = "asked", _("请派出所协查住址")
    LOCATED = "located", _("查明住址")
    FILED = "filed", _("据此建档")
    JOINED = "joined", _("归入已有档案")
    TAKEN = "taken", _("出院信息归入档案")


class Found(models.TextChoices):
    """What the police station answers."""

    FOUND = "found", _("查到现住址")
    NOT_FOUND = "not_found", _("查不到")
    OTHER = "other", _("其他情况")


class Sharing(models.TextChoices):
    """Why facts about somebody were given to another institution."""

    REPORT = "report", _("报告居住地")
    SEARCH = "search", _("协查住址")
    PASS = "pass", _("转交居住地")


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
EFFECT = codes("1 痊愈", "2 好转", "3 无变化", "4 加重")
REHAB = codes("1 生活劳动能力", "2 职业训练", "3 学习能力", "4 社会交往", "5 其他")
EVERY_UNIT = codes("day 天", "week 周", "month 月")

#: Why a card goes back (the reasons of a returned hand-over, and what is wrong with the card itself).
RETURN_REASON = codes(
    "1 查无此人", "2 地址有误", "3 已死亡", "4 已由他处管理", "5 内容有误或不全", "6 重复报告", "9 其他"
)
OTHER = "9"
