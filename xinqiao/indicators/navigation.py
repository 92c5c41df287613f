"""Pages of the figures in the room 统计."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("统计", _("统计表"), "indicators:table", Permission.SEE_FIGURES),
    Item("统计", _("在册人数变动核对表"), "indicators:balance", Permission.SEE_FIGURES),
    Item("统计", _("办理及时率"), "clocks:timeliness", Permission.SEE_FIGURES),
    Item("统计", _("口径说明"), "indicators:measures", Permission.SEE_FIGURES),
]
