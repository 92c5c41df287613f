"""The township confirms a loss, or ends a search because there is sure news. The loss itself is one event of the registry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.followup.actions import mark_searched
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Invalid, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.registry.actions import NewLifeEvent, record_life_events
from xinqiao.registry.choices import LifeEventKind
from xinqiao.registry.choices.printed import LOST_REASON

from ..choices import REPORTABLE, Ending, Stage
from ..models import Asked, Search
from ..rules import may_confirm
from .entry import code_problems, day_problems, labels, open_search_of, text_problems
from .following import KIND, facts_of, refollow, windows_on
from .steps import note


@dataclass(frozen=True, slots=True)
class Loss:
    """What the township confirms: printed code of loss, the day, and in words what it rests on."""

    code: str
    lost_on: date | None
    note: str = ""


@transaction.atomic
def confirm_loss(*, actor: Actor, clock: Clock, search_id: UUID, loss: Loss) -> Search:
    """Confirm that somebody is lost: writes the event of the registry unless a visit told it already.

    Takes three dated tries or a reason known at once. Confirmed already: nothing happens. Raises NotAllowed, NotFound,
    Invalid with a sentence for each thing missing, Conflict. Clauses: N18/lost, N18/attempts.
    """
    require(actor, Permission.CLOSE_TRACE)
    search = open_search_of(search_id)
    if search.confirmed_at is not None and search.lost_on is not None:
        return search
    today = clock.today()
    lost_on = search.lost_on or loss.lost_on
    problems = code_problems("code", "失访原因", loss.code, {one.code: one.label for one in LOST_REASON})
    problems += day_problems("lost_on", "失访日期", lost_on, birth_on=search.person.birth_on, today=today)
    problems += text_problems("note", "说明", loss.note)
    if not problems:
        assert lost_on is not None  # noqa: S101 -- checked above
        asked = Asked.objects.filter(search=search, voided_at=None).exists()
        problems = may_confirm(
            facts_of(search, asked=asked),
            windows_on(search.opened_on, search.managing_code),
            code=loss.code, lost_on=lost_on, today=today, note=loss.note,
        )  # fmt: skip
    if problems:
        raise Invalid(problems)
    told = search.lost_on is not None
    search.confirmed, search.confirmed_by, search.confirmed_at = True, actor.user_id, clock.now()
    search.lost_on, search.lost_code, search.lost_note = lost_on, loss.code, loss.note.strip()
    search.stage = Stage.LOST
    search.save(
        update_fields=[
            "confirmed",
            "confirmed_by",
            "confirmed_at",
            "lost_on",
            "lost_code",
            "lost_note",
            "stage",
        ]
    )
    if told:
        refollow([search.person_id], clock=clock)
    else:
        assert lost_on is not None  # noqa: S101 -- checked above
        event = NewLifeEvent(
            search.person_id, LifeEventKind.LOST.value, lost_on, loss.code, loss.note.strip()[:200]
        )
        # Follow-up folds the person anew and tells us back: `following.follow`.
        record_life_events(actor=actor, clock=clock, events=[event])
    # The written report is owed from today on, also where nothing else of the search has changed.
    settle(clock=clock, kind=KIND, subjects=[search.pk])
    note(actor, clock, "confirm_loss", search, code=loss.code)
    search.refresh_from_db()
    return search


@dataclass(frozen=True, slots=True)
class News:
    """Why looking ends without a visit: how (reported, elsewhere, reachable), when, and from whom one knows."""

    how: str
    found_on: date | None
    note: str


@transaction.atomic
def report_found(*, actor: Actor, clock: Clock, search_id: UUID, news: News) -> Search:
    """End a search on sure news: found, on a register elsewhere, or away but reachable, which is no loss.

    A loss on record is answered by the event "found". Ended already: Conflict. Raises NotAllowed, NotFound, Invalid.
    """
    require(actor, Permission.CLOSE_TRACE)
    search = open_search_of(search_id)
    problems = code_problems("how", "怎样得知", news.how, labels(Ending, REPORTABLE))
    problems += day_problems(
        "found_on", "日期", news.found_on, birth_on=search.person.birth_on, today=clock.today()
    )
    problems += text_problems("news", "依据", news.note)
    if not news.note.strip():
        problems.append(Problem("news", "missing", sentence("请写明依据：谁联系上的，人在哪里")))
    since = search.lost_on or search.opened_on
    if news.found_on is not None and not problems and news.found_on < since:
        words = sentence(
            "“日期”%(day)s 早于失访或开始查找的日期 %(since)s，请核对", day=news.found_on, since=since
        )
        problems.append(Problem("found_on", "too_early", words, news.found_on.isoformat()))
    if problems:
        raise Invalid(problems)
    assert news.found_on is not None  # noqa: S101 -- checked above
    lost = search.lost_on is not None
    search.stage = Stage.FOUND if lost else Stage.ENDED
    search.ended_on, search.ended_how, search.ended_note = news.found_on, news.how, news.note.strip()
    search.ended_by, search.ended_at = actor.user_id, clock.now()
    search.save(update_fields=["stage", "ended_on", "ended_how", "ended_note", "ended_by", "ended_at"])
    if lost:
        event = NewLifeEvent(
            search.person_id, LifeEventKind.FOUND.value, news.found_on, note=news.note.strip()[:200]
        )
        record_life_events(actor=actor, clock=clock, events=[event])
    mark_searched({search.person_id: None})
    settle(clock=clock, kind=KIND, subjects=[search.pk])
    note(actor, clock, "report_found", search, how=news.how)
    search.refresh_from_db()
    return search


@transaction.atomic
def open_for_the_lost(*, actor: Actor, clock: Clock) -> int:
    """Begin a search for everybody of the area who is lost and has none; how many there were. For lists imported before."""
    require(actor, Permission.CLOSE_TRACE)
    rows = Standing.objects.filter(places.served_by(actor), state="lost", searched_since=None)
    ids = list(rows.values_list("person_id", flat=True))
    if ids:
        refollow(ids, clock=clock)
        audit.record(
            actor=actor, clock=clock, action="open_for_the_lost", object_type="search", object_id=None,
            place=actor.place, detail={"people": [str(one) for one in ids]},
        )  # fmt: skip
    return len(ids)
