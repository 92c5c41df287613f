"""Figures of a place and of the places below it, and the people behind a figure.

Counting runs as the report role over all rows, after the permission and the place were checked, so that a past figure does
not change when people move. The people behind it are read under the actor's own row-level security, and the page says how
many of those counted are no longer the actor's.

Readers outside the health side do not exist yet; before there are any, small cells must be suppressed here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.db import connections
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import reporting
from xinqiao.followup.models import Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import NATION, ancestors, contains, level_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.periods import add_months, end_of_month
from xinqiao.kernel.terms import Level, Role
from xinqiao.places.queries import children_of, names_of, populations
from xinqiao.policy.deployment import current
from xinqiao.policy.loader import PolicyRow

from .declarations import EARLIEST, POPULATION, Measure, Variant, catalogue
from .disclosure import Cell, equations, suppress, with_parts
from .engines import WHOLE, Area, sql, tallies
from .rates import Counts, Figure, figure, figures
from .reasons import Why, why_not
from .relations import Finding, check, names_of_sets
from .state import Frame

#: People shown on one page behind a figure.
PAGE = 100
#: Villages looked through at a time for the people behind a figure of a large county.
AT_ONCE = 40
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


def table(*, actor: Actor, code: str, on: date) -> Table:
    """Figures of a place (checked again here) and of the places directly below. "" counts a village doctor's villages."""
    place_for(actor, code)
    own_villages = actor.villages if not code else ()
    area = Area(codes=own_villages) if not code else Area.below(code)
    below = (
        [(one, name) for one, name in names_of(own_villages).items()] if not code else direct_children(code)
    )
    return counted(code, area, below, on)


def whole(*, actor: Actor, code: str, on: date) -> PlaceFigures:
    """The figures of one place without the places below it."""
    place_for(actor, code)
    return counted(code, Area.below(code) if code else Area(codes=actor.villages), [], on).whole


def counted(code: str, area: Area, below: Sequence[tuple[str, str]], on: date) -> Table:
    """The table without any check of who asks: for the command line and the pages above, which check first."""
    declared = catalogue()
    frame = Frame.at(on, passed_only=declared.passed_only(on))
    cuts = sorted({_DIGITS[level_of(one)] for one, _name in below})
    cells = tallies.count(area, frame, cuts)
    names = dict(below)
    residents = populations([*names, code], on.year)

    def place(one: str, name: str, counts: dict[str, int], own: bool = False) -> PlaceFigures:
        known: dict[str, int | None] = dict(counts)
        known |= outside(residents.get(one, (None, 0))[0] if not own else None, one, on)
        return PlaceFigures(one, name, known, figures(declared, known, on), own)

    whole = place(code, names_of([code]).get(code, code) if code else _("本人负责的村"), cells[WHOLE])
    nothing = dict.fromkeys(cells[WHOLE], 0)
    children = [
        place(one, name, cells.get((_DIGITS[level_of(one)], one), nothing)) for one, name in sorted(below)
    ]
    # People counted at the place itself or at a code no longer on the list still belong to the total: show them.
    for (cut, one), counts in sorted(cells.items()):
        if cut and one not in names and (len(cuts) == 1 or one == code):
            children.append(place(one, _("未分到下级") if one == code else one, counts, own=one == code))
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


def relations_of(measure: Measure) -> list[str]:
    """What must hold for the sets of a figure, as sentences: never more than, and sums."""
    declared, names = catalogue(), set_labels()
    own = {one for v in measure.variants for one in (v.numerator, v.denominator) if one}
    found = [
        _("“%(part)s”不会多于“%(whole)s”") % {"part": names[part], "whole": names[whole]}
        for part, whole in declared.subsets
        if part in own
    ]
    return found + [
        _("“%(whole)s”等于 %(parts)s 之和")
        % {"whole": names[whole], "parts": _("、").join(names[p] for p in parts)}
        for whole, parts in declared.sums
        if whole in own
    ]


def all_targets(key: str) -> list[PolicyRow]:
    """Every dated target of a figure, newest first, the deployment's own among them."""
    rows = [row for row in current().rows("indicators/targets") if key in row.value]
    return sorted(rows, key=lambda row: (row.valid_from, row.area), reverse=True)


#: What other departments are given, by township: persons only, no class, no risk, no disorder.
OUTSIDE = ("reg", "man", "lost", "unmanaged", "std", "med", "exam", "new_files", "died_in_year")


@dataclass(frozen=True, slots=True)
class ForOutside:
    """Counts by place with the cells that are left out. `shown` is what may be printed."""

    whole: str
    places: list[str]
    names: dict[str, str]
    figures: tuple[str, ...]
    cells: dict[Cell, int]
    hidden: set[Cell]
    smallest: int

    def shown(self, place: str, key: str) -> str:
        return "＊" if (place, key) in self.hidden else str(self.cells[place, key])


