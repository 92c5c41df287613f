"""Pages of staff in the room 管理."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("管理", _("工作交接"), "staff:hand-overs", Permission.TAKE_PART),
    Item("管理", _("请假和代班"), "staff:leaves", Permission.TAKE_PART),
    Item("管理", _("工作量"), "staff:works", Permission.TAKE_PART),
]
