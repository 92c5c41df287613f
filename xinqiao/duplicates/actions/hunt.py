"""A search through a county: begun, its progress told, its pairs kept."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import NotFound
from xinqiao.registry.models import Person

from ..choices import SearchState
from ..models import Hunt, Pair
from ..rules import Found

#: Pairs written at a time.
AT_ONCE = 2_000


def begin_hunt(*, actor: Actor, clock: Clock) -> Hunt:
    """Begin a search of the actor's place; the one under way, if there is one."""
    require(actor, Permission.CORRECT_RECORD)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(hashtext(%s))", [f"hunt {actor.place}"])
        working = (SearchState.WAITING, SearchState.READING, SearchState.COMPARING)
        under_way = (
            Hunt.objects.filter(managing_code=actor.place, state__in=working).order_by("-started_at").first()
        )
        if under_way is not None:
            return under_way
        hunt = Hunt.objects.create(
            managing_code=actor.place,
            user_id=actor.user_id,
            started_at=clock.now(),
            people=Person.objects.count(),
        )
        audit.record(
            actor=actor, clock=clock, action="begin_hunt", object_type="hunt", object_id=hunt.pk, place=actor.place,
            detail={"people": hunt.people},
        )  # fmt: skip
    return hunt


def tell_hunt(*, actor: Actor, hunt_id: UUID, state: str, done: int | None = None) -> None:
    """How far it is; in a transaction of its own, so that the page sees it."""
    require(actor, Permission.CORRECT_RECORD)
    more = {} if done is None else {"done": done}
    if not Hunt.objects.filter(pk=hunt_id).update(state=state, **more):
        raise NotFound(code="not_found.hunt")


def fail_hunt(*, actor: Actor, clock: Clock, hunt_id: UUID, kind: str) -> None:
    """It ended with an error: its kind, nothing else."""
    require(actor, Permission.CORRECT_RECORD)
    Hunt.objects.filter(pk=hunt_id).update(state=SearchState.FAILED, ended_at=clock.now(), failure=kind[:60])


def finish_hunt(*, actor: Actor, clock: Clock, hunt_id: UUID, found: int, added: int) -> None:
    """It is done: how many pairs, how many of them new."""
    require(actor, Permission.CORRECT_RECORD)
    Hunt.objects.filter(pk=hunt_id).update(
        state=SearchState.DONE, ended_at=clock.now(), found=found, added=added
    )


def keep_pairs(*, actor: Actor, clock: Clock, found: Sequence[Found]) -> int:
    """Write pairs that are not known; one that is still open gets the new score. A decided pair is never asked again.

    Returns how many are new. One statement for each portion, and one for the villages.
    """
    require(actor, Permission.CORRECT_RECORD)
    now, added = clock.now(), 0
    for start in range(0, len(found), AT_ONCE):
        some = found[start : start + AT_ONCE]
        codes = dict(
            Person.objects.filter(pk__in={one.first for one in some}).values_list("pk", "managing_code")
        )
        ids = [(one.first, one.second) for one in some if one.first in codes]
        known = set(
            Pair.objects.filter(first_id__in={a for a, _b in ids}).values_list("first_id", "second_id")
        )
        rows = [
            Pair(
                managing_code=codes[one.first], first_id=one.first, second_id=one.second, kind=one.kind,
                score=one.score, agreed=list(one.agreed), found_at=now,
            )
            for one in some
            if one.first in codes
        ]  # fmt: skip
        Pair.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["first", "second"],
            update_fields=["kind", "score", "agreed", "found_at"],
        )
        added += sum(1 for pair in ids if pair not in known)
    return added
