"""The day's list: whose visit is overdue, due, coming within a week, and who is unstable and not in hospital.

One person stands in one section. Within a section the riskiest first: level of danger, class, due date. Reads the
obligations by the day they stand on the list, in the village, township or county of the actor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors, bounds, county_of, level_of, township_of
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.terms import Level, Role
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.policy.policies import PolicySet

from ..rules import Precautions, precautions

WEEK = 7
#: Somebody unstable and at home is due within so many days of the last visit, so nobody further off belongs here.
UNSTABLE_DAYS = 14
NORM_NEAR_DAYS = 14
PAGE = 50
#: On paper the list goes whole, up to here.
MOST_ON_PAPER = 1_000
SECTIONS = ("overdue", "today", "week", "unstable")
HIGH_RISK = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of the page holds. `place` is a township or village code below the actor's own."""

    place: str = ""
    section: str = ""
    visit_class: str = ""
    name: str = ""
    after: str = ""

    @property
    def held(self) -> dict[str, str]:
        """What narrows the list, by key."""
        pairs = {"place": self.place, "section": self.section, "class": self.visit_class, "q": self.name}
        return {key: value for key, value in pairs.items() if value}


@dataclass(slots=True)
class Row:
    """One person on the list."""

    person_id: UUID
    section: str
    name: str
    managing_code: str
    visit_class: str
    risk: int | None
    due_on: date
    norm_deadline: date | None
    planned_on: date | None
    adherence: str
    last_visit_on: date | None
    attempts: int
    pending: bool
    in_hospital: bool
    class_source: str
    reason: str
    past_incident: bool = False
    village: str = ""
    township: str = ""  # only where the list covers several

    @property
    def unstable_at_home(self) -> bool:
        return self.visit_class == "1" and not self.in_hospital

    @property
    def routine(self) -> bool:
        """Whether a quick visit fits: seen before, calm, at home."""
        calm = self.visit_class in ("2", "3") and (self.risk or 0) < HIGH_RISK
        return (
            calm
            and self.last_visit_on is not None
            and not self.in_hospital
            and self.class_source != "imported"
        )

    def precautions(self, policies: PolicySet, today: date) -> Precautions:
        """Who goes along, as far as the list knows: the form asks the whole history."""
        return precautions(
            visit_class=self.visit_class,
            risk=self.risk,
            in_hospital=self.in_hospital,
            past_incident=self.past_incident,
            visited=self.last_visit_on is not None,
            policies=policies,
            on=today,
            ancestors=ancestors(self.managing_code),
        )

    def norm_near(self, today: date) -> bool:
        """Whether the last day that keeps the standard is close enough to be shown."""
        return self.norm_deadline is not None and (self.norm_deadline - today).days <= NORM_NEAR_DAYS


@dataclass(slots=True)
class Worklist:
    """The list of one day. `counts` by section for the whole place; `unstable` counts all of them, also those who stand
    in an earlier section; `next_key` opens the rest."""

    today: date
    rows: list[Row]
    counts: dict[str, int]
    unstable: int
    confirmations: int
    next_key: str
    places: list[tuple[str, str]]

    @property
    def due(self) -> int:
        """Whose visit is overdue, due today or within the week."""
        return sum(number for key, number in self.counts.items() if key != "unstable")

    def section(self, key: str) -> list[Row]:
        return [row for row in self.rows if row.section == key]


def worklist(*, actor: Actor, today: date, filters: Filters | None = None, whole: bool = False) -> Worklist:
    """The list for a village doctor, a township or a county, at most `PAGE` rows of it (`whole`: MOST_ON_PAPER). Five
    statements at most.

    NotAllowed for a role without records; Invalid for a filter that is no code.
    """
    require(actor, Permission.VIEW_RECORDS)
    asked = filters or Filters()
    _check(asked)
    where, given = _where(actor, asked)
    clocks = {
        "today": today,
        "week": today + timedelta(days=WEEK),
        "horizon": today + timedelta(days=UNSTABLE_DAYS),
    }
    counts, unstable, confirmations = _counts(actor, asked, where, {**given, **clocks})
    rows, next_key = _rows(asked, where, {**given, **clocks}, MOST_ON_PAPER if whole else PAGE)
    below = places.narrower(actor)
    several = actor.role is Role.COUNTY_OFFICE
    wanted = {row.managing_code for row in rows}
    names = places.names_of(wanted | {township_of(code) for code in wanted if several})
    for row in rows:
        row.township = names.get(township_of(row.managing_code), "") if several else ""
        row.village = names.get(row.managing_code, row.managing_code)
    return Worklist(today, rows, counts, unstable, confirmations, next_key, below)


def _check(asked: Filters) -> None:
    problems = []
    if asked.place and not (len(asked.place) == 12 and asked.place.isdigit()):
        problems.append(
            Problem("place", "wrong_value", sentence("“地区”应为 12 位区划代码"), asked.place[:20])
        )
    if asked.section and asked.section not in SECTIONS:
        problems.append(
            Problem(
                "section",
                "wrong_value",
                sentence("“分组”应为超期、今天、本周或未住院的病情不稳定患者"),
                asked.section[:20],
            )
        )
    if asked.visit_class not in ("", "0", "1", "2", "3"):
        problems.append(
            Problem(
                "class",
                "wrong_value",
                sentence("“病情分类”应为 1、2、3 或 0（未评）"),
                asked.visit_class[:20],
            )
        )
    if "\x00" in asked.name or "\x00" in asked.after:
        problems.append(Problem("q", "wrong_value", sentence("“姓名”含有不能识别的字符")))
    if problems:
        raise Invalid(problems)


