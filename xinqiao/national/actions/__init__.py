"""Writes of this domain. Importing this names its actions for the trail."""

from django.utils.translation import gettext_noop as _

from xinqiao.audit.actions import register_actions

from .comparing import abandon_comparison, bring_export, choose_columns, run_comparison
from .entering import change_setting, tick_visits, untick_visits
from .settling import assign_differences, settle_differences

register_actions(
    {
        "tick_entered": _("标记已录入其他系统"),
        "untick_entered": _("撤销已录入标记"),
        "change_national_setting": _("修改国网待录设置"),
        "compare_upload": _("上传待比对的名单"),
        "compare_lists": _("国网名单比对"),
        "compare_abandon": _("放弃一次比对"),
        "assign_difference": _("分派比对差异"),
        "settle_difference": _("处理比对差异"),
    }
)

__all__ = [
    "abandon_comparison",
    "assign_differences",
    "bring_export",
    "change_setting",
    "choose_columns",
    "run_comparison",
    "settle_differences",
    "tick_visits",
    "untick_visits",
]
