"""Pages of transfers in the rooms of the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [Item("办理", _("流转"), "transfers:transfers", Permission.TRANSFER_PERSON)]
