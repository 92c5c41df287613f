"""Beginning a search of the county, and how far it is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.web.background import attended, queued

from .. import actions, queries, tasks
from ..choices import SearchState
from ..models import Hunt

WORKING = (SearchState.WAITING, SearchState.READING, SearchState.COMPARING)
#: Files that may be searched within a request when no background worker is there.
WITHOUT_WORKER = 5_000


@require_POST
def hunt(request: HttpRequest) -> HttpResponse:
    """Begin a search, or go on with the one under way: one whose worker was killed begins anew. `here` does it within this request."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    begun = actions.begin_hunt(actor=actor, clock=clock)
    if attended("hunt_id", begun.pk):
        pass
    elif request.POST.get("here") and begun.people <= WITHOUT_WORKER:
        tasks.run_hunt(actor=actor, clock=clock, hunt_id=begun.pk)
    elif not queued("hunt_id", begun.pk):
        tasks.hunt.defer(hunt_id=str(begun.pk), user_id=str(actor.user_id))
    return HttpResponseRedirect(reverse("duplicates:list"))


@require_safe
def hunt_progress(request: HttpRequest) -> HttpResponse:
    """The part of the list that shows how far it is; reloads the page when it is done."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.CORRECT_RECORD)
    found = queries.last_hunt(actor=actor)
    answer = render(request, "duplicates/_progress.html", progress(found))
    if found is None or found.state not in WORKING:
        answer["HX-Refresh"] = "true"
    return answer


def progress(found: Hunt | None) -> dict[str, Any]:
    """What the part needs. Two statements while a search is under way."""
    working = found is not None and found.state in WORKING
    return {
        "hunt": found,
        "working": working,
        "worker": found is not None and working and attended("hunt_id", found.pk),
        "queued": found is not None and working and queued("hunt_id", found.pk),
        "may_run_here": found is not None and found.people <= WITHOUT_WORKER,
    }
