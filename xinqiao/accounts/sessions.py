"""From a signed-in session to an Actor: is the account still good, which villages are served today, was it idle too long."""

from __future__ import annotations

import time

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from xinqiao.kernel.actor import Actor, at_place, of_institution
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.terms import SHARED_ROLES, Role
from xinqiao.places.queries import codes_below

from .models import User, VillageAssignment

SEEN = "seen_at"


def actor_of(user: User, clock: Clock) -> Actor:
    """The actor an account stands for on the clock's day. One statement for a village doctor and for somebody with further
    places, none for others."""
    today = clock.today()
    villages: tuple[str, ...] = ()
    if user.role == Role.VILLAGE_DOCTOR:
        rows = VillageAssignment.objects.filter(user=user, valid_from__lte=today)
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=today))
        villages = tuple(sorted(set(rows.values_list("division_code", flat=True))))
    return Actor(
        user_id=user.pk,
        username=user.username,
        display_name=user.display_name,
        role=Role(user.role),
        place=user.place,
        institution_id=user.institution_id,
        villages=villages,
        shared=_shared(user),
        further=tuple(user.further_places) if _several(user) else (),
        further_codes=codes_below(user.further_places) if _several(user) else (),
    )


def _several(user: User) -> bool:
    return user.role == Role.TOWNSHIP_WORKER and bool(user.further_places)


def _shared(user: User) -> tuple[str, ...]:
    """What rows may be shared with this account: its institution, or the township or county it works for."""
    if user.role in SHARED_ROLES:
        return (of_institution(user.institution_id),) if user.institution_id else ()
    if user.role in (Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE):
        return tuple(at_place(one) for one in (user.place, *(user.further_places if _several(user) else ())))
    return ()


def may_sign_in(user: User, clock: Clock) -> bool:
    """An account works while active, until its last valid day, and a demo account only inside the demo."""
    if not user.is_active or (user.is_demo and not settings.XINQIAO_DEMO):
        return False
    return user.valid_until is None or clock.today() <= user.valid_until


def idle_too_long(request: HttpRequest) -> bool:
    """Whether the session stood still longer than allowed; otherwise notes the visit, at most once a minute.

    Idle time is real time, also where the demo's date stands still.
    """
    now = time.time()
    seen = request.session.get(SEEN)
    if seen is not None and now - float(seen) > settings.XINQIAO_IDLE_MINUTES * 60:
        return True
    if seen is None or now - float(seen) > 60:
        request.session[SEEN] = now
    return False
