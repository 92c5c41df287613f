"""What the read log's kinds and purposes mean to a reader: one list of words for the auditor and for the person."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

#: How a record was looked at.
LOOKS: dict[str, Any] = {
    "page": _("打开档案"),
    "scan": _("打开文书"),
    "list": _("名单"),
    "search": _("查找"),
    "figure": _("由统计打开名单"),
    "print": _("打印"),
    "download": _("下载"),
    "unmask": _("查看完整号码"),
    "lookup": _("核对是否已建档"),
    "reads": _("查看查阅记录"),
}
#: What for; a purpose that somebody wrote (an inspection) stands as it was written.
PURPOSES: dict[str, Any] = {
    "care": _("日常服务"),
    "person": _("日常服务"),
    "visit": _("随访"),
    "screening": _("发现和复核诊断"),
    "record_visit": _("记录随访"),
    "amend_visit": _("更正随访"),
    "review": _("审核随访"),
    "care_group": _("请帮扶小组协助"),
    "confirmations": _("确认分类"),
    "worklist": _("安排随访"),
    "call": _("电话联系"),
    "emergency": _("应急"),
    "batch_entry": _("补录纸质记录"),
    "import_receipt": _("导入"),
    "import_check": _("导入时核对"),
    "already_registered": _("核对是否已建档"),
    "national": _("国网录入与比对"),
    "inspection": _("迎检"),
    "duplicates": _("核对疑似重复"),
    "handover": _("工作交接"),
    "hand_over": _("工作交接"),
    "work_record": _("核对工作量"),
    "exam": _("健康体检"),
    "print": _("打印纸质表格"),
    "figure": _("统计核对"),
    "pack_match": _("核对抽查名单"),
    "blank_forms": _("打印空白表"),
    "unexamined": _("安排体检"),
    "own_view": _("本人查阅"),
    "clocks": _("查看办理时限"),
    "transfer": _("流转"),
    "tracing": _("查找失访患者"),
    "campaign": _("专项行动"),
    "borders": _("区划调整"),
    "address_search": _("协查住址"),
    "correction": _("核准更正"),
    "advice": _("治疗指导"),
    "again": _("再次诊断"),
    "doubt": _("诊断复核"),
    "first": _("首次全面评估"),
    "visits": _("导出随访记录"),
    "other": _("其他"),
}


#: Purposes that carry a part or a figure behind their stem.
_STEMS = {"print_": "print", "visits_": "visits", "balance.": "figure"}


def purpose_words(purpose: str) -> str:
    """A purpose in words. What the product wrote as a code is never shown as one; what somebody wrote stands as it was written."""
    if purpose in PURPOSES:
        return str(PURPOSES[purpose])
    for stem, known in _STEMS.items():
        if purpose.startswith(stem):
            return str(PURPOSES[known])
    if purpose.isascii() and "." in purpose:  # a figure and the part of it that was opened
        return str(PURPOSES["figure"])
    # The key of a list that was opened without saying what for.
    return str(LOOKS["list"]) if purpose.isascii() and purpose else purpose
