"""What runs out when, for one actor. A row of the table says nothing of today; the sections are asked with a date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, connections
from django.db.backends.utils import CursorWrapper

from xinqiao.accounts.permissions import Permission, require
from xinqiao.accounts.scope import reporting, shared_only
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, county_of, level_of
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.ids import read_uuid
from xinqiao.kernel.periods import day_or_none
from xinqiao.kernel.terms import SHARED_ROLES, Level, Role
from xinqiao.kernel.words import sentence, term, told
from xinqiao.places import queries as places
from xinqiao.policy.deployment import current, workdays_in_force
from xinqiao.registry.models import Person

from .. import rules
from ..choices import Post
from ..sources import sources

WEEK = 7
PAGE = 50
ELSEWHERE_SHOWN = 20
SECTIONS = ("overdue", "today", "week", "later", "paused")
#: Who holds a clock as his or her own.
OWN_POST: dict[Role, Post] = {
    Role.VILLAGE_DOCTOR: Post.VILLAGE,
    Role.TOWNSHIP_WORKER: Post.TOWNSHIP,
    Role.COUNTY_OFFICE: Post.COUNTY,
    Role.HOSPITAL_DOCTOR: Post.HOSPITAL,
    Role.POLICE: Post.POLICE,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address of the page holds. `whose`: "" as the role usually looks (a county: its own and what has come up to
    it; a township: everything of its own and its villages), "all" everything, "mine" only what this post holds."""

    section: str = ""
    code: str = ""
    place: str = ""
    whose: str = ""
    after: str = ""

    @property
    def held(self) -> dict[str, str]:
        """What narrows the list, by key."""
        pairs = {"section": self.section, "code": self.code, "place": self.place, "whose": self.whose}
        return {key: value for key, value in pairs.items() if value}


@dataclass(slots=True)
class Line:
    """One open clock. `about`: a name where the actor sees the person or the subject, else "". `seen`: who is named so, a person or
    a subject that is none yet. `left`: (working) days until the due day, negative when it is past. `told`, `next`: who was told
    last and is told next, with the day."""

    id: UUID
    code: str
    label: str
    kind: str
    subject: UUID
    person_id: UUID | None
    section: str
    place: str
    holder: str
    started_on: date
    due_on: date
    paused_on: date | None
    unit: str
    left: int
    told: tuple[str, date] | None
    next: tuple[str, date] | None
    warned: bool
    about: str = ""
    seen: UUID | None = None
    place_name: str = ""


@dataclass(slots=True)
class Inbox:
    """One page. `counts` by section for everything the filters hold; `elsewhere`: clocks of others that this actor waits for."""

    today: date
    lines: list[Line]
    counts: dict[str, int]
    elsewhere: list[Line]
    waiting: int
    next_key: str
    places: list[tuple[str, str]]
    codes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def inbox(*, actor: Actor, today: date, filters: Filters | None = None) -> Inbox:
    """The page for one actor: at most eight statements, and one for each kind of subject that is no person, whatever is
    open. NotAllowed without SEE_INBOX; Invalid for a filter that is none."""
    require(actor, Permission.SEE_INBOX)
    asked = filters or Filters()
    _check(asked)
    where, given = _where(actor, asked, today)
    given |= {"today": today, "week": today + timedelta(days=WEEK)}
    counts = _counts(actor, where, given)
    lines, next_key = _page(where, given, asked, today)
    others, waiting = ([], 0) if asked.held or asked.after else _elsewhere(actor, today)
    _name([*lines, *others], actor)
    return Inbox(today, lines, counts, others, waiting, next_key, _places(actor), labels(today))


def overdue(*, actor: Actor, today: date) -> int:
    """How many of the actor's clocks are overdue, as the inbox opens for the role. One statement; 0 without SEE_INBOX."""
    from xinqiao.accounts.permissions import may

    if not may(actor, Permission.SEE_INBOX):
        return 0
    where, given = _where(actor, Filters(), today)
    with _counting(actor) as cursor:
        cursor.execute(
            f"select count(*) from clocks_clock c where {where} and c.due_on < %(today)s and c.paused_on is null",  # noqa: S608
            {**given, "today": today},
        )
        return int(cursor.fetchone()[0])


