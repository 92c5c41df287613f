"""Who asks, and the choices of places and people that several pages offer."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from xinqiao.accounts.models import User
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import bounds, contains, county_of
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import queries as places
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution

Choices = list[tuple[str, str]]


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    return request.actor, request.clock  # type: ignore[attr-defined]


def destinations(near: str) -> Choices:
    """The villages and townships of the own county, then the other counties whose office works with this system."""
    county = county_of(near)
    found: Choices = []
    for one in places.places_below(county):
        if one.level is Level.TOWNSHIP:
            found.append((one.code, _("%(name)s（村不详）") % {"name": one.name}))
        else:
            found.append((one.code, f"{one.parent_name} {one.name}"))
    found.sort()
    found.append((county, _("本县，乡镇不详")))
    return found + other_counties(county)


def other_counties(county: str) -> Choices:
    """Counties with an office, but the own one."""
    offices = Institution.objects.filter(kind=InstitutionKind.COUNTY_OFFICE, valid_to=None).exclude(
        place=county
    )
    codes = sorted(set(offices.values_list("place", flat=True)))
    return [(code, " ".join(name for _code, name in places.path_of(code)[-2:])) for code in codes]


def offices(actor: Actor, holder: str) -> Choices:
    """Where it may be passed on to: the townships of the own county, its office, and other counties."""
    county = county_of(holder)
    near = [
        (one.code, one.name) for one in places.places_below(county, (Level.TOWNSHIP,)) if one.code != holder
    ]
    own = [] if holder == county else [(county, _("本县精防办"))]
    return [*near, *own, *other_counties(county)]


def villages(actor: Actor, holder: str) -> Choices:
    """The villages of the actor that lie below the office where it lies."""
    return [
        (one.code, f"{one.parent_name} {one.name}")
        for one in places.villages_below(holder)
        if actor.scope.covers(one.code) and contains(holder, one.code)
    ]


def workers(holder: str) -> Choices:
    """Who may be made responsible below an office: its doctors and workers, or the county's."""
    lo, hi = bounds(holder)
    rows = User.objects.filter(
        is_active=True, role__in=[Role.VILLAGE_DOCTOR, Role.TOWNSHIP_WORKER, Role.COUNTY_OFFICE]
    )
    near = rows.filter(place__gte=lo, place__lt=hi) | rows.filter(place=county_of(holder))
    found = list(near.order_by("place", "display_name"))
    names = places.short_names({one.place for one in found})
    return [(str(one.pk), f"{one.display_name}（{names[one.place]}）") for one in found]


def month_of(text: str, today: date) -> tuple[date, date]:
    """The first day of the month typed (2026-11), or of today's, and of the month after it."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        first = today.replace(day=1)
    first = min(first, today.replace(day=1))
    after = (
        first.replace(year=first.year + 1, month=1)
        if first.month == 12
        else first.replace(month=first.month + 1)
    )
    return first, after
