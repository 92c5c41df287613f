"""Pages of accounts in the room 管理."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.web.navigation import Item

from .permissions import Permission

ITEMS = [
    Item("管理", _("账号"), "accounts:list", Permission.MANAGE_USERS),
    Item("管理", _("机构"), "accounts:institutions", Permission.MANAGE_PLACES),
    Item("管理", _("区划"), "accounts:divisions", Permission.MANAGE_PLACES),
    Item("管理", _("操作记录"), "accounts:trail", Permission.READ_TRAIL),
    Item("管理", _("角色与权限"), "accounts:roles"),
]
