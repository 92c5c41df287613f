"""States of an import and of each of its rows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """Where an import stands. `failed` keeps the rows: the check or the commit can be started again."""

    UPLOADED = "uploaded", _("等待核对")
    CHECKING = "checking", _("正在核对")
    CHECKED = "checked", _("已核对")
    COMMITTING = "committing", _("正在导入")
    DONE = "done", _("已导入")
    FAILED = "failed", _("未完成")
    ABANDONED = "abandoned", _("已放弃")


#: States that still hold what the workbook held, and may be given up.
OPEN = (BatchState.UPLOADED, BatchState.CHECKING, BatchState.CHECKED, BatchState.FAILED)


class RowKind(models.TextChoices):
    """What a row of a workbook is."""

    PERSON = "person", _("患者")
    VISIT = "visit", _("随访")


class Outcome(models.TextChoices):
    """What the check expects of a row, and after the commit what became of it."""

    UNCHECKED = "", _("未核对")
    PROBLEM = "problem", _("有问题")
    NEW = "new", _("新增")
    CHANGED = "changed", _("有变更")
    UNCHANGED = "unchanged", _("无变化")
    REPEATED = "repeated", _("文件内重复")
    SKIPPED = "skipped", _("跳过")
