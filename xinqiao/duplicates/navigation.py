"""Pages of duplicates in the rooms of the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [Item("录入", _("疑似重复"), "duplicates:list", Permission.CORRECT_RECORD)]
