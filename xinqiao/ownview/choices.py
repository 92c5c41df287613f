"""Who asks to see a record, on what footing, what was decided; what is asked to be put right, and the answer."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Asker(models.TextChoices):
    PATIENT = "patient", _("本人")
    GUARDIAN = "guardian", _("监护人")


class Footing(models.TextChoices):
    """Why a guardian may see the record."""

    AGREED = "agreed", _("本人同意")
    INCAPACITY = "incapacity", _("本人无能力作出决定，已有记录")


class Verdict(models.TextChoices):
    """What the look beforehand came to: reading in full, without some parts, or not for now (MHL 47)."""

    WHOLE = "whole", _("全部给本人")
    PART = "part", _("部分暂不给")
    LATER = "later", _("暂不给")


class Section(models.TextChoices):
    """Parts of the summary, in their order. Also what a correction may be about."""

    IDENTITY = "identity", _("基本信息")
    CONTACTS = "contacts", _("监护人和联系人")
    CONSENT = "consent", _("知情同意")
    DIAGNOSIS = "diagnosis", _("诊断")
    LIFE = "life", _("档案的变动")
    VISITS = "visits", _("随访")
    DRUGS = "drugs", _("用药")
    EXAMS = "exams", _("健康体检")
    SUPPORT = "support", _("保障与帮扶")
    READERS = "readers", _("谁看过我的档案")


#: What may never be held back: it is no part of the treatment.
ALWAYS = frozenset({Section.IDENTITY, Section.CONTACTS, Section.CONSENT, Section.READERS})


class Answer(models.TextChoices):
    """What became of a request to put something right."""

    CORRECTED = "corrected", _("已更正")
    PARTLY = "partly", _("部分更正")
    KEPT = "kept", _("不更正，附上本人意见")