@contextmanager
def _counting(actor: Actor) -> Iterator[CursorWrapper]:
    """What counts. A county's own rows are exactly those of its codes, so the report role counts them from the index alone;
    row-level security would look at each of fifty thousand rows for the same number."""
    if actor.role is Role.COUNTY_OFFICE:
        with reporting(), connections["report"].cursor() as cursor:
            yield cursor
    else:
        with connection.cursor() as cursor:
            yield cursor


def labels(on: date) -> list[tuple[str, str]]:
    """(code, words) of the clocks that some domain keeps, in the order of the rules."""
    known = {code for source in sources() for code in source.codes}
    value = current().at("registry/deadlines", on=on).value
    return [(code, told(term(item["label"]))) for code, item in value.items() if code in known]


def label_of(code: str, on: date) -> str:
    """The words of one clock; the code when the rules of that day have none."""
    for row in current().profile("registry/deadlines", on=on):
        if code in row.value:
            return str(told(term(row.value[code]["label"])))
    return code


def _check(asked: Filters) -> None:
    problems = []
    if asked.place and not (len(asked.place) == 12 and asked.place.isascii() and asked.place.isdigit()):
        problems.append(
            Problem("place", "wrong_value", sentence("“地区”应为 12 位区划代码"), asked.place[:20])
        )
    if asked.section and asked.section not in SECTIONS:
        problems.append(
            Problem(
                "section",
                "wrong_value",
                sentence("“分组”应为逾期、今天、本周、以后或暂停"),
                asked.section[:20],
            )
        )
    if asked.whose not in ("", "all", "mine"):
        problems.append(
            Problem("whose", "wrong_value", sentence("“范围”应为全部或本级承办"), asked.whose[:20])
        )
    if "\x00" in asked.code or "\x00" in asked.after:
        problems.append(Problem("code", "wrong_value", sentence("“事项”含有不能识别的字符")))
    if problems:
        raise Invalid(problems)


def _where(actor: Actor, asked: Filters, today: date) -> tuple[str, dict[str, Any]]:
    """The actor's own clocks, said in the way that the index is for. Row-level security holds it as well."""
    parts, given = ["c.outcome = 'open'"], dict[str, Any]()
    if actor.role is Role.VILLAGE_DOCTOR:
        parts.append("c.managing_code = any(%(villages)s)")
        given["villages"] = list(actor.villages)
    elif actor.role in SHARED_ROLES:
        parts.append("c.holder = %(post)s")
        given["post"] = OWN_POST[actor.role]
    else:
        parts.append(_own(actor, given))
    if asked.whose == "mine":
        parts.append("c.holder = %(post)s")
        given["post"] = OWN_POST[actor.role]
    elif asked.whose == "" and actor.role is Role.COUNTY_OFFICE:
        parts.append("c.county_on <= %(told)s")
        given["told"] = today
    if asked.place:
        given["at_lo"], given["at_hi"] = bounds(asked.place)
        parts.append("c.managing_code >= %(at_lo)s and c.managing_code < %(at_hi)s")
    if asked.code:
        parts.append("c.code = %(code)s")
        given["code"] = asked.code
    return " and ".join(parts), given


def _own(actor: Actor, given: dict[str, Any]) -> str:
    """At and below the actor's place, and the places served besides."""
    if level_of(actor.place) is Level.COUNTY:
        own, given["county"] = "c.county = %(county)s", county_of(actor.place)[:6]
    else:
        given["lo"], given["hi"] = bounds(actor.place)
        own = "c.managing_code >= %(lo)s and c.managing_code < %(hi)s"
    if not actor.further_codes:
        return own
    given["further"] = list(actor.further_codes)
    return f"({own} or c.managing_code = any(%(further)s))"


_SECTION = """
  case when c.paused_on is not null then 4 when c.due_on < %(today)s then 0 when c.due_on = %(today)s then 1
       when c.due_on <= %(week)s then 2 else 3 end
"""
_COLUMNS = (
    "c.id, c.code, c.kind, c.subject, c.person_id, c.managing_code, c.holder, c.started_on, c.due_on, c.warn_on,"
    " c.paused_on, c.unit, c.chain::text"
)


def _counts(actor: Actor, where: str, given: Mapping[str, Any]) -> dict[str, int]:
    counts = dict.fromkeys(SECTIONS, 0)
    with _counting(actor) as cursor:
        cursor.execute(
            f"select {_SECTION} as section, count(*) from clocks_clock c where {where} group by 1",  # noqa: S608
            given,
        )
        for section, number in cursor.fetchall():
            counts[SECTIONS[section]] = number
    return counts


