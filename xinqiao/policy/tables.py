"""Decision tables as data: closed cells, every input declared, validated before use, failing closed.

A table is a mapping read from YAML or JSON. `tables.js` reads the same mapping with the same checks, so the page and
the server cannot disagree.

    hit: first                      # or collect
    inputs: {risk: {label: 危险性评估, values: [0, 1, 2, 3, 4, 5]}}
    outcomes: ["1", "2", "3"]
    rows:
      - {id: high-risk, when: {risk: [3, 4, 5]}, then: "1", reason: 危险性评估 3–5 级, clause: N3/class/1}

A cell is a non-empty list of declared values or "*". Every row names every input. In a `first` table the first row
that fits decides, every combination of values must fit some row, and every row must decide at least one combination.
In a `collect` table all rows that fit answer, in order.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from xinqiao.kernel.errors import Invalid, Problem

Value = int | str | bool
ANY = "*"
# Beyond this the exhaustive check would be slow; a table that large should be split.
MAX_COMBINATIONS = 50_000


class TableError(ValueError):
    """The table itself is wrong; the text says which row and which cell."""


@dataclass(frozen=True, slots=True)
class Input:
    """One declared input: its Chinese label and all the values it may take (all of one type)."""

    name: str
    label: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `cells` holds, per input in declared order, the values that fit (all of them for "*")."""

    id: str
    cells: tuple[tuple[Value, ...], ...]
    then: str
    reason: str
    clause: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a `first` table answers: the deciding row first, then every other row that says the same."""

    outcome: str
    rows: tuple[Row, ...]

    @property
    def reason(self) -> str:
        return "；".join(dict.fromkeys(row.reason for row in self.rows))

    @property
    def clause(self) -> str:
        return self.rows[0].clause


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A validated table; build it with `DecisionTable.read`."""

    hit: Literal["first", "collect"]
    inputs: tuple[Input, ...]
    outcomes: tuple[str, ...]
    rows: tuple[Row, ...]
    # decisions already taken, by exact type and value of every input
    _taken: dict[tuple[object, ...], Decision] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> DecisionTable:
        """Build from plain data; TableError names the first thing that is wrong."""
        _keys("table", data, {"hit", "inputs", "outcomes", "rows"})
        hit = data["hit"]
        if hit not in ("first", "collect"):
            raise TableError(f"hit: {hit!r} is neither 'first' nor 'collect'")
        inputs = tuple(_read_input(name, body) for name, body in _mapping("inputs", data["inputs"]).items())
        if not inputs:
            raise TableError("inputs: none declared")
        outcomes = tuple(_text("outcomes", item) for item in _sequence("outcomes", data["outcomes"]))
        if len(set(outcomes)) != len(outcomes) or not outcomes:
            raise TableError("outcomes: empty or repeated")
        rows = tuple(_read_row(body, inputs, outcomes) for body in _sequence("rows", data["rows"]))
        ids = [row.id for row in rows]
        if len(set(ids)) != len(ids) or not ids:
            raise TableError("rows: none, or an id is repeated")
        table = cls(hit, inputs, outcomes, rows)
        if hit == "first":
            table._check_complete()
        return table

    def combinations(self) -> Iterator[dict[str, Value]]:
        """Every combination of declared values; the last input varies fastest."""
        names = [item.name for item in self.inputs]
        for values in itertools.product(*(item.values for item in self.inputs)):
            yield dict(zip(names, values, strict=True))

    def check(self, given: Mapping[str, object]) -> None:
        """Invalid unless exactly the declared inputs are given, each with a declared value of the same type."""
        problems = [
            Problem(str(name), "unknown_key", f"没有“{name}”这一项")
            for name in given
            if name not in self._names()
        ]
        for item in self.inputs:
            if item.name not in given or given[item.name] is None:
                problems.append(Problem(item.name, "missing", f"“{item.label}”未填写"))
            elif not any(_same(value, given[item.name]) for value in item.values):
                allowed = "、".join(str(value) for value in item.values)
                shown = str(given[item.name])[:40]
                problems.append(
                    Problem(
                        item.name, "unknown_value", f"“{item.label}”的值“{shown}”无效，应为：{allowed}", shown
                    )
                )
        if problems:
            raise Invalid(problems)

    def evaluate(self, given: Mapping[str, object]) -> Decision:
        """The decision of a `first` table. Invalid for any unknown, missing or mistyped input."""
        key: tuple[object, ...] = ()
        if len(given) == len(self.inputs):
            key = tuple((type(given.get(item.name)), _plain(given.get(item.name))) for item in self.inputs)
            if key in self._taken:
                return self._taken[key]
        hits = self.collect(given)
        if self.hit != "first" or not hits:
            raise TableError("not a complete 'first' table")
        decision = Decision(hits[0].then, tuple(row for row in hits if row.then == hits[0].then))
        if key:
            self._taken[key] = decision
        return decision

    def collect(self, given: Mapping[str, object]) -> tuple[Row, ...]:
        """All rows that fit, in order. Invalid for any unknown, missing or mistyped input."""
        self.check(given)
        return tuple(row for row in self.rows if self._fits(row, given))

    def _names(self) -> frozenset[str]:
        return frozenset(item.name for item in self.inputs)

    def _fits(self, row: Row, given: Mapping[str, object]) -> bool:
        return all(given[item.name] in cell for item, cell in zip(self.inputs, row.cells, strict=True))

    def _check_complete(self) -> None:
        size = 1
        for item in self.inputs:
            size *= len(item.values)
        if size > MAX_COMBINATIONS:
            raise TableError(f"{size} combinations are too many to check")
        deciding: set[str] = set()
        for combination in self.combinations():
            row = next((row for row in self.rows if self._fits(row, combination)), None)
            if row is None:
                raise TableError(f"no row fits {combination}")
            deciding.add(row.id)
        shadowed = [row.id for row in self.rows if row.id not in deciding]
        if shadowed:
            raise TableError(f"row {shadowed[0]!r} never decides: an earlier row covers it")


