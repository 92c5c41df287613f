"""Rules as one place reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from xinqiao.kernel.codes import NATION, ancestors
from xinqiao.kernel.errors import NotFound, PolicyMissing
from xinqiao.policy.deployment import current
from xinqiao.policy.loader import PolicyRow, Thing
from xinqiao.policy.models import LocalValue

from . import words

#: Kinds of rules of which a place says only what it has of its own: the rest is what those above it say.
BY_KEY = frozenset({"targets", "clocks", "escalation"})


@dataclass(frozen=True, slots=True)
class InForce:
    """One rule with the row that holds for a place on a day, and that row's lines to read."""

    thing: Thing
    row: PolicyRow
    lines: list[words.Line]
    clause: str
    document: str


def rules_in_force(place: str, on: date) -> dict[str, list[InForce]]:
    """Domain → its rules, calendars left out. No statement beyond reading the rules."""
    policies = current()
    found: dict[str, list[InForce]] = {domain: [] for domain in words.DOMAINS}
    for name in policies.names():
        domain = name.partition("/")[0]
        if domain in found and (one := in_force(name, place, on)):
            found[domain].append(one)
    return found


def in_force(name: str, place: str, on: date) -> InForce | None:
    """One rule; None when nothing is regulated on that day."""
    policies = current()
    thing = policies.released.thing(name)
    try:
        row = policies.at(name, on=on, ancestors=ancestors(place))
    except PolicyMissing:
        return None
    value = row.value
    if thing.kind in BY_KEY:
        value = {
            key: one.value[key]
            for key, one in policies.parts(name, on=on, ancestors=ancestors(place)).items()
        }
    clause = policies.clause(row.clause)
    document = policies.released.documents[clause.document].title
    return InForce(thing, row, words.lines(thing, value), clause.text, document)


def find_rule(name: str, place: str, on: date) -> InForce:
    """One rule by its name, for its page; NotFound for a calendar, for none."""
    if name.partition("/")[0] not in words.DOMAINS or name not in current().names():
        raise NotFound(code="not_found.rule")
    found = in_force(name, place, on)
    if found is None:
        raise NotFound(code="not_found.rule")
    return found


def nation_row(name: str, on: date) -> PolicyRow | None:
    """The national row on a day: what a place starts from and may not be laxer than. None before there was one."""
    try:
        return current().at(name, on=on, ancestors=(NATION,))
    except PolicyMissing:
        return None


def rows_of(name: str, place: str) -> list[tuple[PolicyRow, list[words.Line]]]:
    """Every row that holds, held or will hold here: the nearest area first, the newest first. Of a place's own row, what
    differs from the rule in force for the nation on its first day.
    """
    thing = current().released.thing(name)
    order = {area: at for at, area in enumerate(ancestors(place))}
    rows = [row for row in current().rows(name) if row.area in order]
    rows.sort(key=lambda row: row.valid_from, reverse=True)
    rows.sort(key=lambda row: order[row.area])
    found = []
    for row in rows:
        above = nation_row(name, row.valid_from) if row.local else None
        held = words.lines(thing, above.value) if above else []
        lines = words.lines(thing, row.value)
        found.append((row, [line for line in lines if line not in held] or lines))
    return found


def own_values(name: str, place: str) -> dict[date, LocalValue]:
    """The place's own rows by their first day, as far as they can still be ended. One statement."""
    rows = LocalValue.objects.filter(thing=name, division_code=place, withdrawn_at=None, valid_to=None)
    return {row.valid_from: row for row in rows}


def calendars() -> list[tuple[int, PolicyRow]]:
    """Years with a calendar of days off, newest first."""
    names = [name for name in current().names() if name.startswith("calendar/")]
    found = [(int(name.partition("/")[2]), current().rows(name)[0]) for name in names]
    return sorted(found, key=lambda one: one[0], reverse=True)


def calendar_of(year: int) -> dict[str, Any] | None:
    """Days off and working days of a year as `MM-DD`; None when no calendar is there yet."""
    name = f"calendar/{year}"
    return dict(current().rows(name)[0].value) if name in current().names() else None
