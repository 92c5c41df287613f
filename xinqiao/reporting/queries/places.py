"""Who receives a card: the institution of residence, as far as the residence is known."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from xinqiao.kernel.codes import county_of, level_of
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.places.choices import InstitutionKind
from xinqiao.places.models import Institution


def receiver_of(code: str, on: date) -> Institution | None:
    """The township hospital that serves a village or township; the county office for anything above or unserved."""
    if level_of(code) >= Level.TOWNSHIP and (found := places.institution_serving(code, on)) is not None:
        return found
    return county_office(county_of(code), on)


def county_office(county: str, on: date) -> Institution | None:
    """The office of a county, or None when the county does not work with this system."""
    rows = Institution.objects.filter(kind=InstitutionKind.COUNTY_OFFICE, place=county, valid_from__lte=on)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=on)).order_by("valid_from").first()


def stations_in(county: str, on: date) -> list[Institution]:
    """Police stations of a county, nearest names first."""
    rows = Institution.objects.filter(
        kind=InstitutionKind.POLICE_STATION, place__startswith=county[:6], valid_from__lte=on
    )
    return list(rows.filter(Q(valid_to=None) | Q(valid_to__gt=on)).order_by("place", "name"))


def destinations(place: str, on: date) -> list[tuple[str, str]]:
    """Where a card may be passed on to from a township or a county: (code, words). A township reaches the other townships of its
    county and the county's office; a county its townships and the offices of other counties."""
    county = county_of(place)
    names = [
        (one.code, one.name) for one in places.places_below(county, (Level.TOWNSHIP,)) if one.code != place
    ]
    offices = Institution.objects.filter(kind=InstitutionKind.COUNTY_OFFICE, valid_from__lte=on)
    offices = offices.filter(Q(valid_to=None) | Q(valid_to__gt=on)).order_by("place")
    if level_of(place) is Level.COUNTY:
        return names + [(one.place, one.name) for one in offices.exclude(place=county)]
    return [(one.place, one.name) for one in offices.filter(place=county)] + names
