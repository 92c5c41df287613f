"""Rehearsing a rule before it is switched: how many people would change their class."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ..queries.rehearsal import rehearse_recovered_insight


@require_GET
def rehearsal(request: HttpRequest) -> HttpResponse:
    """Counts only; nobody's record is opened and nothing changes."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    found = rehearse_recovered_insight(actor=actor, today=clock.today())
    return render(request, "followup/rehearsal.html", {"found": found, "today": clock.today()})
