"""The whole read log of one person, a portion at a time. Reading it is a look like any other."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor

from ..panels import words_of_looks
from ..queries import find_person, reads_of


@require_safe
@cache_control(no_store=True, private=True)
def reads(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Newest first; `after` is the last look of the portion before."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = find_person(actor=actor, person_id=person_id)
    audit.read(actor=actor, clock=request.clock, kind="reads", person_ids=[person.pk], purpose="care")  # type: ignore[attr-defined]
    looks = reads_of(actor=actor, person_id=person_id, after=request.GET.get("after", ""))
    return render(request, "registry/reads.html", {"person": person, "looks": looks, **words_of_looks()})
