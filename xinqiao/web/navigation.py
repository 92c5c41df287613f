"""Rooms and their pages. Each domain lists its `ITEMS`; the project gathers them and hands over what a role may open."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

#: The six rooms in their order, each with its label and its icon.
ROOMS: dict[str, tuple[Any, str]] = {
    "今日": (_("今日"), "calendar-check"),
    "患者": (_("患者"), "users"),
    "办理": (_("办理"), "inbox"),
    "录入": (_("录入"), "clipboard-text"),
    "统计": (_("统计"), "chart-bar"),
    "管理": (_("管理"), "settings"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One page of a room: `label` as shown (lazy translation welcome), `permission` None for everybody signed in."""

    room: str
    label: Any
    url_name: str
    permission: Any = None


@dataclass(frozen=True, slots=True)
class Link:
    """An item as the frame shows it."""

    label: Any
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class Room:
    """A room with the links this person may open."""

    key: str
    label: Any
    icon: str
    links: list[Link] = field(default_factory=list)

    @property
    def current(self) -> bool:
        return any(link.current for link in self.links)

    @property
    def href(self) -> str:
        return self.links[0].href


def rooms(items: Iterable[Item], allowed: Callable[[Any], bool], path: str) -> list[Room]:
    """Rooms with at least one page that `allowed(permission)` opens; the longest address that begins `path` is current.

    An item whose address does not exist (yet) is left out rather than breaking every page.
    """
    found: list[tuple[Item, str]] = []
    for item in items:
        if item.permission is not None and not allowed(item.permission):
            continue
        try:
            found.append((item, reverse(item.url_name)))
        except NoReverseMatch:
            continue
    here = max((href for _item, href in found if path.startswith(href)), key=len, default="")
    if here == "/" and path != "/":
        here = ""
    result = []
    for key, (label, icon) in ROOMS.items():
        links = [Link(item.label, href, href == here) for item, href in found if item.room == key]
        if links:
            result.append(Room(key, label, icon, links))
    return result
