"""What the pages of screening share."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.periods import day_or_none
from xinqiao.places import queries as places
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution
from xinqiao.registry.rules import narrow

from ..models import Clue, Rediagnosis


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    """Who asks, and the clock."""
    return request.actor, request.clock  # type: ignore[attr-defined]


def about(one: Clue | Rediagnosis) -> UUID:
    """Under which key a look stands in the read log: the person's, who may read it there; as long as there is no file, the
    clue's own."""
    clue_id = one.clue_id if isinstance(one, Rediagnosis) else None
    return one.person_id or clue_id or one.pk


def looked_at(request: HttpRequest, *seen: Clue | Rediagnosis, kind: str = "page") -> None:
    """A page or a list that names these is a look at them."""
    actor, clock = who(request)
    audit.read(
        actor=actor, clock=clock, kind=kind, person_ids=[about(one) for one in seen], purpose="screening"
    )


def show(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of this domain."""
    return render(request, f"screening/{name}.html", context, status=status)


def typed(request: HttpRequest, *keys: str) -> dict[str, str]:
    """What was sent under these names, without space at the ends and without signs that no text holds."""
    return {key: request.POST.get(key, "").replace("\x00", "").strip() for key in keys}


def day(text: str) -> date | None:
    """A day from a date field, or None."""
    return day_or_none(text)


def whole(text: str) -> int | None:
    """A whole number of at most six digits, or None."""
    plain = narrow(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 6 else None


def villages_of(actor: Actor) -> list[places.Place]:
    """Every village below them."""
    return [one for place in actor.places for one in places.villages_below(place)]


def townships_of(actor: Actor) -> list[tuple[str, str]]:
    """Their townships, to choose one; nothing to choose with one."""
    found = {one.parent_code: one.parent_name for one in villages_of(actor)}
    return list(found.items()) if len(found) > 1 and not actor.villages else []


def village_choices(actor: Actor) -> list[tuple[str, str]]:
    """Where the actor may note somebody: own villages; a township and a county also itself, when the village is unknown."""
    if actor.villages:
        names = places.short_names(actor.villages)
        return [(code, names[code]) for code in actor.villages]
    own = [one for one in villages_of(actor) if actor.scope.covers(one.code)]
    above = {one: places.short_name(one) for one in actor.places}
    townships = {one.parent_code: one.parent_name for one in own if one.parent_code not in above}
    return [
        *((one.code, f"{one.parent_name} {one.name}") for one in own),
        *townships.items(),
        *above.items(),
    ]


def helpers_near(place: str) -> list[Institution]:
    """Who is to be called at once: the county office, hospitals and police stations of the county. One statement."""
    kinds = [
        InstitutionKind.COUNTY_OFFICE,
        InstitutionKind.PSYCHIATRIC_HOSPITAL,
        InstitutionKind.POLICE_STATION,
    ]
    rows = Institution.objects.filter(kind__in=kinds, place__startswith=place[:6], valid_to=None)
    near: Iterable[Institution] = rows.order_by("kind", "name")
    return [
        one
        for one in near
        if one.kind != InstitutionKind.POLICE_STATION or one.place[:9] == place[:9] or place[6:9] == "000"
    ]
