"""Writes of paper. Importing this names its actions for the trail."""

from django.utils.translation import gettext_noop as _

from xinqiao.audit.actions import register_actions

from .entry import add_forms, begin_pile, finish_pile, keep_typed, mark_problem, save_form, undo_form

register_actions(
    {
        "begin_pile": _("开始录入一批纸质表"),
        "finish_pile": _("结束录入一批纸质表"),
    }
)

__all__ = [
    "add_forms",
    "begin_pile",
    "finish_pile",
    "keep_typed",
    "mark_problem",
    "save_form",
    "undo_form",
]
