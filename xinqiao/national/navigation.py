"""The pages of this domain in the rooms of the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("录入", _("国网待录"), "national:list", Permission.ENTER_NATIONAL),
    Item("录入", _("国网比对"), "national:differences", Permission.ENTER_NATIONAL),
]
