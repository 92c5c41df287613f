"""The one person a request is about: read once, shared by head, tabs and timeline."""

from __future__ import annotations

from django.http import HttpRequest

from .models import Person
from .queries import PersonPage, page_of_person

_KEY = "_person_page"


def current_page(request: HttpRequest, person: Person) -> PersonPage:
    """The person's facts, read at the first call of the request."""
    kept: PersonPage | None = getattr(request, _KEY, None)
    if kept is None or kept.person.pk != person.pk:
        kept = page_of_person(actor=request.actor, today=request.clock.today(), person=person)  # type: ignore[attr-defined]
        setattr(request, _KEY, kept)
    return kept
