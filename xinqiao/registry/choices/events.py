"""Kinds of events in the life of a file, and capacities in which somebody answers for a person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LifeEventKind(models.TextChoices):
    """Steps in the life of a file."""

    FILED = "filed", _("建档")
    MOVED_IN = "moved_in", _("迁入")
    MOVED_OUT = "moved_out", _("迁出")
    LOST = "lost", _("失访")
    FOUND = "found", _("失访后找到")
    ADMITTED = "admitted", _("住院")
    DISCHARGED = "discharged", _("出院")
    REFERRED = "referred", _("转诊")
    DIED = "died", _("死亡")
    EXCLUDED = "excluded", _("诊断排除")


class ResponsibilityKind(models.TextChoices):
    """In what capacity somebody answers for a person."""

    COUNTING = "counting", _("统计归属机构")
    RESPONSIBLE = "responsible", _("责任机构与人员")
