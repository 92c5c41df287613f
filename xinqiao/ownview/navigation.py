"""The page of the person's own view in the room 患者."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS: list[Item] = [Item("患者", _("本人查阅"), "ownview:list", Permission.GIVE_ACCESS)]
