"""待分配到新村: the people of a village that was split, and to which of the two each belongs."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinqiao.audit.actions import read
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.web import notes

from .. import actions, queries
from .who import who


@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """Whom the county still has to assign; the look is written down."""
    return _page(request)


def _page(request: HttpRequest, problems: list[Problem] | None = None) -> HttpResponse:
    actor, clock = who(request)
    rows, total = queries.waiting(actor=actor)
    read(actor=actor, clock=clock, kind="list", person_ids=[one.person_id for one in rows], purpose="borders")
    context = {"rows": rows, "total": total, "problems": problems or []}
    return render(request, "boundaries/waiting.html", context, status=422 if problems else 200)


@require_POST
def assign(request: HttpRequest, assignment_id: UUID) -> HttpResponse:
    """This one belongs to this village."""
    actor, clock = who(request)
    village = request.POST.get("village", "")
    try:
        actions.assign_village(actor=actor, clock=clock, assignment_id=assignment_id, village=village)
    except Invalid as error:
        return _page(request, error.problems)
    notes.say(request, _("已定村"))
    return HttpResponseRedirect(reverse("boundaries:waiting"))
