"""Reading special actions: which reach somebody, their lines, numbers by place, what was found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Count, Exists, OuterRef, Q, QuerySet, Value

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import Permission, require
from xinqiao.followup.models import Visit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.codes import ancestors, bounds, level_of, township_of
from xinqiao.kernel.errors import NotFound
from xinqiao.kernel.terms import Level, Role
from xinqiao.places import queries as places

from .choices import Counts, Outcome, State
from .models import Campaign, Target
from .rules import Line, Tally, by_place, outcome, tally, together

#: Lines of one page; the filters narrow.
LONGEST = 300


def visible(actor: Actor) -> QuerySet[Campaign]:
    """Actions of the actor's own place and below, and those that reach it."""
    require(actor, Permission.DO_CAMPAIGN)
    reaches = Exists(Target.objects.filter(campaign_id=OuterRef("pk")))
    if actor.role is Role.VILLAGE_DOCTOR:
        return Campaign.objects.filter(reaches).exclude(state=State.WITHDRAWN)
    return Campaign.objects.filter(places.below_any(actor.places, "place") | Q(reaches))


def find(actor: Actor, campaign_id: UUID) -> Campaign:
    """One of them; NotFound for one that does not reach the actor."""
    found = visible(actor).select_related("owner").filter(pk=campaign_id).first()
    if found is None:
        raise NotFound(code="not_found.campaign")
    return found


def runs(actor: Actor, campaign: Campaign) -> bool:
    """Whether the actor leads it: an action of the own place, or of a place below."""
    return actor.role is not Role.VILLAGE_DOCTOR and actor.serves(campaign.place)


def lines_of(campaign: Campaign) -> Any:
    """The lines in the actor's scope, each with `visited`: whether a visit of the period counts it as done."""
    rows = Target.objects.filter(campaign=campaign)
    if campaign.counts == Counts.NONE or campaign.state != State.RUNNING:
        return rows.annotate(visited=Value(False, output_field=BooleanField()))
    return rows.annotate(visited=Exists(visits_counting(campaign).filter(person_id=OuterRef("person_id"))))


def visits_counting(campaign: Campaign) -> QuerySet[Visit]:
    """Visits of the period that count a line as done; one that was returned in review does not."""
    found = Visit.objects.filter(
        visit_date__gte=campaign.starts_on, visit_date__lte=campaign.deadline, voided_at=None, superseded=False,
        lost_reason="", death_date=None,
    )  # fmt: skip
    found = found.exclude(review_status="2")
    return found.filter(form__in=["1", "2"]) if campaign.counts == Counts.FACE else found


@dataclass(frozen=True, slots=True)
class Listed:
    """One action of the list: what is left of it here."""

    campaign: Campaign
    total: int
    settled: int

    @property
    def left(self) -> int:
        return self.total - self.settled


def campaigns_of(*, actor: Actor, ended: bool = False) -> list[Listed]:
    """Running actions, the nearest deadline first; or those that ended, the newest first. Three statements at most."""
    states = [State.CLOSED, State.WITHDRAWN] if ended else [State.RUNNING]
    order = "-ended_on" if ended else "deadline"
    rows = list(visible(actor).select_related("owner").filter(state__in=states).order_by(order, "pk")[:100])
    ids = [one.pk for one in rows]
    numbers = Target.objects.filter(campaign_id__in=ids).values("campaign_id").order_by()
    totals = {
        row["campaign_id"]: (row["n"], row["settled"])
        for row in numbers.annotate(n=Count("id"), settled=Count("id", filter=~Q(outcome=Outcome.OPEN)))
    }
    seen = {} if ended else _visited_open([one for one in rows if one.counts != Counts.NONE])
    return [_listed(actor, one, *totals.get(one.pk, (0, 0)), seen.get(one.pk, 0)) for one in rows]


def _listed(actor: Actor, one: Campaign, total: int, settled: int, visited: int) -> Listed:
    kept = _kept(actor, one)
    if kept is None:
        return Listed(one, total, settled + visited)
    whole = together(kept.values())
    return Listed(one, whole.total, whole.settled)


def _visited_open(campaigns: Sequence[Campaign]) -> dict[UUID, int]:
    """How many open lines a visit counts as done, in one statement for all actions."""
    parts = [
        lines_of(one).filter(outcome=Outcome.OPEN, visited=True).order_by().values_list("campaign_id", "pk")
        for one in campaigns
    ]
    if not parts:
        return {}
    found: dict[UUID, int] = {}
    rows = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    for campaign_id, _pk in rows:
        found[campaign_id] = found.get(campaign_id, 0) + 1
    return found


