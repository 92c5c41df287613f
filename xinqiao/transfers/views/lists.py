"""The room 流转: what has come in, what went out, what has ended, and the month."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.audit import actions as audit

from .. import queries
from ..choices import Reason, State
from ..queries.rows import BOXES, ENDED_DAYS
from .common import month_of, who


@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """One of the three lists; one row of the read log for those whose names it shows."""
    actor, clock = who(request)
    box = request.GET.get("box", "")
    box = box if box in BOXES else "in"
    found = queries.inbox(actor=actor, today=clock.today(), box=box, after=request.GET.get("after", ""))
    audit.read(
        actor=actor,
        clock=clock,
        kind="list",
        person_ids=[one.row.person_id for one in found.lines if one.name],
        purpose="transfer",
    )
    first, after = month_of(request.GET.get("month", ""), clock.today())
    address = reverse("transfers:transfers")
    labels = {"in": _("待接收"), "out": _("已发出"), "closed": _("已办结")}
    context = {
        "found": found,
        "ended_days": ENDED_DAYS,
        "box": box,
        "tabs": [
            *((key, labels[key], f"{address}?box={key}", found.counts[key]) for key in BOXES),
            ("listings", _("双列管"), reverse("transfers:listings")),
        ],
        "states": dict(State.choices),
        "reasons": dict(Reason.choices),
        "next_url": f"{address}?box={box}&after={found.after}" if found.after else "",
        "month": first,
        "months": _months(clock.today()),
        "counted": [
            (_LABELS[key](), number)
            for key, number in queries.by_month(actor=actor, first=first, after=after).items()
        ],
    }
    return render(request, "transfers/transfers.html", context)


def _months(today: date) -> list[tuple[str, str]]:
    """This month and the eleven before it."""
    found, first = [], today.replace(day=1)
    for _number in range(12):
        found.append((f"{first:%Y-%m}", f"{first:%Y-%m}"))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


_LABELS = {
    "sent": lambda: _("发出"),
    "accepted_away": lambda: _("被接收（转出）"),
    "accepted_here": lambda: _("接收（转入）"),
    "returned_to_us": lambda: _("被退回"),
    "returned_by_us": lambda: _("退回"),
    "left": lambda: _("迁出系统"),
}
