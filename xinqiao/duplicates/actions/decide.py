"""Two files are not one person, or are looked at later. (That they are one is said by merging them.)"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, Problem
from xinqiao.kernel.words import sentence
from xinqiao.registry.models import Identifier

from ..choices import PairState
from ..models import Pair
from ..queries.pairs import find_pair


def decide_pair(*, actor: Actor, clock: Clock, pair_id: UUID, state: str, reason: str = "") -> Pair:
    """`state` different (with a reason; the pair is never offered again) or later. The same decision again changes nothing.

    Where both carry one document number, the reason is also kept beside the number of the second. NotFound, Invalid,
    Conflict when the two were merged meanwhile.
    """
    require(actor, Permission.CORRECT_RECORD)
    reason = reason.strip()[:200]
    if state not in (PairState.DIFFERENT, PairState.LATER):
        raise Invalid([Problem("state", "wrong_value", sentence("请选择判定结果。"))])
    if state == PairState.DIFFERENT and not reason:
        raise Invalid([Problem("reason", "missing", sentence("判定不是同一人，要写明依据。"))])
    with transaction.atomic():
        pair = find_pair(actor=actor, pair_id=pair_id, lock=True)
        if pair.state == PairState.MERGED:
            raise Conflict(sentence("这两份档案已经合并。"), code="conflict.merged")
        if (pair.state, pair.reason) == (state, reason):
            return pair
        pair.state, pair.reason = state, reason
        pair.decided_at, pair.decided_by = clock.now(), actor.user_id
        pair.save(update_fields=["state", "reason", "decided_at", "decided_by"])
        if state == PairState.DIFFERENT:
            _say_why(pair)
        audit.record(
            actor=actor, clock=clock, action="decide_pair", object_type="pair", object_id=pair.pk,
            place=pair.managing_code, detail={"state": state, "people": [str(pair.first_id), str(pair.second_id)]},
        )  # fmt: skip
    return pair


def _say_why(pair: Pair) -> None:
    numbers = Identifier.objects.filter(voided_at=None)
    shared = numbers.filter(person_id=pair.first_id).values("number_hash")
    numbers.filter(person_id=pair.second_id, number_hash__in=shared, different_because="").update(
        different_because=pair.reason
    )
