"""What waits for a second person, with the two acts beside each."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from xinqiao.audit import actions as audit
from xinqiao.kernel.errors import Invalid
from xinqiao.web import notes

from ..actions import decide_confirmation
from ..queries import provisional_risks, waiting_confirmations
from ..rules import CLASSES


@require_GET
def confirmations(request: HttpRequest) -> HttpResponse:
    """Milder classes, lowered levels and high levels told by village doctors, oldest first."""
    return _page(request)


@require_POST
def confirm(request: HttpRequest, confirmation_id: UUID) -> HttpResponse:
    """Accept or refuse one."""
    accept = request.POST.get("decision") == "accept"
    reason = request.POST.get("reason", "")
    try:
        decide_confirmation(
            actor=request.actor,  # type: ignore[attr-defined]
            clock=request.clock,  # type: ignore[attr-defined]
            confirmation_id=confirmation_id,
            accept=accept,
            reason=reason,
        )
    except Invalid as error:
        return _page(request, failed=confirmation_id, error=error, reason=reason)
    notes.say(request, _("已确认，按医生所选计") if accept else _("已退回，按较重的计"))
    return HttpResponseRedirect(reverse("followup:confirmations"))


def _page(
    request: HttpRequest, *, failed: UUID | None = None, error: Invalid | None = None, reason: str = ""
) -> HttpResponse:
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    rows = waiting_confirmations(actor=actor)
    provisional = provisional_risks(actor=actor)
    ids = [row.visit.person_id for row in rows] + [row.person_id for row in provisional]
    audit.read(actor=actor, clock=clock, kind="list", person_ids=ids, purpose="confirmations")
    context = {
        "rows": rows,
        "provisional": provisional,
        "classes": CLASSES,
        "failed": failed,
        "problems": error.problems if error else [],
        "reason": reason,
    }
    return render(request, "followup/confirmations.html", context, status=422 if error else 200)