def _page(where: str, given: Mapping[str, Any], asked: Filters, today: date) -> tuple[list[Line], str]:
    """One page, most overdue first, and the key of the next. What stands still is asked for apart, or comes last."""
    given = dict(given)
    only = {
        "": "c.paused_on is null",
        "overdue": "c.paused_on is null and c.due_on < %(today)s",
        "today": "c.paused_on is null and c.due_on = %(today)s",
        "week": "c.paused_on is null and c.due_on > %(today)s and c.due_on <= %(week)s",
        "later": "c.paused_on is null and c.due_on > %(week)s",
        "paused": "c.paused_on is not null",
    }[asked.section]
    day, _dash, raw = asked.after.partition("_")
    on, pk = day_or_none(day), read_uuid(raw)
    if on and pk:
        only += " and (c.due_on, c.id) > (%(after_on)s, %(after_id)s)"
        given |= {"after_on": on, "after_id": pk}
    lines = list(_read(f"{where} and {only} order by c.due_on, c.id limit {PAGE + 1}", given, today))
    more = len(lines) > PAGE
    lines = lines[:PAGE]
    return lines, f"{lines[-1].due_on.isoformat()}_{lines[-1].id}" if more else ""


def _elsewhere(actor: Actor, today: date) -> tuple[list[Line], int]:
    """Clocks that run at others and that this actor was given to see: the nearest, and how many. One statement."""
    if not actor.shared or actor.role is Role.VILLAGE_DOCTOR:
        return [], 0
    given: dict[str, Any] = {"today": today, "week": today + timedelta(days=WEEK)}
    if actor.role in SHARED_ROLES:
        where = "c.outcome = 'open' and c.holder <> %(post)s"
        given["post"] = OWN_POST[actor.role]
    else:
        where = f"c.outcome = 'open' and not ({_own(actor, given)})"
    with shared_only(actor):
        lines = list(_read(f"{where} order by c.due_on, c.id limit {ELSEWHERE_SHOWN + 1}", given, today))
        if len(lines) <= ELSEWHERE_SHOWN:
            return lines, len(lines)
        with connection.cursor() as cursor:
            cursor.execute(f"select count(*) from clocks_clock c where {where}", given)  # noqa: S608
            return lines[:ELSEWHERE_SHOWN], int(cursor.fetchone()[0])


def _read(tail: str, given: Mapping[str, Any], today: date) -> Iterator[Line]:
    import json

    workdays = workdays_in_force()
    with connection.cursor() as cursor:
        cursor.execute(
            f"select {_COLUMNS}, {_SECTION} as section from clocks_clock c where {tail}",  # noqa: S608
            given,
        )
        found = cursor.fetchall()
    for (
        pk, code, kind, subject, person_id, place, holder, started_on, due_on, warn_on, paused_on, unit, chain, section,
    ) in found:  # fmt: skip
        steps = [(post, date.fromisoformat(on)) for post, on in json.loads(chain)]
        still = paused_on is not None
        left = workdays.between(today, due_on) if unit == "workdays" else (due_on - today).days
        yield Line(
            pk, code, label_of(code, started_on), kind, subject, person_id, SECTIONS[section], place, holder, started_on,
            due_on, paused_on, unit, left, None if still else rules.told(steps, today),
            None if still else rules.told_next(steps, today), warn_on <= today,
        )  # fmt: skip


def _name(lines: Iterable[Line], actor: Actor) -> None:
    """Names of people the actor sees, words of subjects the actor sees, names of places: one statement each at most."""
    lines = list(lines)
    names: dict[UUID, str] = {}
    if wanted := {line.person_id for line in lines if line.person_id}:
        names = dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))
    for source in sources():
        subjects = [
            line.subject for line in lines if line.kind == source.kind and line.person_id not in names
        ]
        if source.names and subjects:
            words = source.names(subjects)
            for line in lines:
                if line.kind == source.kind and line.subject in words:
                    line.about = words[line.subject]
                    line.seen = source.seen(line.subject, line.about, line.person_id)
    at = places.short_names({line.place for line in lines})
    for line in lines:
        if line.person_id in names:
            line.about, line.seen = names[line.person_id], line.person_id
        line.place_name = at[line.place]


def _places(actor: Actor) -> list[tuple[str, str]]:
    """What the list can be narrowed to."""
    return [] if actor.role in SHARED_ROLES else places.narrower(actor)
