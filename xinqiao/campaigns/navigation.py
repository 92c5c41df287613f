"""Pages of campaigns in the rooms of the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS: list[Item] = [Item("办理", _("专项行动"), "campaigns:list", Permission.DO_CAMPAIGN)]
