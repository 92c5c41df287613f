"""What follows for a search from the facts: told by follow-up when somebody is missed, lost or met again."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from django.db.models import F, Q

from xinqiao.accounts.models import User
from xinqiao.accounts.permissions import TABLE, Permission
from xinqiao.accounts.scope import as_system
from xinqiao.clocks.actions import settle as settle_clocks
from xinqiao.clocks.models import Clock as RunningClock
from xinqiao.followup.actions import mark_searched
from xinqiao.followup.actions.folding import Folded, contact, fold_all
from xinqiao.followup.actions.history import load
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import NATION, ancestors
from xinqiao.kernel.ids import uuid7
from xinqiao.policy import current
from xinqiao.registry.choices import LifeEventKind
from xinqiao.registry.models import LifeEvent

from ..choices import AT_ONCE, CODES, OF_CODE, OPEN_STAGES, Ending, Origin, Reason, Stage
from ..models import Asked, Search
from ..rules import Facts, Windows, days, grave, known_to_have_left, stage

KIND = "tracing"
_OVER = {
    "dead": ("died", Ending.DEAD),
    "moved_out": ("moved_out", Ending.MOVED),
    "excluded": ("excluded", Ending.EXCLUDED),
}
#: Everything that `follow` may change of a search.
FIELDS = (
    "stage", "opened_on", "reason", "tries", "grave", "left_on", "lost_on", "lost_code", "confirmed", "ended_on",
    "ended_how", "ended_at", "managing_code", "shared_codes",
)  # fmt: skip


def windows_on(day: date, place: str) -> Windows:
    """The rule of a place on a day."""
    value = current().at("followup/windows", on=day, ancestors=ancestors(place)).value
    return Windows(
        int(value["lost_tries"]), int(value["lost_second_try_days"]), int(value["lost_third_try_days"])
    )


def refollow(person_ids: Sequence[UUID], *, clock: Clock) -> None:
    """Read the persons anew and let everything follow, after an act of tracing."""
    follow(clock, fold_all(load(person_ids)))


def on_facts_changed(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """The registry tells of facts other than visits: a search that came to a file when two became one is followed there; of one
    that was put away, since the file had its own, the clocks are put away too. Two statements for everybody else."""
    ids = list(person_ids)
    there = Search.objects.filter(person_id__in=ids)
    away = RunningClock.objects.filter(kind=KIND, person_id__in=ids).exclude(subject__in=there.values("pk"))
    if subjects := list(away.values_list("subject", flat=True).distinct()):
        with as_system(NATION):
            settle_clocks(clock=clock, kind=KIND, subjects=subjects)
    rows = there.filter(stage__in=[str(one) for one in OPEN_STAGES])
    marked = Q(person__standing__searched_since=F("opened_on"))
    unmarked = list(rows.exclude(marked).order_by("person_id").values_list("person_id", flat=True))
    if unmarked:
        refollow(unmarked, clock=clock)


def follow(clock: Clock, folded: Mapping[UUID, Folded]) -> None:
    """Open, move on and end searches of these persons. The listener of follow-up: a handful of statements however many."""
    told = [_told(item) for item in folded.values()]
    there = {
        one.person_id: one
        for one in Search.objects.select_for_update().filter(
            person_id__in=list(folded), stage__in=[str(one) for one in OPEN_STAGES]
        )
    }
    asked = _asked([one.pk for one in there.values()])
    office = _by_the_office([one.person_id for one in told if one.lost_on and not one.imported])
    ended = _ended_before([one.person_id for one in told if one.opens and one.person_id not in there])
    changed: list[Search] = []
    made: list[Search] = []
    since: dict[UUID, date | None] = {}
    for one in told:
        search = there.get(one.person_id)
        if search is not None:
            before = tuple(getattr(search, name) for name in FIELDS)
            _go_on(search, one, clock, office=office, asked=asked)
            if before != tuple(getattr(search, name) for name in FIELDS):
                changed.append(search)
            if search.ended_on is None:
                if folded[one.person_id].history.searched_since != search.opened_on:
                    since[one.person_id] = search.opened_on
                continue
            since[one.person_id] = None
        last = search or ended.get(one.person_id)
        if last is not None and search is None and one.opens and _goes_on(last, one):
            last.ended_on, last.ended_how, last.ended_at = None, "", None
            search = last
            changed.append(search)
        elif one.after(last).opens:
            search = _new(one.after(last), clock)
            search.counts_after = last.ended_on if last else None
            made.append(search)
        if search is not None and search.ended_on is None:
            _go_on(search, one, clock, office=office, asked=asked)
            since[one.person_id] = search.opened_on if search.ended_on is None else None
        elif search is None and folded[one.person_id].history.searched_since is not None:
            since[one.person_id] = None
    if changed:
        Search.objects.bulk_update(changed, FIELDS)
    if made:
        Search.objects.bulk_create(made)
    mark_searched(since)
    settle_clocks(clock=clock, kind=KIND, subjects=[one.pk for one in (*changed, *made)])


@dataclass(frozen=True, slots=True)
class _Told:
    """What the history of one person says to whoever searches."""

    person_id: UUID
    place: str
    shared: list[str]
    state: str
    tries: list[date]
    away: list[date]
    met_on: date | None
    grave: bool
    over_on: date | None
    lost_on: date | None = None
    lost_code: str = ""
    lost_by: UUID | None = None
    imported: bool = False
    found_on: date | None = None
    reported: str = ""
    reported_on: date | None = None
    reported_by: UUID | None = None

    @property
    def opens(self) -> bool:
        """Whether these facts call for a search."""
        return self.state == "lost" or (self.state == "registered" and bool(self.tries or self.reported))

    def after(self, search: Search | None) -> _Told:
        """The same without what was missed or reported up to the end of an earlier search."""
        if search is None or search.ended_on is None:
            return self
        end, reported = search.ended_on, self.reported
        if self.reported_on is not None and self.reported_on <= end:
            reported = ""
        return replace(self, tries=[day for day in self.tries if day > end], reported=reported)


def _told(item: Folded) -> _Told:
    history = item.history
    met = [visit for visit in history.visits if contact(visit)]
    last = met[-1].visit_date if met else None
    after = [
        visit for visit in history.visits if visit.lost_reason and (last is None or visit.visit_date > last)
    ]
    classed = [visit.counted_class for visit in met if visit.counted_class]
    risks = [visit.counted_risk for visit in met if visit.counted_risk is not None]
    losses = [event for event in history.events if event.kind == "lost"] if item.state == "lost" else []
    loss = losses[-1] if losses else None
    by_visit = next((visit for visit in history.visits if loss and visit.id == loss.visit_id), None)
    ending = _OVER.get(item.state)
    over = [event.happened_on for event in history.events if ending and event.kind == ending[0]]
    return _Told(
        history.person_id,
        history.managing_code,
        history.shared_codes,
        item.state,
        days(day for day in history.attempts if last is None or day > last),
        history.away,
        last,
        grave(risks[-1] if risks else None, classed[-1] if classed else ""),
        over[-1] if over else None,
        loss.happened_on if loss else None,
        loss.reason if loss else "",
        loss.visit_id if loss else None,
        by_visit is not None and by_visit.entry_mode == "import",
        max((event.happened_on for event in history.events if event.kind == "found"), default=None),
        after[-1].lost_reason if after else "",
        after[-1].visit_date if after else None,
        after[-1].id if after else None,
    )


def _asked(ids: Sequence[UUID]) -> set[UUID]:
    """Searches in which somebody was asked."""
    if not ids:
        return set()
    return set(Asked.objects.filter(search_id__in=ids, voided_at=None).values_list("search_id", flat=True))


def _by_the_office(ids: Sequence[UUID]) -> set[UUID]:
    """Persons whose loss was recorded by somebody who may confirm one, or by nobody (a job)."""
    if not ids:
        return set()
    roles = [role for role, may in TABLE.items() if Permission.CLOSE_TRACE in may]
    rows = list(
        LifeEvent.objects.filter(person_id__in=ids, kind=LifeEventKind.LOST, voided_at=None)
        .order_by("happened_on", "recorded_at")
        .values_list("person_id", "recorded_by")
    )
    newest = dict(rows)
    heads = set(
        User.objects.filter(pk__in=[by for by in newest.values() if by], role__in=roles).values_list(
            "pk", flat=True
        )
    )
    return {person for person, by in newest.items() if by is None or by in heads}


def _ended_before(ids: Sequence[UUID]) -> dict[UUID, Search]:
    """The newest ended search of each: what was missed before its end opens no new one."""
    if not ids:
        return {}
    rows = Search.objects.select_for_update().filter(person_id__in=list(ids)).exclude(ended_on=None)
    return {one.person_id: one for one in rows.order_by("ended_on", "ended_at")}


def _goes_on(search: Search, told: _Told) -> bool:
    """Whether the visit that ended this search is no longer on record, so that it goes on instead of beginning again."""
    return search.ended_how == Ending.MET and (told.met_on is None or told.met_on < search.opened_on)


def _new(told: _Told, clock: Clock) -> Search:
    opened_on = told.tries[0] if told.tries else told.lost_on or told.reported_on or clock.today()
    code = told.lost_code or told.reported
    if told.state == "lost":
        origin = Origin.VISIT if told.lost_by else Origin.EVENT
    else:
        origin = Origin.MISS if told.tries else Origin.VISIT
    return Search(
        person_id=told.person_id,
        managing_code=told.place,
        shared_codes=told.shared,
        op_id=uuid7(),
        origin=origin,
        origin_id=told.lost_by or told.reported_by,
        reason=OF_CODE.get(code, Reason.MISSES) if code else Reason.MISSES if told.tries else Reason.UNKNOWN,
        opened_on=opened_on,
        opened_at=clock.now(),
    )


def _go_on(
    search: Search, told: _Told, clock: Clock, *, office: Collection[UUID], asked: Collection[UUID]
) -> None:
    """Let the facts move one search on."""
    search.managing_code, search.shared_codes, search.grave = told.place, told.shared, told.grave
    if told.state in _OVER:
        return _end(search, told.over_on or clock.today(), _OVER[told.state][1], clock)
    since = search.lost_on or search.opened_on
    # Somebody seen in the morning may have walked off in the afternoon.
    if search.lost_on is None and search.reason in AT_ONCE:
        since += timedelta(days=1)
    if told.state == "registered" and told.met_on is not None and told.met_on >= since:
        return _end(search, told.met_on, Ending.MET, clock)
    if told.state == "registered" and search.lost_on and told.found_on and told.found_on >= search.lost_on:
        return _end(search, told.found_on, Ending.BACK, clock)
    search.tries = [day for day in told.tries if search.counts_after is None or day > search.counts_after]
    if search.origin == Origin.MISS and search.tries:
        # A try of an earlier day may be typed in later.
        search.opened_on = min(search.opened_on, search.tries[0])
    if told.state == "lost":
        search.lost_on = told.lost_on
        code = told.lost_code
        if code and code not in CODES.get(search.reason, ()):
            search.reason = OF_CODE.get(code, Reason.UNKNOWN)
        search.lost_code = search.lost_code if search.confirmed else code
        search.confirmed = search.confirmed or told.imported or told.person_id in office
    elif search.lost_on is not None:
        # The loss was taken back as a mistake: searching goes on as before.
        search.lost_on, search.lost_code, search.confirmed = None, "", False
    if not search.tries and search.reason == Reason.MISSES and search.lost_on is None and not told.reported:
        return _end(search, clock.today(), Ending.MISTAKE, clock)
    facts = facts_of(search, asked=search.pk in asked, reported=bool(told.reported))
    gone = told.reported_on if OF_CODE.get(told.reported) in AT_ONCE else None
    search.left_on = known_to_have_left(facts, [*told.away, *([gone] if gone else [])])
    search.stage = Stage(stage(facts, windows_on(search.opened_on, search.managing_code)))
    return None


def facts_of(search: Search, *, asked: bool, reported: bool = False) -> Facts:
    """A search as the rules read it."""
    return Facts(
        opened_on=search.opened_on,
        reason=search.reason,
        tries=tuple(search.tries),
        evidence=asked or bool(search.note) or search.lost_on is not None,
        reported=reported,
        confirmed=search.confirmed,
        lost_on=search.lost_on,
        found_on=search.ended_on,
        missed_first=search.origin == Origin.MISS,
    )


def _end(search: Search, on: date, how: Ending, clock: Clock) -> None:
    # A search that never came to a loss was not "found": somebody was just met.
    lost = search.lost_on is not None
    search.stage = Stage.FOUND if lost and how in (Ending.MET, Ending.BACK) else Stage.ENDED
    search.ended_on, search.ended_how, search.ended_at = on, how, clock.now()
