"""All versions of one visit side by side: what changed, who changed it, when and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.audit import actions as audit

from .. import choices, forms
from ..actions.visits import record_of
from ..queries import visit_page
from ..rules import FIELDS, SECTIONS


@require_GET
def versions(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """Oldest on the left. Every answered item; what a version changed is marked, `?only=1` leaves the rest out."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    found = visit_page(actor=actor, visit_id=visit_id)
    audit.read(actor=actor, clock=clock, kind="page", person_ids=[found.person.pk], purpose="visit")
    shown = list(reversed(found.versions))
    records = [record_of(one) for one in shown]
    only = request.GET.get("only") == "1"
    sections: list[tuple[str, list[tuple[str, list[tuple[str, bool]]]]]] = []
    changes = 0
    for key, title in SECTIONS:
        rows = []
        for item in FIELDS.values():
            if item.section != key or item.key == "due_on" or not any(item.key in one for one in records):
                continue
            words = [forms.in_words(item.key, one[item.key]) if item.key in one else "—" for one in records]
            marked = [index > 0 and words[index] != words[index - 1] for index in range(len(words))]
            changes += sum(marked)
            if any(marked) or not only:
                rows.append((_(item.label), list(zip(words, marked, strict=True))))
        if rows:
            sections.append((_(title), rows))
    context: dict[str, Any] = {
        "found": found,
        "shown": shown,
        "sections": sections,
        "changes": changes,
        "only": only,
        "mode": dict(choices.EntryMode.choices),
    }
    return render(request, "followup/versions.html", context)
