"""Kinds of papers that are kept as scans."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PaperKind(models.TextChoices):
    """What a scan shows; codes of our own."""

    CONSENT = "01", _("知情同意书")
    VISIT = "02", _("随访服务记录表（纸质）")
    FORM = "03", _("个人信息表（纸质）")
    DIAGNOSIS = "04", _("诊断证明")
    DISCHARGE = "05", _("出院小结或出院信息单")
    CERTIFICATE = "06", _("残疾人证")
    GUARDIANSHIP = "07", _("监护协议或责任书")
    REFERRAL = "08", _("转诊单")
    LABORATORY = "09", _("检查检验报告")
    STATE = "10", _("死亡、排除或迁移依据")
    IDENTITY = "11", _("身份证件")
    EMERGENCY = "12", _("应急处置文书")
    OTHER = "99", _("其他文书")
