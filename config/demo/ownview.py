"""What people of the demo asked about their own record: one request waits, one was answered, one is looked at first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from xinqiao.accounts.scope import acting
from xinqiao.followup.models import Standing
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock, FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.ownview.actions import (
    NewCorrection,
    NewView,
    answer_correction,
    ask_correction,
    ask_view,
    decide_view,
    hand_over_view,
)

from .ground import LIGANG


def ask_to_see(actors: Mapping[str, Actor], clock: Clock) -> None:
    """Requests of people of 立岗镇, made some days ago."""
    actor = actors["ligang1"]
    with acting(actor):
        calm = _people("3")
        grave = _people("1")
        days = [FixedClock(clock.today() - timedelta(days=back)) for back in (20, 6, 2)]
        done = ask_view(actor=actor, clock=days[0], new=NewView(uuid7(), calm[0], "patient", days[0].today()))
        decide_view(actor=actor, clock=days[0], request_id=done.pk, verdict="whole")
        hand_over_view(actor=actor, clock=days[0], request_id=done.pk)
        ask_view(
            actor=actor, clock=days[1],
            new=NewView(
                uuid7(), (grave or calm[1:])[0], "guardian", days[1].today(), "马秀兰", "母亲", "agreed", "本人到院当面同意"
            ),
        )  # fmt: skip
        wish = NewCorrection(
            uuid7(), calm[0], "patient", "contacts", "哥哥的电话换了，旧号不用了", days[1].today()
        )
        answered = ask_correction(actor=actor, clock=days[1], new=wish)
        answer_correction(
            actor=actor,
            clock=days[2],
            request_id=answered.pk,
            answer="corrected",
            reason="已换成新号码，旧号留作历史",
        )
        ask_correction(
            actor=actor, clock=days[2],
            new=NewCorrection(uuid7(), calm[2], "patient", "visits", "七月那次我在外地打工，没有见面", days[2].today()),
        )  # fmt: skip


def _people(visit_class: str) -> list[UUID]:
    rows = Standing.objects.filter(
        managing_code__startswith=LIGANG[:9], state="registered", visit_class=visit_class, in_hospital=False
    )
    return list(rows.order_by("person_id").values_list("person_id", flat=True)[:3])
