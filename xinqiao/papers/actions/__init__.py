"""Writes of paper. Importing this names its actions for the trail."""

from django.utils.translation import gettext_noop as _

from xinqiao.audit.actions import register_actions

from .entry import add_forms, begin_pile, finish_pile, keep_typed, mark_problem, save_form, undo_form
from .packs import (
    begin_pack,
    bind_pack,
    download_pack,
    drop_pack,
    expire_packs,
    fail_pack,
    make_member,
    make_pack,
    settle_line,
    start_pack,
)

register_actions(
    {
        "begin_pile": _("开始录入一批纸质表"),
        "finish_pile": _("结束录入一批纸质表"),
        "begin_pack": _("核对迎检名单"),
        "start_pack": _("开始生成迎检包"),
        "make_pack": _("生成迎检包"),
        "download_pack": _("下载迎检包"),
        "expire_pack": _("迎检包到期清除"),
        "drop_pack": _("提前清除迎检包"),
    }
)

__all__ = [
    "add_forms",
    "begin_pack",
    "begin_pile",
    "bind_pack",
    "download_pack",
    "drop_pack",
    "expire_packs",
    "fail_pack",
    "finish_pile",
    "keep_typed",
    "make_member",
    "make_pack",
    "mark_problem",
    "save_form",
    "settle_line",
    "start_pack",
    "undo_form",
]
