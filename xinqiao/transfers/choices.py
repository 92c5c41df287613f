"""Why somebody is handed over, how far it is, and why it came back."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why the person is handed over (L12)."""

    MOVED = "1", _("迁居")
    WORK = "2", _("外出务工")
    ADDRESS = "3", _("地址更正")
    SPLIT = "4", _("人户分离")


class State(models.TextChoices):
    """`sent` and `leaving` are open; the others are the end."""

    SENT = "sent", _("待接收")
    ACCEPTED = "accepted", _("已接收")
    RETURNED = "returned", _("已退回")
    WITHDRAWN = "withdrawn", _("已撤回")
    LEAVING = "leaving", _("等待回执")
    LEFT = "left", _("已迁出系统")
    ENDED = "ended", _("已终止")


OPEN = (State.SENT, State.LEAVING)

#: Kinds of clocks, and their codes in the rules. A kind of its own for the calls: a village doctor who phones does not see
#: what lies at the other side.
KIND, KIND_CALL = "transfer", "transfer_call"
RECEIVE, CALL = "D17", "D17P"


class ReturnReason(models.TextChoices):
    """Why the other side returns it."""

    UNKNOWN = "1", _("查无此人")
    WRONG_ADDRESS = "2", _("地址有误")
    DIED = "3", _("已死亡")
    ELSEWHERE = "4", _("已由他处管理")
    OTHER = "9", _("其他")


class EndReason(models.TextChoices):
    """Why a hand-over ended by itself. Said to the other side too, which was responsible as well: nothing of a diagnosis."""

    DIED = "1", _("已死亡")
    FILE_ENDED = "2", _("档案已结束")
    MOVED = "3", _("管理地已另行变更")


class Step(models.TextChoices):
    """One line of the history."""

    SENT = "sent", _("发出")
    PASSED_ON = "passed", _("转送")
    CALLED = "called", _("电话联系")
    ACCEPTED = "accepted", _("接收")
    RETURNED = "returned", _("退回")
    WITHDRAWN = "withdrawn", _("撤回")
    CONFIRMED = "confirmed", _("收到回执")
    ENDED = "ended", _("终止")


class Ended(models.TextChoices):
    """Why a second listing ended."""

    MOVED = "moved", _("已流转")
    HOME = "home", _("已回户籍地")
    STAYED = "stayed", _("户口已迁来")
    ENDED = "ended", _("不再管理")
    DIED = "died", _("已死亡")


#: What the system finds by itself; the others are said by whoever knows the stay.
FOUND_OUT = (Ended.MOVED, Ended.DIED)
#: What somebody may say.
SAID = tuple(one for one in Ended if one not in FOUND_OUT)
