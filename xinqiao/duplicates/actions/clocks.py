"""Clocks about two people after their files were merged or taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from xinqiao.clocks.actions import settle
from xinqiao.clocks.sources import sources
from xinqiao.kernel.clock import Clock


def settle_people(clock: Clock, person_ids: Sequence[UUID]) -> None:
    """Every domain's clocks about these people themselves. A domain that hears of changed facts looks only at those whom its
    own facts still name; here they may just have gone to the other file."""
    for source in sources():
        settle(clock=clock, kind=source.kind, subjects=person_ids)
