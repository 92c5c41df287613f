"""Words of duplicates that are stored."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class PairState(models.TextChoices):
    """What somebody decided about two files."""

    OPEN = "open", _("待核对")
    LATER = "later", _("以后再看")
    DIFFERENT = "different", _("不是同一人")
    MERGED = "merged", _("已合并")


class PairKind(models.TextChoices):
    """What the finder takes two files for: a help for the eye, never a decision."""

    SAME = "same", _("可能是同一人")
    NUMBER = "number", _("证件号冲突")
    TWINS = "twins", _("可能是双胞胎")


class SearchState(models.TextChoices):
    """How far a search of a county is."""

    WAITING = "waiting", _("等待开始")
    READING = "reading", _("正在读取档案")
    COMPARING = "comparing", _("正在比对")
    DONE = "done", _("已完成")
    FAILED = "failed", _("没有完成")


#: What agrees, or does not, between two files, as the bulk finder writes it; beside those of the warning at entry.
FOUND: dict[str, Any] = {
    "number_differs": _("证件号码不同"),
    "name_differs": _("姓名不同"),
    "birth_differs": _("出生日期不同"),
    "birth_year": _("出生年份相同"),
    "shared_phone": _("电话相同"),
    "last4": _("证件号码末四位相同"),
}

#: Tables of the ledger as a reader knows them.
TABLES: dict[str, Any] = {
    "registry_person": _("档案"),
    "registry_identifier": _("证件号码"),
    "registry_othernumber": _("其他号码"),
    "registry_personname": _("其他姓名"),
    "registry_personrevision": _("更正留痕"),
    "registry_address": _("住址"),
    "registry_guardian": _("监护人"),
    "registry_diagnosis": _("诊断"),
    "registry_consent": _("知情同意"),
    "registry_lifeevent": _("档案变动"),
    "registry_lifecorrection": _("档案变动的更正"),
    "registry_responsibility": _("责任机构与人员"),
    "registry_responsibleperson": _("责任人"),
    "registry_background": _("健康与生活情况"),
    "registry_relative": _("家庭成员"),
    "registry_householdmember": _("同住"),
    "registry_certificate": _("残疾证"),
    "registry_support": _("救助与支持"),
    "registry_careplacement": _("帮扶小组"),
    "registry_attachment": _("文书"),
    "followup_visit": _("随访"),
    "followup_visitattempt": _("未联系上"),
    "followup_confirmation": _("分类确认"),
    "followup_review": _("审核"),
    "followup_draft": _("草稿"),
    "followup_obligation": _("应访"),
    "followup_standing": _("当前状态"),
    "treatment_exam": _("健康体检"),
    "treatment_examrefusal": _("拒绝体检"),
    "screening_clue": _("线索"),
    "screening_review": _("复核诊断"),
    "reporting_card": _("报告卡"),
    "tracing_search": _("失访查找"),
    "transfers_transfer": _("流转"),
    "transfers_listing": _("人户分离登记"),
    "clocks_clock": _("办理时限"),
    "national_entry": _("国网录入"),
    "national_difference": _("国网差异"),
    "staff_workline": _("工作量"),
    "staff_handedperson": _("工作交接"),
    "papers_pilerow": _("补录"),
    "papers_packmember": _("迎检材料"),
}
#: What became of the rows.
ACTIONS: dict[str, Any] = {
    "moved": _("移到保留的档案"),
    "parked": _("留在被合并的档案"),
    "voided": _("停止计算"),
    "ended": _("到合并日为止"),
    "made": _("合并时补记"),
}
