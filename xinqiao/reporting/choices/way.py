"""Kinds and states of a card, and the steps of its way."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    NEEDLESS = "needless", _("已不需要协查")


#: What a station may answer; the other is said by who asked.
ANSWERS = (Found.FOUND, Found.NOT_FOUND, Found.OTHER)


class Sharing(models.TextChoices):
    """Why facts about somebody were given to another institution."""

    REPORT = "report", _("报告居住地")
    SEARCH = "search", _("协查住址")
    PASS = "pass", _("转交居住地")
