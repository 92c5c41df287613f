"""The list of searches in four tabs, the most pressing first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotFound
from xinqiao.places import queries as places

from ..actions.following import facts_of, windows_on
from ..choices import Reason, Stage
from ..models import Asked, Search, Told
from ..rules import Facts, Step, due_next, line
from .seen import seen_again

_Rows = TypeVar("_Rows", Search, Standing)

#: Tab → stages on it, in the order of the page.
TABS: dict[str, tuple[str, ...]] = {
    "waiting": (Stage.WAITING,),
    "searching": (Stage.SEARCHING,),
    "lost": (Stage.LOST,),
    "found": (Stage.FOUND, Stage.ENDED),
}
#: Rows of a tab; the page says so when there are more. Ended ones are shown for a year.
LONGEST, SHOWN_DAYS = 300, 366


@dataclass(frozen=True, slots=True)
class Row:
    """One search of the list with its next step. `seen`: the person has turned up elsewhere."""

    search: Search
    name: str
    village: str
    visit_class: str
    risk: int | None
    next: Step | None
    asked: int
    police_due: bool
    seen: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A tab: its rows, how many there are on each tab, and people who are lost and not looked for."""

    rows: Sequence[Row]
    counts: dict[str, int]
    unsearched: int


def listed(*, actor: Actor, today: date, tab: str, place: str = "") -> Listed:
    """Searches of the actor's area. Seven statements however many rows. NotFound for a tab or place that is not there."""
    require(actor, Permission.TRACE_LOST)
    if tab not in TABS:
        raise NotFound(code="not_found.tab")
    rows = _within(actor, place)
    recent = ~Q(stage__in=TABS["found"]) | Q(ended_on__gte=today - timedelta(days=SHOWN_DAYS))
    by_stage = dict(rows.filter(recent).order_by().values_list("stage").annotate(n=Count("id")))
    wanted = list(
        rows.filter(recent, stage__in=TABS[tab])
        .select_related("person", "person__standing")
        .order_by("-ended_on" if tab == "found" else "-grave", "opened_on", "pk")[:LONGEST]
    )
    asked, told = steps_of(wanted)
    seen = seen_again([one.pk for one in wanted])
    names = places.short_names({one.managing_code for one in wanted})
    lost = Standing.objects.filter(state="lost", searched_since=None)
    return Listed(
        [
            _row(one, asked.get(one.pk, []), told.get(one.pk, {}), names, today, one.pk in seen)
            for one in wanted
        ],
        {key: sum(by_stage.get(str(stage), 0) for stage in stages) for key, stages in TABS.items()},
        _narrow(lost, actor, "").count(),
    )


def _within(actor: Actor, place: str) -> QuerySet[Search]:
    return _narrow(Search.objects.all(), actor, place)


def _narrow(rows: QuerySet[_Rows], actor: Actor, place: str) -> QuerySet[_Rows]:
    """Rows of the actor's own area, and inside it of the place asked for."""
    return rows.filter(places.served_by(actor, place))


def steps_of(searches: Sequence[Search]) -> tuple[dict[UUID, list[date]], dict[UUID, dict[str, date]]]:
    """Days on which somebody was asked, and receiver → first day told, of each search. Two statements."""
    ids = [one.pk for one in searches]
    asked: dict[UUID, list[date]] = {}
    told: dict[UUID, dict[str, date]] = {}
    if ids:
        days = Asked.objects.filter(search_id__in=ids, voided_at=None).order_by("happened_on")
        for search_id, on in days.values_list("search_id", "happened_on"):
            asked.setdefault(search_id, []).append(on)
        notices = Told.objects.filter(search_id__in=ids, voided_at=None).order_by(F("happened_on").desc())
        for search_id, receiver, on in notices.values_list("search_id", "receiver", "happened_on"):
            told.setdefault(search_id, {})[receiver] = on
    return asked, told


def facts_with(search: Search, asked: Sequence[date], told: dict[str, date]) -> Facts:
    """A search as the rules read it, with what was asked and who was told."""
    facts = facts_of(search, asked=bool(asked))
    return Facts(
        facts.opened_on, facts.reason, facts.tries, facts.evidence, facts.reported, facts.confirmed, facts.lost_on,
        facts.found_on, tuple(asked), tuple(sorted(told.items())),
    )  # fmt: skip


def line_of(search: Search, facts: Facts, today: date) -> list[Step]:
    """The steps of one search."""
    since = search.left_on if search.grave else None
    return line(facts, windows_on(search.opened_on, search.managing_code), today, tell_police_since=since)


def _row(
    search: Search,
    asked: Sequence[date],
    told: dict[str, date],
    names: dict[str, str],
    today: date,
    seen: bool,
) -> Row:
    standing = getattr(search.person, "standing", None)
    steps = line_of(search, facts_with(search, asked, told), today)
    return Row(
        search,
        search.person.name,
        names[search.managing_code],
        standing.visit_class if standing else "",
        standing.risk if standing else None,
        None if search.ended_on else due_next(steps),
        len(asked),
        bool(search.grave and search.left_on and "police" not in told and search.ended_on is None),
        seen,
    )


def reason_words(search: Search) -> str:
    """Why, with the number of tries."""
    return str(Reason(search.reason).label)
