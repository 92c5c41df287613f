"""办理时限 in the room 办理, its figures in 统计."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS: list[Item] = [
    Item("办理", _("办理时限"), "clocks:inbox", Permission.SEE_INBOX),
    Item("统计", _("办理及时率"), "clocks:timeliness", Permission.SEE_FIGURES),
]