def _plain(value: object) -> object:
    return value if isinstance(value, int | str) else None


def _same(declared: Value, given: object) -> bool:
    # True == 1 and 1.0 == 1 in Python; neither is the declared value.
    return type(declared) is type(given) and declared == given


def _read_input(name: object, body: object) -> Input:
    where = f"inputs.{name}"
    fields = _mapping(where, body)
    _keys(where, fields, {"label", "values"})
    values = tuple(_sequence(f"{where}.values", fields["values"]))
    if not values or any(type(value) not in (int, str, bool) for value in values):
        raise TableError(f"{where}.values: empty, or not whole numbers, texts or truth values")
    if len({type(value) for value in values}) != 1 or len(set(values)) != len(values):
        raise TableError(f"{where}.values: mixed types or a repeated value")
    return Input(_text(where, name), _text(where, fields["label"]), values)


def _read_row(body: object, inputs: Sequence[Input], outcomes: Sequence[str]) -> Row:
    fields = _mapping("rows", body)
    where = f"row {fields.get('id')!r}"
    _keys(where, fields, {"id", "when", "then", "reason", "clause"})
    when = _mapping(f"{where}.when", fields["when"])
    _keys(f"{where}.when", when, {item.name for item in inputs})
    cells = tuple(_read_cell(f"{where}.when.{item.name}", when[item.name], item) for item in inputs)
    then = _text(where, fields["then"])
    if then not in outcomes:
        raise TableError(f"{where}: outcome {then!r} is not declared")
    return Row(
        _text(where, fields["id"]),
        cells,
        then,
        _text(where, fields["reason"]),
        _text(where, fields["clause"]),
    )


def _read_cell(where: str, cell: object, item: Input) -> tuple[Value, ...]:
    if cell == ANY:
        return item.values
    values = tuple(_sequence(where, cell))
    if not values:
        raise TableError(f"{where}: an empty cell fits nothing")
    for value in values:
        if not any(_same(declared, value) for declared in item.values):
            raise TableError(f"{where}: {value!r} is not a declared value")
    if len(set(values)) != len(values):
        raise TableError(f"{where}: a value is repeated")
    return values


def _keys(where: str, data: Mapping[str, Any], expected: set[str]) -> None:
    if unknown := sorted(set(map(str, data)) - expected):
        raise TableError(f"{where}: unknown key {unknown[0]!r}")
    if missing := sorted(expected - set(map(str, data))):
        raise TableError(f"{where}: key {missing[0]!r} is missing")


def _mapping(where: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise TableError(f"{where}: not a mapping")
    return value


def _sequence(where: str, value: object) -> Sequence[Any]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise TableError(f"{where}: not a list")
    return value


def _text(where: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TableError(f"{where}: a text is missing")
    return value
