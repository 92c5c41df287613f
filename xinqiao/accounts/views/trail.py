"""操作记录: the auditor's page."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.audit.actions import ACTIONS
from xinqiao.audit.words import LOOKS, purpose_words
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.terms import ROLE_LABELS
from xinqiao.places.queries import short_names

from .. import forms
from .. import trail as reading
from ..models import User
from ..permissions import Permission, require


@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """What was done, or who was looked at; filtered, newest first, read only."""
    actor = request.actor  # type: ignore[attr-defined]
    require(actor, Permission.READ_TRAIL)
    looks = request.GET.get("kind") == "looks"
    problems: list[Problem] = []
    try:
        filters = _filters(request)
    except Invalid as error:
        problems, filters = error.problems, reading.TrailFilters()
    lines = (reading.looks if looks else reading.events)(actor=actor, filters=filters)
    last = lines[reading.PAGE - 1] if len(lines) > reading.PAGE else None
    lines = lines[: reading.PAGE]
    users = User.objects.in_bulk({one.actor_id for one in lines if one.actor_id})
    labels = LOOKS if looks else {key: _(words) for key, words in ACTIONS.items()}
    context = {
        "looks": looks,
        "lines": lines,
        "users": users,
        "labels": labels,
        "purposes": purpose_words if looks else str,
        "actions": sorted(labels.items(), key=lambda one: str(one[1])),
        "role_labels": {role.value: _(words) for role, words in ROLE_LABELS.items()},
        "places": short_names({one.place for one in lines}),
        "more": f"{last.at.isoformat()}/{last.id}" if last else "",
        "problems": problems,
        "asked": request.GET,
    }
    return render(request, "accounts/trail.html", context, status=422 if problems else 200)


def _filters(request: HttpRequest) -> reading.TrailFilters:
    get = request.GET
    object_text = get.get("object", "").strip()
    object_id = read_uuid(object_text) if object_text else None
    if object_text and object_id is None:
        text = _("编号“%(value)s”不完整，应为 36 位的记录编号。") % {"value": object_text[:40]}
        raise Invalid([Problem("object", "shape", text)])
    return reading.TrailFilters(
        first=forms.read_day(get.get("from", ""), "from", _("从")),
        last=forms.read_day(get.get("to", ""), "to", _("到")),
        username=get.get("who", "").strip()[:60],
        action=get.get("what", "")[:40],
        object_id=object_id,
        after=_after(get.get("after", "")),
    )


def _after(text: str) -> tuple[datetime, UUID] | None:
    at, _slash, key = text.partition("/")
    found = read_uuid(key) if key else None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return (moment, found) if found and moment.tzinfo else None
