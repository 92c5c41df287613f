"""Who asks, and the clock of the request."""

from __future__ import annotations

from django.http import HttpRequest

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    return request.actor, request.clock  # type: ignore[attr-defined]
