"""Review by the direct-report user: a visit passes, or goes back to its author with a reason. Each decision is a row of its own."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.codes import ancestors
from xinqiao.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from xinqiao.kernel.words import sentence
from xinqiao.policy import current

from ..models import Review, Visit
from ..rules import may_review
from .history import load
from .refold import settle

PASSED, RETURNED = "1", "2"
MOST = 200


@transaction.atomic
def review_visits(
    *, actor: Actor, clock: Clock, visit_ids: Sequence[UUID], decision: str, reason: str = ""
) -> int:
    """Pass these visits, or return them with a reason; how many were changed. The same decision again changes nothing.

    A returned visit no longer counts until it is amended, so what is due is folded again. Raises NotAllowed (no
    permission, or one's own visit where the place does not allow it), NotFound, Invalid (no such decision, no reason, too
    many), Conflict (undone or amended meanwhile).
    """
    require(actor, Permission.REVIEW_VISIT)
    wanted = sorted(set(visit_ids))
    if not wanted or len(wanted) > MOST:
        message = sentence("一次审核 1 到 %(most)s 次随访，现为 %(wanted)s 次", most=MOST, wanted=len(wanted))
        raise Invalid([Problem("visits", "wrong_value", message, str(len(wanted)))])
    people = list(Visit.objects.filter(pk__in=wanted).values_list("pk", "person_id"))
    if len(people) != len(wanted):
        raise NotFound()
    _check(decision, reason)
    histories = load({person_id for _pk, person_id in people})
    visits = list(Visit.objects.filter(pk__in=wanted).order_by("pk"))
    rules, today = current(), clock.today()
    own: dict[UUID, bool] = {}
    for visit in visits:
        if visit.voided_at is not None or visit.superseded:
            raise Conflict(sentence("其中有随访已撤销或已更正，请刷新列表"), code="conflict.superseded")
        may, own[visit.pk] = may_review(
            actor.user_id,
            recorded_by=visit.recorded_by,
            visited_by=visit.visited_by,
            policies=rules,
            on=today,
            ancestors=ancestors(visit.managing_code),
        )
        if not may:
            raise NotAllowed(code="not_allowed.own_review")
    changed = [visit for visit in visits if visit.review_status != decision]
    if not changed:
        return 0
    now, said = clock.now(), reason.strip()[:200]
    Visit.objects.filter(pk__in=[visit.pk for visit in changed]).update(
        review_status=decision, review_reason=said, reviewed_by=actor.user_id, reviewed_at=now
    )
    Review.objects.bulk_create(
        Review(
            visit_id=visit.pk,
            person_id=visit.person_id,
            managing_code=visit.managing_code,
            shared_codes=visit.shared_codes,
            recorded_at=now,
            recorded_by=actor.user_id,
            decision=decision,
            reason=said,
            own=own[visit.pk],
        )
        for visit in changed
    )
    counting = {visit.pk for visit in changed if RETURNED in (decision, visit.review_status)}
    if counting:
        touched = {visit.person_id for visit in changed if visit.pk in counting}
        some = {key: history for key, history in histories.items() if key in touched}
        for history in some.values():
            for known in history.visits:
                if known.id in counting:
                    known.review_status = decision
        settle(some, clock=clock)
    one = changed[0] if len(changed) == 1 else None
    audit.record(
        actor=actor,
        clock=clock,
        action="pass_visit" if decision == PASSED else "return_visit",
        object_type="visit",
        object_id=one.pk if one else None,
        place=one.managing_code if one else actor.place,
        detail={"own": any(own.values())} if one else {"visits": [str(visit.pk) for visit in changed]},
    )
    return len(changed)


def _check(decision: str, reason: str) -> None:
    if decision not in (PASSED, RETURNED):
        text = sentence("“审核意见”的值“%(decision)s”无效，应为：1 通过、2 退回", decision=decision[:20])
        raise Invalid([Problem("decision", "wrong_value", text, decision[:20])])
    if decision == RETURNED and not reason.strip():
        raise Invalid([Problem("reason", "missing", sentence("退回时请填写“退回理由”，便于记录人更正"))])
