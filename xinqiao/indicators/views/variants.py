"""One figure of one place in every variant side by side, with what it should be and how it went."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, may
from xinqiao.kernel.errors import NotFound
from xinqiao.places.queries import names_of

from .. import queries
from ..declarations import PERIODS, catalogue
from ..targets import targets_for
from .asked import SAID, asked_of, either


@require_GET
def variants(request: HttpRequest, key: str) -> HttpResponse:
    """All variants of a figure at the same place and date: numerator, base, value, and what differs from the leading one."""
    asked = asked_of(request)
    declared = catalogue()
    if key not in declared.measures:
        raise NotFound()
    made = queries.whole(actor=asked.actor, code=asked.code, on=asked.on)
    by = "year" if request.GET.get("by") == "year" else "month"
    return render(
        request,
        "indicators/variants.html",
        {
            "asked": asked,
            "measure": declared.measures[key],
            "figures": made.figures[key],
            "sets": declared.sets,
            "target": targets_for(asked.code, asked.on).get(key),
            "trend": queries.trend(actor=asked.actor, code=asked.code, on=asked.on, keys=[key], by=by),
            "by": by,
            "period": either(PERIODS[declared.measures[key].period]),
            "name": names_of([asked.code]).get(asked.code, "") if asked.code else _("本人负责的村"),
            "may_open": may(asked.actor, Permission.OPEN_FIGURE),
            **SAID,
        },
    )
