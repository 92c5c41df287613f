"""What the pages of this domain share."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xinqiao.kernel.actor import Actor
from xinqiao.kernel.clock import Clock


def who(request: HttpRequest) -> tuple[Actor, Clock]:
    """Who asks, and the clock."""
    return request.actor, request.clock  # type: ignore[attr-defined]


def show(request: HttpRequest, name: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page of this domain."""
    return render(request, f"national/{name}.html", context, status=status)
