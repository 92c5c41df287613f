"""Kinds of institution."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class InstitutionKind(models.TextChoices):
    COUNTY_OFFICE = "county_office", _("县级精防机构")
    CITY_OFFICE = "city_office", _("市级精防机构")
    PROVINCE_OFFICE = "province_office", _("省级精防机构")
    TOWNSHIP_HOSPITAL = "township", _("乡镇卫生院/社区卫生服务中心")
    VILLAGE_CLINIC = "village", _("村卫生室/社区卫生服务站")
    PSYCHIATRIC_HOSPITAL = "hospital", _("精神卫生医疗机构")
    POLICE_STATION = "police", _("派出所")


#: Institutions that may answer for people: those of prevention, not the hospitals that report nor the police.
PRIMARY = (InstitutionKind.COUNTY_OFFICE, InstitutionKind.TOWNSHIP_HOSPITAL, InstitutionKind.VILLAGE_CLINIC)


class ChangeKind(models.TextChoices):
    """How borders change."""

    RENAME = "rename", _("更名")
    RECODE = "recode", _("更换代码")
    MERGE = "merge", _("乡镇合并")
    SPLIT = "split", _("乡镇拆分")
    MOVE = "move", _("乡镇划归另一县")
    VILLAGE_MERGE = "village_merge", _("村（社区）合并")
    VILLAGE_SPLIT = "village_split", _("村（社区）拆分")


class ChangeState(models.TextChoices):
    """How far a change of borders is."""

    PLANNED = "planned", _("待施行")
    DONE = "done", _("已施行")
    WITHDRAWN = "withdrawn", _("已撤回")
