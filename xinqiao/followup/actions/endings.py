"""What a visit tells about the life of a file: lost, dead, in hospital, discharged, found. Kept as events of the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.words import sentence
from xinqiao.policy.policies import PolicySet
from xinqiao.registry.actions import NewCorrection, NewLifeEvent, record_life_events, request_correction
from xinqiao.registry.choices import CorrectionKind, LifeEventKind
from xinqiao.registry.listeners import tell_besides
from xinqiao.registry.models import LifeEvent
from xinqiao.registry.rules.cycle import ENDS

from .history import Event, History, KnownVisit

NOT_FOUND_IN_TRIES = "4"


@dataclass(frozen=True, slots=True)
class Told:
    """One event a visit tells."""

    person_id: UUID
    kind: LifeEventKind
    happened_on: date
    reason: str
    visit_id: UUID


def counts_as_lost(clean: Mapping[str, Any], history: History, rules: PolicySet) -> bool:
    """Whether a record of loss makes the person lost at once. "Three tries" needs three dated tries, this one among
    them; otherwise the visit is kept and the loss waits to be verified. Clause: N18/attempts."""
    if clean.get("lost_reason") != NOT_FOUND_IN_TRIES:
        return True
    day = clean.get("visit_date")
    if not isinstance(day, date):
        return False
    windows = rules.at("followup/windows", on=day, ancestors=ancestors(history.managing_code)).value
    since = day - timedelta(days=windows["lost_third_try_days"])
    tries = {on for on in history.attempts if since <= on <= day} | {day}
    return len(tries) >= int(windows["lost_tries"])


def life_events(
    cleans: Mapping[UUID, Mapping[str, Any]],
    visits: Sequence[KnownVisit],
    histories: Mapping[UUID, History],
    rules: PolicySet,
) -> list[Told]:
    """The events these new visits tell that are not on record yet. They are added to the histories too."""
    found: list[Told] = []

    def tell(history: History, kind: LifeEventKind, day: date, visit_id: UUID, reason: str = "") -> None:
        found.append(Told(history.person_id, kind, day, reason, visit_id))
        history.events.append(Event(kind.value, day, reason, visit_id))
        history.events.sort(key=lambda event: event.order)

    for visit in visits:
        history = histories[visit.person_id]
        if visit.death_date:
            if history.died_on is None:
                tell(
                    history,
                    LifeEventKind.DIED,
                    visit.death_date,
                    visit.id,
                    cleans[visit.id].get("death_cause", ""),
                )
        elif visit.lost_reason:
            if counts_as_lost(cleans[visit.id], history, rules):
                tell(history, LifeEventKind.LOST, visit.visit_date, visit.id, visit.lost_reason)
        elif visit.hospital == "1":
            if not _admitted(history, visit.visit_date):
                tell(history, LifeEventKind.ADMITTED, visit.visit_date, visit.id)
        elif visit.hospital == "2" and visit.last_discharge:
            days = {event.happened_on for event in history.events if event.kind == LifeEventKind.DISCHARGED}
            if visit.last_discharge not in days:
                tell(history, LifeEventKind.DISCHARGED, visit.last_discharge, visit.id)
    for person_id in {visit.person_id for visit in visits}:
        history = histories[person_id]
        for day, visit_id in _found_again(history):
            tell(history, LifeEventKind.FOUND, day, visit_id)
    return found


def _admitted(history: History, day: date) -> bool:
    kinds = (LifeEventKind.ADMITTED, LifeEventKind.DISCHARGED)
    past = [event for event in history.events if event.kind in kinds and event.happened_on <= day]
    return bool(past) and past[-1].kind == LifeEventKind.ADMITTED


def _found_again(history: History) -> list[tuple[date, UUID]]:
    """For each loss that a later visit answers and no event does: that visit. Holds whichever came in first."""
    wanted: list[tuple[date, UUID]] = []
    lost: date | None = None
    steps: list[tuple[date, int, str, UUID | None]] = [
        (event.happened_on, 0 if event.kind == LifeEventKind.LOST else 2, event.kind, event.visit_id)
        for event in history.events
        if event.kind in (LifeEventKind.LOST, LifeEventKind.FOUND, LifeEventKind.MOVED_IN)
    ]
    for visit in history.visits:
        if not visit.lost_reason and visit.death_date is None and visit.complete:
            answered = any(
                event.kind == LifeEventKind.FOUND and event.happened_on == visit.visit_date
                for event in history.events
            )
            if not answered:
                steps.append((visit.visit_date, 1, "visit", visit.id))
    for day, _rank, kind, visit_id in sorted(steps, key=lambda step: (step[0], step[1], str(step[3]))):
        if kind == LifeEventKind.LOST:
            lost = day
        elif kind == "visit":
            if lost is not None and day > lost and visit_id is not None:
                wanted.append((day, visit_id))
                lost = None
        else:
            lost = None
    return wanted


def tell_registry(told: Sequence[Told], *, actor: Actor, clock: Clock) -> None:
    """Record the events with the registry. What follows from them was folded already, so nobody is told again."""
    record_life_events(
        actor=actor,
        clock=clock,
        events=[
            NewLifeEvent(
                item.person_id, item.kind.value, item.happened_on, item.reason, visit_id=item.visit_id
            )
            for item in told
        ],
        tell=False,
    )


def take_back(
    visit_ids: Sequence[UUID],
    histories: Mapping[UUID, History],
    *,
    actor: Actor,
    clock: Clock,
    still_dead: bool | Sequence[UUID] = True,
) -> None:
    """Void what these visits told, when they are undone or amended; the histories forget it too.

    Undone within the minutes an author has: a death goes with it. Amended (`still_dead` names the visits whose new version
    tells of a death again): a death that the new version no longer tells stays, and is asked to be taken back by a second
    person at the county.
    """
    gone = set(visit_ids)
    again = gone if still_dead is True else set(still_dead or ())
    touched, ended, doubted = False, [], []
    for history in histories.values():
        kept = []
        for event in history.events:
            if event.visit_id not in gone:
                kept.append(event)
            elif event.kind == LifeEventKind.DIED and event.visit_id not in again:
                kept.append(event)
                doubted.append(history.person_id)
            else:
                touched = True
                if event.kind in ENDS:
                    ended.append(history.person_id)
        history.events[:] = kept
    if touched:
        rows = LifeEvent.objects.filter(visit_id__in=gone, voided_at=None)
        rows.exclude(kind=LifeEventKind.DIED, person_id__in=doubted).update(
            voided_at=clock.now(), voided_by=actor.user_id, voided_reason="visit amended or undone"
        )
        tell_besides(actor, clock, ended)
    for person_id in doubted:
        reason = sentence("随访更正后不再记录死亡")
        new = NewCorrection(person_id, CorrectionKind.UNDO_DEATH, reason)
        request_correction(actor=actor, clock=clock, new=new)


def restore(visit_id: UUID, history: History, *, actor: Actor) -> None:
    """A version that stands again tells again what it told."""
    voided = LifeEvent.objects.filter(visit_id=visit_id, voided_by=actor.user_id).exclude(voided_at=None)
    for event in voided:
        history.events.append(Event(event.kind, event.happened_on, event.reason, visit_id))
    history.events.sort(key=lambda event: event.order)
    voided.update(voided_at=None, voided_by=None, voided_reason="")
