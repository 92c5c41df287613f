"""What is said after a file was made: what comes next hangs on the answer to the offer of service."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from xinqiao.web import notes

from ..models import Consent, Person
from ..rules.service import service_on
from ..wordings import service_follows
from .addresses import visiting


def say_filed(request: HttpRequest, person_id: UUID, words: str, *, first: str = "") -> None:
    """`words`, and then: the first visit (in the words of `first`), or the limited path of somebody who said no."""
    if _refused(request, person_id):
        notes.say(
            request,
            words,
            next_text=_("本人不同意，不安排常规随访；接下来告知帮扶小组"),
            next_label=_("看照常的和不做的"),
            next_href=reverse("registry:person", args=[person_id]) + "?tab=consent",
        )
        return
    actor = request.actor  # type: ignore[attr-defined]
    notes.say(
        request,
        words,
        next_text=first or _("接下来做首次随访"),
        next_label=_("记录随访"),
        next_href=visiting(actor)(person_id),
    )


def _refused(request: HttpRequest, person_id: UUID) -> bool:
    today = request.clock.today()  # type: ignore[attr-defined]
    answers = Consent.objects.filter(person_id=person_id, voided_at=None)
    village = Person.objects.values_list("managing_code", flat=True).get(pk=person_id)
    return not service_on(answers, today, without_consent=service_follows(today, village)).visits
