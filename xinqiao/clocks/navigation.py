"""办理时限 in the room 办理. Its figures stand in 统计 after the others (`xinqiao.indicators.navigation`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS: list[Item] = [
    Item("办理", _("办理时限"), "clocks:inbox", Permission.SEE_INBOX),
]
