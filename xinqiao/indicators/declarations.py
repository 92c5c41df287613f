"""Reads the declarations in `catalogue/`: sets (who is counted) and measures (what is printed), strictly, once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from xinqiao.kernel.words import sentence, term

from .language import Expression, parse
from .state import COLUMNS

CATALOGUE = Path(__file__).parent / "catalogue"
COUNT_UNITS = (sentence("人"), sentence("次"))
RATE_UNITS = {"%": 100, "‰": 1000}
PERIODS = {
    "point": ("截至日", "at the date"),
    "month": ("本月1日至截至日", "month to date"),
    "quarter": ("本季度至截至日", "quarter to date"),
    "half": ("本半年至截至日", "half-year to date"),
    "year": ("当年1月1日至截至日", "year to date"),
    "window": ("截至月及前两个月", "the month of the date and the two before"),
}
OWNERS = {
    "on_date": (
        "按截至日的统计归属机构计；归属已结束的计在最后归属地",
        "where the counting institution of the date is, or where the person counted last",
    ),
}
LATE = {
    "as_known": (
        "迟录、更正、撤销按发生日期计入，已出的数随之变化",
        "late entries and corrections count by their date and change past figures",
    )
}
POPULATION = "population"
#: One in a hundred of the residents aged 15 and over: what the editions of 2009 and 2011 expected to be managed.
ADULTS = "adults"
#: No figure is asked for before this day: the working-day calendars and the divisions begin here.
EARLIEST = date(2004, 1, 1)


class DeclarationError(ValueError):
    """A declaration is wrong; the text says which."""


@dataclass(frozen=True, slots=True)
class CountedSet:
    """Whom a number counts. `column` names the whole number that is added up; "" counts persons.

    `who` is None for what comes from outside (`outside` = population or adults).
    """

    key: str
    words: str
    english: str
    who: Expression | None
    column: str = ""
    outside: str = ""


@dataclass(frozen=True, slots=True)
class Variant:
    """One 口径: numerator and base by set key, and the days on which it leads (`default_to` exclusive)."""

    key: str
    label: str
    english: str
    numerator: str
    denominator: str = ""
    leads: bool = False
    default_from: date = date.min
    default_to: date = date.max

    def leads_on(self, day: date) -> bool:
        return self.leads and self.default_from <= day < self.default_to


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure, declared once."""

    key: str
    label: str
    english: str
    group: str
    unit: str
    period: str
    source: str
    variants: tuple[Variant, ...]
    owner: str
    late: str
    rounding: int

    @property
    def is_rate(self) -> bool:
        return self.unit in RATE_UNITS

    def leading(self, day: date) -> Variant:
        """The default variant of a day."""
        return next(v for v in self.variants if v.leads_on(day))

    def variant(self, key: str) -> Variant | None:
        return next((v for v in self.variants if v.key == key), None)


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    label: str
    english: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A rate outside [low, high] is unlikely; `unit` is % or ‰."""

    label: str
    numerator: str
    denominator: str
    unit: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything declared."""

    sets: Mapping[str, CountedSet]
    measures: Mapping[str, Measure]
    groups: tuple[Group, ...]
    subsets: tuple[tuple[str, str], ...]
    sums: tuple[tuple[str, tuple[str, ...]], ...]
    bounds: tuple[Bound, ...]
    visit_counts: tuple[tuple[date, str], ...]

    @property
    def counted(self) -> tuple[CountedSet, ...]:
        """The sets the engines fill, in order."""
        return tuple(s for s in self.sets.values() if s.who is not None)

    def passed_only(self, day: date) -> bool:
        """Whether visits must have passed review to count on that day."""
        return max((row for row in self.visit_counts if row[0] <= day), default=(date.min, ""))[1] == "passed"


@cache
def catalogue() -> Catalogue:
    """The declarations, read and checked once per process."""
    sets = _sets(_read("sets"))
    body = _mapping("measures", _read("measures"), {"defaults", "groups", "measures"})
    groups = tuple(Group(**_mapping("group", g, {"key", "label", "english"})) for g in body["groups"])
    measures: dict[str, Measure] = {}
    for item in body["measures"]:
        measure = _measure(item, body["defaults"], sets, {g.key for g in groups})
        if measure.key in measures:
            raise DeclarationError(f"measure {measure.key!r} is declared twice")
        measures[measure.key] = measure
    relations = _mapping("relations", _read("relations"), {"subset", "sums", "bounds"})
    subsets = tuple((str(a), str(b)) for a, b in relations["subset"])
    sums = tuple((str(row["whole"]), tuple(row["parts"])) for row in relations["sums"])
    bounds = tuple(Bound(**{k: str(v) for k, v in row.items()}) for row in relations["bounds"])
    named = [k for pair in subsets for k in pair] + [k for whole, parts in sums for k in (whole, *parts)]
    named += [k for bound in bounds for k in (bound.numerator, bound.denominator)]
    if unknown := [key for key in named if key not in sets]:
        raise DeclarationError(f"relations: unknown set {unknown[0]!r}")
    switches = tuple((row["from"], row["rule"]) for row in _read("settings")["visit_counts"])
    if any(rule not in ("not_returned", "passed") for _day, rule in switches):
        raise DeclarationError("settings.visit_counts: not_returned or passed")
    return Catalogue(sets, measures, groups, subsets, sums, bounds, switches)


