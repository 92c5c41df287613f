"""Two files that were merged are two again: every row goes back to where the ledger says it was."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.places import queries as places
from xinqiao.registry.actions.responsibility import worker_near
from xinqiao.registry.actions.rows import common_columns
from xinqiao.registry.choices import ResponsibilityKind
from xinqiao.registry.fields import keyed_hash
from xinqiao.registry.listeners import facts_changed
from xinqiao.registry.models import Person, Responsibility
from xinqiao.registry.models.named import KEYS

from ..choices import PairState
from ..ledger import derived
from ..models import Merge, Pair
from .clocks import settle_people

_DATES = frozenset(["birth_on", "filed_on", "onset_on", "first_antipsychotic_on"])


def unmerge_people(*, actor: Actor, clock: Clock, merge_id: UUID, reason: str) -> Merge:
    """Take a merge back. What came to the winner since stays with the winner, but for what was written about a row that goes
    back (an amendment, a review); what somebody changed since stays changed. Whoever answered for the other file and no longer
    can is followed by whoever is in charge there.

    The same again changes nothing. NotFound out of scope, Invalid without a reason, Conflict when the file that stayed was
    itself merged away since: that one is taken back first.
    """
    require(actor, Permission.CORRECT_RECORD)
    reason = reason.strip()[:200]
    with transaction.atomic():
        merge = Merge.objects.select_for_update().filter(pk=merge_id).first()
        if merge is None:
            raise NotFound(code="not_found.merge")
        if merge.undone_at is not None:
            return merge
        if not reason:
            raise Invalid([Problem("reason", "missing", sentence("撤销合并要写明依据。"))])
        winner = Person.objects.select_for_update().filter(pk=merge.winner_id).first()
        if winner is None:
            raise Conflict(
                sentence("保留的档案后来又合并到别的档案，请先撤销那一次合并。"), code="conflict.merged_on"
            )
        with connection.cursor() as cursor:
            cursor.execute(
                "select duplicates_unmerge_people(%s, %s::jsonb)", [merge.pk, json.dumps(derived())]
            )
        _restore(winner, merge)
        _answered(merge, actor, clock)
        merge.undone_at, merge.undone_by, merge.undone_reason = clock.now(), actor.user_id, reason
        merge.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        both = [merge.winner_id, merge.loser_id]
        Pair.objects.filter(first_id__in=both, second_id__in=both).update(
            state=PairState.OPEN, decided_at=None, decided_by=None
        )
        audit.record(
            actor=actor, clock=clock, action="unmerge_people", object_type="person", object_id=winner.pk,
            place=winner.managing_code, detail={"merge": str(merge.pk), "loser": str(merge.loser_id)},
        )  # fmt: skip
        facts_changed(actor, clock, both)
        settle_people(clock, both)
    return merge


def _answered(merge: Merge, actor: Actor, clock: Clock) -> None:
    """Nobody comes back to somebody who has left since."""
    person = Person.objects.filter(pk=merge.loser_id).first()
    rows = list(
        Responsibility.objects.filter(
            person_id=merge.loser_id, kind=ResponsibilityKind.RESPONSIBLE, valid_to=None, voided_at=None
        )
    )
    if person is None or any(_can(row, person) for row in rows):
        return
    today = clock.today()
    served = places.institutions_serving([person.managing_code], today).get(person.managing_code)
    if served is None or served.worker_id is None:
        return
    for row in rows:
        row.valid_to = max(today, row.valid_from)
        row.save(update_fields=["valid_to"])
    Responsibility.objects.create(
        **common_columns(person, actor, clock.now()), kind=ResponsibilityKind.RESPONSIBLE, institution=served.responsible,
        worker_id=served.worker_id, counted_code=person.managing_code, valid_from=today,
    )  # fmt: skip


def _can(row: Responsibility, person: Person) -> bool:
    if row.worker_id is None:
        return bool(row.worker_name)
    try:
        return worker_near(row.worker_id, person) is not None
    except NotFound:
        return False


def _restore(winner: Person, merge: Merge) -> None:
    """The winner's own columns, each only while it still says what the merge wrote."""
    before: dict[str, Any] = json.loads(merge.before) if merge.before else {}
    after: dict[str, Any] = json.loads(merge.after) if merge.after else {}
    columns = set()
    for key, value in after.items():
        now = getattr(winner, key)
        if json.loads(json.dumps(now, default=str)) == value:
            setattr(winner, key, _typed(key, before[key]))
            columns.add(key)
    # Nobody touched the file since: it is again the version it was.
    winner.row_version += -1 if winner.row_version == merge.row_version else 1
    if "name" in columns:
        columns |= {"name", *KEYS}
    if "phone" in columns:
        winner.phone_hash = keyed_hash("phone", winner.phone)
        columns.add("phone_hash")
    winner.save(update_fields=columns | {"row_version"})


def _typed(key: str, value: Any) -> Any:
    return date.fromisoformat(value) if key in _DATES and value else value
