"""Words and codes of looking for somebody: why, where one asked, what was heard, whom one told."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why somebody is looked for. All but `misses` are known at once."""

    MISSES = "misses", _("连续未访到")
    WALKED = "walked", _("走失")
    UNKNOWN = "unknown", _("外出或迁居，不知去向")
    SILENT = "silent", _("家属拒绝告知去向")


#: Reasons that make somebody lost without three tries. Clause: N18/lost.
AT_ONCE = frozenset({Reason.WALKED, Reason.UNKNOWN, Reason.SILENT})
#: Printed code of loss (F08) → why; and the codes that fit each reason, the usual one first.
OF_CODE: dict[str, str] = {"1": "unknown", "2": "unknown", "3": "walked", "4": "misses", "5": "unknown"}
CODES: dict[str, tuple[str, ...]] = {
    "misses": ("4",),
    "walked": ("3",),
    "unknown": ("1", "2", "5"),
    "silent": ("5", "1", "2"),
}


class Origin(models.TextChoices):
    """What opened the search."""

    MISS = "miss", _("第一次未访到")
    VISIT = "visit", _("随访表上记失访")
    EVENT = "event", _("登记变动")
    HAND = "hand", _("人工开始")


class Stage(models.TextChoices):
    """How far it is. `waiting`: enough is on record, the township decides."""

    SEARCHING = "searching", _("查找中")
    WAITING = "waiting", _("待核失访")
    LOST = "lost", _("已认定")
    FOUND = "found", _("找到")
    ENDED = "ended", _("已结束")


OPEN_STAGES = (Stage.SEARCHING, Stage.WAITING, Stage.LOST)


class Ending(models.TextChoices):
    """How a search ended."""

    MET = "met", _("随访到了")
    REPORTED = "reported", _("得到确切消息")
    ELSEWHERE = "elsewhere", _("在别处建档或就诊")
    REACHABLE = "reachable", _("人在外地，联系得上")
    BACK = "back", _("登记变动")
    DEAD = "dead", _("死亡")
    MOVED = "moved", _("已迁出")
    EXCLUDED = "excluded", _("诊断排除")
    MISTAKE = "mistake", _("未访到的记录有误")


#: What somebody may say who reports that a lost person was found.
REPORTABLE = (Ending.REPORTED, Ending.ELSEWHERE, Ending.REACHABLE)


class StepKind(models.TextChoices):
    """Where one looked or asked. Calls and ways to the house are tries of follow-up (`followup.VisitAttempt`)."""

    PHONE = "phone", _("打电话")
    HOME = "home", _("上门")
    NEIGHBOURS = "neighbours", _("问邻居")
    RELATIVES = "relatives", _("问其他亲属")
    COMMITTEE = "committee", _("村（居）委会")
    POLICE = "police", _("派出所")
    WORKPLACE = "workplace", _("工作或务工的地方")
    SHELTER = "shelter", _("救助站、医院")


#: Kinds that are tries of follow-up → the form code there.
TRIES: dict[str, str] = {"phone": "3", "home": "2"}
ASKING = tuple(kind for kind in StepKind if kind.value not in TRIES)


class Heard(models.TextChoices):
    """What came of asking."""

    NOTHING = "nothing", _("没有消息")
    CLUE = "clue", _("有线索")
    REACHABLE = "reachable", _("人在外地，联系得上")
    SEEN = "seen", _("有人见过本人")


#: What turned up elsewhere with the document number of somebody who is looked for.
SEEN_WORDS: dict[str, Any] = {"clue": _("摸排线索"), "card": _("报告卡或出院信息单"), "file": _("另一份档案")}


class Receiver(models.TextChoices):
    """Who gets a written report, or is told."""

    GROUP = "group", _("精神卫生综合管理小组")
    POLICE = "police", _("派出所")
    OFFICE = "office", _("县精防办")


class Way(models.TextChoices):
    """How it got there."""

    PAPER = "paper", _("书面送达")
    PHONE = "phone", _("电话告知")
    IN_PERSON = "person", _("当面告知")


#: What each receiver is sent, at least and at most: keys of `FIELD_WORDS`. Clause: the sharing matrix.
FIELDS: dict[str, tuple[str, ...]] = {
    "group": ("name", "village", "risk", "class", "lost_on", "responsible", "needs"),
    "police": ("name", "sex", "age", "id", "address", "lost_on", "last_seen", "danger", "doctor", "guardian"),
    "office": (
        "name", "sex", "age", "id", "lost_on", "reason", "note", "locked", "hospital", "tries", "steps", "told", "doctor",
    ),
}  # fmt: skip
FIELD_WORDS: dict[str, Any] = {
    "name": _("姓名"),
    "sex": _("性别"),
    "age": _("年龄"),
    "id": _("证件号码"),
    "address": _("最后住址"),
    "village": _("村（社区）"),
    "risk": _("危险性"),
    "class": _("病情分类"),
    "danger": _("有无危险"),
    "lost_on": _("失访日期"),
    "last_seen": _("最后一次见到"),
    "reason": _("失访原因"),
    "note": _("原因说明"),
    "locked": _("关锁情况"),
    "hospital": _("住院情况"),
    "tries": _("联系经过"),
    "steps": _("查找经过"),
    "told": _("告知和报告"),
    "responsible": _("责任人"),
    "needs": _("请协助的事"),
    "doctor": _("联系医生"),
    "guardian": _("监护人"),
}
BASIS: dict[str, Any] = {
    "group": _("严重精神障碍管理治疗工作规范（2018年版）：失访者书面报告综合管理小组"),
    "police": _(
        "严重精神障碍管理治疗工作规范（2018年版）：失访者书面报告，高风险或病情不稳定者立即告知公安机关"
    ),
    "office": _("严重精神障碍管理治疗工作规范（2018年版）：失访者报告上级精防机构"),
}
