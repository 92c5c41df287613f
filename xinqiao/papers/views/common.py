"""What the pages of this domain share."""

from __future__ import annotations

from django.http import HttpRequest

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    """Who asks, and the clock."""
    return request.actor, request.clock  # type: ignore[attr-defined]
