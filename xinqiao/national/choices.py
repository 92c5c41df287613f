"""Words of this domain: states of a comparison and of a difference, and the reasons a difference is settled with."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

#: The key of the national system among the platforms; it is always there.
NATIONAL = "national"


class Wanted(models.TextChoices):
    """Which visits stand on the list of visits to enter."""

    PASSED = "passed", _("审核通过的随访")
    ALL = "all", _("全部随访（退回的除外）")


class ComparisonState(models.TextChoices):
    """Where a comparison stands. `failed` keeps the rows, so that it can be started again."""

    MAPPING = "mapping", _("待确认列")
    COMPARING = "comparing", _("正在比对")
    DONE = "done", _("已比对")
    FAILED = "failed", _("未完成")
    ABANDONED = "abandoned", _("已放弃")


class Kind(models.TextChoices):
    """What differs: somebody stands on one list only, or one value on both."""

    HERE = "here", _("仅本系统有")
    THERE = "there", _("仅国网有")
    DIFFERS = "differs", _("内容不同")


class ItemState(models.TextChoices):
    """Where a difference stands. `gone`: a later comparison did not find it any more."""

    OPEN = "open", _("待处理")
    SETTLED = "settled", _("已处理")
    GONE = "gone", _("已一致")


class Reason(models.TextChoices):
    """How somebody settled a difference. See `rules.CARRIED` for which of them a later comparison leaves settled."""

    FIXED_HERE = "fixed_here", _("本系统已改正")
    FIXED_THERE = "fixed_there", _("国网已改正")
    TO_ENTER = "to_enter", _("已转国网待录或待建档")
    TRANSFER = "transfer", _("正在流转")
    REPEATED = "repeated", _("国网重复建档，已报并档")
    ACCEPTED = "accepted", _("两边口径不同，不需改正")
    NOT_OURS = "not_ours", _("不属本辖区")
    OTHER = "other", _("其他（请说明）")


class Step(models.TextChoices):
    """What happened to a difference."""

    OPENED = "opened", _("比对发现")
    SEEN = "seen", _("再次比对，仍不同")
    REOPENED = "reopened", _("重新打开")
    GONE = "gone", _("再次比对，已一致")
    ASSIGNED = "assigned", _("分派")
    SETTLED = "settled", _("处理")


#: Fields that are compared, in the order they are shown.
FIELDS: dict[str, Any] = {
    "name": _("姓名"),
    "id_number": _("身份证号"),
    "sex": _("性别"),
    "birth_on": _("出生日期"),
    "state": _("状态"),
    "visit_class": _("病情分类"),
    "risk": _("危险性"),
    "last_visit_on": _("末次随访日期"),
    "diagnosis": _("诊断"),
    "place": _("现住村（社区）"),
    "phone": _("本人电话"),
}
