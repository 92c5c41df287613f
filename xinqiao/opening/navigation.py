"""The list of what is still missing stands in the room 管理, on the first day and later."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [Item("管理", _("开通清单"), "opening:steps", Permission.MANAGE_USERS)]
