"""What would change if partial insight were taken as recovered: counted before anybody switches the rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors, bounds, level_of, township_of
from xinqiao.kernel.errors import Invalid
from xinqiao.kernel.terms import Level
from xinqiao.places import queries as places
from xinqiao.policy import current

from ..rules.classify import classify

_SOCIAL = "soc_selfcare, soc_housework, soc_work, soc_study, soc_interpersonal"
_ANSWERS = f"risk, symptom_severity, insight, {_SOCIAL}, adr, adr_severity, adr_acute, physical_severity"


@dataclass(slots=True)
class Moved:
    """One place: how many basically stable people would become stable, and how many stay for another reason."""

    code: str
    name: str
    basically_stable: int = 0
    stable: int = 0


@dataclass(slots=True)
class Rehearsal:
    """`in_force`: what the place's rule says now. `by_recalculation`: people whose class counts as imported and cannot be
    worked out again."""

    in_force: str
    rows: list[Moved] = field(default_factory=list)
    not_recomputed: int = 0

    @property
    def basically_stable(self) -> int:
        return sum(row.basically_stable for row in self.rows)

    @property
    def moved(self) -> int:
        return sum(row.stable for row in self.rows)


def rehearse_recovered_insight(*, actor: Actor, today: date) -> Rehearsal:
    """Over the last visit of everybody on the register who counts as basically stable. Three statements."""
    require(actor, Permission.REVIEW_VISIT)
    lo, hi = bounds(actor.place)
    rules = current()
    chain = ancestors(actor.place)
    in_force = rules.at("followup/partial_insight", on=today, ancestors=chain).value
    county = level_of(actor.place) <= Level.COUNTY
    found: dict[str, Moved] = {}
    result = Rehearsal(in_force)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [lo, hi])
        names = [column[0] for column in cursor.description]
        for values in cursor.fetchall():
            row = dict(zip(names, values, strict=True))
            code = township_of(row["managing_code"]) if county else row["managing_code"]
            place = found.setdefault(code, Moved(code, code))
            place.basically_stable += row["n"]
            if row["class_source"] == "imported":
                result.not_recomputed += row["n"]
            elif _becomes(row, today) == "3":
                place.stable += row["n"]
    labels = places.names_of(found)
    for place in found.values():
        place.name = labels.get(place.code, place.code)
    result.rows = sorted(found.values(), key=lambda place: (-place.stable, place.code))
    return result


def _becomes(row: dict[str, Any], today: date) -> str | None:
    """The class of these answers with insight taken as recovered."""
    record = {key: value for key, value in row.items() if value not in ("", None)}
    record["symptoms"] = ["0"] if row["symptom_severity"] == "1" else ["12"]
    if row["insight"] == "2":
        record["insight_recovered"] = True
    try:
        return classify(record, policies=current(), on=today, division=row["managing_code"]).visit_class
    except Invalid:
        return None


_COUNT = f"""
  select s.managing_code, v.class_source, {", ".join("v." + name.strip() for name in _ANSWERS.split(","))}, count(*) as n
  from followup_standing s join followup_visit v on v.id = s.last_visit_id
  where s.managing_code >= %s and s.managing_code < %s and s.state = 'registered' and s.visit_class = '2'
  group by s.managing_code, v.class_source, {", ".join("v." + name.strip() for name in _ANSWERS.split(","))}
"""  # noqa: S608 (names of our own columns)
