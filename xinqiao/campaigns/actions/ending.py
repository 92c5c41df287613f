"""Ending an action: its numbers are frozen, and what was counted by a visit is written on its line."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from xinqiao.accounts.permissions import Permission, require
from xinqiao.audit import actions as audit
from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.kernel.errors import Conflict, Invalid, NotFound, Problem
from xinqiao.kernel.words import sentence

from .. import queries
from ..choices import Counts, Outcome, State
from ..clocks import KIND
from ..models import Campaign, Target
from ..rules import Line, outcome


def _locked(actor: Actor, campaign_id: UUID) -> Campaign:
    found = queries.find(actor, campaign_id)
    if not queries.runs(actor, found):
        raise NotFound(code="not_found.campaign")
    return Campaign.objects.select_for_update().get(pk=found.pk)


@transaction.atomic
def close_campaign(*, actor: Actor, clock: Clock, campaign_id: UUID, conclusion: str) -> Campaign:
    """End an action with a word on what comes of it; open lines stay open in the report. Closed already: nothing happens.

    Raises NotAllowed, NotFound, Invalid (no conclusion), Conflict for one that was withdrawn.
    """
    require(actor, Permission.RUN_CAMPAIGN)
    campaign = _locked(actor, campaign_id)
    if campaign.state == State.CLOSED:
        return campaign
    if campaign.state == State.WITHDRAWN:
        raise Conflict(sentence("这次行动已经撤回"), code="conflict.campaign_ended")
    words = conclusion.strip()
    if not 1 <= len(words) <= 1000:
        raise Invalid(
            [
                Problem(
                    "conclusion",
                    "missing",
                    sentence("请写小结：做了什么，还有什么问题，下一步怎么办（1000 字以内）"),
                )
            ]
        )
    # A line that somebody writes at this moment is waited for; whoever writes one later finds the action closed.
    targets = list(queries.lines_of(campaign).select_for_update(of=("self",)).order_by("pk"))
    lines = [
        Line(one.managing_code, outcome(one.outcome, bool(one.visited)), one.answers, one.reason)
        for one in targets
    ]
    if campaign.counts != Counts.NONE:
        _write_visits(campaign, [one for one in targets if one.outcome == Outcome.OPEN and one.visited])
    campaign.figures = queries.frozen(lines)
    campaign.state, campaign.conclusion = State.CLOSED, words
    campaign.ended_on, campaign.ended_by, campaign.ended_at = clock.today(), actor.user_id, clock.now()
    campaign.save(update_fields=["figures", "state", "conclusion", "ended_on", "ended_by", "ended_at"])
    settle(clock=clock, kind=KIND, subjects=[campaign.pk])
    _note(actor, clock, "close_campaign", campaign)
    return campaign


def _write_visits(campaign: Campaign, lines: list[Target]) -> None:
    visits = dict(
        queries.visits_counting(campaign)
        .filter(person_id__in=[one.person_id for one in lines])
        .order_by("-visit_date", "-form")
        .values_list("person_id", "pk")
    )
    for one in lines:
        one.outcome, one.visit_id = Outcome.VISITED, visits.get(one.person_id)  # type: ignore[arg-type]
    Target.objects.bulk_update(lines, ["outcome", "visit_id"], batch_size=1000)


@transaction.atomic
def withdraw_campaign(*, actor: Actor, clock: Clock, campaign_id: UUID) -> Campaign:
    """Take back an action in which nothing was done yet. Raises NotAllowed, NotFound, Conflict."""
    require(actor, Permission.RUN_CAMPAIGN)
    campaign = _locked(actor, campaign_id)
    if campaign.state == State.WITHDRAWN:
        return campaign
    outcomes = Target.objects.filter(campaign=campaign).select_for_update().order_by("pk")
    if campaign.state == State.CLOSED or any(
        one != Outcome.OPEN for one in outcomes.values_list("outcome", flat=True)
    ):
        raise Conflict(
            sentence("已经有人办理，不能撤回；不再办的请结束并写小结"), code="conflict.campaign_begun"
        )
    campaign.state, campaign.ended_on = State.WITHDRAWN, clock.today()
    campaign.ended_by, campaign.ended_at = actor.user_id, clock.now()
    campaign.save(update_fields=["state", "ended_on", "ended_by", "ended_at"])
    settle(clock=clock, kind=KIND, subjects=[campaign.pk])
    _note(actor, clock, "withdraw_campaign", campaign)
    return campaign


def _note(actor: Actor, clock: Clock, action: str, campaign: Campaign) -> None:
    audit.record(
        actor=actor, clock=clock, action=action, object_type="campaign", object_id=campaign.pk, place=campaign.place,
        detail={"kind": campaign.kind},
    )  # fmt: skip
