"""Clues as lists and pages show them. Row-level security narrows every statement; nobody here is on the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, IntegerField, Q, Value, When

from xinqiao.accounts.permissions import Permission, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import bounds
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.ids import read_uuid

from ..choices import OPEN_STATES
from ..models import Clue, ClueAct, Rediagnosis

PAGE = 50


@dataclass(frozen=True, slots=True)
class ClueFilters:
    """What a list is narrowed to. `state`: one state, "open" (default) or "all"; `since` and `until` by the day of asking;
    `after` is the last row of the page before."""

    state: str = "open"
    source: str = ""
    place: str = ""
    urgent: bool = False
    since: date | None = None
    until: date | None = None
    after: str = ""


@dataclass(frozen=True, slots=True)
class Clues:
    rows: list[Clue]
    count: int
    pressing: int
    next_key: str = ""


#: Danger, and nobody has been to a psychiatrist yet: at the top.
PRESSING = Q(urgent=True, brought_on=None, state__in=[*OPEN_STATES])


def _chosen(asked: ClueFilters) -> Q:
    where = Q()
    if asked.state == "open":
        where &= Q(state__in=OPEN_STATES)
    elif asked.state != "all":
        where &= Q(state=asked.state)
    if asked.source:
        where &= Q(source=asked.source)
    if asked.urgent:
        where &= Q(urgent=True)
    if asked.since:
        where &= Q(found_on__gte=asked.since)
    if asked.until:
        where &= Q(found_on__lte=asked.until)
    if asked.place:
        lo, hi = bounds(asked.place)
        where &= Q(managing_code__gte=lo, managing_code__lt=hi)
    return where


def _ordered(where: Q) -> Any:
    rank = Case(When(PRESSING, then=Value(1)), default=Value(0), output_field=IntegerField())
    return Clue.objects.filter(where).annotate(pressing=rank).order_by("-pressing", "-found_on", "-id")


def clues(*, actor: Actor, asked: ClueFilters) -> Clues:
    """The list: pressing ones first, then newest first. Two statements, one more for a further page."""
    require(actor, Permission.RECORD_CLUE)
    where = _chosen(asked)
    counted = Clue.objects.filter(where).aggregate(n=Count("pk"), pressing=Count("pk", filter=PRESSING))
    rows = _ordered(where)
    if last := _after(asked.after):
        behind = (
            Q(pressing=last.pressing, found_on=last.found_on, id__lt=last.pk)
            | Q(pressing=last.pressing, found_on__lt=last.found_on)
            | Q(pressing__lt=last.pressing)
        )
        rows = rows.filter(behind)
    shown = list(rows[: PAGE + 1])
    more = len(shown) > PAGE
    shown = shown[:PAGE]
    return Clues(shown, counted["n"], counted["pressing"], str(shown[-1].pk) if more else "")


def _after(text: str) -> Any:
    key = read_uuid(text) if text else None
    return _ordered(Q(pk=key)).first() if key else None


def all_clues(*, actor: Actor, asked: ClueFilters, most: int) -> list[Clue]:
    """The same for a workbook, at most `most`."""
    require(actor, Permission.EXPORT_LIST)
    require(actor, Permission.REVIEW_CLUE)
    return list(_ordered(_chosen(asked))[:most])


def find_clue(*, actor: Actor, clue_id: UUID, lock: bool = False) -> Clue:
    """One clue of the actor's places; NotFound for any other."""
    require(actor, Permission.RECORD_CLUE)
    rows = Clue.objects.filter(pk=clue_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound(code="not_found.clue")
    return found


def acts_of(clue: Clue) -> list[ClueAct]:
    """Newest first."""
    return list(ClueAct.objects.filter(clue=clue).order_by("-happened_on", "-recorded_at"))


def reviews_of(clue: Clue) -> list[Rediagnosis]:
    """Questions to psychiatrists, newest first."""
    return list(Rediagnosis.objects.filter(clue=clue).order_by("-asked_on", "-recorded_at", "-id"))


def reviews_by_clue(clues: Sequence[Clue]) -> dict[UUID, list[Rediagnosis]]:
    """The same for several clues, by clue. One statement."""
    found: dict[UUID, list[Rediagnosis]] = {}
    for one in Rediagnosis.objects.filter(clue__in=clues).order_by("-asked_on", "-recorded_at", "-id"):
        if one.clue_id is not None:
            found.setdefault(one.clue_id, []).append(one)
    return found


def no_kin_known(clue: Clue) -> bool:
    """A person without a home of whom no relative is known: only then offices help to bring somebody (article 28)."""
    return clue.vagrant and not clue.guardian_name


def age_of(clue: Clue, today: date) -> int | None:
    """Age in whole years today, from the birth date or the age that was told then."""
    if clue.birth_on:
        before = (today.month, today.day) < (clue.birth_on.month, clue.birth_on.day)
        return today.year - clue.birth_on.year - before
    return None if clue.age is None else clue.age + today.year - clue.found_on.year
