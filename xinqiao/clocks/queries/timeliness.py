"""How many clocks were ended in time, by clock and by place: counts only, by the report role, for the actor's own place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connections

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import reporting
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, county_of, full_code, level_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import queries as places

from ..choices import Post
from .inbox import label_of

#: How many digits name the places one rung below.
_BELOW = {Level.NATION: 2, Level.PROVINCE: 4, Level.CITY: 6, Level.COUNTY: 9, Level.TOWNSHIP: 12}


@dataclass(frozen=True, slots=True)
class Timely:
    """Clocks that ran out in the period: ended in time, ended late, overdue and never ended (open still, or not owed any more since
    a later day); the median of (working) days that the ended ones took."""

    in_time: int = 0
    late: int = 0
    overdue: int = 0
    median: int | None = None
    unit: str = "workdays"

    @property
    def base(self) -> int:
        return self.in_time + self.late + self.overdue

    @property
    def rate(self) -> Decimal | None:
        """In per cent; None without a base."""
        return Decimal(self.in_time) * 100 / Decimal(self.base) if self.base else None


@dataclass(frozen=True, slots=True)
class Timeliness:
    """By clock (code, label, figures); and for one clock or all together by place (code, name, figures), and the sum."""

    place: str
    by_code: list[tuple[str, str, Timely]]
    by_place: list[tuple[str, str, Timely]]
    whole: Timely


_SQL = """
  select c.code, {below} as place, case c.outcome when 'cancelled' then 'open' else c.outcome end, c.took, c.unit, count(*)
  from clocks_clock c
  where {county} and c.due_on >= %(first)s and c.due_on <= %(last)s and {own}
    and (c.outcome in ('done', 'late') or c.outcome = 'open' and c.paused_on is null and c.due_on < %(today)s
         or c.outcome = 'cancelled' and c.ended_on > c.due_on)
    {only}
  group by 1, 2, 3, 4, 5
"""


class _Sum:
    """Adds up clocks; keeps how many took how long, for the median."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()
        self.took: Counter[int] = Counter()
        self.units: set[str] = set()

    def add(self, outcome: str, took: int | None, unit: str, number: int) -> None:
        self.ended[outcome] += number
        self.units.add("workdays" if unit == "workdays" else "days")
        if took is not None:
            self.took[took] += number

    def made(self) -> Timely:
        # Working days and days do not mix into one median.
        median = _median(self.took) if len(self.units) == 1 else None
        unit = next(iter(self.units)) if len(self.units) == 1 else "workdays"
        return Timely(self.ended["done"], self.ended["late"], self.ended["open"], median, unit)


def _median(took: Counter[int]) -> int | None:
    """The lower of the two in the middle."""
    half, seen = (took.total() + 1) // 2, 0
    for days in sorted(took):
        seen += took[days]
        if seen >= half:
            return days
    return None


def timeliness(
    *, actor: Actor, today: date, first: date, last: date, code: str = "", place: str = ""
) -> Timeliness:
    """Clocks whose last day lay from `first` to `last`. One statement of counts and one of names.

    `code` narrows what is told by place; `place` must be the actor's or lie below it, else NotFound. A clock is counted where it
    ended, or where its work lies; one still running in time is in no figure, nor is a paused one, nor one cancelled before it
    ran out. What ran out before the person died, the sender withdrew or the file went on elsewhere was overdue all the same.
    """
    require(actor, Permission.SEE_FIGURES)
    where = place or actor.place
    if place and not _may(actor, place):
        raise NotFound()
    only = ""
    villages: Sequence[str] = ()
    if actor.role is Role.VILLAGE_DOCTOR:
        where, only, villages = county_of(where), "and c.counts_at = any(%(villages)s)", actor.villages
    lo, hi = bounds(where)
    width = 12 if villages else _BELOW.get(level_of(where), 12)
    further = () if place else actor.further_codes
    # As the index is for: counties one after another; the codes of counties above lie between the same bounds.
    county = (
        "c.counts_county = any(%(counties)s)"
        if level_of(where) >= Level.COUNTY
        else "c.counts_county >= %(county)s and c.counts_county < %(hi)s"
    )
    own = "c.counts_at >= %(lo)s and c.counts_at < %(hi)s"
    if further:
        own = f"({own} or c.counts_at = any(%(further)s))"
    sql = _SQL.format(below=f"left(c.counts_at, {width})", county=county, own=own, only=only)
    given: dict[str, Any] = {
        "county": lo[:6], "lo": lo, "hi": hi, "first": first, "last": last, "today": today, "villages": list(villages),
        "counties": sorted({lo[:6], *(one[:6] for one in further)}), "further": list(further),
    }  # fmt: skip
    codes: dict[str, _Sum] = {}
    below_sums: dict[str, _Sum] = {}
    whole = _Sum()
    with reporting(), connections["report"].cursor() as cursor:
        cursor.execute(sql, given)
        for name, stem, outcome, took, unit, number in cursor.fetchall():
            codes.setdefault(name, _Sum()).add(outcome, took, unit, number)
            if code in ("", name):
                below_sums.setdefault(full_code(stem) if len(stem) < 12 else stem, _Sum()).add(
                    outcome, took, unit, number
                )
                whole.add(outcome, took, unit, number)
    names = places.names_of(below_sums)
    return Timeliness(
        place or actor.place,
        [
            (one, label_of(one, today), codes[one].made())
            for one in sorted(codes, key=lambda one: (len(one), one))
        ],
        [(one, names.get(one, one), below_sums[one].made()) for one in sorted(below_sums)],
        whole.made(),
    )


#: Offices that see counts only, and are told of what stays undone.
TOLD_AS: dict[Role, Post] = {Role.CITY_OFFICE: Post.CITY, Role.PROVINCE_OFFICE: Post.PROVINCE}
_COME_UP = """
  select left(c.managing_code, %(width)s), c.code, count(*)
  from clocks_clock c
  where c.county >= %(county)s and c.county < %(hi)s and c.managing_code >= %(lo)s and c.managing_code < %(hi)s
    and c.outcome = 'open' and c.paused_on is null and c.due_on < %(today)s
    and jsonb_path_exists(c.chain, 'strict $[*] ? (@[0] == $post && @[1] <= $today)',
                          jsonb_build_object('post', %(post)s::text, 'today', %(day)s::text))
  group by 1, 2
"""


def come_up(*, actor: Actor, today: date) -> list[tuple[str, str, int]]:
    """What is overdue so long that this office was told, still undone: (name of the place below, words of the clock, how many). Empty
    for who has an inbox. Two statements. NotAllowed without SEE_FIGURES."""
    require(actor, Permission.SEE_FIGURES)
    post = TOLD_AS.get(actor.role)
    if post is None:
        return []
    lo, hi = bounds(actor.place)
    given: dict[str, Any] = {
        "width": _BELOW[level_of(actor.place)], "county": lo[:6], "lo": lo, "hi": hi, "today": today,
        "day": today.isoformat(), "post": post.value,
    }  # fmt: skip
    with reporting(), connections["report"].cursor() as cursor:
        cursor.execute(_COME_UP, given)
        found = sorted((full_code(stem), code, number) for stem, code, number in cursor.fetchall())
    names = places.names_of(place for place, _code, _number in found)
    return [(names.get(place, place), label_of(code, today), number) for place, code, number in found]


def _may(actor: Actor, place: str) -> bool:
    return len(place) == 12 and place.isascii() and place.isdigit() and actor.serves(place)
