"""Pages of follow-up in the rooms of the frame."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("今日", _("今日应访"), "followup:today", Permission.VIEW_RECORDS),
    Item("今日", _("待审核"), "followup:reviews", Permission.REVIEW_VISIT),
    Item("今日", _("待确认"), "followup:confirmations", Permission.CONFIRM_CLASS),
]
