"""In an emergency the first tap shows whom to call, and the next one dials. Recording comes after."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.registry.queries import find_person, page_of_person

from ..queries import precautions_of, visit_context
from .form_page import back_to
from .precautions import precaution_words


@dataclass(frozen=True, slots=True)
class Line:
    """One number to dial: who, the number, and what for."""

    who: str
    number: str
    why: str = ""


@require_GET
def emergency(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Whom to call, nearest help first. Whole numbers: the read log says that they were shown."""
    actor, clock = request.actor, request.clock  # type: ignore[attr-defined]
    require(actor, Permission.RECORD_ATTEMPT)
    person = find_person(actor=actor, person_id=person_id)
    page = page_of_person(actor=actor, today=clock.today(), person=person)
    audit.read(actor=actor, clock=clock, kind="unmask", person_ids=[person_id], purpose="emergency")
    near: list[Line] = []
    for one in page.responsible:
        if one.worker and one.worker.phone:
            near.append(Line(one.worker.display_name, one.worker.phone, _("责任人")))
        if one.institution and one.institution.phone:
            near.append(Line(one.institution.name, one.institution.phone, _("管理机构")))
    if person.committee_phone:
        near.append(
            Line(person.committee_contact or _("村（居）委会"), person.committee_phone, _("村（居）委会"))
        )
    family = [Line(one.name, one.phone, _("监护人")) for one in page.present_guardians if one.phone]
    if person.phone:
        family.append(Line(person.name, person.phone, _("本人")))
    context = {
        "person": person,
        "village": page.village,
        "public": [
            Line(_("110 报警"), "110", _("正在伤人、毁物，或有这样的危险")),
            Line(_("120 急救"), "120", _("自伤、自杀、服药过量、昏迷")),
        ],
        "near": list({line.number: line for line in reversed(near)}.values())[::-1],
        "family": family,
        "precautions": precaution_words(
            precautions_of(visit_context(actor=actor, person_id=person_id), today=clock.today())
        ),
        "back": back_to(request),
        "record": reverse("followup:record", args=[person_id]),
    }
    return render(request, "followup/emergency.html", context)
