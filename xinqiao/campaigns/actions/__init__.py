"""Writes of special actions. Importing this names its actions for the trail."""

from django.utils.translation import gettext_noop as _

from xinqiao.audit.actions import register_actions

from .ending import close_campaign, withdraw_campaign
from .lines import NewLine, record_line
from .starting import NewCampaign, read_steps, start_campaign

register_actions(
    {
        "start_campaign": _("发起专项行动"),
        "record_campaign_line": _("办理专项行动"),
        "close_campaign": _("结束专项行动"),
        "withdraw_campaign": _("撤回专项行动"),
    }
)

__all__ = [
    "NewCampaign", "NewLine", "close_campaign", "read_steps", "record_line", "start_campaign", "withdraw_campaign",
]  # fmt: skip
