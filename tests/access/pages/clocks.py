"""Addresses of what runs out when."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from tests.factories.county import NORTH, SOUTH
from xinqiao.accounts.permissions import Permission
from xinqiao.clocks.models import Clock
from xinqiao.kernel.actor import of_institution

from ..page import Case, Page

PAGES: dict[str, Page] = {
    "clocks:inbox": Page(Permission.SEE_INBOX),
    "clocks:clock": Page(Permission.SEE_INBOX, "clock"),
    "clocks:timeliness": Page(Permission.SEE_FIGURES),
    "clocks:timeliness-book": Page(Permission.SEE_FIGURES),
}


def cases(world: Any) -> list[Case]:
    """A clock of a village's person, one of a township that a hospital waits for, and one of the other township."""
    north = world.things["north"]["person"]
    hospital = world.county.actors["hospital"].institution_id
    return [
        Case("clocks:clock", _clock(1, "990101100201", north, []), frozenset({"village", "township", "township_2", "county"})),
        Case("clocks:clock", _clock(2, NORTH, None, [of_institution(hospital)]), frozenset({"township", "township_2", "county", "hospital"})),
        Case("clocks:clock", _clock(3, SOUTH, None, []), frozenset({"other_township", "county"})),
    ]  # fmt: skip


def _clock(number: int, place: str, person: Any, shared: list[str]) -> UUID:
    row = Clock.objects.create(
        managing_code=place, shared_codes=shared, code="D5", kind="test", subject=UUID(int=number), person_id=person,
        started_on=date(2026, 11, 2), due_on=date(2026, 11, 9), warn_on=date(2026, 11, 5), unit="workdays", holder="township",
        chain=[["county", "2026-11-10"]], county_on=date(2026, 11, 10), clause="QYS24/receive", policy_version="test",
    )  # fmt: skip
    return row.pk
