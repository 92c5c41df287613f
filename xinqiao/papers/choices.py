"""Words of paper: states of a typed form, parts and states of an inspection bundle."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RowState(models.TextChoices):
    """Where one paper form stands while a pile is typed in."""

    EMPTY = "empty", _("未录")
    TYPED = "typed", _("录了一部分")
    PROBLEM = "problem", _("有待改正")
    SAVED = "saved", _("已保存")


class PackState(models.TextChoices):
    """Where an inspection bundle stands."""

    CHOOSING = "choosing", _("待核对")
    WAITING = "waiting", _("等待生成")
    MAKING = "making", _("正在生成")
    READY = "ready", _("可下载")
    FAILED = "failed", _("未能生成")
    EXPIRED = "expired", _("已过期")


class MemberState(models.TextChoices):
    """What became of one line of the inspector's sample. A stranger's person and nobody's look the same."""

    FOUND = "found", _("已找到")
    AMBIGUOUS = "ambiguous", _("有同名，待选择")
    MISSING = "missing", _("未找到或不在本机构管理范围")
    LEFT_OUT = "left_out", _("不放入")


#: Parts of a file in the order in which inspections turn the pages.
PARTS: dict[str, object] = {
    "clue": _("线索调查复核登记表"),
    "cards": _("报告卡和出院信息单"),
    "consent": _("知情同意书"),
    "personal": _("个人基本信息表"),
    "supplement": _("个人信息补充表"),
    "visits": _("随访服务记录表"),
    "exam": _("健康体检"),
    "referral": _("双向转诊单"),
    "transfers": _("信息流转单"),
    "ending": _("失访或死亡登记表"),
    "scans": _("扫描件与附件"),
}
PACK_DAYS = 7
#: A sample is ten to fifty files; more than this at once would take the memory of a small server.
PACK_PEOPLE = 100