def _read(name: str) -> Any:
    return yaml.safe_load((CATALOGUE / f"{name}.yaml").read_text(encoding="utf-8"))


def _mapping(
    where: str, data: Any, required: set[str], optional: frozenset[str] = frozenset()
) -> dict[str, Any]:
    keys = set(data)
    if missing := sorted(required - keys):
        raise DeclarationError(f"{where}: {missing[0]!r} is missing")
    if unknown := sorted(keys - required - optional):
        raise DeclarationError(f"{where}: unknown key {unknown[0]!r}")
    return dict(data)


def _sets(rows: Any) -> dict[str, CountedSet]:
    types = dict(COLUMNS)
    result: dict[str, CountedSet] = {}
    for item in rows:
        row = _mapping(
            f"set {item.get('key')}", item, {"key", "words", "english"}, frozenset({"who", "sum", "outside"})
        )
        key = row["key"]
        column, outside = row.get("sum", ""), row.get("outside", "")
        # A sum may share its name with the column it adds; a set of persons may not share one with anything.
        if key in result or (key in COLUMNS and not column):
            raise DeclarationError(f"set {key!r} is declared twice or named like a column")
        if outside not in ("", POPULATION, ADULTS) or bool(outside) is ("who" in row):
            raise DeclarationError(f"set {key!r}: either `who` or `outside: population`")
        if column and COLUMNS.get(column) is not int:
            raise DeclarationError(f"set {key!r}: {column!r} is not a whole number")
        who = parse(str(row["who"]), types) if "who" in row else None
        result[key] = CountedSet(key, row["words"], row["english"], who, column, outside)
        if who is not None and not column:
            types[key] = bool
    return result


def _measure(item: Any, defaults: Any, sets: Mapping[str, CountedSet], groups: set[str]) -> Measure:
    where = f"measure {item.get('key')}"
    needed = {"key", "label", "english", "group", "unit", "period", "source", "variants"}
    row = _mapping(where, item, needed, frozenset({"owner", "late", "rounding"}))
    row = dict(defaults) | row
    rate = row["unit"] in RATE_UNITS
    if not rate and row["unit"] not in COUNT_UNITS:
        raise DeclarationError(f"{where}: unknown unit")
    if (
        row["group"] not in groups
        or row["period"] not in PERIODS
        or row["owner"] not in OWNERS
        or row["late"] not in LATE
    ):
        raise DeclarationError(f"{where}: unknown group, period, owner rule or late-data policy")
    variants = tuple(_variant(where, v, rate, sets) for v in row["variants"])
    if len({v.key for v in variants}) != len(variants):
        raise DeclarationError(f"{where}: a variant twice")
    edges = {
        date.min,
        date(1990, 1, 1),
        *(v.default_from for v in variants),
        *(v.default_to for v in variants),
    }
    for day in edges - {date.max}:
        if sum(v.leads_on(day) for v in variants) != 1:
            raise DeclarationError(f"{where}: on {day} not exactly one variant leads")
    return Measure(**(row | {"source": term(row["source"]), "variants": variants}))


def _variant(where: str, item: Any, rate: bool, sets: Mapping[str, CountedSet]) -> Variant:
    needed = {"key", "label", "english", "numerator"} | ({"denominator"} if rate else set())
    row = _mapping(f"{where}.{item.get('key')}", item, needed, frozenset({"default"}))
    for side in ("numerator", "denominator"):
        if row.get(side) and row[side] not in sets:
            raise DeclarationError(f"{where}: unknown set {row[side]!r}")
    default = row.pop("default", None)
    if default is None:
        return Variant(**row)
    dates = {} if default == "always" else _mapping(where, default, set(), frozenset({"from", "to"}))
    return Variant(
        **row, leads=True, default_from=dates.get("from", date.min), default_to=dates.get("to", date.max)
    )
