"""Writes of tracing. Importing this names its actions for the trail."""

from django.utils.translation import gettext_noop as _

from xinqiao.audit.actions import register_actions

from .deciding import Loss, News, confirm_loss, open_for_the_lost, report_found
from .following import follow, refollow
from .reports import NewTold, tell
from .steps import NewAsked, NewSearch, open_search, record_asked

register_actions(
    {
        "open_search": _("开始查找失访患者"),
        "record_asked": _("记录查找步骤"),
        "confirm_loss": _("认定失访"),
        "report_found": _("结束查找"),
        "open_for_the_lost": _("为已失访者开始查找"),
        "tell_of_loss": _("登记失访告知和报告"),
    }
)

__all__ = [
    "Loss",
    "NewAsked",
    "NewSearch",
    "NewTold",
    "News",
    "confirm_loss",
    "follow",
    "open_for_the_lost",
    "open_search",
    "record_asked",
    "refollow",
    "report_found",
    "tell",
]
