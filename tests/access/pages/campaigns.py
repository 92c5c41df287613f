"""Addresses of special actions: one of the northern township about one person."""

from __future__ import annotations

from typing import Any

from xinqiao.accounts.permissions import Permission
from xinqiao.accounts.scope import acting
from xinqiao.campaigns.actions import NewCampaign, start_campaign
from xinqiao.campaigns.models import Target
from xinqiao.kernel.clock import FixedClock
from xinqiao.kernel.ids import uuid7

from ..page import Case, Page

PAGES: dict[str, Page] = {
    "campaigns:list": Page(Permission.DO_CAMPAIGN),
    "campaigns:new": Page(Permission.RUN_CAMPAIGN),
    "campaigns:campaign": Page(Permission.DO_CAMPAIGN, "campaign"),
    "campaigns:close": Page(Permission.RUN_CAMPAIGN, "campaign", "post"),
    "campaigns:withdraw": Page(Permission.RUN_CAMPAIGN, "campaign", "post"),
    "campaigns:report": Page(Permission.DO_CAMPAIGN, "campaign"),
    "campaigns:report-paper": Page(Permission.EXPORT_LIST, "campaign"),
    "campaigns:report-book": Page(Permission.EXPORT_LIST, "campaign"),
    "campaigns:line": Page(Permission.DO_CAMPAIGN, "line"),
}
HOLD = frozenset({"village", "township", "township_2", "county"})
LEAD = HOLD - {"village"}


def cases(world: Any) -> list[Case]:
    """An action of the northern township."""
    from ..test_register import TODAY

    actor = world.county.actors["township"]
    person = world.things["north"]["person"]
    new = NewCampaign(uuid7(), "走访", "other", "people", TODAY, TODAY, "名单", [person])
    with acting(actor):
        made = start_campaign(actor=actor, clock=FixedClock(TODAY), new=new).pk
        line = Target.objects.get(campaign_id=made).pk
    return [
        Case("campaigns:campaign", made, HOLD),
        Case("campaigns:close", made, LEAD, {"conclusion": ""}),
        Case("campaigns:report", made, HOLD),
        Case("campaigns:report-paper", made, LEAD),
        Case("campaigns:report-book", made, LEAD),
        Case("campaigns:line", line, HOLD),
        Case("campaigns:withdraw", made, LEAD),
    ]