def for_readers_outside(*, actor: Actor, code: str, on: date) -> ForOutside:
    """A county's (or a larger place's) counts for readers outside the health side: by the places directly below, small
    numbers and what gives them away left out. NotFound below the county: a village is too small to publish."""
    place_for(actor, code)
    if not is_county_or_above(code):
        raise NotFound()
    made = table(actor=actor, code=code, on=on)
    (smallest,) = current().at("indicators/disclosure", on=on, ancestors=ancestors(code)).value.values()
    places = [f"{child.code}{'*' if child.own else ''}" for child in made.children]
    cells: dict[Cell, int] = {
        (place, key): one.counts[key] or 0
        for place, one in ((code, made.whole), *zip(places, made.children, strict=True))
        for key in OUTSIDE
    }
    sums = [(total, parts) for total, parts in catalogue().sums if total in OUTSIDE]
    known, parts, rests = with_parts(cells, [code, *places], catalogue().subsets)
    hidden = suppress(known, [*equations(code, places, OUTSIDE, sums), *parts], smallest, rests) - rests
    names = {code: made.whole.name} | {p: c.name for p, c in zip(places, made.children, strict=True)}
    return ForOutside(code, places, names, OUTSIDE, cells, hidden, smallest)


def set_labels() -> Mapping[str, str]:
    """Set key → its short name."""
    return names_of_sets(catalogue(), english=(get_language() or "").startswith("en"))


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


@dataclass(frozen=True, slots=True)
class Trend:
    """Rates at the ends of the last months, oldest first; the last one is T itself. `waiting`: days not counted yet."""

    days: list[date]
    values: dict[str, list[Figure]]
    waiting: int = 0


def trend(
    *,
    actor: Actor,
    code: str,
    on: date,
    keys: Sequence[str],
    months: int = 12,
    by: str = "month",
    years: int = 5,
) -> Trend:
    """The leading figures of some measures at each month end of a year up to T, or at each year end of the last years."""
    place_for(actor, code)
    area = Area.below(code) if code else Area(codes=actor.villages)
    if by == "year":
        days = [
            date(on.year - n, 12, 31) for n in range(years - 1, 0, -1) if on.year - n >= EARLIEST.year
        ] + [on]
    else:
        days = [end_of_month(add_months(on.replace(day=1), -n)) for n in range(months - 1, 0, -1)] + [on]
    return _trend(code, area, days, keys)


def _trend(code: str, area: Area, days: list[date], keys: Sequence[str]) -> Trend:
    declared = catalogue()
    frames = [Frame.at(day, passed_only=declared.passed_only(day)) for day in days]
    measures = [declared.measures[key] for key in keys]
    sets = dict.fromkeys(
        one
        for measure in measures
        for variant in measure.variants
        for one in (variant.numerator, variant.denominator)
        if one and declared.sets[one].who is not None
    )
    values: dict[str, list[Figure]] = {key: [] for key in keys}
    counted_on = tallies.series(area, frames, keys=list(sets), wait=False)
    unknown: Counts = dict.fromkeys([*sets, *outside(None, code, days[-1])])
    for day in days:
        numbers: Counts = unknown
        if day in counted_on:
            numbers = {**counted_on[day][WHOLE], **outside(None, code, day)}
        for measure in measures:
            values[measure.key].append(figure(measure, measure.leading(day), numbers, day))
    return Trend(days, values, len(days) - len(counted_on))


# ── the people behind a figure ──────────────────────────────────────────────────────────────────────────────────────

PARTS = ("numerator", "denominator", "missing")


@dataclass(frozen=True, slots=True)
class Behind:
    """One person behind a figure and, when missing from the numerator, why."""

    id: UUID
    name: str
    code: str
    village: str
    filed_on: date
    visit_class: str
    risk: int | None
    reason: str
    act: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """One page of the people behind a figure. `counted` is the figure's own number, `visible` how many the actor may see."""

    rows: list[Behind]
    counted: int
    visible: int
    next_key: tuple[str, str] | None

    @property
    def gone(self) -> int:
        """How many of those counted are no longer the actor's."""
        return max(self.counted - self.visible, 0)


def find(measure_key: str, variant_key: str, on: date) -> tuple[Measure, Variant]:
    """A measure and a variant (the leading one for ""), or NotFound."""
    measure = catalogue().measures.get(measure_key)
    variant = (measure.variant(variant_key) if variant_key else measure.leading(on)) if measure else None
    if measure is None or variant is None:
        raise NotFound()
    return measure, variant


def part_set(variant: Variant, part: str) -> tuple[str, str]:
    """(set asked for, set left out or ""). NotFound for a part or figure that has no people behind it."""
    sets = catalogue().sets
    key = variant.numerator if part == "numerator" else variant.denominator
    if part not in PARTS or not key or sets[key].who is None:
        raise NotFound()
    return key, variant.numerator if part == "missing" else ""


