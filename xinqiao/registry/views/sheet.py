"""Both forms of a person whole on one page, to be printed."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor

from ..answers import lines_of, parts_of
from ..page import current_page
from ..queries import find_person, record_of
from ..rules import printed_file_number
from ..shown import private


@require_GET
@cache_control(no_store=True, private=True)
def sheet(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One row of the read log, as a print; numbers stay masked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = find_person(actor=actor, person_id=person_id)
    audit.read(actor=actor, clock=request.clock, kind="print", person_ids=[person.pk], purpose="care")  # type: ignore[attr-defined]
    page, shown = current_page(request, person), private(request)
    record = record_of(actor=actor, person=person)
    kinds = ("name", "number", "relative", "certificate", "support", "keeper", "placement")
    context = {
        "person": person,
        "page": page,
        "file_no": printed_file_number(person.file_no),
        "parts": parts_of(page, record, shown),
        "tables": [
            lines_of("guardian", page.guardians, shown),
            lines_of("address", page.addresses, shown),
            *(lines_of(kind, record.rows[kind], shown) for kind in kinds),
        ],
    }
    return render(request, "registry/sheet.html", context)
