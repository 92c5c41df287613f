"""Who may judge a visit in review. Clause: OWN/review."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from xinqiao.kernel.codes import NATION
from xinqiao.policy.policies import PolicySet, released_policies


def may_review(
    reviewer: UUID,
    *,
    recorded_by: UUID | None,
    visited_by: UUID | None = None,
    policies: PolicySet | None = None,
    on: date | None = None,
    ancestors: Sequence[str] = (NATION,),
) -> tuple[bool, bool]:
    """(may, own): nobody reviews what he wrote down or where he was himself, unless the place allows it, marked 自审."""
    own = reviewer in (recorded_by, visited_by)
    if not own:
        return True, False
    rule = (policies or released_policies()).at("followup/own_review", on=on or date.max, ancestors=ancestors)
    return rule.value == "own_marked", True
