"""A loss that a visit or an event told before the township confirmed it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from tests.factories.county import County
from xinqiao.accounts.scope import acting
from xinqiao.clocks.models import Clock
from xinqiao.tracing.actions import Loss, confirm_loss
from xinqiao.tracing.models import Search

from .conftest import CLOCK, TODAY

THIRD = date(2026, 11, 18)


def test_the_written_report_is_owed_from_the_day_of_confirming_also_when_the_loss_was_known_before(
    county: County, person: UUID, miss: Callable[..., UUID], visit: Callable[..., Any]
) -> None:
    for day in (THIRD - timedelta(days=20), THIRD - timedelta(days=10), THIRD - timedelta(days=1)):
        miss(person, day)
    visit(person, THIRD, lost_reason="4")
    search = Search.objects.get(person_id=person)
    assert not Clock.objects.filter(code="D15R").exists()
    actor = county.actors["township"]
    with acting(actor):
        confirm_loss(actor=actor, clock=CLOCK, search_id=search.pk, loss=Loss("4", THIRD, "邻居也不知道"))
    owed = Clock.objects.get(code="D15R")
    assert (owed.started_on, owed.outcome) == (TODAY, "open")
