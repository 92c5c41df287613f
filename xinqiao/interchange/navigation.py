"""The page of import in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("录入", _("导入"), "interchange:home", Permission.IMPORT_REGISTER),
    Item("录入", _("导出随访记录"), "interchange:visits-out", Permission.EXPORT_LIST),
]
