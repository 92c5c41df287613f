"""The lists in the room 今日, the printed register in 患者."""

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [Item("今日", _("名单与台账"), "rosters:index", Permission.VIEW_RECORDS)]
