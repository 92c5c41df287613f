"""The note to the care group: name, village, whom to call, and what is asked. Nothing about health."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import Conflict
from xinqiao.kernel.words import sentence
from xinqiao.registry.models import Person
from xinqiao.registry.page import current_page
from xinqiao.registry.queries import find_person
from xinqiao.web.files import send_file
from xinqiao.web.formats import moment
from xinqiao.web.papers import render

from ..queries import service_of


def note_of(request: HttpRequest, person: Person) -> dict[str, object]:
    """Everything that stands on the note, and nothing else."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    page = current_page(request, person)
    duties = [one for one in page.responsible if one.worker or one.worker_name]
    return {
        "foot": {"by": actor.display_name, "at": moment(clock.now()), "purpose": _("请帮扶小组协助")},
        "name": person.name,
        "village": page.path,
        "day": clock.today().isoformat(),
        "responsible": [
            [
                one.worker.display_name if one.worker else one.worker_name,
                one.institution.name,
                (one.worker.phone if one.worker else "") or "",
            ]
            for one in duties
        ],
    }


@require_safe
@cache_control(no_store=True, private=True)
def note(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A4, one page. Only while the last answer is a no."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    clock = request.clock  # type: ignore[attr-defined]
    require(actor, Permission.REGISTER_PERSON)
    person = find_person(actor=actor, person_id=person_id)
    if not service_of(current_page(request, person).consents, person, clock.today()).said_no:
        raise Conflict(sentence("最近一次答复不是不同意，没有告知单。"), code="conflict.no_refusal")
    audit.read(actor=actor, clock=clock, kind="print", person_ids=[person.pk], purpose="care_group")
    body = render("consents/note.typ", note_of(request, person))
    return send_file(
        request, body, name=f"告知单-{clock.today():%Y%m%d}.pdf", content_type="application/pdf", inline=True
    )