def people(
    *,
    actor: Actor,
    code: str,
    on: date,
    variant: Variant,
    part: str,
    after: tuple[str, str] | None = None,
    limit: int = PAGE,
) -> People:
    """The people of a place who make up a figure's numerator, its base, or the base without the numerator."""
    require(actor, Permission.OPEN_FIGURE)
    place_for(actor, code)
    declared = catalogue()
    inside, without = part_set(variant, part)
    area = Area.below(code) if code else Area(codes=actor.villages)
    frame = Frame.at(on, passed_only=declared.passed_only(on))
    cell = tallies.count(area, frame)[WHOLE]
    one = declared.sets[inside]
    condition = sql.set_sql(declared, inside)
    if one.column:
        condition = f"({condition}) and s.{one.column} > 0"
    if without:
        condition = f"({condition}) and not {sql.set_sql(declared, without)}"
    counted_there = _persons_counted(cell, inside, without, one.column, area, frame, condition)
    with reporting():
        large = sql.is_large(area, "report")
        all_here = large and not _anybody_gone(area)
    if large:
        part_of = without if without in _inside(inside) else ""
        codes = tallies.villages_with(area, frame, inside, part_of)
        found = _village_by_village(codes, frame, condition, after, limit + 1)
    else:
        found = sql.people(area, frame, condition, after=after, limit=limit + 1, using="default")
    total = counted_there if all_here else sql.total(area, frame, condition, using="default")
    shown = found[:limit]
    names = names_of({row.code for row in shown})
    visited = _complete_days([row.id for row in shown], frame) if part == "missing" else {}
    rows = [
        Behind(
            id=row.id,
            name=row.name,
            code=row.code,
            village=names.get(row.code, row.code),
            filed_on=row.filed_on,
            visit_class=row.state.last_class,
            risk=row.state.last_risk if row.state.last_risk >= 0 else None,
            reason=(why := _why(without, row, visited.get(row.id, []), frame)).text,
            act=why.act,
        )
        for row in shown
    ]
    last = shown[-1] if len(found) > limit else None
    return People(rows, counted_there, total, (last.code, str(last.id)) if last else None)


def _village_by_village(
    codes: Sequence[str], frame: Frame, condition: str, after: tuple[str, str] | None, limit: int
) -> list[sql.Found]:
    """The first people of a large county without looking at all of it: some villages at a time, in their order."""
    left = [code for code in codes if after is None or code >= after[0]]
    found: list[sql.Found] = []
    while left and len(found) < limit:
        some, left = left[:AT_ONCE], left[AT_ONCE:]
        wanted = limit - len(found)
        found += sql.people(
            Area(codes=tuple(some)), frame, condition, after=after, limit=wanted, using="default"
        )
    return found


def _anybody_gone(area: Area) -> bool:
    """Whether somebody who ever counted in the area has a file elsewhere now."""
    with connections["report"].cursor() as cursor:
        cursor.execute(
            """select exists (select 1 from registry_responsibility r join registry_person p on p.id = r.person_id
            where r.kind = 'counting' and r.counted_code >= %s and r.counted_code < %s
              and not (p.managing_code >= %s and p.managing_code < %s))""",
            [area.lo, area.hi, area.lo, area.hi],
        )
        return bool(cursor.fetchone()[0])


def _why(without: str, row: sql.Found, complete: Sequence[date], frame: Frame) -> Why:
    return why_not(without, row.state, row.filed_on, complete, frame) if without else Why("", "")


def _persons_counted(
    cell: dict[str, int], inside: str, without: str, column: str, area: Area, frame: Frame, condition: str
) -> int:
    """How many persons the report role finds behind the figure (a sum of visits is not a number of persons)."""
    sets = catalogue().sets
    if not column and not without:
        return cell[inside]
    if not column and without in _inside(inside) and not sets[without].column:
        return cell[inside] - cell[without]
    with reporting():
        return sql.total(area, frame, condition, using="report")


def _inside(whole: str) -> set[str]:
    """Sets known to lie inside another one."""
    return {part for part, of in catalogue().subsets if of == whole}


def _complete_days(ids: Sequence[UUID], frame: Frame) -> dict[UUID, list[date]]:
    """Days of complete visits since the year before T's, up to T, oldest first. One statement."""
    rows = (
        Visit.objects.filter(
            person_id__in=ids,
            voided_at=None,
            superseded=False,
            lost_reason="",
            death_date=None,
            visit_date__lte=frame.on,
            visit_date__gte=add_months(frame.year_start, -12),
        )
        .exclude(review_status="2")
        .order_by("visit_date")
        .values_list("person_id", "visit_date", "risk", "hospital")
    )
    result: dict[UUID, list[date]] = {}
    for person_id, day, risk, hospital in rows:
        if risk is not None or hospital == "1":
            result.setdefault(person_id, []).append(day)
    return result