@dataclass(slots=True)
class Row:
    """One line as the page shows it; `name` is the person's or the village's."""

    target: Target
    name: str
    village: str
    outcome: str
    worker: str
    problems: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Progress:
    """One action: numbers of everything here, of each place below, and the rows asked for."""

    campaign: Campaign
    whole: Tally
    places: list[tuple[str, str, Tally]]
    rows: list[Row]
    found: int
    users: dict[UUID, str]
    elsewhere: int


def progress(
    *, actor: Actor, campaign_id: UUID, place: str = "", state: str = "", limit: int = LONGEST
) -> Progress:
    """An action with its lines. Five statements however many. `state` narrows to an outcome, or "problem". The numbers of an
    action that was closed are those of that day, whoever has moved since; the lines are those one may see now."""
    campaign = find(actor, campaign_id)
    if place and not actor.serves(place):
        raise NotFound(code="not_found.place")
    targets = list(
        lines_of(campaign).select_related("person").order_by("managing_code", "person__name", "pk")
    )
    ids = {one for target in targets for one in (target.worker_id, target.recorded_by) if one} | {
        campaign.made_by
    }
    users = dict(User.objects.filter(pk__in=ids).values_list("pk", "display_name"))
    kept = _kept(actor, campaign)
    codes = {one.managing_code for one in targets} | set(kept or ())
    names = places.short_names(codes | {township_of(code) for code in codes})
    lines = [_line(one) for one in targets]
    rows = [
        Row(
            one, one.person.name if one.person else names[one.managing_code], names[one.managing_code], said.outcome,
            users.get(one.worker_id, "") if one.worker_id else "", problems_of(campaign, one),
        )
        for one, said in zip(targets, lines, strict=True)
    ]  # fmt: skip
    if place:
        lo, hi = bounds(place)
        rows = [one for one in rows if lo <= one.target.managing_code < hi]
    if state == "problem":
        rows = [one for one in rows if one.problems]
    elif state:
        rows = [one for one in rows if one.outcome == state]
    county = level_of(actor.place) is Level.COUNTY and actor.role is not Role.VILLAGE_DOCTOR
    of = township_of if county else str
    grouped = by_place(lines, of) if kept is None else _grouped(kept, of)
    whole = together(grouped.values())
    mine = runs(actor, campaign) and campaign.place in actor.places
    return Progress(
        campaign,
        whole,
        [(code, names[code], numbers) for code, numbers in grouped.items()],
        rows[:limit],
        len(rows),
        users,
        campaign.size - whole.total if mine else 0,
    )


def _kept(actor: Actor, campaign: Campaign) -> dict[str, Tally] | None:
    """Village → numbers as they were when the action was closed, as far as the actor's places go; None while it runs."""
    if campaign.state != State.CLOSED:
        return None
    villages = {code: Tally(**numbers) for code, numbers in campaign.figures["villages"].items()}
    if runs(actor, campaign):
        return villages
    return {code: numbers for code, numbers in villages.items() if actor.serves(code)}


def _grouped(villages: Mapping[str, Tally], of: Callable[[str], str]) -> dict[str, Tally]:
    grouped: dict[str, list[Tally]] = {}
    for code in sorted(villages):
        grouped.setdefault(of(code), []).append(villages[code])
    return {code: together(parts) for code, parts in grouped.items()}


def _line(target: Any) -> Line:
    return Line(
        target.managing_code, outcome(target.outcome, bool(target.visited)), target.answers, target.reason
    )


def problems_of(campaign: Campaign, target: Target) -> list[str]:
    """The steps answered with no, in the words of the action."""
    return [f"{one['ask']}：{one['no']}" for one in campaign.steps if target.answers.get(one["key"]) == "0"]


def frozen(lines: Iterable[Line]) -> dict[str, Any]:
    """Numbers of an action that ends, whole and by village: they name nobody."""
    kept = list(lines)
    return {
        "whole": _plain(tally(kept)),
        "villages": {code: _plain(one) for code, one in by_place(kept, str).items()},
    }


def _plain(one: Tally) -> dict[str, Any]:
    return {
        "total": one.total, "done": one.done, "visited": one.visited, "unreachable": one.unreachable, "open": one.open,
        "yes": dict(one.yes), "no": dict(one.no), "reasons": dict(one.reasons),
    }  # fmt: skip


def line(*, actor: Actor, target_id: UUID) -> Target:
    """One line with its action and person; NotFound for one not yours."""
    require(actor, Permission.DO_CAMPAIGN)
    found = (
        Target.objects.select_related("campaign", "person", "person__standing").filter(pk=target_id).first()
    )
    if found is None:
        raise NotFound(code="not_found.line")
    return found


def held_for(actor: Actor, holiday: str, on: date) -> bool:
    """Whether care visits before this holiday were begun already, here or above: one township's own do not serve its county."""
    rows = Campaign.objects.filter(holiday=holiday, deadline__year=on.year, place__in=ancestors(actor.place))
    return rows.exclude(state=State.WITHDRAWN).exists()
