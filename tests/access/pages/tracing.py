"""Addresses of looking for people: one search of the northern township."""

from __future__ import annotations

from typing import Any

from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.followup.actions import NewAttempt, record_attempt
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7
from xinqiao.tracing.models import Search

from ..page import Case, Page

PAGES: dict[str, Page] = {
    "tracing:list": Page(Permission.TRACE_LOST),
    "tracing:month": Page(Permission.TRACE_LOST),
    "tracing:month-book": Page(Permission.EXPORT_LIST),
    "tracing:month-paper": Page(Permission.EXPORT_LIST),
    "tracing:begin-lost": Page(Permission.CLOSE_TRACE, method="post"),
    "tracing:begin": Page(Permission.TRACE_LOST, "person"),
    "tracing:search": Page(Permission.TRACE_LOST, "search"),
    "tracing:step": Page(Permission.TRACE_LOST, "search", "post"),
    "tracing:confirm": Page(Permission.CLOSE_TRACE, "search", "post"),
    "tracing:end": Page(Permission.CLOSE_TRACE, "search", "post"),
    "tracing:tell": Page(Permission.TRACE_LOST, "search", "post"),
    "tracing:report": Page(Permission.CLOSE_TRACE, "search"),
}
HOLD = frozenset({"village", "township", "township_2", "county"})
CLOSE = HOLD - {"village"}


def cases(world: Any) -> list[Case]:
    """A search that a missed call began."""
    from ..test_register import TODAY

    actor = world.county.actors["village"]
    person = world.things["north"]["person"]
    with acting(actor):
        # The visit of the same day reached somebody; a try of the day after did not.
        clock = FixedClock(TODAY.replace(day=TODAY.day + 1))
        attempt = NewAttempt(uuid7(), person, clock.today(), "3", "no_answer")
        record_attempt(actor=actor, clock=clock, attempt=attempt)
        search = Search.objects.get(person_id=person).pk
    told = {"receiver": "police", "way": "phone", "told_on": TODAY.isoformat(), "receiver_name": ""}
    return [
        Case("tracing:begin", person, HOLD),
        Case("tracing:search", search, HOLD),
        Case("tracing:step", search, HOLD, {"pick": "asked:nothing", "kind": "phone"}),
        Case("tracing:confirm", search, CLOSE, {"code": "4", "lost_on": TODAY.isoformat()}),
        Case("tracing:end", search, CLOSE, {"how": "reported", "found_on": TODAY.isoformat(), "news": ""}),
        Case("tracing:tell", search, HOLD, told),
        Case("tracing:report", (search, "police"), CLOSE),
    ]
