"""The list of steps with what is still missing: on the first day, and later under 管理."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.accounts.views.people import who
from xinqiao.kernel.codes import level_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Level
from xinqiao.places.queries import short_name

from ..queries import State, state_of

#: key, words, address, who may do it
STEPS: tuple[tuple[str, Any, str, Permission], ...] = (
    ("county", gettext_lazy("县和区划"), "opening:divisions", Permission.MANAGE_PLACES),
    ("institutions", gettext_lazy("机构"), "opening:institutions", Permission.MANAGE_PLACES),
    ("population", gettext_lazy("常住人口"), "opening:population", Permission.MANAGE_PLACES),
    ("accounts", gettext_lazy("账号"), "opening:accounts", Permission.MANAGE_USERS),
    ("import", gettext_lazy("导入名册"), "opening:import", Permission.MANAGE_USERS),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the progress list; `href` empty when this account may not do it."""

    key: str
    label: str
    href: str
    done: bool
    missing: tuple[str, ...] = ()


def state(request: HttpRequest, permission: Permission) -> State:
    """The county of the account that asks. NotFound for an account above or below the county: it has no county to set up."""
    actor, clock = who(request)
    require(actor, permission)
    if level_of(actor.place) is not Level.COUNTY:
        raise NotFound(_("开通设置按县进行，请用县级账号。"), code="not_found.county")
    return state_of(actor.place, clock.today())


def progress(request: HttpRequest, now: State, current: str = "") -> dict[str, Any]:
    """What every page of the set-up shows at its head."""
    actor, _clock = who(request)
    done = now.done
    missing = missing_of(now)
    listed = [
        Step(key, str(words), reverse(name) if may(actor, permission) else "", done[key], missing[key])
        for key, words, name, permission in STEPS
    ]
    keys = [one.key for one in listed]
    after = keys.index(current) + 1 if current in keys else 0
    following = next((one for one in listed[after:] if one.href), None)
    return {
        "steps": listed,
        "current": current,
        "next_step": following,
        "steps_done": sum(done.values()),
        "county_name": short_name(now.place),
    }


def missing_of(now: State) -> dict[str, tuple[str, ...]]:
    """Sentences by step: what is still missing, with names of places as far as they are few."""
    towns = now.townships
    says: dict[str, list[str]] = {key: [] for key, *_rest in STEPS}
    if not now.villages:
        says["county"].append(_("还没有载入乡镇和村。"))
    if not now.offices:
        says["institutions"].append(_("还没有县级精防机构。"))
    if without := [one.place.name for one in towns if not one.hospitals]:
        says["institutions"].append(_("没有卫生院的乡镇：%(names)s。") % {"names": _few(without)})
    if now.unserved:
        names = _few([f"{one.parent_name} {one.name}" for one in now.unserved])
        says["institutions"].append(_("没有机构服务的村：%(names)s。") % {"names": names})
    if now.place not in now.years:
        says["population"].append(_("全县没有常住人口，患病率无法计算。"))
    if without := [one.place.name for one in towns if one.place.code not in now.years]:
        says["population"].append(_("没有常住人口的乡镇：%(names)s。") % {"names": _few(without)})
    if not now.county_accounts:
        says["accounts"].append(_("还没有县精防办的账号。"))
    if without := [one.place.name for one in towns if not one.workers]:
        says["accounts"].append(_("没有账号的乡镇：%(names)s。") % {"names": _few(without)})
    if now.leaderless:
        names = _few([one.name for one in now.leaderless])
        says["accounts"].append(_("没有负责人的机构：%(names)s。") % {"names": names})
    if not now.people:
        says["import"].append(_("还没有服务对象，可以从工作簿导入，也可以逐个建档。"))
    return {key: tuple(words) for key, words in says.items()}


def _few(names: list[str], most: int = 8) -> str:
    if len(names) <= most:
        return "、".join(names)
    return _("%(names)s等 %(n)s 个") % {"names": "、".join(names[:most]), "n": len(names)}


@require_GET
def steps(request: HttpRequest) -> HttpResponse:
    """Five steps, each done or with what is missing."""
    now = state(request, Permission.MANAGE_USERS)
    return render(request, "opening/steps.html", progress(request, now) | {"area": now})
