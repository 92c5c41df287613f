"""The shapes a policy value may have. Each kind has one strict reader: it returns the value or raises KindError."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Any

from .tables import DecisionTable, TableError

# Every situation a next-visit date may follow from. The code decides which of them apply; a profile gives the dates.
SITUATIONS = (
    "unstable",
    "basically_stable_first",
    "basically_stable_again",
    "stable",
    "in_hospital",
    "unclassified",
    "registered",
    "transferred_in",
    "discharged",
    "referred",
    "found",
    "any_risk",
    "everyone",
)
#: What a limit is counted in; "year_end" is the last day of the `limit`-th calendar year, the starting one included, and
#: "quarter_end" likewise of a calendar quarter.
CLOCK_UNITS = ("workdays", "days", "months", "hours", "quarter_end", "year_end")
#: Who may hold a clock, and who may be told that it ran out.
POSTS = ("hospital", "police", "village", "township", "county", "city", "province")


class KindError(ValueError):
    """The value does not have the shape of its kind; the text says where."""


@dataclass(frozen=True, slots=True)
class Interval:
    """One row of a profile: in `situation` (and, when given, at one of the `risk` levels) the next visit is due
    `days` days or `months` calendar months after the anchor. `waiver` says why it may be laxer than the parent's."""

    situation: str
    days: int
    months: int
    clause: str
    risk: tuple[int, ...] = ()
    joint: bool = False
    waiver: str = ""

    @property
    def longest_days(self) -> int:
        """Upper bound in days, to compare a profile with its parent."""
        return self.days + 31 * self.months


def exact(
    where: str, data: object, required: AbstractSet[str], optional: AbstractSet[str] = frozenset()
) -> Mapping[str, Any]:
    """`data` as a mapping with exactly these keys; KindError otherwise."""
    if not isinstance(data, Mapping):
        raise KindError(f"{where}: not a mapping")
    keys = set(map(str, data))
    if unknown := sorted(keys - required - optional):
        raise KindError(f"{where}: unknown key {unknown[0]!r}")
    if missing := sorted(required - keys):
        raise KindError(f"{where}: key {missing[0]!r} is missing")
    return data


