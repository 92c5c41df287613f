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


class RefusalReason(models.TextChoices):
    """Why somebody does not want the service, or no longer. Our own list: asked gently, never required."""

    NO_NEED = "1", _("觉得不需要")
    FAMILY = "2", _("家人不愿意")
    PRIVACY = "3", _("担心被人知道")
    ELSEWHERE = "4", _("已在别处得到服务")
    AWAY = "5", _("常年在外，不便联系")
    UNHAPPY = "6", _("对服务不满意")
    NOT_SAID = "8", _("不愿说明")
    OTHER = "9", _("其他")


class CorrectionKind(models.TextChoices):
    """What of the life of a file is changed only with a second person."""

    UNDO_DEATH = "undo_death", _("更正死亡")
    UNDO_EXCLUSION = "undo_exclude", _("更正诊断排除")
    EXCLUDE = "exclude", _("登记诊断排除")


class ResponsibilityKind(models.TextChoices):
    """In what capacity somebody answers for a person."""

    COUNTING = "counting", _("统计归属机构")
    RESPONSIBLE = "responsible", _("责任机构与人员")
    RECEIVING = "receiving", _("流转接收方")


class AddressKind(models.TextChoices):
    """Which address: where somebody lives, is registered, or stays for a while."""

    LIVE = "live", _("现住址")
    HUKOU = "hukou", _("户籍地址")
    TEMP = "temp", _("暂住地址")


class NameKind(models.TextChoices):
    """Names besides the one of the file."""

    FORMER = "former", _("曾用名")
    NICK = "nick", _("小名或绰号")
    ALIAS = "alias", _("别名或异体写法")


class NumberKind(models.TextChoices):
    """Numbers besides the document by which the file is known. Two digits: WS 364.3 CV02.01.101."""

    NATIONAL = "national", _("国网编号")
    REPORT_CARD = "card", _("报告卡卡号")
    INSURANCE = "insured", _("医保或社保编号")
    FORMER_FILE = "file", _("原档案编号")
    OUTPATIENT = "clinic", _("门诊号")
    INPATIENT = "ward", _("住院号")
    IDENTITY_CARD = "01", _("居民身份证")
    HOUSEHOLD_BOOK = "02", _("居民户口簿")
    PASSPORT = "03", _("护照")
    OFFICER = "04", _("军官证")
    DRIVER = "05", _("驾驶证")
    HONG_KONG = "06", _("港澳居民来往内地通行证")
    TAIWAN = "07", _("台湾居民来往内地通行证")
    OTHER = "99", _("其他法定有效证件")


class SupportKind(models.TextChoices):
    """What somebody is given or takes part in (F07 additions of the 2018 norm, and the aids of other departments)."""

    TARGETED_POVERTY = "poverty", _("精准扶贫（建档立卡）对象")
    LOW_INCOME = "low_income", _("低保")
    DESTITUTE = "destitute", _("特困供养")
    GUARDIAN_SUBSIDY = "guardian", _("监护补助（以奖代补）")
    FREE_MEDICINE = "medicine", _("免费服药")
    MEDICINE_AID = "aid", _("药费补助")
    LIVING = "living", _("困难残疾人生活补贴")
    NURSING = "nursing", _("重度残疾人护理补贴")
    INSURANCE = "insurance", _("基本医疗保险")
    FAMILY_DOCTOR = "doctor", _("家庭医生签约")
    COMMUNITY_REHAB = "rehab", _("社区康复")
    CARE_GROUP = "care_group", _("关爱帮扶小组")
    DISABILITY_CERTIFICATE = "certificate", _("残疾人证")


class CareRole(models.TextChoices):
    """Who sits in a care group (关爱帮扶小组)."""

    HEAD = "head", _("组长")
    CADRE = "cadre", _("村（居）干部")
    GRID = "grid", _("网格员")
    PREVENTION = "prevention", _("基层精防人员")
    MEDICAL = "medical", _("医务人员")
    CIVIL = "civil", _("民政工作人员")
    DISABLED = "disabled", _("残疾人专职委员")
    POLICE = "police", _("社区民警")
    FAMILY = "family", _("家属")
    VOLUNTEER = "volunteer", _("志愿者")
