"""Gathers the pages that each domain offers into the rooms of one role."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec

from django.http import HttpRequest

from xinqiao.accounts.permissions import may
from xinqiao.web.navigation import Item, Room, rooms

DOMAINS = (
    "followup",
    "rosters",
    "clocks",
    "screening",
    "reporting",
    "transfers",
    "tracing",
    "campaigns",
    "registry",
    "duplicates",
    "consents",
    "ownview",
    "papers",
    "national",
    "interchange",
    "indicators",
    "staff",
    "accounts",
    "boundaries",
    "opening",
    "regulations",
    "places",
)


@cache
def items() -> list[Item]:
    """All pages that want a place in the navigation, in the order of the domains."""
    found: list[Item] = []
    for domain in DOMAINS:
        name = f"xinqiao.{domain}.navigation"
        if find_spec(name):
            found.extend(import_module(name).ITEMS)
    return found


def rooms_of(request: HttpRequest) -> list[Room]:
    """The rooms this request's actor may enter."""
    actor = request.actor  # type: ignore[attr-defined]
    return rooms(items(), lambda permission: may(actor, permission), request.path)
