"""Names, parents and children of divisions; who serves a village; how many people live in a place.

Names of divisions change a few times a year and are asked for on every page: those found are kept in the process for
some minutes. What a decision rests on (does this village exist, who serves it) is always read afresh.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q
from django.utils.translation import gettext as _

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import NATION, ancestors, bounds, level_of, township_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Level, Role

from .choices import ChangeState, InstitutionKind
from .models import Division, DivisionChangeRow, Institution, Population, ServiceArea

KEEP_SECONDS = 300
#: Rungs of the tree that are no place people speak of.
SILENT = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})

_names: dict[str, tuple[float, str]] = {}


def forget() -> None:
    """Forget the kept names: after divisions were loaded, and between tests."""
    _names.clear()


def names_of(codes: Iterable[str]) -> dict[str, str]:
    """Code → present name (the last one when the place is gone). Unknown codes are left out. At most one statement."""
    now = time.monotonic()
    wanted = set(codes)
    found = {code: _names[code][1] for code in wanted if code in _names and _names[code][0] > now}
    if NATION in wanted:
        found[NATION] = _("全国")
    missing = wanted - found.keys()
    if missing:
        rows = Division.objects.filter(code__in=missing).order_by("valid_from").values_list("code", "name")
        for code, name in rows:
            found[code] = name
            _names[code] = (now + KEEP_SECONDS, name)
    return found


def name_of(code: str) -> str:
    """Present name of one division, or its code when it is not known."""
    return names_of([code]).get(code, code)


def path_of(code: str) -> list[tuple[str, str]]:
    """(code, name) from the province down to the division itself, without rungs nobody speaks of."""
    chain = [one for one in reversed(ancestors(code)) if one != NATION]
    names = names_of(chain)
    return [(one, names[one]) for one in chain if one in names and names[one] not in SILENT]


def short_name(code: str) -> str:
    """How people of the county say it: 习岗镇 柳树村 for a village, the name alone for anything above."""
    names = names_of(ancestors(code)[:2])
    own = names.get(code, code)
    return f"{names.get(ancestors(code)[1], '')} {own}".strip() if level_of(code) is Level.VILLAGE else own


def workplace(code: str, villages: Sequence[str] = ()) -> str:
    """Where somebody works, for a heading: 立岗镇 民乐村 with one village, 立岗镇 2 个村 with several."""
    if len(villages) < 2:
        return short_name(code)
    townships = {township_of(one) for one in villages}
    count = _("%(n)s 个村") % {"n": len(villages)}
    return f"{short_name(townships.pop())} {count}" if len(townships) == 1 else count


def short_names(codes: Iterable[str]) -> dict[str, str]:
    """`short_name` of many, in at most one statement."""
    wanted = set(codes)
    names_of({one for code in wanted for one in ancestors(code)[:2]})
    return {code: short_name(code) for code in wanted}


def children_of(code: str) -> list[tuple[str, str]]:
    """(code, name) of the divisions directly below, by code. One statement."""
    rows = Division.objects.filter(parent_code=code, valid_to=None).exclude(code=code).order_by("code")
    return list(rows.values_list("code", "name"))


def narrower(actor: Actor) -> list[tuple[str, str]]:
    """What a list can be narrowed to: townships of a county, villages of a township, a doctor's own villages when there are
    several; (code, name)."""
    if actor.role is Role.VILLAGE_DOCTOR:
        names = names_of(actor.villages)
        return [(code, names.get(code, code)) for code in actor.villages] if len(actor.villages) > 1 else []
    return [one for place in actor.places for one in children_of(place)]


@dataclass(frozen=True, slots=True)
class Place:
    """One division of a tree, with its parent's name for telling equal names apart."""

    code: str
    name: str
    level: Level
    parent_code: str
    parent_name: str


def places_below(code: str, levels: Sequence[Level] = (Level.TOWNSHIP, Level.VILLAGE)) -> list[Place]:
    """The present divisions at or below `code` on the given levels, by code. One statement."""
    lo, hi = bounds(code)
    rows = list(Division.objects.filter(code__gte=lo, code__lt=hi, valid_to=None).order_by("code"))
    names = {row.code: row.name for row in rows}
    return [
        Place(row.code, row.name, Level(row.level), row.parent_code, names.get(row.parent_code, ""))
        for row in rows
        if row.level in levels
    ]


def codes_below(places: Iterable[str]) -> tuple[str, ...]:
    """Every division that ever was at or below one of the places, by code. One statement."""
    ranges = Q()
    for place in places:
        lo, hi = bounds(place)
        ranges |= Q(code__gte=lo, code__lt=hi)
    return (
        tuple(sorted(set(Division.objects.filter(ranges).values_list("code", flat=True)))) if ranges else ()
    )


