"""The page of rules in the room 管理, for who may write some; others reach it from 口径说明 and 角色与权限."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [Item("管理", _("现行规定"), "regulations:list", Permission.SET_RULES)]
