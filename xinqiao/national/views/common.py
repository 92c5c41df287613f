"""What the pages of this domain share."""

from __future__ import annotations

from datetime import date
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


def read_day(text: str) -> date | None:
    """A date as a date field sends it; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def link(request: HttpRequest, **changes: str) -> str:
    """The same list with other filters, from its beginning."""
    query = request.GET.copy()
    query.pop("after", None)
    for key, value in changes.items():
        query.pop(key, None)
        if value:
            query[key] = value
    return "?" + query.urlencode()
