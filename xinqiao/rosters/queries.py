"""Counting all lists at once, one page of a list, and every row of a printed register.

The place is said as a range of codes, because row-level security alone would read every row; row-level security holds
besides. Nothing here reads visits: the standing of each person is kept by follow-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds, township_of
from xinqiao.kernel.errors import Invalid, NotFound, Problem
from xinqiao.kernel.periods import end_of_month
from xinqiao.kernel.terms import Role
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places

from .columns import JOINS, Column, Seen, column
from .lists import Count, List, all_lists, find_list
from .models import Layout

PAGE = 50
#: Rows of a list printed from its page, and of a printed register; the page says so when there are more.
MOST_ON_PAGE, MOST_ON_PAPER, MOST_IN_BOOK = 1_000, 3_000, 50_000


def frame(today: date) -> dict[str, Any]:
    """The dates that conditions of lists may use."""
    quarter = (today.month + 2) // 3
    return {
        "today": today,
        "month_start": today.replace(day=1),
        "month_end": end_of_month(today),
        "quarter_start": date(today.year, 3 * quarter - 2, 1),
        "year_start": date(today.year, 1, 1),
        "year_end": date(today.year, 12, 31),
        "year": today.year,
        "quarter": quarter,
    }


def within(actor: Actor, place: str = "") -> tuple[str, dict[str, Any]]:
    """The actor's places, and inside them the place asked for, as a condition on `s`. Invalid for what is no code,
    NotFound for a place elsewhere."""
    if place and not (len(place) == 12 and place.isascii() and place.isdigit()):
        raise Invalid([Problem("place", "wrong_value", sentence("“地区”应为 12 位区划代码"), place[:20])])
    given: dict[str, Any] = {}
    if actor.role is Role.VILLAGE_DOCTOR:
        if place and place not in actor.villages:
            raise NotFound(code="not_found.place")
        given["villages"] = [place] if place else list(actor.villages)
        return "s.managing_code = any(%(villages)s)", given
    if place and not actor.serves(place):
        raise NotFound(code="not_found.place")
    given["lo"], given["hi"] = bounds(place or actor.place)
    if actor.further_codes and not place:
        given["further"] = list(actor.further_codes)
        return (
            "(s.managing_code >= %(lo)s and s.managing_code < %(hi)s or s.managing_code = any(%(further)s))",
            given,
        )
    return "s.managing_code >= %(lo)s and s.managing_code < %(hi)s", given


def _given(actor: Actor, today: date, wanted: Iterable[List]) -> dict[str, Any]:
    """The dates of the day and what these lists ask besides."""
    given = frame(today)
    for one in wanted:
        given |= one.given(actor, today) if one.given else {}
    return given


def lists_for(actor: Actor) -> list[List]:
    """The lists somebody may open, in their order."""
    return [one for one in all_lists() if may(actor, one.permission)]


def list_for(actor: Actor, key: str) -> List:
    """One of them; NotFound for an unknown key, NotAllowed for a list that is not for this role."""
    found = find_list(key)
    if found is None:
        raise NotFound(code="not_found.list")
    require(actor, found.permission)
    return found


def counts(*, actor: Actor, today: date, place: str = "") -> list[Count]:
    """How many people stand on each list. One statement."""
    require(actor, Permission.VIEW_RECORDS)
    wanted = [one for one in lists_for(actor) if one.counted]
    if not wanted:
        return []
    where, given = within(actor, place)
    # `s.state in …` lets the index narrow; people who died or left stand on no list.
    parts = [
        one.count.format(where=where) if one.count else f"count(*) filter (where {one.condition})::int"
        for one in wanted
    ]
    sql = (
        f"select {', '.join(parts)} from followup_standing s"  # noqa: S608 (our own text; values are parameters)
        f" where {where} and s.state in ('registered', 'lost')"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**given, **_given(actor, today, wanted)})
        numbers = cursor.fetchone()
    return [Count(one, number) for one, number in zip(wanted, numbers, strict=True)]


@dataclass(slots=True)
class Row:
    """One person of a list: what every row shows, and the list's own columns in words."""

    person_id: UUID
    name: str
    place: str
    township: str
    visit_class: str
    risk: int | None
    cells: list[Any] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list. `next_key` opens the rest."""

    rows: list[Row]
    columns: list[Column]
    count: int
    next_key: str = ""


def list_page(
    *, actor: Actor, today: date, wanted: List, place: str = "", after: str = "", whole: bool = False
) -> Page:
    """A page of a list after a key (or, for paper, the first MOST_ON_PAGE). Three statements: rows, number, names."""
    require(actor, wanted.permission)
    shown = [one for one in map(column, wanted.columns) if one is not None]
    limit = MOST_ON_PAGE if whole else PAGE
    found = _read(actor, today, wanted, place, shown, limit=limit + 1, after="" if whole else after)
    rows, more = found[:limit], len(found) > limit
    seen = Seen(today, _names(code for _k, _p, code, *_rest in rows))
    listed = [
        Row(
            person_id,
            name,
            seen.names.get(code, code),
            seen.names.get(township_of(code), ""),
            visit_class,
            risk,
            _words(shown, values, seen),
        )
        for _key, person_id, code, name, visit_class, risk, *values in rows
    ]
    number = len(rows) if not more and not after else _count_of(actor, today, wanted, place)
    return Page(listed, shown, number, rows[-1][0] if more else "")


def ledger_rows(
    *, actor: Actor, today: date, wanted: List, place: str, columns: Sequence[Column], whole: bool, limit: int
) -> tuple[list[UUID], list[tuple[str, list[Any]]], int]:
    """Every row for paper: ids, (managing code, values in words) in the list's order, and how many there are in all.

    `whole` shows numbers unmasked; the caller has asked the permission and writes the look down.
    """
    require(actor, wanted.permission)
    found = _read(actor, today, wanted, place, columns, limit=limit, by_village=True)
    codes = {code for _k, _p, code, *_rest in found}
    seen = Seen(today, _names(codes), whole)
    ids = [person_id for _key, person_id, *_rest in found]
    rows = [(code, _words(columns, values, seen)) for _k, _p, code, _n, _c, _r, *values in found]
    total = len(found) if len(found) < limit else _count_of(actor, today, wanted, place)
    return ids, rows, total


def _read(
    actor: Actor,
    today: date,
    wanted: List,
    place: str,
    columns: Sequence[Column],
    *,
    limit: int,
    after: str = "",
    by_village: bool = False,
) -> list[tuple[Any, ...]]:
    """(key, person, managing code, name, class, risk, *columns). The joins run for the rows of the page only."""
    where, given = within(actor, place)
    if "\x00" in after:
        raise Invalid([Problem("after", "wrong_value", sentence("地址中的页码不能识别，请从第一页再看。"))])
    joins = " ".join(dict.fromkeys(JOINS[one.join] for one in columns if one.join))
    picked = "".join(f", {one.sql}" for one in columns)
    order = "k.managing_code, k.key" if by_village else "k.key"
    further = "where k.key > %(after)s" if after else ""
    sql = f"""
      select s.key, s.person_id, s.managing_code, p.name, s.visit_class, s.risk{picked}
      from (
        select * from (
          select s.*, ({wanted.order} || s.managing_code || s.person_id::text) collate "C" as key
          from followup_standing s where {where} and ({wanted.condition})
        ) k {further} order by {order} limit %(limit)s
      ) s join registry_person p on p.id = s.person_id {joins}
      order by {order.replace("k.", "s.")}
    """  # noqa: S608 (our own text; every value is a parameter)
    with connection.cursor() as cursor:
        cursor.execute(sql, {**given, **_given(actor, today, [wanted]), "after": after, "limit": limit})
        return list(cursor.fetchall())


def _count_of(actor: Actor, today: date, wanted: List, place: str) -> int:
    where, given = within(actor, place)
    what = wanted.count.format(where=where) if wanted.count else None
    sql = (
        f"select {what}"
        if what
        else f"select count(*)::int from followup_standing s where {where} and ({wanted.condition})"  # noqa: S608
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**given, **_given(actor, today, [wanted])})
        number: int = cursor.fetchone()[0]
    return number


def _words(columns: Sequence[Column], values: Sequence[Any], seen: Seen) -> list[Any]:
    return [
        one.words(value, seen) if one.words else value for one, value in zip(columns, values, strict=True)
    ]


def _names(codes: Iterable[str]) -> dict[str, str]:
    """Names of villages and of their townships."""
    wanted = set(codes)
    return places.names_of(wanted | {township_of(code) for code in wanted}) if wanted else {}


def layout_of(*, actor: Actor, key: str) -> Layout | None:
    """What this user chose the last time."""
    return Layout.objects.filter(user_id=actor.user_id, key=key).first()
