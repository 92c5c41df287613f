"""Small numbers cannot be computed back: an attacker who knows every sum tries all tables that fit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from xinqiao.indicators.disclosure import (
    Cell,
    Equation,
    determined,
    equations,
    narrowed,
    suppress,
    with_parts,
)

SMALLEST = 4
SUMS = [("reg", ("man", "lost"))]


def table(rows: Sequence[tuple[int, int]]) -> tuple[dict[Cell, int], list[Equation]]:
    places = [f"p{n}" for n in range(len(rows))]
    cells = {}
    for place, (man, lost) in zip(places, rows, strict=True):
        cells |= {(place, "man"): man, (place, "lost"): lost, (place, "reg"): man + lost}
    for figure in ("man", "lost", "reg"):
        cells["all", figure] = sum(cells[place, figure] for place in places)
    return cells, equations("all", places, ["man", "lost", "reg"], SUMS)


def solutions(
    cells: Mapping[Cell, int], hidden: Collection[Cell], known: Sequence[Equation], most: int
) -> Iterator[dict[Cell, int]]:
    """Every table of whole numbers from 0 to `most` that shows the same and adds up: by trying, not by the product's code."""
    order = sorted(hidden)

    def fits(given: Mapping[Cell, int]) -> bool:
        for total, parts in known:
            if all(c in given for c in (total, *parts)) and given[total] != sum(given[p] for p in parts):
                return False
        return True

    def walk(number: int, given: dict[Cell, int]) -> Iterator[dict[Cell, int]]:
        if number == len(order):
            yield dict(given)
            return
        for value in range(most + 1):
            given[order[number]] = value
            if fits(given):
                yield from walk(number + 1, given)
        del given[order[number]]

    yield from walk(0, {cell: n for cell, n in cells.items() if cell not in hidden})


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5)), min_size=2, max_size=3))
def test_an_attacker_who_tries_every_table_learns_no_small_number(rows: list[tuple[int, int]]) -> None:
    cells, known = table(rows)
    hidden = suppress(cells, known, SMALLEST)
    small = {cell for cell, n in cells.items() if 0 < n < SMALLEST}
    assert small <= hidden
    if not small or len(hidden) > 7:
        return  # with so many cells left out there is nothing to try
    possible: dict[Cell, set[int]] = {cell: set() for cell in small}
    for found in solutions(cells, hidden, known, max(cells.values()) + SMALLEST):
        for cell in small:
            possible[cell].add(found[cell])
        if all(len(values) > 1 for values in possible.values()):
            return
    assert all(len(values) > 1 for values in possible.values()), (cells, hidden, possible)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30)), min_size=2, max_size=12))
def test_algebra_and_bounds_leave_every_small_number_open(rows: list[tuple[int, int]]) -> None:
    cells, known = table(rows)
    hidden = suppress(cells, known, 10)
    small = {cell for cell, n in cells.items() if 0 < n < 10}
    ranges = narrowed(cells, hidden, known)
    everything = set(cells) == hidden
    assert everything or not determined(hidden, known) & small
    assert everything or all(ranges[cell][1] - ranges[cell][0] >= 9 for cell in small)


def test_a_table_without_small_numbers_is_shown_whole() -> None:
    cells, known = table([(40, 20), (30, 0)])
    assert suppress(cells, known, 10) == set()


def test_hiding_only_the_small_cell_would_give_it_away() -> None:
    cells, known = table([(40, 3), (30, 20), (50, 30)])
    alone = {("p0", "lost")}
    assert determined(alone, known) == alone
    hidden = suppress(cells, known, 10)
    assert alone < hidden
    assert not determined(hidden, known) & alone


def test_a_bridge_between_two_blocks_is_seen() -> None:
    """Two cells hidden in every line, and still one can be computed: only algebra over all sums sees it."""
    cells = {(p, f): 5 for p in "abcd" for f in "xyz"}
    known: list[Equation] = [(("all", f), tuple((p, f) for p in "abcd")) for f in "xyz"]
    known += [((p, "sum"), tuple((p, f) for f in "xyz")) for p in "abcd"]
    hidden = {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y"), ("c", "z"), ("d", "z"), ("c", "y")}
    assert ("c", "y") in determined(hidden, known)
    assert cells


def test_a_part_that_is_shown_may_not_narrow_what_is_hidden() -> None:
    """129 managed to standard of 137 registered leave at most 8 lost: too few values, so more is hidden."""
    cells = {("p", "reg"): 137, ("p", "man"): 135, ("p", "lost"): 2, ("p", "std"): 129}
    sums = equations("p", [], ["reg", "man", "lost"], SUMS)
    hidden = suppress(cells, sums, 10)
    assert hidden == {("p", "lost"), ("p", "man")}
    everything, parts, rests = with_parts(cells, ["p"], [("std", "man"), ("man", "reg")])
    more = suppress(everything, [*sums, *parts], 10, rests)
    assert hidden < more - rests
    low, high = narrowed(everything, more, [*sums, *parts])["p", "lost"]
    assert high - low >= 9