def below_any(codes: Iterable[str], column: str) -> Q:
    """Rows whose `column` is one of these divisions or below one of them."""
    found = Q()
    for code in codes:
        lo, hi = bounds(code)
        found |= Q(**{f"{column}__gte": lo, f"{column}__lt": hi})
    return found


def served_by(actor: Actor, place: str = "", column: str = "managing_code") -> Q:
    """Rows of the actor's own places, however many prefixes these are, and inside them of the place asked for. NotFound for a
    place that the actor does not serve."""
    if place and not actor.serves(place):
        raise NotFound(code="not_found.place")
    if actor.role is Role.VILLAGE_DOCTOR:
        return Q(**{f"{column}__in": [place] if place else list(actor.villages)})
    lo, hi = bounds(place or actor.place)
    own = Q(**{f"{column}__gte": lo, f"{column}__lt": hi})
    return own | Q(**{f"{column}__in": actor.further_codes}) if actor.further_codes and not place else own


def villages_below(code: str) -> list[Place]:
    """The villages and communities at or below `code`, each with its township's name."""
    return places_below(code, (Level.VILLAGE,))


def existing(codes: Iterable[str], on: date) -> set[str]:
    """Which of the codes name a division on a day. One statement, never from memory."""
    rows = Division.objects.filter(code__in=set(codes), valid_from__lte=on).filter(
        Q(valid_to=None) | Q(valid_to__gt=on)
    )
    return set(rows.values_list("code", flat=True))


def borders_changed_since(code: str, day: date) -> bool:
    """Whether codes at or below a place became others on a later day than `day`. One statement."""
    lo, hi = bounds(code)
    old, new = Q(old_code__gte=lo, old_code__lt=hi), Q(new_code__gte=lo, new_code__lt=hi)
    rows = DivisionChangeRow.objects.filter(
        old | new, change__state=ChangeState.DONE, change__effective_on__gt=day
    )
    return rows.exclude(old_code=F("new_code")).exists()


@dataclass(frozen=True, slots=True)
class Serving:
    """Who serves a village: `counting` counts its people (the township hospital; the village's own where there is none),
    `responsible` is the nearest with somebody in charge, `worker_id` that person's account."""

    counting: Institution
    responsible: Institution
    worker_id: UUID | None


def institutions_serving(codes: Iterable[str], on: date) -> dict[str, Serving]:
    """Village → who serves it on a day; villages nobody serves are left out. One statement for any number of villages."""
    wanted = set(codes)
    chains = {code: ancestors(code) for code in wanted}
    areas = (
        ServiceArea.objects.filter(
            division_code__in={one for chain in chains.values() for one in chain},
            valid_from__lte=on,
            institution__valid_from__lte=on,
            institution__kind__in=[InstitutionKind.VILLAGE_CLINIC, InstitutionKind.TOWNSHIP_HOSPITAL],
        )
        .filter(Q(valid_to=None) | Q(valid_to__gt=on))
        .filter(Q(institution__valid_to=None) | Q(institution__valid_to__gt=on))
        .select_related("institution")
        .order_by("valid_from", "id")
    )
    by_code: dict[str, list[Institution]] = {}
    for area in areas:
        by_code.setdefault(area.division_code, []).append(area.institution)
    result = {}
    for code, chain in chains.items():
        nearest = [institution for one in chain for institution in by_code.get(one, [])]
        if not nearest:
            continue
        hospitals = [one for one in nearest if one.kind == InstitutionKind.TOWNSHIP_HOSPITAL]
        led = [one for one in nearest if one.in_charge_id]
        responsible = led[0] if led else nearest[0]
        result[code] = Serving((hospitals or nearest)[0], responsible, responsible.in_charge_id)
    return result


def institution_serving(code: str, on: date) -> Institution | None:
    """The institution that counts the people of a village on a day, or None."""
    found = institutions_serving([code], on).get(code)
    return found.counting if found else None


def population(code: str, year: int) -> int | None:
    """Residents of the newest year not after `year`; None when no year is known."""
    row = Population.objects.filter(division_code=code, year__lte=year).order_by("-year").first()
    return row.residents if row else None


def populations(codes: Iterable[str], year: int) -> dict[str, tuple[int, int]]:
    """Code → (residents, of which year), the newest year not after `year`. One statement."""
    rows = Population.objects.filter(division_code__in=set(codes), year__lte=year).order_by(
        "division_code", "-year"
    )
    return {row.division_code: (row.residents, row.year) for row in rows.distinct("division_code")}
