"""A county's counts for readers outside the health side, small cells left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import NotFound
from xinqiao.policy.deployment import current

from ..declarations import catalogue
from ..disclosure import Cell, equations, suppress, with_parts
from .tables import is_county_or_above, place_for, table

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
