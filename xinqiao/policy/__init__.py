"""What documents say, as dated data: released files and a deployment's own rows, read by one loader."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .policies import PolicySet


def current() -> PolicySet:
    """The rules in force in this deployment (see `policy.deployment`); needs Django, the rules themselves do not."""
    from .deployment import current as in_force

    return in_force()
