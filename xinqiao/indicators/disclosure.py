"""Counts for readers outside the health side: small numbers are left out, and whatever would give them away again. Pure.

A table is cells (place, figure) → whole number, and equations: a total is the sum of its parts, places add up to the whole,
figures add up by `catalogue/relations.yaml`. A number from 1 to `smallest` − 1 is hidden (primary). Then more cells are
hidden, until nobody who knows the equations can compute a primary one or narrow it to fewer than `smallest` values. All
hidden cells look alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

Cell = tuple[str, str]
#: total, parts: the number of the first is the sum of the others.
Equation = tuple[Cell, tuple[Cell, ...]]
Bounds = dict[Cell, tuple[int, int]]


def equations(
    whole: str, places: Sequence[str], figures: Collection[str], sums: Sequence[tuple[str, tuple[str, ...]]]
) -> list[Equation]:
    """What everybody can know of the table: places add up to the whole, and figures by the sums whose members all stand in it."""
    known: list[Equation] = [((whole, f), tuple((place, f) for place in places)) for f in figures if places]
    for total, parts in sums:
        if total in figures and all(part in figures for part in parts):
            known += [((place, total), tuple((place, part) for part in parts)) for place in (whole, *places)]
    return known


def with_parts(
    cells: Mapping[Cell, int], places: Sequence[str], subsets: Sequence[tuple[str, str]]
) -> tuple[dict[Cell, int], list[Equation], set[Cell]]:
    """What is known of parts: at each place the whole is the part and a rest nobody prints. (cells, equations, the rests)."""
    found: list[Equation] = []
    rests: dict[Cell, int] = {}
    for place in places:
        for part, whole in subsets:
            if (place, part) in cells and (place, whole) in cells:
                rest = (place, f"{whole}-{part}")
                rests[rest] = cells[place, whole] - cells[place, part]
                found.append(((place, whole), ((place, part), rest)))
    return {**cells, **rests}, found, set(rests)


def suppress(
    cells: Mapping[Cell, int], known: Sequence[Equation], smallest: int, never_shown: Collection[Cell] = ()
) -> set[Cell]:
    """The cells to leave out, those `never_shown` among them. Every cell ends hidden in the worst case, so it always ends."""
    primary = {cell for cell, n in cells.items() if 0 < n < smallest and cell not in never_shown}
    hidden = primary | set(never_shown)
    while True:
        weak = sorted(exposed(cells, hidden, known, primary, smallest))
        if not weak:
            return hidden
        cell = weak[0]
        beside = {
            other
            for total, parts in known
            if cell in (total, *parts)
            for other in (total, *parts)
            if other not in hidden
        }
        # The least number that helps is given up first; a whole of all places last.
        rest = beside or {other for total, parts in known for other in (total, *parts) if other not in hidden}
        if not rest:
            return hidden
        wholes = {total for total, _parts in known}
        hidden.add(min(rest, key=lambda c: (c in wholes, cells[c] == 0, cells[c], c)))


def exposed(
    cells: Mapping[Cell, int],
    hidden: Collection[Cell],
    known: Sequence[Equation],
    primary: Collection[Cell],
    smallest: int,
) -> set[Cell]:
    """Primary cells that can be computed, or narrowed to fewer than `smallest` values, from what is shown."""
    ranges = narrowed(cells, hidden, known)
    found = {cell for cell in primary if ranges[cell][1] - ranges[cell][0] < smallest - 1}
    return found | (determined(hidden, known) & set(primary))


def narrowed(cells: Mapping[Cell, int], hidden: Collection[Cell], known: Sequence[Equation]) -> Bounds:
    """From … to of every hidden cell, by passing bounds through the equations until nothing moves."""
    most = max(cells.values(), default=0) * 4 + 1000
    ranges: Bounds = {cell: (0, most) if cell in hidden else (n, n) for cell, n in cells.items()}
    for _round in range(len(cells) * 4 + 4):
        moved = False
        for total, parts in known:
            low, high = sum(ranges[p][0] for p in parts), sum(ranges[p][1] for p in parts)
            moved |= _cut(ranges, total, low, high)
            top, bottom = ranges[total][1], ranges[total][0]
            for part in parts:
                others_low, others_high = low - ranges[part][0], high - ranges[part][1]
                if _cut(ranges, part, bottom - others_high, top - others_low):
                    moved = True
                    low, high = sum(ranges[p][0] for p in parts), sum(ranges[p][1] for p in parts)
        if not moved:
            break
    return ranges


def _cut(ranges: Bounds, cell: Cell, low: int, high: int) -> bool:
    a, b = ranges[cell]
    new = max(a, low), min(b, high)
    if new == (a, b):
        return False
    ranges[cell] = new
    return True


def determined(hidden: Collection[Cell], known: Sequence[Equation]) -> set[Cell]:
    """Hidden cells that linear algebra alone computes: their unit vector lies in the span of the equations."""
    order = sorted(hidden)
    at = {cell: number for number, cell in enumerate(order)}
    rows: list[dict[int, Fraction]] = []
    for total, parts in known:
        row: dict[int, Fraction] = {}
        for cell, sign in ((total, -1), *((part, 1) for part in parts)):
            if cell in at:
                row[at[cell]] = row.get(at[cell], Fraction(0)) + sign
        if row:
            rows.append(row)
    return {order[column] for column in _solved(rows)}


def _solved(rows: list[dict[int, Fraction]]) -> set[int]:
    """Columns that stand alone in a row of the reduced form."""
    reduced: dict[int, dict[int, Fraction]] = {}
    for row in rows:
        rest = dict(row)
        for pivot, other in reduced.items():
            if factor := rest.get(pivot):
                _subtract(rest, other, factor)
        if not rest:
            continue
        lead = min(rest)
        scale = rest[lead]
        rest = {column: value / scale for column, value in rest.items()}
        for other in reduced.values():
            if factor := other.get(lead):
                _subtract(other, rest, factor)
        reduced[lead] = rest
    return {pivot for pivot, row in reduced.items() if len(row) == 1}


def _subtract(row: dict[int, Fraction], other: Mapping[int, Fraction], factor: Fraction) -> None:
    for column, value in other.items():
        left = row.get(column, Fraction(0)) - factor * value
        if left:
            row[column] = left
        else:
            row.pop(column, None)