def text(where: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise KindError(f"{where}: a text is missing")
    return value


def whole(where: str, value: object, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise KindError(f"{where}: {value!r} is not a whole number from {low} to {high}")
    return value


def read_intervals(value: object, header: Mapping[str, Any]) -> tuple[Interval, ...]:
    """The rows of one profile; at most one row per situation and risk level."""
    body = exact("profile", value, {"profile", "title", "rules"})
    text("profile.profile", body["profile"])
    text("profile.title", body["title"])
    if not isinstance(body["rules"], list) or not body["rules"]:
        raise KindError("profile.rules: not a list, or empty")
    rows = tuple(_interval(item) for item in body["rules"])
    seen: set[tuple[str, int | None]] = set()
    for row in rows:
        levels: tuple[int | None, ...] = row.risk or (None,)
        for key in [(row.situation, level) for level in levels]:
            if key in seen:
                raise KindError(f"profile.rules: {key} twice")
            seen.add(key)
    return rows


def _interval(item: object) -> Interval:
    body = exact("rule", item, {"situation", "plus", "clause"}, {"risk", "joint", "waiver"})
    situation = text("rule.situation", body["situation"])
    where = f"rule {situation}"
    if situation not in SITUATIONS:
        raise KindError(f"{where}: unknown situation")
    plus = exact(f"{where}.plus", body["plus"], set(), {"days", "months"})
    if len(plus) != 1:
        raise KindError(f"{where}.plus: give either days or months")
    days = whole(f"{where}.plus.days", plus["days"], 1, 366) if "days" in plus else 0
    months = whole(f"{where}.plus.months", plus["months"], 1, 12) if "months" in plus else 0
    levels = body.get("risk", [])
    if not isinstance(levels, list) or ("risk" in body and not levels):
        raise KindError(f"{where}.risk: not a list, or empty")
    risk = tuple(whole(f"{where}.risk", level, 0, 5) for level in levels)
    joint = body.get("joint", False)
    if type(joint) is not bool:
        raise KindError(f"{where}.joint: not a truth value")
    waiver = text(f"{where}.waiver", body["waiver"]) if "waiver" in body else ""
    return Interval(situation, days, months, text(f"{where}.clause", body["clause"]), risk, joint, waiver)


def read_table(value: object, header: Mapping[str, Any]) -> DecisionTable:
    if not isinstance(value, Mapping):
        raise KindError("table: not a mapping")
    try:
        return DecisionTable.read(value)
    except TableError as error:
        raise KindError(str(error)) from error


def read_numbers(value: object, header: Mapping[str, Any]) -> Mapping[str, int]:
    body = exact("numbers", value, set(header["names"]))
    return {name: whole(name, number, 0, 1_000_000) for name, number in body.items()}


def read_switch(value: object, header: Mapping[str, Any]) -> str:
    if not isinstance(value, str) or value not in header["allowed"]:
        raise KindError(f"switch: {value!r} is not one of {header['allowed']}")
    return value


def read_clocks(value: object, header: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, Mapping) or not value:
        raise KindError("clocks: not a mapping, or empty")
    for name, item in value.items():
        body = exact(f"clock {name}", item, {"label", "start", "end", "limit", "unit", "clause"})
        for key in ("label", "start", "end", "clause"):
            text(f"clock {name}.{key}", body[key])
        whole(f"clock {name}.limit", body["limit"], 1, 1000)
        if body["unit"] not in CLOCK_UNITS:
            raise KindError(f"clock {name}.unit: {body['unit']!r} is not one of {CLOCK_UNITS}")
    return value


def read_escalation(value: object, header: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Clock ("*": every other) → who holds it first, how long before the end to warn, who is told how late, in order."""
    if not isinstance(value, Mapping) or not value:
        raise KindError("escalation: not a mapping, or empty")
    for name, item in value.items():
        where = f"escalation {name}"
        body = exact(where, item, {"holder", "warn", "chain"})
        if body["holder"] not in POSTS:
            raise KindError(f"{where}.holder: {body['holder']!r} is not one of {POSTS}")
        whole(f"{where}.warn", body["warn"], 0, 365)
        if not isinstance(body["chain"], list):
            raise KindError(f"{where}.chain: not a list")
        late = 0
        for step in body["chain"]:
            part = exact(f"{where}.chain", step, {"to", "after"})
            if part["to"] not in POSTS:
                raise KindError(f"{where}.chain: {part['to']!r} is not one of {POSTS}")
            if whole(f"{where}.chain.after", part["after"], 1, 365) <= late:
                raise KindError(f"{where}.chain: every step must come later than the one before")
            late = part["after"]
    return value


def read_calendar_year(value: object, header: Mapping[str, Any]) -> Mapping[str, Any]:
    body = exact("calendar", value, {"year", "days_off", "working"})
    year = whole("calendar.year", body["year"], 1990, 2200)
    for key, weekend in (("days_off", False), ("working", True)):
        days = body[key]
        if not isinstance(days, list) or len(set(days)) != len(days):
            raise KindError(f"calendar.{key}: not a list, or a day twice")
        for item in days:
            try:
                day = date.fromisoformat(f"{year}-{item}")
            except ValueError as error:
                raise KindError(f"calendar.{key}: {item!r} is not MM-DD") from error
            if (day.weekday() >= 5) is not weekend:
                raise KindError(f"calendar.{key}: {day} is {'a weekday' if weekend else 'a weekend'}")
    return body


def read_targets(value: object, header: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Figure → what it should at least (or at most) be, as a decimal text in the figure's unit, and the clause that says so."""
    if not isinstance(value, Mapping) or not value:
        raise KindError("targets: not a mapping, or empty")
    for name, item in value.items():
        body = exact(f"target {name}", item, {"clause"}, {"at_least", "at_most"})
        text(f"target {name}.clause", body["clause"])
        aims = [body[key] for key in ("at_least", "at_most") if key in body]
        if (
            len(aims) != 1
            or not isinstance(aims[0], str)
            or not re.fullmatch(r"\d{1,4}(\.\d{1,2})?", aims[0])
        ):
            raise KindError(f"target {name}: give at_least or at_most, as a text like '95' or '4.64'")
    return value


def read_roles(value: object, header: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who by name should stand by a person from a risk level on: the profile's name, and the roles in order."""
    body = exact("roles", value, {"name", "from_risk", "roles"})
    text("roles.name", body["name"])
    whole("roles.from_risk", body["from_risk"], 0, 5)
    roles = body["roles"]
    if not isinstance(roles, list) or len(set(roles)) != len(roles):
        raise KindError("roles.roles: not a list, or a role twice")
    for role in roles:
        if role not in header["allowed"]:
            raise KindError(f"roles.roles: {role!r} is not one of {header['allowed']}")
    return body


def read_wording(value: object, header: Mapping[str, Any]) -> Mapping[str, Any]:
    """A text that people sign: its version, its title, its paragraphs."""
    body = exact("wording", value, {"version", "title", "paragraphs"})
    text("wording.version", body["version"])
    text("wording.title", body["title"])
    paragraphs = body["paragraphs"]
    if not isinstance(paragraphs, list) or not paragraphs:
        raise KindError("wording.paragraphs: not a list, or empty")
    for number, paragraph in enumerate(paragraphs, 1):
        text(f"wording.paragraphs {number}", paragraph)
    return body


# kind → (reader, extra header keys it needs)
KINDS: dict[str, tuple[Callable[[object, Mapping[str, Any]], Any], frozenset[str]]] = {
    "decision_table": (read_table, frozenset()),
    "intervals": (read_intervals, frozenset()),
    "numbers": (read_numbers, frozenset({"names"})),
    "switch": (read_switch, frozenset({"allowed"})),
    "roles": (read_roles, frozenset({"allowed"})),
    "wording": (read_wording, frozenset()),
    "clocks": (read_clocks, frozenset()),
    "escalation": (read_escalation, frozenset()),
    "targets": (read_targets, frozenset()),
    "calendar_year": (read_calendar_year, frozenset()),
}
