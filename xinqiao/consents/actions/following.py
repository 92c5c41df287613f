"""When answers change, the clocks that follow them are settled in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xinqiao.clocks.actions import settle
from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock
from xinqiao.registry.models import Consent

from ..clocks import KIND


def on_answers_changed(actor: Actor | None, clock: Clock, person_ids: Sequence[UUID]) -> None:
    """One statement for people who never said no."""
    noes = Consent.objects.filter(person_id__in=person_ids, basis="consent", decision="0")
    if subjects := sorted(set(noes.values_list("person_id", flat=True))):
        settle(clock=clock, kind=KIND, subjects=subjects)
