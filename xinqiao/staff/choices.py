"""Words of hand-overs, leave and work records."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class HandOverState(models.TextChoices):
    """A hand-over is open until it is completed or withdrawn."""

    OPEN = "open", _("办理中")
    DONE = "done", _("已完成")
    WITHDRAWN = "withdrawn", _("已撤回")


class LeaverReason(models.TextChoices):
    """Why somebody hands over."""

    LEFT = "left", _("离岗")
    MOVED = "moved", _("调到别处")
    DUTY = "duty", _("改做其他工作")


class WorkState(models.TextChoices):
    """Where one version of a work record stands."""

    DRAFT = "draft", _("待签认")
    SIGNED = "signed", _("已签认，待复核")
    AGREED = "agreed", _("已复核")
    APPEALED = "appealed", _("申诉中")
    REPLACED = "replaced", _("已被更正版代替")