def _where(actor: Actor, asked: Filters) -> tuple[str, dict[str, Any]]:
    """The place, said in the way that its index is for. Row-level security holds it as well."""
    county = actor.role is not Role.VILLAGE_DOCTOR and level_of(actor.place) <= Level.COUNTY
    if county and not asked.place:
        parts, given = ["o.county_code = %(county)s"], {"county": county_of(actor.place)}
    else:
        parts, given = _within("o", actor, asked)
    if asked.visit_class:
        parts.append("s.visit_class = %(class)s")
        given["class"] = "" if asked.visit_class == "0" else asked.visit_class
    if asked.name:
        parts.append("position(%(name)s in p.name) > 0")
        given["name"] = asked.name
    return " and ".join(parts), given


# `section` 0–3 in the order of SECTIONS, or null for somebody who is not on the list today.
_FROM = """
  from followup_obligation o
  join followup_standing s on s.person_id = o.person_id
  join registry_person p on p.id = o.person_id
  where o.outcome = 'open' and o.act_on <= %(horizon)s and {where}
"""
_SECTION = """
  case when o.due_on < %(today)s then 0 when o.act_on <= %(today)s then 1 when o.act_on <= %(week)s then 2
       when s.visit_class = '1' and not s.in_hospital then 3 end
"""


def _waiting(actor: Actor, asked: Filters) -> tuple[str, dict[str, Any]]:
    """The place of what waits: said as a range, because row-level security alone would read every row."""
    parts, given = _within("c", actor, asked, own="own_")
    return " and ".join(parts), given


def _within(alias: str, actor: Actor, asked: Filters, *, own: str = "") -> tuple[list[str], dict[str, Any]]:
    """The actor's own places and, when one was chosen, that place: conditions on `alias`. `own` begins the names of the
    parameters for the own range, so that two of these may stand in one statement."""
    given: dict[str, Any] = {}
    if actor.role is Role.VILLAGE_DOCTOR:
        parts = [f"{alias}.managing_code = any(%(villages)s)"]
        given["villages"] = list(actor.villages)
    else:
        given[f"{own}lo"], given[f"{own}hi"] = bounds(actor.place)
        parts = [f"{alias}.managing_code >= %({own}lo)s and {alias}.managing_code < %({own}hi)s"]
        if actor.further_codes:
            parts = [f"({parts[0]} or {alias}.managing_code = any(%(further)s))"]
            given["further"] = list(actor.further_codes)
    if asked.place:
        given["at_lo"], given["at_hi"] = bounds(asked.place)
        parts.append(f"{alias}.managing_code >= %(at_lo)s and {alias}.managing_code < %(at_hi)s")
    return parts, given


def _counts(
    actor: Actor, asked: Filters, where: str, given: dict[str, Any]
) -> tuple[dict[str, int], int, int]:
    """Numbers per section, all unstable at home, and what waits for a second person."""
    waiting, named = _waiting(actor, asked)
    sql = f"""
      select section, count(*), count(*) filter (where unstable),
        (select count(*) from followup_standing c where c.pending_confirmation and {waiting})
      from (select {_SECTION} as section, s.visit_class = '1' and not s.in_hospital as unstable
            {_FROM.format(where=where)} union all select null, null) listed
      group by section
    """  # noqa: S608 (the text is ours; every value is a parameter)
    counts = dict.fromkeys(SECTIONS, 0)
    unstable = confirmations = 0
    with connection.cursor() as cursor:
        cursor.execute(sql, {**named, **given})
        for section, number, wild, confirmations in cursor.fetchall():  # noqa: B007 -- the same in each row
            if section is not None:
                counts[SECTIONS[section]] = number
                unstable += wild
    return counts, unstable, confirmations


def _rows(asked: Filters, where: str, given: dict[str, Any], limit: int) -> tuple[list[Row], str]:
    """One page of rows after the key, and the key of the next page."""
    only = "section is not null"
    if asked.section == "unstable":
        only += " and visit_class = '1' and not in_hospital"
    elif asked.section:
        only += " and section = %(section)s"
        given["section"] = SECTIONS.index(asked.section)
    if asked.after:
        only += " and key > %(after)s"
        given["after"] = asked.after
    lead = "'0'" if asked.section == "unstable" else "section::text"
    sql = f"""
      select key, person_id, section, name, managing_code, visit_class, risk, due_on, norm_deadline, planned_on, adherence,
        last_visit_on, attempts_since, pending_confirmation, in_hospital, class_source, reason, past_incident
      from (
        select *, ({lead} || (9 - coalesce(risk, 0))::text || case visit_class when '' then '4' else visit_class end
                   || to_char(due_on, 'YYYYMMDD') || person_id::text) collate "C" as key
        from (
          select {_SECTION} as section, o.person_id, p.name, o.managing_code, s.visit_class, s.risk, o.due_on,
            o.norm_deadline, o.planned_on, s.adherence, s.last_visit_on, s.attempts_since, s.pending_confirmation,
            s.in_hospital, s.last_visit_id, o.reason, s.past_incident
          {_FROM.format(where=where)}
        ) listed
      ) keyed
      left join lateral (select v.class_source from followup_visit v where v.id = keyed.last_visit_id) last on true
      where {only} order by key limit {limit + 1}
    """  # noqa: S608 (the text is ours; every value is a parameter)
    rows: list[Row] = []
    keys: list[str] = []
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        for key, person_id, section, *rest, class_source, reason, past_incident in cursor.fetchall():
            values: list[Any] = [
                person_id,
                SECTIONS[section],
                *rest,
                class_source or "",
                reason,
                past_incident,
            ]
            row = Row(*values)
            if asked.section == "unstable":
                row.section = "unstable"
            rows.append(row)
            keys.append(key)
    more = len(rows) > limit
    return rows[:limit], keys[limit - 1] if more else ""
