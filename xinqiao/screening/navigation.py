"""Pages of screening in the room 办理. Sweeps and rounds are reached from the list of clues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("办理", _("线索"), "screening:list", Permission.RECORD_CLUE),
    Item("办理", _("复核诊断"), "screening:queue", Permission.DIAGNOSE),
]
