"""The registry's pages in the room 患者."""

from django.utils.translation import gettext_lazy as _

from xinqiao.accounts.permissions import Permission
from xinqiao.web.navigation import Item

ITEMS = [
    Item("患者", _("患者名单"), "registry:list", Permission.VIEW_RECORDS),
    Item("患者", _("查找患者"), "registry:search", Permission.VIEW_RECORDS),
    Item("患者", _("登记新患者"), "registry:new", Permission.REGISTER_PERSON),
    Item("患者", _("帮扶小组"), "registry:groups", Permission.VIEW_RECORDS),
    Item("患者", _("待核对"), "registry:inquiries", Permission.REGISTER_PERSON),
]
