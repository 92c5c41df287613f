"""Questions to psychiatrists: a hospital's queue, and those about one person on the register."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from xinqiao.accounts.permissions import Permission, may, require
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.errors import NotAllowed, NotFound

from ..choices import ReviewState
from ..models import Rediagnosis

PAGE = 100


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits and what was answered last."""

    rows: list[Rediagnosis]
    waiting: int


def queue(*, actor: Actor, answered: bool = False) -> Queue:
    """What was sent to the actor's own hospital, danger first, then oldest first. Two statements."""
    require(actor, Permission.DIAGNOSE)
    own = Rediagnosis.objects.filter(hospital_id=actor.institution_id, erased_at=None)
    waiting = own.filter(state=ReviewState.ASKED).count()
    if answered:
        done = own.filter(state__in=[ReviewState.ANSWERED, ReviewState.RETURNED])
        return Queue(list(done.order_by("-answered_at")[:PAGE]), waiting)
    return Queue(
        list(own.filter(state=ReviewState.ASKED).order_by("-urgent", "asked_on", "id")[:PAGE]), waiting
    )


def find_review(*, actor: Actor, review_id: UUID, lock: bool = False) -> Rediagnosis:
    """A question of the actor's own hospital, or of the actor's own places. NotFound for any other."""
    if not (may(actor, Permission.DIAGNOSE) or may(actor, Permission.RECORD_CLUE)):
        raise NotAllowed(code="not_allowed.diagnose")
    rows = Rediagnosis.objects.filter(pk=review_id)
    if may(actor, Permission.DIAGNOSE):
        rows = rows.filter(hospital_id=actor.institution_id).exclude(state=ReviewState.WITHDRAWN)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise NotFound(code="not_found.review")
    return found


def reviews_of_person(person_id: UUID) -> list[Rediagnosis]:
    """All of one person, newest first; inside the caller's scope."""
    return list(Rediagnosis.objects.filter(person_id=person_id).order_by("-asked_on", "-recorded_at"))
