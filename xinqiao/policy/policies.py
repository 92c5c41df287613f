"""The rules in force: released rows and a deployment's own, one schema, one version, looked up by place and date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from xinqiao.kernel.codes import NATION, ancestors
from xinqiao.kernel.errors import PolicyMissing

from .kinds import Interval
from .loader import Clause, PolicyError, PolicyRow, Released, Thing, fingerprint, read_row
from .loader import released as load_released

LOCAL_KEYS = {"thing", "division_code", "valid_from", "valid_to", "value", "source", "author"}

#: How many questions are remembered just as they were asked, before beginning anew.
ASKED_KEPT = 20_000


class PolicySet:
    """Released rules with local rows merged in.

    A local row is a mapping with `thing` ("followup/intervals"), `division_code` (12 digits or a shorter prefix),
    `valid_from`, `valid_to` (or None), `value`, `source`, `author`. At the same area a local row stands before a
    released one of the same date. PolicyError when a row is wrong or laxer than its parent without a waiver.
    """

    def __init__(
        self, released: Released | None = None, local_rows: Iterable[Mapping[str, Any]] = ()
    ) -> None:
        self.released = released or load_released()
        self._local: dict[str, list[PolicyRow]] = {}
        prints: list[str] = []
        for body in local_rows:
            row = self._read_local(body)
            self._local.setdefault(row.thing, []).append(row)
            prints.append(f"{row.key} {row.author} {row.fingerprint()}")
        self.version = self.released.version
        if prints:
            self.version += "+" + fingerprint(sorted(prints))[:7]
        self._checked: dict[str, tuple[PolicyRow, ...]] = {}
        self._areas: dict[str, frozenset[str]] = {}
        self._first: dict[str, date] = {}
        self._profiles: dict[tuple[str, date, tuple[str, ...]], tuple[PolicyRow, ...]] = {}
        #: Questions just as they were asked: an import asks the same ones a hundred thousand times.
        self._asked: dict[tuple[str, date, tuple[str, ...]], tuple[PolicyRow, ...]] = {}
        for name in self._local:
            self._rows(name)

    def at(self, thing: str, *, on: date, ancestors: Sequence[str] = (NATION,)) -> PolicyRow:
        """The row of the nearest area in `ancestors` (nearest first), the newest that holds on that day.

        PolicyMissing when there is none: nothing is guessed.
        """
        rows = self._rows(thing)
        for area in ancestors:
            if found := _newest(rows, area, on):
                return found
        raise PolicyMissing(f"{thing}:{on.isoformat()} 没有适用的规定")

    def chain(self, thing: str, *, on: date, ancestors: Sequence[str] = (NATION,)) -> list[PolicyRow]:
        """The rows that hold on that day, nation first, at most one per area. PolicyMissing when there is none."""
        rows = self._rows(thing)
        found = [row for area in reversed(ancestors) if (row := _newest(rows, area, on))]
        if not found:
            raise PolicyMissing(f"{thing}:{on.isoformat()} 没有适用的规定")
        return found

    def parts(self, thing: str, *, on: date, ancestors: Sequence[str] = (NATION,)) -> dict[str, PolicyRow]:
        """For a rule whose value is a table of keys: key → the nearest row that speaks of it. Empty before any rule."""
        try:
            return {key: row for row in self.chain(thing, on=on, ancestors=ancestors) for key in row.value}
        except PolicyMissing:
            return {}

    def profile(self, thing: str, *, on: date, ancestors: Sequence[str] = (NATION,)) -> tuple[PolicyRow, ...]:
        """`chain` turned round and remembered: nearest area first. Days before the first rule of the nation are
        judged by that first rule, so that an old file never falls out of the list of what is due."""
        asked = (thing, on, tuple(ancestors))
        known = self._asked.get(asked)
        if known is not None:
            return known
        areas = self._areas.get(thing)
        if areas is None:
            rows = self._rows(thing)
            areas = self._areas[thing] = frozenset(row.area for row in rows)
            self._first[thing] = min(row.valid_from for row in rows if row.area == NATION)
        key = (thing, max(on, self._first[thing]), tuple(area for area in ancestors if area in areas))
        if key not in self._profiles:
            self._profiles[key] = tuple(reversed(self.chain(thing, on=key[1], ancestors=key[2])))
        if len(self._asked) >= ASKED_KEPT:
            self._asked.clear()
        self._asked[asked] = self._profiles[key]
        return self._profiles[key]

    def clause(self, clause_id: str) -> Clause:
        """PolicyMissing for an id that the clause file does not hold."""
        try:
            return self.released.clauses[clause_id]
        except KeyError as error:
            raise PolicyMissing(f"没有条款 {clause_id}") from error

    def rows(self, thing: str) -> tuple[PolicyRow, ...]:
        """All rows of a thing, local ones first."""
        return self._rows(thing)

    def names(self) -> tuple[str, ...]:
        """All things that have rows, released or local."""
        return tuple(sorted({*self.released.names(), *self._local}))

    def _thing(self, name: str) -> Thing | None:
        if self.released.has(name):
            return self.released.thing(name)
        if re.fullmatch(r"calendar/\d{4}", name):
            # a year the release does not know yet, entered by the administrator each November or December
            return Thing(name, f"{name[-4:]} 年工作日历", "CAL/days-off", "天", "calendar_year", {}, ())
        return None

    def _rows(self, name: str) -> tuple[PolicyRow, ...]:
        if name in self._checked:
            return self._checked[name]
        thing = self._thing(name)
        if thing is None:
            raise PolicyError(f"no rule file for {name!r}")
        rows = (*self._local.get(name, ()), *thing.rows)
        if thing.kind == "intervals":
            for row in rows:
                self._check_not_laxer(row, rows)
        self._checked[name] = rows
        return rows

    def _check_not_laxer(self, row: PolicyRow, rows: Sequence[PolicyRow]) -> None:
        for area in ancestors(row.area)[1:]:
            parent = _newest(rows, area, row.valid_from)
            if parent is None:
                continue
            for rule in row.value:
                for upper in parent.value:
                    if _laxer(rule, upper) and not rule.waiver:
                        raise PolicyError(
                            f"{row.key}: {rule.situation} 比上级规定宽，需要写明豁免理由（waiver）"
                        )

    def _read_local(self, body: Mapping[str, Any]) -> PolicyRow:
        if unknown := sorted(set(body) - LOCAL_KEYS):
            raise PolicyError(f"local row: unknown key {unknown[0]!r}")
        if missing := sorted(LOCAL_KEYS - {"valid_to"} - set(body)):
            raise PolicyError(f"local row: key {missing[0]!r} is missing")
        if not isinstance(body["author"], str) or not body["author"].strip():
            raise PolicyError("local row: author is missing")
        name = str(body["thing"])
        thing = self._thing(name)
        if thing is None:
            raise PolicyError(f"local row: {name!r} is not a thing that is regulated")
        fields = {
            "area": body["division_code"],
            "from": body["valid_from"],
            "value": body["value"],
            "source": body["source"],
        }
        if body.get("valid_to") is not None:
            fields["to"] = body["valid_to"]
        return read_row(thing, fields, author=body["author"])


@cache
def released_policies() -> PolicySet:
    """The released rules alone."""
    return PolicySet()


def _newest(rows: Sequence[PolicyRow], area: str, on: date) -> PolicyRow | None:
    # max keeps the first of equals, and local rows come first
    return max(
        (row for row in rows if row.area == area and row.holds(on)),
        key=lambda row: row.valid_from,
        default=None,
    )


def _laxer(rule: Interval, upper: Interval) -> bool:
    if rule.situation != upper.situation:
        return False
    if rule.risk and upper.risk and not set(rule.risk) & set(upper.risk):
        return False
    return rule.longest_days > upper.longest_days
