"""What an answer limits and what still holds, in words for the page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xinqiao.registry.rules.service import ALWAYS, Service, Sharing, Standing

STANDINGS: dict[Standing, Any] = {
    Standing.FULL: gettext_lazy("已同意，提供全部服务"),
    Standing.LIMITED: gettext_lazy("有限服务"),
    Standing.STATUTORY: gettext_lazy("依法报告，已告知"),
    Standing.UNASKED: gettext_lazy("尚未征询"),
}
ANSWERS: dict[str, Any] = {
    "agreed": gettext_lazy("同意"),
    "refused": gettext_lazy("不同意"),
    "withdrawn": gettext_lazy("撤回同意"),
}
PURPOSES: dict[Sharing, Any] = {
    Sharing.SAFETY: gettext_lazy("有危险时告知公安"),
    Sharing.EMERGENCY: gettext_lazy("紧急救助"),
    Sharing.STATUTORY: gettext_lazy("依法报告、国网录入和机构间流转"),
    Sharing.HELP: gettext_lazy("向帮扶小组和村（居）委会说明需要哪些帮助"),
    Sharing.AID: gettext_lazy("向民政、残联代办救助和补助"),
    Sharing.REHAB: gettext_lazy("介绍到社区康复"),
}


def ends_now(service: Service) -> list[str]:
    """What is not done under this answer."""
    found = []
    if not service.visits:
        found.append(_("不再安排常规随访，不强行上门"))
    found += [str(PURPOSES[one]) for one in Sharing if one not in ALWAYS and not service.shares(one)]
    if not service.lawful:
        found.append(_("不计入在管"))
    return found


def still_holds(*, in_danger: bool) -> list[str]:
    """What hangs on no answer."""
    found = [str(PURPOSES[one]) for one in Sharing if one in ALWAYS]
    first = _("病情不稳定或危险性 3 级及以上，为了安全的随访照常安排") if in_danger else _("病情不稳定或危险性升到 3 级时，为了安全的随访照常安排")  # fmt: skip
    return [
        first,
        *found,
        _("请帮扶小组协助劝说：告知单只写姓名、村和责任人"),
        _("看病、取药、住院和已有的救助不受影响"),
        _("仍在册；档案依法保存，责任人看得到；随时可以再同意"),
    ]


def in_danger(standing: Any) -> bool:
    """Unstable, or at level 3 or more, as the person stands now."""
    return standing is not None and (standing.visit_class == "1" or (standing.risk or 0) >= 3)
