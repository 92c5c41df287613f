"""What a clock can come to, and who can be holding it or be told."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outcome(models.TextChoices):
    OPEN = "open", _("办理中")
    DONE = "done", _("按时办结")
    LATE = "late", _("逾期办结")
    CANCELLED = "cancelled", _("已取消")


class Post(models.TextChoices):
    """Who holds a clock first, and who is told when it runs out."""

    HOSPITAL = "hospital", _("医院")
    POLICE = "police", _("派出所")
    VILLAGE = "village", _("村医")
    TOWNSHIP = "township", _("乡镇精防人员")
    COUNTY = "county", _("县精防办")
    CITY = "city", _("市精防办")
    PROVINCE = "province", _("省精防办")
