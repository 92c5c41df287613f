"""Pages of boundaries in the rooms of the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS: list[Item] = [Item("管理", _("区划调整"), "boundaries:list", Permission.CHANGE_BORDERS)]
