"""What the pages of this domain share."""

from __future__ import annotations

from django.http import HttpRequest

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import queries as places


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    """Who asks, and the clock."""
    return request.actor, request.clock  # type: ignore[attr-defined]


def villages(actor: Actor) -> list[tuple[str, str]]:
    """Where an account works on paper: its villages, and its township as a whole."""
    if actor.role is Role.VILLAGE_DOCTOR:
        names = places.short_names(actor.villages)
        return [(code, names[code]) for code in actor.villages]
    found = [
        one for here in actor.places for one in places.places_below(here, (Level.TOWNSHIP, Level.VILLAGE))
    ]
    names = places.short_names([one.code for one in found])
    return [(one.code, names.get(one.code, one.name)) for one in found]
