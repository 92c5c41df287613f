"""Words and codes of special actions, and the steps that each kind usually has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Kind(models.TextChoices):
    """What an action is for."""

    CARE = "care", _("节前关爱走访")
    SWEEP = "sweep", _("季度摸排")
    YEARLY = "yearly", _("年度行动")
    EXPERT = "expert", _("专家下乡后随访")
    OTHER = "other", _("其他")


class Subject(models.TextChoices):
    """What stands on the list."""

    PEOPLE = "people", _("服务对象")
    VILLAGES = "villages", _("村（社区）")


class State(models.TextChoices):
    """How far the action is."""

    RUNNING = "running", _("进行中")
    CLOSED = "closed", _("已结束")
    WITHDRAWN = "withdrawn", _("已撤回")


class Outcome(models.TextChoices):
    """What became of one line. `visited` is read from the visits and stored only when the action is closed."""

    OPEN = "open", _("未办")
    DONE = "done", _("已办")
    VISITED = "visited", _("已随访")
    UNREACHABLE = "unreachable", _("未见到")


class Unreachable(models.TextChoices):
    """Why somebody was not met, or a village not done."""

    AWAY = "away", _("外出")
    HOSPITAL = "hospital", _("住院")
    REFUSED = "refused", _("本人或家属不愿意")
    SEARCHED = "searched", _("联系不上，已在查找")
    GONE = "gone", _("已迁出或去世")
    OTHER = "other", _("其他")


class Counts(models.TextChoices):
    """Which visit recorded in the period counts as done."""

    NONE = "none", _("不算，逐一登记")
    FACE = "face", _("期间的面访算已办")
    ANY = "any", _("期间的随访都算已办")


#: Steps: key, question, word for yes, word for no. "No" is a problem that is found.
Step = tuple[str, str, str, str]
USUAL: dict[str, tuple[Step, ...]] = {
    "care": (
        ("drugs", gettext_noop("药够吃到节后吗"), gettext_noop("够"), gettext_noop("不够")),
        ("home", gettext_noop("节日期间家里有人照看吗"), gettext_noop("有人"), gettext_noop("没有")),
        ("contact", gettext_noop("联系电话核对过吗"), gettext_noop("打得通"), gettext_noop("打不通")),
    ),
    "sweep": (
        ("committee", gettext_noop("向村（居）委会了解过吗"), gettext_noop("了解过"), gettext_noop("没有")),
        ("list", gettext_noop("在册名单逐一核对过吗"), gettext_noop("核对过"), gettext_noop("没有")),
    ),
    "yearly": (("met", gettext_noop("见到本人吗"), gettext_noop("见到"), gettext_noop("没有")),),
    "expert": (
        ("advice", gettext_noop("专家意见告知本人和家属了吗"), gettext_noop("已告知"), gettext_noop("没有")),
        ("done", gettext_noop("意见落实了吗"), gettext_noop("已落实"), gettext_noop("没有")),
    ),
    "other": (),
}


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday before which care visits are proposed: key, name, first day off."""

    key: str
    name: Any


HOLIDAYS: dict[str, Any] = {"spring": _("春节"), "autumn": _("中秋国庆")}
