"""Pages of paper in the rooms of the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("今日", _("打印"), "papers:prints", Permission.VIEW_RECORDS),
    Item("录入", _("纸质表录入"), "papers:piles", Permission.RECORD_VISIT),
    Item("今日", _("迎检包"), "papers:packs", Permission.EXPORT_LIST),
]
