"""The list of a township or a county: what waits, for how long, and what was done."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, may
from xinqiao.clocks.models import Clock as Deadline

from .. import queries
from ..choices import Form
from .common import looked_at, names_of, who, words

#: How far back the list of cards passed on reaches.
PASSED_DAYS = 90


@require_GET
def cards(request: HttpRequest) -> HttpResponse:
    """One part of the list: waiting to be received, to be filed, addresses asked for, not found, returned, done."""
    actor, clock = who(request)
    part = request.GET.get("part", "")
    part = part if part in queries.PARTS else "sent"
    form = request.GET.get("form", "")
    form = form if form in Form.values else ""
    text = request.GET.get("q", "").strip()[:30]
    found = queries.received_cards(
        actor=actor, today=clock.today(), part=part, form=form, text=text, after=request.GET.get("after", "")
    )
    shown = [row.card for row in found.rows]
    looked_at(request, shown, kind="list")
    here = reverse("reporting:list")
    held = {key: value for key, value in (("form", form), ("q", text)) if value}
    labels = {
        "sent": _("待接收"),
        "received": _("待建档"),
        "searching": _("住址协查"),
        "unresolved": _("住址未查到"),
        "returned": _("已退回"),
        "filed": _("已办结"),
    }
    deadlines = Deadline.objects.filter(
        kind="card", subject__in=[one.pk for one in shown], outcome="open", code__in=["D5", "D6", "D7"]
    )
    due: dict[object, object] = {}
    for subject, due_on in deadlines.order_by("-due_on").values_list("subject", "due_on"):
        due[subject] = due_on
    context = {
        "found": found,
        "part": part,
        "form": form,
        "text": text,
        "forms": list(Form.choices),
        "tabs": [
            (key, label, f"{here}?{urlencode({'part': key} | held)}", found.counts.get(key, 0))
            for key, label in labels.items()
        ],
        "passed": queries.passed_by(actor=actor, since=clock.today() - timedelta(days=PASSED_DAYS))
        if part == "sent"
        else [],
        "due": due,
        "next": f"{here}?{urlencode({'part': part, 'after': found.after} | held)}" if found.after else "",
        "may_enter": may(actor, Permission.IMPORT_REGISTER),
        **words(request),
    }
    context["names"] = names_of(shown, context["passed"])
    return render(request, "reporting/cards.html", context)
