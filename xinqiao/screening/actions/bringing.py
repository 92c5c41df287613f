"""Who brought somebody to diagnosis, and when (article 28)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem

from ..choices import ReviewState
from ..clocks import CLUE
from ..models import Rediagnosis
from ..queries import find_clue
from .asking import NewReview, sending_faults
from .common import locked_review, save_clue, seen_by_psychiatrist


def tell_brought(
    *, actor: Actor, clock: Clock, review_id: UUID, sent_by: str, sent_on: date | None
) -> Rediagnosis:
    """Somebody brought the person to the hospital that was asked: who, and when. It must fit article 28."""
    require(actor, Permission.RECORD_CLUE)
    with transaction.atomic():
        one = locked_review(actor=actor, review_id=review_id)
        if one.clue_id is None:
            raise NotFound(code="not_found.review")
        clue = find_clue(actor=actor, clue_id=one.clue_id, lock=True)
        if one.state != ReviewState.ASKED or one.sent_on is not None:
            raise Conflict(_("已经登记过送诊，或复核已经结束。"), code="conflict.review_state")
        new = NewReview(one.op_id, sent_by=sent_by, sent_on=sent_on)
        missing = [] if sent_by else [Problem("sent_by", "missing", _("送诊人没有选择。"))]
        if problems := missing or sending_faults(new, clue, clock.today()):
            raise Invalid(problems)
        one.sent_by, one.sent_on = sent_by, sent_on
        one.save(update_fields=["sent_by", "sent_on"])
        seen_by_psychiatrist(clue, sent_on)
        save_clue(clue)
        settle(clock=clock, kind=CLUE, subjects=[clue.pk])
        audit.record(
            actor=actor, clock=clock, action="tell_brought", object_type="rediagnosis", object_id=one.pk,
            place=one.managing_code, detail={"by": sent_by},
        )  # fmt: skip
    return one
