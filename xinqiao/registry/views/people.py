"""The list of people and the search."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import level_of
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import queries as places
from xinqiao.web.addresses import narrowed
from xinqiao.web.formats import number

from ..choices import printed
from ..queries import Filters, people_list, search
from .addresses import visiting


def state_choices() -> list[tuple[str, str]]:
    return [
        ("on", _("在册")),
        ("lost", _("失访")),
        ("hospital", _("住院中")),
        ("nobody", _("责任未落实")),
        ("dead", _("已死亡")),
        ("out", _("已迁出或排除")),
        ("all", _("全部")),
    ]


def class_choices() -> list[tuple[str, str]]:
    return [("1", _("不稳定")), ("2", _("基本稳定")), ("3", _("稳定")), ("0", _("未评"))]


@require_GET
@cache_control(no_store=True, private=True)
def people(request: HttpRequest) -> HttpResponse:
    """People of the area, filtered; one row of the read log for the page shown."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    choices = _places(actor)
    filters = _filters(request, {code for code, _name in choices})
    listed = people_list(
        actor=actor, today=clock.today(), filters=filters, after=request.GET.get("after", "")
    )
    audit.read(
        actor=actor, clock=clock, kind="list", person_ids=[card.id for card in listed.cards], purpose="care"
    )
    return render(
        request,
        "registry/list.html",
        {
            "listed": listed,
            "filters": filters,
            "place_choices": choices,
            "class_choices": class_choices(),
            "state_choices": state_choices(),
            "held": _held(request, filters, dict(choices)),
            "count_words": ngettext("共 %(n)s 人", "共 %(n)s 人", listed.count) % {"n": number(listed.count)},
            "state_labels": {code: _(label) for code, label in printed.STATE_LABELS.items()},
            "sex_labels": {one.code: _(one.label) for one in printed.SEX},
            "may_register": may(actor, Permission.REGISTER_PERSON),
            "visit_href": visiting(actor),
            "further": request.GET.get("after", "") != "",
        },
    )


def _filters(request: HttpRequest, known: set[str]) -> Filters:
    """What the address asks; values that are not on offer count as not asked."""
    get = request.GET
    place, visit_class, state, sort = (get.get(key, "") for key in ("place", "class", "state", "sort"))
    return Filters(
        place=place if place in known else "",
        visit_class=visit_class if visit_class in {"0", "1", "2", "3"} else "",
        state=state if state in {code for code, _words in state_choices()} else "on",
        sort="filed" if sort == "filed" else "place",
    )


def _places(actor: Actor) -> list[tuple[str, str]]:
    """Villages of a township, townships and villages of a county, own villages of a village doctor."""
    if actor.role is Role.VILLAGE_DOCTOR:
        names = places.short_names(actor.villages)
        return [(code, names[code]) for code in actor.villages] if len(actor.villages) > 1 else []
    below = places.places_below(actor.place)
    if level_of(actor.place) is Level.TOWNSHIP:
        return [(one.code, one.name) for one in below if one.level is Level.VILLAGE]
    return [(one.code, one.name if one.level is Level.TOWNSHIP else f"　{one.name}") for one in below]


def _held(request: HttpRequest, filters: Filters, names: dict[str, str]) -> list[tuple[str, str]]:
    """The filters that hold, each with the address that takes it out."""
    held = []
    for key, words in (
        ("place", names.get(filters.place, "").strip()),
        ("class", dict(class_choices()).get(filters.visit_class, "")),
        ("state", dict(state_choices())[filters.state] if filters.state != "on" else ""),
    ):
        if words:
            held.append((words, reverse("registry:list") + narrowed(request, **{key: ""})))
    return held


@require_http_methods(["GET", "POST"])
@cache_control(no_store=True, private=True)
def find(request: HttpRequest) -> HttpResponse:
    """Search. Posted by the top bar, so that names and numbers stay out of addresses and logs; a GET with q also works."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.VIEW_RECORDS)
    clock = request.clock  # type: ignore[attr-defined]
    text = (request.POST.get("q") or request.GET.get("q") or "").strip()
    context: dict[str, Any] = {
        "q": text[:40],
        "found": None,
        "may_register": may(actor, Permission.REGISTER_PERSON),
    }
    if text:
        found = search(actor=actor, today=clock.today(), text=text)
        audit.read(
            actor=actor, clock=clock, kind="search", person_ids=[c.id for c in found.cards], purpose="care"
        )
        context |= {
            "found": found,
            "count_words": ngettext("找到 %(n)s 人", "找到 %(n)s 人", found.count)
            % {"n": number(found.count)},
            "state_labels": {code: _(label) for code, label in printed.STATE_LABELS.items()},
            "sex_labels": {one.code: _(one.label) for one in printed.SEX},
            "visit_href": visiting(actor),
        }
    return render(request, "registry/search.html", context)
