"""Pages of reporting in the rooms of the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("办理", _("报告卡"), "reporting:list", Permission.RECEIVE_CARD),
    Item("办理", _("报告卡"), "reporting:own", Permission.REPORT_CARD),
    Item("办理", _("出院信息单"), "reporting:own-discharges", Permission.REPORT_CARD),
    Item("办理", _("住址协查"), "reporting:searches", Permission.SEARCH_ADDRESS),
]
