"""Figures of a place and of the places directly below it, at a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import reporting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import NATION, ancestors, contains, level_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Level, Role
from xinqiao.places.queries import children_of, names_of, populations
from xinqiao.policy.deployment import current

from ..declarations import POPULATION, catalogue
from ..engines import WHOLE, Area, sql, tallies
from ..rates import Counts, Figure, figures
from ..relations import Finding, check
from ..state import Frame

_DIGITS = {
    Level.NATION: 0,
    Level.PROVINCE: 2,
    Level.CITY: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
}


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """The figures of one place: measure key → figures, the leading variant first. `own` marks people of a place that are
    at none of its children."""

    code: str
    name: str
    counts: Counts
    figures: Mapping[str, list[Figure]]
    own: bool = False

    def leading(self, key: str) -> Figure:
        return self.figures[key][0]


@dataclass(frozen=True, slots=True)
class Table:
    """A place and the places below it at a date."""

    on: date
    whole: PlaceFigures
    children: list[PlaceFigures]
    findings: list[Finding]


def place_for(actor: Actor, code: str | None) -> str:
    """The place asked for, or the actor's own. NotFound outside the actor's places; "" is a village doctor's villages."""
    require(actor, Permission.SEE_FIGURES)
    if actor.role is Role.VILLAGE_DOCTOR:
        if not code:
            return actor.villages[0] if len(actor.villages) == 1 else ""
        if not actor.serves(code):
            raise NotFound()
        return code
    if not code:
        return actor.place
    if not actor.serves(code):
        raise NotFound()
    return code


def table(*, actor: Actor, code: str, on: date, borders: str = sql.THEN) -> Table:
    """Figures of a place (checked again here) and of the places directly below. "" counts a village doctor's villages. `borders`:
    those of the day (kept counts), or those of now (counted from the facts; docs/decisions/0021).
    """
    place_for(actor, code)
    area, below = area_and_below(actor, code)
    return counted(code, area, below, on, borders)


def area_and_below(actor: Actor, code: str) -> tuple[Area, list[tuple[str, str]]]:
    """Where to count for a place, and (code, name) of the places below it; "" stands for a village doctor's villages."""
    if code:
        return Area.below(code), direct_children(code)
    return Area(codes=actor.villages), list(names_of(actor.villages).items())


def digits_of(code: str) -> int:
    """How many leading digits of a code name its place."""
    return _DIGITS[level_of(code)]


def whole(*, actor: Actor, code: str, on: date) -> PlaceFigures:
    """The figures of one place without the places below it."""
    place_for(actor, code)
    return counted(code, Area.below(code) if code else Area(codes=actor.villages), [], on).whole


def counted(
    code: str, area: Area, below: Sequence[tuple[str, str]], on: date, borders: str = sql.THEN
) -> Table:
    """The table without any check of who asks: for the command line and the pages above, which check first."""
    declared = catalogue()
    frame = Frame.at(on, passed_only=declared.passed_only(on))
    cuts = sorted({_DIGITS[level_of(one)] for one, _name in below})
    if borders == sql.NOW:
        with reporting():
            cells = sql.count(area, frame, cuts, borders=borders)
    else:
        cells = tallies.count(area, frame, cuts)
    names = dict(below)
    # People counted at the place itself or at a code no longer on the list still belong to the total: they are shown.
    others = [cell for cell in sorted(cells) if cell[0] and cell[1] not in names]
    others = [cell for cell in others if len(cuts) == 1 or cell[1] == code]
    former = names_of(one for _cut, one in others) if others else {}
    residents = populations([*names, *former, code], on.year)

    def place(one: str, name: str, counts: dict[str, int], own: bool = False) -> PlaceFigures:
        known: dict[str, int | None] = dict(counts)
        known |= outside(residents.get(one, (None, 0))[0] if not own else None, one, on)
        return PlaceFigures(one, name, known, figures(declared, known, on), own)

    whole = place(code, names_of([code]).get(code, code) if code else _("本人负责的村"), cells[WHOLE])
    nothing = dict.fromkeys(cells[WHOLE], 0)
    children = [
        place(one, name, cells.get((_DIGITS[level_of(one)], one), nothing)) for one, name in sorted(below)
    ]
    for cell in others:
        here = _("未分到下级") if cell[1] == code else former.get(cell[1], cell[1])
        children.append(place(cell[1], here, cells[cell], own=cell[1] == code))
    below_wrong = [
        Finding(one.kind, f"{child.name}：{one.sentence}")
        for child in children
        for one in check(child.counts)
        if one.kind == "impossible"
    ]
    return Table(on, whole, children, [*check(whole.counts), *below_wrong])


def outside(residents: int | None, code: str, on: date) -> dict[str, int | None]:
    """The numbers that come from statistics: residents, and 1 % of those aged 15 and over (share by census)."""
    adults = None
    if residents is not None:
        (share,) = (
            current()
            .at("indicators/adult_share", on=on, ancestors=ancestors(code) if code else (NATION,))
            .value.values()
        )
        adults = int((Decimal(residents * share) / 1_000_000).to_integral_value(ROUND_HALF_UP))
    return {
        key: residents if one.outside == POPULATION else adults
        for key, one in catalogue().sets.items()
        if one.outside
    }


def sorted_by(children: Sequence[PlaceFigures], key: str, allowed: Sequence[str]) -> list[PlaceFigures]:
    """By one figure, lowest rate (what needs work) or highest count first; without a base last. "" keeps the order of codes."""
    if key not in allowed:
        return list(children)
    rates = catalogue().measures[key].is_rate

    def order(place: PlaceFigures) -> tuple[bool, Decimal]:
        value = place.leading(key).value
        return value is None, Decimal(value or 0) * (1 if rates else -1)

    return sorted(children, key=order)


def is_county_or_above(code: str) -> bool:
    return bool(code) and level_of(code) <= Level.COUNTY


def direct_children(code: str) -> list[tuple[str, str]]:
    """(code, name) of the divisions directly below; of the nation the provinces."""
    if level_of(code) is Level.VILLAGE:
        return []
    return [(one, name) for one, name in children_of("" if code == NATION else code) if one != NATION]


def trail(actor: Actor, code: str) -> list[tuple[str, str]]:
    """(code, name) from the actor's own place down to `code`."""
    chain = [one for one in reversed(ancestors(code)) if contains(actor.place, one)] if code else []
    names = names_of(chain)
    return [(one, names[one]) for one in chain if one in names]
